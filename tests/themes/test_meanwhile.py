"""While a run is under way: readers see one complete set of themes, and nothing that happens is lost."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psycopg
import pytest
from sqlalchemy import select, text

from ideaflow.themes import engine, queries, service
from ideaflow.themes.models import StatementVector, ThemeMembership
from ideaflow.themes.reading import pool
from tests.themes.test_runs import SENTENCES, left, members, start, waiting_jobs
from tests.themes.test_runs import small_company as small_company


def while_saving(action):
    """Do something after the run has looked at everything and before its result is put in place."""
    done = []

    def meanwhile(step, _done, _total):
        if step == "Saving" and not done:
            done.append(step)
            action()

    return meanwhile


def test_a_statement_that_joins_during_a_run_keeps_its_place(heard, about):
    def arrive():
        heard("wifi", account=7, days_ago=0, text="The wifi is plainly gone in aisle 14")
        service.take_in_new()

    service.refresh(seed=3, progress=while_saving(arrive))
    assert about("wifi").statement_count == 13
    assert about("wifi").account_count == 7
    assert queries.history(about("wifi").id)[0].added_count == 1


def test_what_found_no_place_during_a_run_is_sought_one_again(heard, session):
    def arrive():
        heard(None, text="A green umbrella")
        service.take_in_new()

    service.refresh(seed=3, progress=while_saving(arrive))
    assert "themes.take_in" in waiting_jobs()
    unsorted = select(StatementVector.statement_id).where(StatementVector.sorted_at.is_(None))
    assert len(session.scalars(unsorted).all()) == 1
    service.take_in_new()
    assert [line.statement.text for line in pool.pool().rows] == ["A green umbrella"]


def test_a_theme_made_by_hand_during_a_run_stays(heard, maren):
    for number in range(5):
        heard("truck", account=number % 3, text=f"The truck is plainly late, number {number}")
    service.take_in_new()
    service.look_for_new()
    made = []

    def decide():
        [group] = pool.groups()
        made.append(service.make_theme(group.candidate.id, title="Trucks", by=maren))

    service.refresh(seed=3, progress=while_saving(decide))
    assert len(members(made[0].theme_id)) == 5
    assert queries.theme(made[0].theme_id).title == "Trucks"


def test_what_is_withdrawn_during_a_run_counts_no_more(heard, about, session):
    theme = about("wifi")
    one = queries.statements(theme.id).rows[0]

    def withdraw():
        from ideaflow.audit import Actor
        from ideaflow.feedback.service import withdraw_item

        withdraw_item(one.item_id, "Said by mistake.", by=Actor(None, "a test"))

    service.refresh(seed=3, progress=while_saving(withdraw))
    assert about("wifi").statement_count == 11


WATCH = """
    SELECT (SELECT count(*) FROM theme_memberships WHERE theme_id IS NOT NULL),
           (SELECT sum(statement_count) FROM themes
            WHERE state IN ('new', 'watching', 'proposed', 'dismissed')),
           (SELECT count(*) FROM theme_runs WHERE state = 'done'),
           (SELECT count(*) FROM theme_memberships m JOIN themes t ON t.id = m.theme_id
            WHERE t.state IN ('merged', 'retired'))
"""


def test_readers_in_other_processes_never_see_half_of_a_run(small_company, tmp_path):
    """Each look is one question; memberships, figures and the run's end change together or not at all."""
    seen, going = set(), threading.Event()

    def watch():
        with psycopg.connect(small_company, autocommit=True) as connection:
            while not going.is_set():
                seen.add(connection.execute(WATCH).fetchone())
                time.sleep(0.002)

    reader = threading.Thread(target=watch)
    reader.start()
    try:
        for seed in ("1", "2"):
            done = start(small_company, tmp_path / "home", words=("themes", "refresh", "--seed", seed))
            assert done.returncode == 0, done.stderr
    finally:
        going.set()
        reader.join()
    for places, counted, runs, astray in seen:
        assert places == (counted or 0)
        assert astray == 0
        assert (places > 0) == (runs > 0)
    assert {runs for _, _, runs, _ in seen} == {0, 1, 2}


@pytest.mark.parametrize("failpoint", ["themes.joining", "themes.look_before_commit"])
def test_a_job_killed_while_it_takes_in_is_repeated(small_company, tmp_path, failpoint):
    home = tmp_path / "home"
    assert start(small_company, home).returncode == 0
    before = left(small_company)["places"]
    with psycopg.connect(small_company) as connection:
        for number in range(4):
            connection.execute(
                "INSERT INTO feedback_items (text, part, source, source_id, said_at, account_id)"
                " SELECT 'The label printer jams again, labels wait ' || %s, 'text', 'csv', %s, now(), id"
                " FROM accounts",
                [number, f"late {number}"],
            )
        names = ["themes.take_in", "themes.look_for_new"]
        for name in names:
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('live', %s, '{}')",
                [name],
            )
    killed = start(small_company, home, failpoint, words=("worker", "--until-empty"))
    assert killed.returncode == -9
    with psycopg.connect(small_company) as connection:  # What the next worker does after a while.
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing'"
        )
    done = start(small_company, home, words=("worker", "--until-empty"))
    assert done.returncode == 0, done.stderr
    after = left(small_company)
    assert len(after["statements"]) == 76
    assert dict(before).items() <= dict(after["places"]).items()


