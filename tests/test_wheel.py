"""A wheel carries templates, static files, migrations and the demo, and finds them after installing."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOOK = """
import sys
from ideaflow import resources
from ideaflow.app import create_app
from ideaflow.config import Settings
from pathlib import Path
assert resources.HOME == Path(sys.argv[1]) / "ideaflow", resources.HOME
app = create_app(Settings(home=Path(sys.argv[2]), database_url=sys.argv[3], secret_key="x"))
from ideaflow import schema
with app.app_context():
    schema.upgrade()
    assert schema.current() == schema.newest() is not None
browser = app.test_client()
assert "Send me a link" in browser.get("/sign-in").text
assert browser.get("/static/tokens.css").status_code == 200
assert (resources.EXAMPLES / "fernhall").is_dir()
print("found")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    zipfile.ZipFile(next(folder.glob("*.whl"))).extractall(folder / "site")
    return folder / "site"


def test_an_installed_wheel_finds_everything(unpacked, fresh_database, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(unpacked), str(tmp_path), fresh_database],
        cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": str(unpacked), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stdout.strip() == "found", done.stdout + done.stderr


def test_the_wheel_carries_no_tests(unpacked):
    assert not (unpacked / "tests").exists()
    assert (unpacked / "embeddings" / "__init__.py").exists()
