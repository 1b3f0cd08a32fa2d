"""The house keeps its order: import contracts, sizes, and a policy for every route."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from ideaflow.users import access
from ideaflow.users.policy import Right

ROOT = Path(__file__).resolve().parent.parent


def test_the_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_outgrows_three_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): length
        for folder in ("ideaflow", "embeddings")
        for path in (ROOT / folder).rglob("*.py")
        if (length := len(path.read_text().splitlines())) > 300
    }
    assert long == {}


def test_a_route_without_a_policy_does_not_start(app: Flask):
    stray = Flask("stray")
    stray.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match=r"/open .* has no policy"):
        access.check_complete(stray)


def test_a_route_that_writes_with_a_right_to_read_does_not_start():
    stray = Flask("stray")
    stray.add_url_rule("/write", "write", access.requires(Right.READ)(lambda: ""), methods=["GET", "POST"])
    with pytest.raises(RuntimeError, match="writes with a right to read"):
        access.check_complete(stray)


def test_every_route_of_the_product_has_a_policy(app: Flask):
    access.check_complete(app)


def test_help_loads_no_theme_engine():
    done = subprocess.run(
        [
            sys.executable, "-c",
            "import sys, ideaflow.cli; heavy = {'torch', 'numpy', 'sklearn', 'transformers', 'onnxruntime'};"
            " print(sorted(heavy & set(sys.modules)))",
        ],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
