"""Themes in the terminal: results on stdout, progress on stderr."""

import json

import pytest
from click.testing import CliRunner

from ideaflow.themes import service
from ideaflow.themes.commands import themes


@pytest.fixture
def run(app, session):
    def invoke(*words):
        return CliRunner().invoke(themes, words, obj=None)

    return invoke


def test_list_prints_an_array_of_objects(heard, run):
    done = run("list", "--json")
    found = json.loads(done.stdout)
    assert len(found) == 4
    assert {"id", "name", "statements", "accounts", "revenue", "trend"} <= set(found[0])
    assert found[0]["statements"] == 12
    assert found[0]["revenue"] == 600_000


def test_list_prints_a_table_or_says_what_to_do_first(by_hand, run, say):
    assert "ideaflow themes refresh" in run("list").stdout
    assert json.loads(run("list", "--json").stdout) == []
    for number in range(9):
        say("wifi", account=number % 6)
    service.refresh()
    assert "€600" in run("list").stdout
    assert run("list", "--view", "watching", "--json").stdout == "[]\n"


def test_list_takes_the_filters_of_an_address(heard, run):
    assert len(json.loads(run("list", "--filter", "heard=52w&accounts=6", "--json").stdout)) == 4
    assert run("list", "--filter", "accounts=7&nonsense=1", "--json").stdout == "[]\n"


def test_refresh_tells_its_progress_and_its_result(heard, run):
    done = run("refresh", "--seed", "3")
    assert done.exit_code == 0, done.output
    assert done.stdout == "4 themes hold 48 of 48 statements.\n"
    assert "Saving" in done.stderr


def test_show_follows_a_merge(heard, run, about, maren):
    made = service.merge(about("wifi").id, about("label").id, by=maren)
    shown = json.loads(run("show", str(made.other_theme_id), "--json").stdout)
    assert (shown["id"], shown["statements"]) == (made.theme_id, 24)
    assert len(shown["asking"]) == 6
    assert "Customer 0" in run("show", str(made.theme_id)).stdout
