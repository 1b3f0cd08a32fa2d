"""Changing the language model: old themes stay until all is read again; no two models' vectors ever meet."""

import numpy as np
import psycopg
import pytest
from sqlalchemy import func, select, text

from embeddings.encode import unit
from embeddings.records import Encoded
from ideaflow.db import db
from ideaflow.errors import Unavailable
from ideaflow.feedback.models import Statement
from ideaflow.themes import engine, queries, service
from ideaflow.themes.models import ComingVector, StatementVector, Theme, ThemeRun
from ideaflow.themes.statements import encoding, rereading
from ideaflow.themes.telling import sentences
from tests.embeddings import tiny
from tests.themes.conftest import encode, vector
from tests.themes.test_runs import SENTENCES, left, members, numbers, small_company, start, waiting_jobs

__all__ = ["small_company"]
SMALL = 24


@pytest.fixture
def two_models(by_hand, monkeypatch):
    """Two models made by hand, the second with 24 dimensions. Gives what each was asked to read."""
    asked = []

    def read(texts, wholes, tell=None):
        asked.extend((engine.chosen_here.get(), one) for one in texts)
        if not engine.chosen_here.get().startswith("second"):
            return encode(texts, wholes)
        rows = unit(np.stack([vector(one)[:56].reshape(8, 7)[:, :3].ravel() + 0.01 for one in texts]))
        return Encoded(rows, rows)

    monkeypatch.setattr(engine, "encode", read)
    monkeypatch.setattr(engine, "model", engine.chosen_here.get)
    return asked


def kept():
    query = text("SELECT DISTINCT model, vector_dims(mean) FROM statement_vectors")
    return {tuple(row) for row in db.session.execute(query)}


def stop_after(count, monkeypatch):
    """Let the process die after so many batches of eight."""
    left = [count]

    def die(point):
        if point == "themes.encoded":
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt

    monkeypatch.setattr(encoding, "STATEMENTS", 8)
    monkeypatch.setattr(encoding, "reach", die)


@pytest.fixture
def interrupted(two_models, heard, monkeypatch):
    """A change to the second model whose process died after two batches."""
    monkeypatch.setenv("IDEAFLOW_MODEL", "second")
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        with pytest.raises(KeyboardInterrupt):
            service.refresh()
    db.session.rollback()
    two_models.clear()
    return heard


def test_readers_keep_the_old_themes_until_everything_is_read_again(two_models, heard, monkeypatch):
    before, seen = numbers(), []
    monkeypatch.setenv("IDEAFLOW_MODEL", "second")

    def look(step, done, total):
        seen.append((step, kept(), numbers() == before))

    run = service.refresh(progress=look)
    assert all(models == {(engine.DEFAULT, 384)} and same for _, models, same in seen)
    assert any(step == "Reading again with the model second" for step, _, _ in seen)
    assert kept() == {("second", SMALL)}
    assert run.model == "second"
    assert db.session.scalar(select(func.count()).select_from(ComingVector)) == 0
    sizes = set(db.session.scalars(text("SELECT DISTINCT vector_dims(centroid) FROM themes")))
    assert sizes - {None} == {SMALL}
    assert len(numbers()) >= 3


def test_what_people_decided_holds_in_the_new_models_themes(two_models, heard, about, maren, monkeypatch):
    wifi, label, count = about("wifi"), about("label"), about("count")
    lines = queries.statements(wifi.id).rows
    service.move_statements(wifi.id, [lines[0].id], label.id, by=maren)
    service.exclude_statements(wifi.id, [lines[1].id], by=maren)
    service.rename(count.id, "Counting stock", by=maren)
    monkeypatch.setenv("IDEAFLOW_MODEL", "second")
    service.refresh()
    assert kept() == {("second", SMALL)}
    assert lines[0].id in members(label.id)
    assert lines[1].id not in {one for theme in numbers() for one in members(theme)}
    assert queries.theme(count.id).title == "Counting stock"
    assert members(count.id)


def test_a_change_that_was_cut_off_goes_on_where_it_ended(interrupted, two_models):
    assert kept() == {(engine.DEFAULT, 384)}
    done = set(db.session.scalars(select(ComingVector.statement_id)))
    assert len(done) == 16
    before = {one: db.session.get(Statement, one).text for one in done}
    service.refresh()
    again = [text for model, text in two_models if model == "second" and text in before.values()]
    assert again == []
    assert kept() == {("second", SMALL)}


def test_going_back_half_way_reads_nothing_again(interrupted, two_models, monkeypatch):
    monkeypatch.delenv("IDEAFLOW_MODEL")
    before = numbers()
    service.refresh()
    assert two_models == []
    assert kept() == {(engine.DEFAULT, 384)}
    assert numbers() == before
    assert db.session.scalar(select(func.count()).select_from(ComingVector)) == 0


def test_new_words_join_the_old_themes_while_a_change_is_under_way(interrupted, two_models, about):
    theme = about("wifi")
    interrupted("wifi", account=7, days_ago=0, text="The wifi is plainly gone in aisle 14")
    assert service.take_in_new() == 1
    assert about("wifi").statement_count == theme.statement_count
    assert {model for model, _ in two_models} == {engine.DEFAULT}
    assert kept() == {(engine.DEFAULT, 384)}
    assert "themes.refresh" in waiting_jobs()
    service.refresh(only_waiting=True)
    assert kept() == {("second", SMALL)}
    assert about("wifi").statement_count == 13


