"""A run can be stopped while it waits or works, and one begins by itself at night when there is news."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ideaflow import clock
from ideaflow.audit import AuditEvent
from ideaflow.config import read
from ideaflow.db import db
from ideaflow.errors import Conflict, NotFound, Unavailable
from ideaflow.themes import engine, jobs, queries, service
from ideaflow.themes.models import StatementVector, ThemeRun
from ideaflow.themes.queries import InboxFilters
from ideaflow.themes.runs import nights
from tests.conftest import HTMX

AFTERNOON = datetime(2026, 11, 22, 15, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 2, 11, tzinfo=UTC)


def themes():
    return {theme.id: (theme.title, theme.statement_count) for theme in queries.inbox(InboxFilters()).rows}


def newest():
    return db.session.scalars(select(ThemeRun).order_by(ThemeRun.id.desc()).limit(1)).one()


@pytest.fixture
def stopped_midway(heard, say, maren, monkeypatch):
    """A second run that Maren stops while it works; returns what it told until then."""
    for number in range(5):
        say("glove", account=number)
    discover, steps = engine.discover, []

    def watched(*values):
        (*given, tell, forbidden) = values

        def told(step, done, total):
            if not steps:
                service.stop_run(newest().id, by=maren)
            steps.append(step)
            tell(step, done, total)

        return discover(*given, told, forbidden)

    monkeypatch.setattr(engine, "discover", watched)
    return steps


def test_a_run_stopped_midway_ends_at_its_next_step_and_changes_no_theme(stopped_midway, by_hand):
    before = themes()
    run = service.refresh()
    assert len(stopped_midway) == 1
    assert (run.state, run.error) == ("stopped", "Maren Holt stopped it.")
    assert themes() == before
    assert queries.coverage().run.id != run.id


def test_what_a_stopped_run_had_read_is_kept_and_the_next_one_ends_well(stopped_midway, heard, monkeypatch):
    service.refresh()
    read_already = db.session.query(StatementVector).count()
    monkeypatch.undo()
    assert read_already == 53


def test_the_job_of_a_stopped_run_ends_well_and_asks_for_no_names(stopped_midway, monkeypatch):
    service.queue_refresh()
    asked = []
    monkeypatch.setattr(service, "queue_suggestions", lambda: asked.append(True))
    jobs.refresh()  # What raises is tried again.
    assert newest().state == "stopped"
    assert not asked


def test_a_run_stopped_as_it_saves_saves_nothing(heard, maren, monkeypatch):
    from ideaflow.themes.runs import refreshing

    before, swap = themes(), refreshing.swap

    def late(run_id, *rest):
        service.stop_run(run_id, by=maren)
        swap(run_id, *rest)

    monkeypatch.setattr(refreshing, "swap", late)
    assert service.refresh(seed=5).state == "stopped"
    assert themes() == before


def test_a_waiting_run_is_stopped_and_can_be_asked_for_again(heard, maren):
    waiting = service.queue_refresh()
    service.stop_run(waiting.id, by=maren)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.actor_name) == ("runs.stop", "Maren Holt")
    assert service.refresh(only_waiting=True) is None
    again = service.queue_refresh()
    assert again.id > waiting.id
    assert service.refresh(only_waiting=True).state == "done"


def test_only_a_run_that_goes_on_can_be_stopped(heard, maren):
    with pytest.raises(Conflict, match="has ended already"):
        service.stop_run(newest().id, by=maren)
    with pytest.raises(NotFound):
        service.stop_run(10**9, by=maren)


def test_the_page_offers_to_stop_and_says_that_it_was(heard, client_of):
    browser, seller = client_of("product_manager"), client_of("sales")
    run = service.queue_refresh()
    address = f"/themes/runs/{run.id}/stop"
    for path in ("/themes/", "/themes/runs"):
        assert address in browser.get(path).text
        assert address not in seller.get(path).text
    assert seller.post(address).status_code == 403
    strip = browser.post(address, headers=HTMX).text
    assert "ended early" in strip and "The themes are those of the run before." in strip
    assert browser.post(address).status_code == 409
    assert "stopped it." in browser.get("/themes/runs").text
    assert "stopped it." in browser.get(f"/themes/runs/{run.id}").text


def test_much_more_than_lay_before_a_stopped_run_starts_the_next(heard, say, maren):
    service.stop_run(service.queue_refresh().id, by=maren)
    for number in range(12):
        heard("label", account=number % 6)
        if number == 6:
            service.take_in_new()
            assert newest().state == "stopped"
    service.take_in_new()
    assert newest().state == "queued"


# ---------- nights ----------
@pytest.fixture
def afternoon(heard):
    """The last run was this afternoon."""
    run = newest()
    run.created_at = run.started_at = AFTERNOON
    db.session.commit()
    return run


def test_at_night_a_run_begins_if_something_was_said_since(afternoon, heard):
    heard("wifi")
    service.take_in_new()
    with clock.stopped(AFTERNOON + timedelta(hours=1)):
        assert not service.look_at_night()
        night = nights.next_night()
        assert (night.at, night.statement_count) == (NIGHT.replace(minute=10), 1)
    with clock.stopped(NIGHT):
        assert service.look_at_night()
    assert newest().state == "queued"
    with clock.stopped(NIGHT + timedelta(minutes=10)):
        newest().created_at = NIGHT
        assert not service.look_at_night()


def test_a_decision_is_news_and_silence_is_none(afternoon, about, maren):
    with clock.stopped(NIGHT):
        assert not service.look_at_night()
    with clock.stopped(AFTERNOON + timedelta(hours=2)):
        service.rename(about("wifi").id, "Handheld loses Wi-Fi", by=maren)
    with clock.stopped(NIGHT):
        assert service.look_at_night()


def test_the_night_can_be_left_out_and_a_wrong_hour_is_told(afternoon, heard, monkeypatch):
    heard("wifi")
    service.take_in_new()
    monkeypatch.setenv("IDEAFLOW_NIGHTLY_AT", "never")
    with clock.stopped(NIGHT):
        assert nights.next_night().at is None
        assert not service.look_at_night()
    monkeypatch.setenv("IDEAFLOW_NIGHTLY_AT", "25 o'clock")
    assert read().nightly_at == "25 o'clock"
    with pytest.raises(Unavailable, match="IDEAFLOW_NIGHTLY_AT"):
        service.look_at_night()


def test_the_page_of_runs_says_when_the_next_one_begins(afternoon, heard, client_of):
    browser = client_of("sales")
    with clock.stopped(AFTERNOON + timedelta(hours=1)):
        assert "Nothing came since the last run." in browser.get("/themes/runs").text
    heard("wifi")
    service.take_in_new()
    with clock.stopped(AFTERNOON + timedelta(hours=1)):
        page = browser.get("/themes/runs").text
    assert "The next run begins tomorrow at 02:10 UTC: 1 statement came since the last one." in page
