"""One decision about many themes: all that match a filter, as a job where they are many, with one undo."""

import html
import re

import pytest

from ideaflow import clock
from ideaflow.errors import Conflict
from ideaflow.themes import service
from ideaflow.themes.corrections import bulk
from ideaflow.themes.models import Theme, ThemeBatch, ThemeCorrection
from ideaflow.themes.tables.batches import BatchState, BatchVerb


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


@pytest.fixture
def many(session, seed):
    """Two hundred and one themes, every third in a proposal and every third followed."""
    rows = [{"title": f"Slot {number}", "state": "new"} for number in range(201)]
    session.execute(Theme.__table__.insert(), rows)
    session.commit()
    return rows


def post(manager, back="/themes/?view=triage", **form):
    first = form.pop("theme_ids", "1")
    return manager.post(
        "/themes/selected", data={"theme_ids": first, "back": back, **form}, follow_redirects=True
    )


def states(session, **values):
    session.expire_all()
    return session.query(Theme).filter_by(**values).count()


def test_all_that_match_are_decided_and_undone_by_one_undo(manager, session, seed):
    for number in range(4):
        seed.theme(f"Dock {number}")
    seed.theme("Battery")
    page = post(manager, "/themes/?words=dock", verb="dismiss:bug", all="4")
    assert "Dismissed 4 themes: a defect, already with service." in html.unescape(page.text)
    assert (states(session, state="dismissed"), states(session, state="new")) == (4, 1)
    assert len({one.batch_id for one in session.query(ThemeCorrection)}) == 1
    batch = re.search(r'name="batch_id" value="(\d+)"', page.text)[1]
    undone = manager.post("/themes/undo", data={"batch_id": batch}, follow_redirects=True)
    assert "Undone, 4 changes." in undone.text and states(session, state="new") == 5
    assert manager.post("/themes/undo", data={"batch_id": batch}).status_code == 409


def test_when_more_match_than_were_seen_nothing_is_changed(manager, session, seed):
    seed.theme("Dock 1")
    gone = seed.theme("Dock 2")
    looked = str(clock.now().timestamp())
    manager.post(f"/themes/{gone.id}/rename", data={"title": "Gate 2"})
    answer = post(manager, "/themes/?words=dock", verb="dismiss:bug", all="2", looked_at=looked)
    page = html.unescape(answer.text)
    assert answer.status_code == 409 and "1 theme matches these filters now; you saw 2." in page
    assert f"{manager.user.name} renamed “Gate 2”" in page and "<s>2 themes</s>" in page
    assert states(session, state="new") == 2
    way = page.split("What now?")[1].split("<form")[1]
    assert "Apply mine to these 1" in way and 'name="all" value="1"' in way and 'name="verb"' in way


def test_what_cannot_change_stays_and_is_told(manager, session, seed):
    seed.theme("Dock 1")
    seed.theme("Dock 2", state="proposed")
    page = html.unescape(post(manager, "/themes/?words=dock", verb="dismiss:bug", all="2").text)
    assert "1 stayed as it was: A proposal cites “Dock 2”." in page
    assert states(session, state="proposed") == 1 and states(session, state="dismissed") == 1


def test_a_large_decision_is_a_job_that_goes_on_where_it_died(session, many, maren, monkeypatch):
    wanted = [(one.id, one.version) for one in session.query(Theme).order_by(Theme.id)]
    batch = service.decide_many(BatchVerb.WATCH, wanted, words="followed {}".format, is_filter=True, by=maren)
    assert batch.state == BatchState.GOING and states(session, state="watching") == 0
    service.rename(wanted[150][0], "Meanwhile", by=maren)
    lots = iter([None, None])
    decide = bulk._decide

    def die_after_two(*args, **more):
        if next(lots, "over") == "over":
            raise ConnectionError("the worker died")
        decide(*args, **more)

    monkeypatch.setattr(bulk, "_decide", die_after_two)
    with pytest.raises(ConnectionError):
        service.go_on_with_batch(batch.id)
    assert states(session, state="watching") == 80
    monkeypatch.setattr(bulk, "_decide", decide)
    service.go_on_with_batch(batch.id)
    assert states(session, state="watching") == 200
    session.expire_all()
    assert batch.state == BatchState.DONE and [one[0] for one in batch.skipped] == [wanted[150][0]]


def test_a_large_decision_is_taken_back_but_for_what_was_decided_since(session, many, maren):
    wanted = [(one.id, None) for one in session.query(Theme).order_by(Theme.id)]
    batch = service.decide_many(BatchVerb.WATCH, wanted, words="followed {}".format, is_filter=True, by=maren)
    service.go_on_with_batch(batch.id)
    service.dismiss(wanted[7][0], "Too vague", by=maren)
    assert service.undo_many(batch.id, by=maren).state == BatchState.UNDOING
    with pytest.raises(Conflict, match="still being carried out"):
        service.undo_many(batch.id, by=maren)
    service.go_on_with_batch(batch.id)
    session.expire_all()
    assert batch.state == BatchState.UNDONE and len(batch.skipped) == 1
    assert states(session, state="new") == 200 and states(session, state="dismissed") == 1


def test_undo_takes_back_what_i_did_last_and_then_what_was_before(manager, session, seed):
    one, two = seed.theme("Dock 1"), seed.theme("Dock 2")
    post(manager, verb="watch", theme_ids=str(one.id))
    post(manager, verb="owner:" + str(manager.user.id), theme_ids=str(two.id))
    for words, left in (("gave 1 theme to", "followed 1 theme"), ("followed 1 theme", "")):
        page = html.unescape(manager.get("/themes/").text)
        assert f"You last {words}" in page
        batch = re.search(r'class="if-last".*?name="batch_id" value="(\d+)"', page)[1]
        page = manager.post("/themes/undo", data={"batch_id": batch}, follow_redirects=True).text
        assert f"You last {left}" in page if left else "You last" not in page
    assert states(session, state="new") == 2 and session.query(ThemeBatch).count() == 2


def test_who_may_only_read_decides_about_nothing(client_of, session, seed):
    seed.theme("Dock 1")
    seller = client_of("sales")
    answer = seller.post("/themes/selected", data={"theme_ids": "1", "verb": "watch", "all": "1"})
    assert answer.status_code == 403 and session.query(ThemeBatch).count() == 0
    assert "if-bulk" not in seller.get("/themes/").text