def test_the_index_is_made_beside_readers_and_writers(fresh_database, tmp_path):
    environment = {**os.environ, "DATABASE_URL": fresh_database, "IDEAFLOW_HOME": str(tmp_path)}
    code = (
        "from ideaflow.app import create_app\n"
        "from sqlalchemy import text\n"
        "from ideaflow.db import db\n"
        "from ideaflow.themes.runs import live\n"
        "from ideaflow.themes.statements import nearness\n"
        "with create_app().app_context():\n"
        "    print(nearness.has_index(), nearness.keep_index(least=0), nearness.has_index(),"
        " nearness.keep_index(least=0))\n"
        "    db.session.execute(text('SET enable_seqscan = off'))\n"
        "    asked = text('EXPLAIN ' + live.NEAREST.format(dimensions=384))\n"
        "    plan = db.session.execute(asked, {'ids': [1], 'candidates': 64}).scalars().all()\n"
        "    print(any(nearness.INDEX in line for line in plan))\n"
        "    db.session.rollback()\n"
        "    nearness.drop_index()\n"
        "    print(nearness.has_index(), nearness.keep_index())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "True", "False", "True", "False", "False"]


def test_a_worker_takes_in_while_a_long_job_runs_and_stops_when_told(small_company, tmp_path):
    home = tmp_path / "home"
    assert start(small_company, home).returncode == 0
    with psycopg.connect(small_company, autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        locked = psycopg.connect(small_company)
        locked.execute("SELECT pg_advisory_lock(7310010)")  # As if another process did a full run.
        for name, queue in (("themes.refresh", "default"), ("themes.take_in", "live")):
            if name == "themes.take_in":
                connection.execute(
                    "INSERT INTO feedback_items (text, part, source, source_id, said_at, account_id)"
                    " SELECT %s, 'text', 'csv', 'late', now(), id FROM accounts",
                    [f"{SENTENCES[2]}, 12 times this week."],
                )
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES (%s, %s, '{}')",
                [queue, name],
            )
        environment = {**os.environ, "DATABASE_URL": small_company, "IDEAFLOW_HOME": str(home)}
        worker = subprocess.Popen([sys.executable, "-m", "ideaflow", "worker"], env=environment)
        try:
            question = "SELECT count(*) FROM statements s JOIN feedback_items i ON i.id = s.item_id"
            question += " JOIN statement_vectors v ON v.statement_id = s.id"
            question += " JOIN theme_memberships m ON m.statement_id = s.id"
            question += " WHERE i.source_id = 'late' AND v.sorted_at IS NOT NULL"
            for _ in range(600):
                if connection.execute(question).fetchone()[0]:
                    break
                time.sleep(0.1)
            assert connection.execute(question).fetchone()[0] == 1
        finally:
            locked.close()
            worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) in (0, -signal.SIGTERM)


def test_a_held_theme_that_falls_apart_stays_whole_and_the_run_asks(heard, about, maren, session):
    """Half of a named theme speaks of something else now: a question, not a split."""
    wifi = about("wifi")
    service.rename(wifi.id, "No signal", by=maren)
    ids = sorted(members(wifi.id))[:5]
    turn_towards(session, ids, "truck")
    service.refresh(seed=2)
    assert members(wifi.id) >= set(ids)
    [question] = [one for one in pool.groups() if one.candidate.kind == "split"]
    assert question.of_title == "No signal"
    assert set(question.candidate.statement_ids) <= set(ids)
    service.refresh(seed=3)
    assert [one.candidate.id for one in pool.groups()] == [question.candidate.id]
    made = service.split_off(question.candidate.id, title="Trucks", by=maren)
    assert members(made.theme_id) == set(question.candidate.statement_ids)
    assert not members(wifi.id) & members(made.theme_id)
    service.refresh(seed=4)
    assert members(made.theme_id) >= set(question.candidate.statement_ids)
    assert pool.groups() == []


def test_two_held_themes_that_say_the_same_stay_two_and_the_run_asks(
    heard, about, maren, session, monkeypatch
):
    wifi, label = about("wifi"), about("label")
    service.rename(wifi.id, "No signal", by=maren)
    service.pin(label.id, by=maren)
    monkeypatch.setattr(engine, "before_decisions", lambda found: np.zeros(len(found.labels), np.int64))
    service.refresh(seed=2)
    assert members(wifi.id) and members(label.id)
    [question] = [one for one in pool.groups() if one.candidate.kind == "merge"]
    assert {question.candidate.of_theme_id, question.candidate.other_theme_id} == {wifi.id, label.id}
    service.reject_group(question.candidate.id, by=maren)
    service.refresh(seed=3)
    assert pool.groups() == []
    service.reopen_group(question.candidate.id, by=maren)
    made = service.merge_both(question.candidate.id, by=maren)
    assert len(members(made.theme_id)) == 24
    assert session.scalars(select(ThemeMembership.theme_id).distinct()).all()


def turn_towards(session, ids, topic):
    """Give statements words and vectors as if they spoke of something else."""
    from tests.themes.conftest import vector

    for one in ids:
        fresh = str(vector(f"{topic} {topic}{one}").tolist())
        session.execute(
            text("UPDATE statement_vectors SET mean = CAST(:v AS halfvec), mean4 = CAST(:v AS halfvec)"
                 " WHERE statement_id = :one"),
            {"v": fresh, "one": one},
        )  # fmt: skip
        words = text("UPDATE statements SET text = :words WHERE id = :one")
        session.execute(words, {"words": f"{topic} {topic}{one}", "one": one})
    session.commit()
