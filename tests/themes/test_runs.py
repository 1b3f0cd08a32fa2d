"""Runs: themes keep who they are, people's decisions hold, and readers never see half of a run."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text

from embeddings import export
from ideaflow import queue
from ideaflow.db import db
from ideaflow.errors import Unavailable
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import engine, queries, service
from ideaflow.themes.models import StatementVector, ThemeMembership, ThemeRun
from ideaflow.themes.queries import InboxFilters
from tests.embeddings.conftest import models_folder
from tests.themes.conftest import encode


def numbers():
    return {theme.id: theme.statement_count for theme in queries.inbox(InboxFilters())}


def waiting_jobs():
    return set(db.session.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")))


def members(theme_id):
    query = select(ThemeMembership.statement_id).where(ThemeMembership.theme_id == theme_id)
    return set(db.session.scalars(query))


def test_a_run_finds_a_theme_for_each_thing_that_many_speak_of(heard, about):
    found = {about(topic).id for topic in ("wifi", "label", "count", "login")}
    assert len(found) == 4
    theme = about("wifi")
    assert theme.statement_count == 12
    assert theme.account_count == 6
    assert theme.quote in {line.text for line in queries.statements(theme.id)}
    assert theme.centroid is not None
    assert 0 < theme.cohesion <= 1
    assert 0 <= theme.map_x <= 1


def test_running_again_changes_no_number(heard):
    before = numbers()
    again = service.refresh(seed=99)
    assert numbers() == before
    assert again.kept_share == 1.0


def test_a_run_with_nothing_to_read_ends_well(by_hand, session):
    done = service.refresh()
    assert (done.state, done.theme_count) == ("done", 0)


def test_thanks_and_chasers_are_read_and_make_no_statement(by_hand, say, client_of):
    empty = [say("wifi", text=words) for words in ("Thanks, that was quick.", "Any news?", "Merci !")]
    told = say("wifi", text="Thanks, but the wifi still drops.")
    service.refresh()
    assert all(item.read_at is not None for item in (*empty, told))
    assert db.session.scalars(select(Statement.item_id)).all() == [told.id]
    assert "that was quick" in client_of("product_manager").get(f"/feedback/{empty[0].id}").text


def test_a_name_given_by_a_person_survives_runs_and_new_words(heard, about, maren):
    theme = about("wifi")
    service.rename(theme.id, "Handheld loses Wi-Fi mid-pick", by=maren)
    for number in range(9):
        heard("wifi", account=number % 8, days_ago=number)
    service.refresh(seed=3)
    assert about("wifi").id == theme.id
    assert about("wifi").title == "Handheld loses Wi-Fi mid-pick"
    assert about("wifi").statement_count == 21


def test_a_named_theme_is_not_swallowed_by_another(heard, about, maren, monkeypatch):
    """Even when the engine would put everything into one cluster, two named themes stay two."""
    first, second = about("wifi"), about("label")
    service.rename(first.id, "No signal", by=maren)
    service.rename(second.id, "Label printer stalls", by=maren)
    monkeypatch.setattr(engine, "encode", lambda texts, wholes: encode(["wifi"] * len(texts), wholes))
    db.session.execute(text("UPDATE statement_vectors SET model = 'older'"))
    service.refresh()
    titles = {theme.title for theme in queries.inbox(InboxFilters())}
    assert {"No signal", "Label printer stalls"} <= titles
    assert members(first.id) and members(second.id)


def test_moved_and_excluded_statements_stay_where_they_were_put(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    lines = queries.statements(wifi.id).rows
    service.move_statements(wifi.id, [lines[0].id], label.id, by=maren)
    service.exclude_statements(wifi.id, [lines[1].id], by=maren)
    service.refresh(seed=12)
    assert lines[0].id in members(label.id)
    placed = {row.statement_id: row.theme_id for row in db.session.scalars(select(ThemeMembership))}
    assert placed[lines[1].id] is None
    assert about("wifi").statement_count == 10


def test_merged_themes_stay_merged_and_dismissed_ones_dismissed(heard, about, maren):
    wifi, label, count = about("wifi"), about("label"), about("count")
    made = service.merge(wifi.id, label.id, by=maren)
    service.dismiss(count.id, "Sold as a service.", by=maren)
    for number in range(6):
        heard("label", account=number, days_ago=number)
    service.refresh(seed=5)
    assert members(made.theme_id) >= members(made.other_theme_id)
    assert queries.theme(made.theme_id).statement_count == 30
    assert queries.theme(made.other_theme_id).state == "merged"
    assert queries.living_id(made.other_theme_id) == made.theme_id
    assert queries.theme(count.id).state == "dismissed"


def test_a_theme_nobody_speaks_of_any_more_retires_and_can_still_be_read(heard, about):
    theme = about("login")
    db.session.execute(text("UPDATE feedback_items SET withdrawn_at = now() WHERE text LIKE '%login%'"))
    service.refresh()
    gone = queries.theme(theme.id)
    assert (gone.state, gone.statement_count) == ("retired", 0)
    assert queries.history(theme.id)[0].kind == "retired"


def test_new_words_join_themes_without_a_full_run(heard, about):
    theme, runs = about("wifi"), db.session.scalar(select(func.count(ThemeRun.id)))
    heard("wifi", account=7, days_ago=0, text="The wifi is plainly gone in aisle 14")
    assert service.take_in_new() == 1
    assert about("wifi").id == theme.id
    assert about("wifi").statement_count == 13
    assert about("wifi").account_count == 7
    assert db.session.scalar(select(func.count(ThemeRun.id))) == runs
    assert service.take_in_new() == 0


def test_words_that_fit_nowhere_wait_outside(heard):
    heard(None, text="Where did you leave the blue umbrella?")
    before = db.session.scalar(select(func.count()).select_from(ThemeMembership))
    service.take_in_new()
    assert db.session.scalar(select(func.count()).select_from(ThemeMembership)) == before


def test_the_first_words_and_many_new_ones_ask_for_a_full_run(by_hand, say):
    for number in range(10):
        say("wifi", account=number % 6)
    service.take_in_new()
    assert "themes.refresh" in waiting_jobs()
    service.refresh(only_waiting=True)
    assert service.refresh(only_waiting=True) is None
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    say("wifi")
    service.take_in_new()
    assert "themes.refresh" not in waiting_jobs()
    for number in range(5):
        say("truck", account=number)
    service.take_in_new()
    assert "themes.refresh" in waiting_jobs()


def test_asking_twice_queues_one_run(by_hand, session):
    assert service.queue_refresh().id == service.queue_refresh().id
    assert queue.waiting() == 1


def test_words_of_a_changed_record_stay_where_a_person_put_them(heard, about, maren, make):
    wifi, label = about("wifi"), about("label")
    line = queries.statements(wifi.id).rows[0]
    service.move_statements(wifi.id, [line.id], label.id, by=maren)
    old = db.session.get(FeedbackItem, line.item_id)
    new = make.item(
        text=old.text, source_id=old.source_id, revision=2, account_id=old.account_id, said_at=old.said_at
    )
    old.superseded_by_id = new.id
    db.session.commit()
    service.take_in_new()
    [fresh] = db.session.scalars(select(Statement.id).where(Statement.item_id == new.id))
    assert fresh in members(label.id)
    assert line.id not in members(label.id)


def test_what_a_person_decides_while_a_run_is_under_way_stands(heard, about, maren):
    wifi, label, count = about("wifi"), about("label"), about("count")
    moved = queries.statements(wifi.id).rows[0].id
    done = []

    def meanwhile(step, _done, _total):
        if step == "Saving" and not done:
            done.append(step)
            service.move_statements(wifi.id, [moved], label.id, by=maren)
            service.rename(wifi.id, "No signal", by=maren)
            service.merge(label.id, count.id, by=maren)

    service.refresh(seed=8, progress=meanwhile)
    assert done
    survivor = queries.living_id(label.id)
    assert moved in members(survivor)
    assert queries.theme(survivor).statement_count == 25
    assert about("wifi").title == "No signal"


def test_a_run_that_fails_says_why_and_leaves_the_themes(heard, monkeypatch):
    before = numbers()
    monkeypatch.setattr(
        engine, "discover", lambda *_: (_ for _ in ()).throw(Unavailable("The model is gone."))
    )
    with pytest.raises(Unavailable):
        service.refresh()
    found = queries.coverage()
    assert found.failed.error == "The model is gone."
    assert found.run.state == "done"
    assert numbers() == before


def test_a_run_reports_its_progress_to_the_page(heard):
    seen = []
    service.refresh(progress=lambda *_: seen.append(queries.current_run().step))
    assert any(step for step in seen)
    assert queries.current_run() is None


def test_vectors_of_an_older_model_are_made_anew(heard, monkeypatch):
    monkeypatch.setattr(engine, "model", lambda: "newer")
    service.refresh()
    assert set(db.session.scalars(select(StatementVector.model))) == {"newer"}


def start(database, home, failpoint="", words=("themes", "refresh")):
    home.mkdir(exist_ok=True)
    (home / "models").mkdir(exist_ok=True)
    ready, here = models_folder() / export.VERSION, home / "models" / export.VERSION
    if ready.exists() and not here.exists():
        here.symlink_to(ready)  # Only the model that comes along: others are not left to later runs.
    environment = {**os.environ, "DATABASE_URL": database, "IDEAFLOW_HOME": str(home)}
    environment |= {"IDEAFLOW_SECRET_KEY": "x", "IDEAFLOW_FAILPOINT": failpoint}
    return subprocess.run(
        [sys.executable, "-m", "ideaflow", *words],
        env=environment, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip


def left(database):
    with psycopg.connect(database) as connection:
        return {
            "places": connection.execute(
                "SELECT statement_id, theme_id FROM theme_memberships ORDER BY 1"
            ).fetchall(),
            "statements": connection.execute(
                "SELECT item_id, position FROM statements ORDER BY 1, 2"
            ).fetchall(),
            "runs": connection.execute("SELECT id, state FROM theme_runs ORDER BY 1").fetchall(),
        }


SENTENCES = [
    "The scanner loses the Wi-Fi in the cold aisle and drops the list",
    "No wireless signal between the racks, the handheld forgets the pick",
    "The label printer jams and forty labels wait without a word",
    "When one label sticks in the printer the whole queue stands still",
    "We cannot count stock while the pickers are working in the bay",
    "Counting locks the location, so nobody counts before Sunday",
]


@pytest.fixture
def small_company(fresh_database):
    with psycopg.connect(fresh_database) as connection:
        account = connection.execute(
            "INSERT INTO accounts (name, name_key, kind) VALUES ('A', 'a', 'customer') RETURNING id"
        ).fetchone()[0]
        for number in range(72):
            sentence = f"{SENTENCES[number % 6]}, {number // 6} times this week."
            connection.execute(
                "INSERT INTO feedback_items (text, part, source, source_id, said_at, account_id)"
                " VALUES (%s, 'text', 'csv', %s, now(), %s)",
                [sentence, str(number), account],
            )
    return fresh_database


@pytest.mark.parametrize("failpoint", ["themes.read", pytest.param("themes.encoded", marks=pytest.mark.slow)])
def test_a_killed_first_run_goes_on_where_it_ended(small_company, tmp_path, failpoint):
    assert start(small_company, tmp_path / "home", failpoint).returncode == -9
    half = left(small_company)
    assert half["places"] == []
    assert half["runs"] == [(1, "running")]
    done = start(small_company, tmp_path / "home")
    assert done.returncode == 0, done.stderr
    whole = left(small_company)
    assert whole["runs"] == [(1, "done")]
    assert len(whole["statements"]) == len(set(whole["statements"])) >= 72


def test_a_run_killed_while_saving_leaves_the_old_themes(small_company, tmp_path):
    assert start(small_company, tmp_path / "home").returncode == 0
    before = left(small_company)["places"]
    assert before
    assert start(small_company, tmp_path / "home", "themes.before_commit").returncode == -9
    assert left(small_company)["places"] == before
    assert start(small_company, tmp_path / "home").returncode == 0
    assert left(small_company)["places"] == before


def test_a_worker_goes_on_until_the_jobs_of_its_jobs_are_done(small_company, tmp_path):
    with psycopg.connect(small_company) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('default', 'themes.take_in', '{}')"
        )
    done = start(small_company, tmp_path / "home", words=("worker", "--until-empty"))
    assert done.returncode == 0, done.stderr
    assert left(small_company)["runs"] == [(1, "done")]
    assert left(small_company)["places"]


def test_a_job_whose_worker_died_ends_where_its_like_waits(small_company, tmp_path):
    """Two of a kind never wait: the one left by the dead worker would stop the rescue of all others."""
    assert start(small_company, tmp_path / "home").returncode == 0
    doing = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id, args)"
        " VALUES ('default', %s, %s, %s::procrastinate_job_status, %s, '{}')"
    )
    with psycopg.connect(small_company) as connection:
        (dead,) = connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id"
        ).fetchone()
        connection.execute(doing, ["themes.look_for_new", "themes.look_for_new", "doing", dead])
        connection.execute(doing, ["themes.look_for_new", "themes.look_for_new", "todo", None])
        connection.execute(doing, ["themes.index", "themes.index", "doing", dead])
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
            " VALUES ('default', 'queue.rescue', 'queue.rescue', '{\"timestamp\": 0}')"
        )
    done = start(small_company, tmp_path / "home", words=("worker", "--until-empty"))
    assert done.returncode == 0, done.stderr
    with psycopg.connect(small_company) as connection:
        left_over = connection.execute(
            "SELECT task_name, status FROM procrastinate_jobs"
            " WHERE scheduled_at IS NULL OR scheduled_at <= now()"
        ).fetchall()
    assert left_over == [], done.stderr
    assert "its like waits" in done.stderr
