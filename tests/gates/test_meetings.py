"""Gate meetings: called for a day and hour, kept on a calendar, held on one screen."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ideaflow.clock import now
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates import service
from ideaflow.gates.meeting import agenda, ics, planning
from ideaflow.gates.meeting.models import MeetingItem
from ideaflow.gates.meeting.planning import Plan
from ideaflow.proposals.models import Proposal
from tests.gates.conftest import another_world
from tests.gates.test_pages import browser_of as browser_of

DAY = datetime(2027, 3, 9, 14, tzinfo=UTC)


@pytest.fixture
def meeting(world):
    return planning.call_meeting(
        Plan("Gate meeting", DAY, 60, "Room 4"), [world.proposal.id], by=world.keepers[0].actor
    )


def test_a_meeting_has_a_day_an_hour_and_an_order(session, world, meeting):
    by, second = world.keepers[0].actor, another_world(world).proposal
    item = planning.add_item(meeting.id, second.id, meeting.version, by=by)
    with pytest.raises(Conflict, match="on this agenda already"):
        planning.add_item(meeting.id, second.id, meeting.version, by=by)
    planning.change_item(item.id, -1, meeting.version, by=by)
    lines = agenda.meeting_sheet(meeting.id).lines
    assert [line.proposal.id for line in lines] == [second.id, world.proposal.id]
    assert [line.begins_at for line in lines] == [DAY, DAY + timedelta(minutes=20)]
    planning.change_item(item.id, 0, meeting.version, by=by)
    assert len(agenda.meeting_sheet(meeting.id).lines) == 1


def test_two_who_change_a_meeting_do_not_overwrite_each_other(session, world, meeting):
    seen, by = meeting.version, world.keepers[1].actor
    planning.change_meeting(meeting.id, Plan("Gate meeting", DAY + timedelta(hours=1)), seen, by=by)
    with pytest.raises(Conflict, match=f"version {seen} of this meeting, it is version {seen + 1}"):
        planning.cancel_meeting(meeting.id, seen, by=by)
    planning.cancel_meeting(meeting.id, meeting.version, by=by)
    with pytest.raises(Conflict, match="was cancelled"):
        planning.add_item(meeting.id, world.proposal.id, meeting.version, by=by)


@pytest.mark.parametrize(
    "plan", [Plan(" ", DAY), Plan("X", None), Plan("X", DAY, 5), Plan("X", DAY, 60, "p" * 301),
             Plan("X", datetime(2020, 1, 1, tzinfo=UTC))],
)  # fmt: skip
def test_a_meeting_that_makes_no_sense_is_not_called(session, world, plan):
    with pytest.raises(Invalid):
        planning.call_meeting(plan, by=world.keepers[0].actor)
    with pytest.raises(NotFound):
        planning.call_meeting(Plan("X", DAY), [999_999], by=world.keepers[0].actor)


def test_the_calendar_shows_meetings_and_what_falls_due(browser_of, world, meeting):
    review = world.to_gate()
    page = browser_of(world.owner).get("/gates/calendar?month=2027-03").text
    assert "March 2027" in page and "Gate meeting" in page and "1 proposal" in page
    assert "Call a meeting" not in page
    month = review.due_on.strftime("%Y-%m")
    page = browser_of(world.keepers[0]).get(f"/gates/calendar?month={month}").text
    assert f"{review.name} is due" in page and "Call a meeting" in page
    assert browser_of(world.owner).get("/gates/calendar?month=nonsense").status_code == 200


def test_a_meeting_is_called_on_the_page_and_its_file_fits_a_calendar(browser_of, world):
    keeper = browser_of(world.keepers[0])
    form = {"title": "Gate meeting, März", "day": "2027-03-09", "hour": "14:00", "minutes": "90",
            "place": "Room 4; north", "proposals": [str(world.proposal.id)]}  # fmt: skip
    assert keeper.post("/gates/meetings", data=form | {"hour": "soon"}).status_code == 422
    address = keeper.post("/gates/meetings", data=form).headers["Location"]
    assert "Live cycle count" in keeper.get(address).text
    file = keeper.get(f"{address}/calendar.ics")
    assert file.mimetype == "text/calendar"
    lines = file.text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines) and lines[-1] == ""
    whole = file.text.replace("\r\n ", "")
    for line in ("DTSTART:20270309T140000Z", "DTEND:20270309T153000Z", "SUMMARY:Gate meeting\\, März",
                 "LOCATION:Room 4\\; north", "SEQUENCE:0", "STATUS:CONFIRMED"):  # fmt: skip
        assert line in whole.split("\r\n")
    assert f'ATTENDEE;CN="{world.keepers[0].name}":mailto:{world.keepers[0].email}' in whole


def test_lines_of_a_calendar_file_never_break_within_a_character():
    event = ics.Event("u", "ß€" * 60, DAY, 60, "", "é" * 200, "http://x", 1, DAY)
    for line in ics.file_of(event).split("\r\n"):
        assert len(line.encode()) <= 75


def test_one_screen_takes_a_proposal_from_opening_to_signature(browser_of, world, meeting):
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    screen = f"/gates/meetings/{meeting.id}/screen"
    keeper, other = (browser_of(one) for one in world.keepers)
    item = agenda.meeting_sheet(meeting.id).lines[0].item
    stay = {"meeting": meeting.id, "item": item.id}
    page = keeper.get(screen).text
    assert "Open the review" in page and "ready for Gate 1" in page
    answer = keeper.post(f"/gates/proposals/{world.proposal.id}/open", data=stay)
    assert answer.headers["Location"] == f"{screen}?item={item.id}"
    review = agenda.meeting_sheet(meeting.id).lines[0].review
    points = {f"points-{key}": "8" for key in review.gate.weights} | {
        f"answer-{one.key}": "yes" for one in review.gate.manual_must
    }
    keeper.post(f"/gates/reviews/{review.id}/scorecard", data=points | stay)
    assert "1 of 2 scored" in keeper.get(screen).text
    other.post(f"/gates/reviews/{review.id}/scorecard", data=points | stay)
    page = keeper.get(screen).text
    assert "scores revealed" in page and "Votes" in page and "nobody has voted for it" in page.lower()
    for browser in (keeper, other):
        browser.post(f"/gates/reviews/{review.id}/vote", data={"vote": "go"} | stay)
    form = {"decision": "go", "reason": "Clear.", "granted_amount": "480,000", "granted_people": "5"}
    answer = keeper.post(f"/gates/reviews/{review.id}/decide", data=form | stay)
    assert answer.headers["Location"].startswith(screen)
    page = keeper.get(screen).text
    assert "It stands" in page and "Signatures" in page


def test_events_tell_once_that_something_is_new_and_hold_nobody(browser_of, world, meeting):
    review = world.to_gate()
    address = f"/gates/meetings/{meeting.id}/events"
    browser = browser_of(world.owner)
    first = browser.get(address)
    assert (
        first.mimetype == "text/event-stream" and "event: changed" in first.text and "retry: " in first.text
    )
    stamp = first.text.split("id: ")[1].split("\n")[0]
    assert "event:" not in browser.get(address, headers={"Last-Event-ID": stamp}).text
    service.submit(review.id, *world.card(review), None, "go", by=world.keepers[0].actor)
    assert "event: changed" in browser.get(address, headers={"Last-Event-ID": stamp}).text
    assert browser.get("/gates/meetings/999999/events").status_code == 404


def test_events_do_not_tell_points_before_they_are_revealed(browser_of, world, meeting):
    review = world.to_gate()
    service.submit(review.id, *world.card(review, 3), None, "kill", by=world.keepers[0].actor)
    page = browser_of(world.keepers[1]).get(f"/gates/meetings/{meeting.id}/screen").text
    assert "if-pt" not in page and ">kill<" not in page


@pytest.mark.parametrize("count", [2, 14])
def test_agenda_and_calendar_ask_a_constant_number_of_questions(
    browser_of, world, meeting, count_queries, count, session
):
    for _ in range(count):
        proposal = another_world(world).proposal
        planning.add_item(meeting.id, proposal.id, meeting.version, by=world.keepers[0].actor)
    browser = browser_of(world.keepers[0])
    seen = {}
    for address in (f"/gates/meetings/{meeting.id}", "/gates/calendar?month=2027-03",
                    f"/gates/meetings/{meeting.id}/events"):  # fmt: skip
        with count_queries() as statements:
            assert browser.get(address).status_code == 200
        seen[address] = len(statements)
    assert max(seen.values()) <= 26 and seen[f"/gates/meetings/{meeting.id}/events"] <= 3


def test_a_meeting_of_tomorrow_waits_on_the_start_page_of_gatekeepers(browser_of, session, world):
    planning.call_meeting(Plan("Gate meeting", now() + timedelta(hours=20)), by=world.keepers[0].actor)
    assert "Gate meeting" in browser_of(world.keepers[1]).get("/").text
    assert session.scalars(select(MeetingItem)).all() == []
    assert session.scalars(select(Proposal)).all()


def test_a_meeting_is_called_by_the_clock_of_a_zone_and_shown_with_it(browser_of, session, world):
    keeper = browser_of(world.keepers[0])
    form = {"title": "Gates", "day": "2027-07-01", "hour": "09:30", "minutes": "60", "zone": "Europe/Berlin"}
    where = keeper.post("/gates/meetings", data=form).headers["Location"]
    page = keeper.get(where).text
    assert "09:30 to 10:30 Europe/Berlin" in page and "(07:30 UTC)" in page
    assert "DTSTART:20270701T073000Z" in keeper.get(f"{where}/calendar.ics").text
    late = form | {"day": "2027-06-30", "hour": "20:00", "zone": "America/Los_Angeles"}
    keeper.post("/gates/meetings", data=late)
    month = keeper.get("/gates/calendar?month=2027-06").text
    assert '20:00</b> <span class="dim">PDT' in month
    for wrong in ({"zone": "Europe/Nowhere"}, {"day": "2027-03-28", "hour": "02:30"}):
        assert keeper.post("/gates/meetings", data=form | wrong).status_code == 422


def test_a_meeting_is_called_by_the_clock_of_the_company(world, monkeypatch):
    monkeypatch.setenv("IDEAFLOW_TIME_ZONE", "Asia/Tokyo")
    meeting = planning.call_meeting(Plan("Gates", DAY), by=world.keepers[0].actor)
    assert meeting.zone == "Asia/Tokyo" and f"{meeting.begins_there:%H:%M %Z}" == "23:00 JST"
