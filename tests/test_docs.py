"""The documents keep up with the program."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from ideaflow.cli import ideaflow
from ideaflow.config import Settings, variable

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_setting_is_documented_with_its_meaning():
    told = (ROOT / "docs" / "settings.md").read_text()
    for setting in fields(Settings):
        assert f"| `{variable(setting.name)}` | {setting.metadata['meaning']} |" in told


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_named_exists(document):
    for line in re.findall(r"(?:^|[`/ ])ideaflow ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?", document.read_text()):
        group, sub = line
        if group in ideaflow.commands and sub and hasattr(ideaflow.commands[group], "commands"):
            assert sub in ideaflow.commands[group].commands or not sub.isalpha(), line