def test_new_words_wait_when_the_model_in_use_is_gone(interrupted, two_models, monkeypatch):
    monkeypatch.setattr(engine, "name_of", lambda version: None)
    interrupted("wifi", account=7, days_ago=0, text="The wifi is plainly gone in aisle 14")
    assert service.take_in_new() == 0
    assert two_models == []
    service.refresh()
    assert kept() == {("second", SMALL)}


def test_what_was_read_meanwhile_with_the_old_model_is_read_again(two_models, heard, say, about, monkeypatch):
    """An arrival between the last batch and the end of the run leaves no vector of the old model behind."""
    monkeypatch.setenv("IDEAFLOW_MODEL", "second")
    late = []

    def arrive(step, _done, _total):
        if step == "Saving" and not late:
            item = say("wifi", account=3, text="The wifi is plainly gone again")
            one = Statement(item_id=item.id, position=0, text=item.text, begins_at=0, ends_at=len(item.text))
            db.session.add(one)
            db.session.flush()
            old = vector(item.text)
            db.session.add(StatementVector(statement_id=one.id, mean=old, mean4=old, model=engine.DEFAULT))
            item.read_at = item.said_at
            db.session.commit()
            late.append(one.id)

    service.refresh(progress=arrive)
    assert kept() == {("second", SMALL)}
    service.take_in_new()
    assert late[0] in members(about("wifi").id)
    assert kept() == {("second", SMALL)}


def test_vectors_of_a_model_no_longer_in_use_are_never_saved(two_models, heard):
    with engine.using("second"), pytest.raises(Unavailable, match="came into use meanwhile"):
        rereading.make_sure()


def test_a_first_look_is_followed_by_the_exact_reading(two_models, heard, client_of):
    run = service.refresh(model_name=engine.QUICK)
    assert run.model.startswith(engine.QUICK)
    page = client_of("product_manager").get("/themes/").text
    assert "First look" in page
    assert "themes.refresh" in waiting_jobs()
    assert service.refresh(only_waiting=True).model == engine.DEFAULT
    assert kept() == {(engine.DEFAULT, 384)}
    assert service.refresh(only_waiting=True) is None
    assert "First look" not in client_of("product_manager").get("/themes/").text


def test_equal_words_in_equal_items_are_read_once(two_models, say):
    for number in range(3):
        say("wifi", account=number, text="The wifi is gone")
    service.refresh()
    for number in range(3, 6):
        say("wifi", account=number, text="The wifi is gone")
    two_models.clear()
    service.take_in_new()
    assert two_models == []
    assert db.session.scalar(select(func.count()).select_from(StatementVector)) == 6


def test_a_model_chosen_once_is_used_until_another_is(two_models, heard):
    service.use_model("second")
    assert rereading.wanted() == "second"
    service.refresh(only_waiting=True)
    assert kept() == {("second", SMALL)}
    service.refresh(seed=3)
    assert kept() == {("second", SMALL)}
    assert service.refresh(only_waiting=True) is None


def test_a_model_that_cannot_be_opened_fails_one_run_and_leaves_the_themes(two_models, heard, monkeypatch):
    before = numbers()
    monkeypatch.setenv("IDEAFLOW_MODEL", "gone")

    def open_it():
        if engine.chosen_here.get() == "gone":
            raise Unavailable("The model gone is not on this machine.")
        return engine.chosen_here.get()

    monkeypatch.setattr(engine, "model", open_it)
    for number in range(2):
        heard("wifi", account=number)
        service.take_in_new()
        with pytest.raises(Unavailable):
            service.refresh(only_waiting=True) or service.refresh()
    assert numbers().keys() == before.keys()
    assert queries.coverage().failed.error == "The model gone is not on this machine."
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    service.take_in_new()
    assert "themes.refresh" not in waiting_jobs()


def test_the_page_says_how_far_the_reading_is():
    run = ThemeRun(
        state="running", step="Reading again with the model second", done_count=40, total_count=100
    )
    words = sentences.run_words(run, None)
    assert words.words.startswith("Reading again with the model second: 40%")
    assert words.share == 0.4


def test_the_language_of_each_statement_is_noted(two_models, say):
    say("wifi", text="Das wifi im Lager fällt dauernd aus und niemand kümmert sich")
    say("wifi", account=1, text="The wifi in the warehouse keeps dropping and nobody cares")
    say("wifi", account=2, text="wifi 12345")
    service.refresh()
    assert db.session.scalars(select(Statement.language).order_by(Statement.id)).all()[:2] == ["de", "en"]


@pytest.mark.slow
def test_a_change_killed_with_its_process_goes_on(small_company, tmp_path, monkeypatch):
    folder = tiny.make(tmp_path / "model")
    home = tmp_path / "home"
    assert start(small_company, home).returncode == 0
    before = left(small_company)["places"]
    monkeypatch.setenv("IDEAFLOW_MODEL", str(folder))
    assert start(small_company, home, "themes.encoded").returncode == -9
    assert left(small_company)["places"] == before
    done = start(small_company, home)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(small_company) as connection:
        query = "SELECT DISTINCT vector_dims(mean), vector_dims(mean4) FROM statement_vectors"
        assert connection.execute(query).fetchall() == [(32, 32)]
        assert connection.execute("SELECT count(*) FROM coming_vectors").fetchone() == (0,)
    assert len(SENTENCES) == 6


def test_a_theme_has_no_centre_of_another_model(two_models, heard, about, monkeypatch):
    gone = about("login")
    db.session.execute(text("UPDATE feedback_items SET withdrawn_at = now() WHERE text LIKE '%login%'"))
    monkeypatch.setenv("IDEAFLOW_MODEL", "second")
    service.refresh()
    assert db.session.get(Theme, gone.id, populate_existing=True).centroid is None
