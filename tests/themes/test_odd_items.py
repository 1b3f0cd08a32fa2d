"""What records may hold: a run ends well with any of it, or says what is wrong and changes nothing."""

import numpy as np
import pytest
from sqlalchemy import func, select

from ideaflow.db import db
from ideaflow.errors import Unavailable
from ideaflow.feedback.models import Statement
from ideaflow.themes import engine_models, queries, service
from tests.embeddings import corpus, tiny
from tests.themes.test_model_commands import encoder, home
from tests.themes.test_runs import numbers

__all__ = ["encoder", "home"]


@pytest.fixture
def read(home, session, accounts, make):
    """Let customers say these texts, and look at all of them: returns the run."""

    def run(*texts):
        for number, text in enumerate(texts):
            make.item(text=text, account_id=accounts[number % len(accounts)].id)
        return service.refresh()

    return run


@pytest.mark.parametrize(
    ("texts", "most"),
    [
        ([], 0),
        (["Please add a dark mode."], 0),
        (["Please add a dark mode.", "The invoice lacks a VAT number."], 0),
        (["Please add a dark mode."] * 60, 1),
        (["😀", "👍👍", "🔥"] * 20, 0),
        (["Thanks!"] * 3, 0),
        (
            [
                "Das WLAN fällt ständig aus",
                "无线网络总是断开",
                "واي فاي ينقطع دائما",
                "Wi-Fi постоянно отключается",
            ],
            2,
        ),
    ],
)
def test_any_handful_of_records_gives_pages_that_say_how_it_stands(read, client_of, texts, most):
    run = read(*texts)
    assert (run.state, run.error) == ("done", "")
    assert run.theme_count <= most and len(numbers()) == run.theme_count
    assert run.statement_count - run.noise_count == sum(numbers().values())
    browser = client_of("product_manager")
    for page in ("/themes/", "/themes/map", "/themes/pool", "/feedback/"):
        assert browser.get(page).status_code == 200


def test_a_record_of_100_000_characters_is_read_like_any_other(read, client_of, session):
    long = ((" ".join(corpus.TEXTS) + "\n\n") * 60)[:100_000]
    run = read(long, "x" * 100_000, *corpus.TEXTS)
    assert (run.state, run.error) == ("done", "")
    assert 1 <= run.theme_count <= 40
    assert (session.scalar(select(func.max(func.length(Statement.text)))) or 0) <= 25_000
    assert client_of("product_manager").get("/themes/").status_code == 200


class Broken:
    """A model whose numbers went bad after it was converted."""

    def run(self, _names, given):
        nothing = np.full((len(given["input_ids"]), 32), np.nan, np.float32)
        return nothing, nothing


def test_vectors_without_numbers_fail_the_run_and_leave_the_themes(read, client_of, tmp_path, monkeypatch):
    read(*corpus.TEXTS)
    before = numbers()
    own = str(tiny.make(tmp_path / "own"))
    monkeypatch.setattr(engine_models.open_model(own), "_session", Broken())
    monkeypatch.setenv("IDEAFLOW_MODEL", own)
    with pytest.raises(Unavailable, match="without numbers"):
        service.refresh()
    db.session.rollback()
    assert numbers() == before
    assert "without numbers" in queries.coverage().failed.error
    assert "ideaflow models use" in client_of("product_manager").get("/themes/").text
