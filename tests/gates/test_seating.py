"""Who sits at a gate for which proposal, and who stands in for whom."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ideaflow.audit import AuditEvent
from ideaflow.clock import now, today
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates import queries, service
from ideaflow.gates.meeting import agenda, planning
from ideaflow.gates.models import ProcessVersion, Signature
from ideaflow.gates.process.definition import canonical, digest
from ideaflow.gates.review import desk, seats
from ideaflow.gates.review.weighing import cards_of, tally_of
from tests.gates.conftest import another_world, build_world
from tests.gates.test_pages import browser_of as browser_of


@pytest.fixture
def admin(make):
    return make.user(roles=["administrator"]).actor


def seat(world, admin, keeper, gate="gate_1", **more):
    version = queries.journey_of(world.proposal.id).process_version
    return service.add_seat(version, gate, service.SeatWish(keeper.id, **more), by=admin)


def dated(scope):
    """Turn numbers of days from now into days; not before the test runs, which may be after midnight."""
    return {
        key: today() + timedelta(days=value) if key.endswith("_on") else value for key, value in scope.items()
    }


def seated(review):
    return [card.gatekeeper.name for card in cards_of(review)]


@pytest.mark.parametrize(
    "scope",
    [
        {"arena": "inventory truth"},
        {"up_to_amount": Decimal(480_000)},
        {"from_on": 0, "until_on": 0},
    ],
)
def test_a_seat_covers_what_it_names(session, world, admin, scope):
    seat(world, admin, world.keepers[1], **dated(scope))
    assert seated(world.to_gate()) == [world.keepers[1].name]


@pytest.mark.parametrize(
    "scope",
    [
        {"arena": "Yard"},
        {"region": "Mars"},
        {"up_to_amount": Decimal(479_999)},
        {"from_on": 1},
    ],
)
def test_a_seat_leaves_out_what_it_does_not_name(session, world, admin, scope):
    seat(world, admin, world.keepers[0])
    seat(world, admin, world.keepers[1], **dated(scope))
    assert seated(world.to_gate()) == [world.keepers[0].name]


def test_a_seat_for_a_region_covers_what_is_asked_for_there(session, world, admin):
    from ideaflow.accounts.models import Account

    session.scalars(select(Account)).first().region = "Nordics"
    session.commit()
    seat(world, admin, world.keepers[1], region="nordics")
    assert seated(world.to_gate()) == [world.keepers[1].name]


def test_no_seat_for_such_a_proposal_opens_no_review(session, world, admin):
    seat(world, admin, world.keepers[0], arena="Yard")
    with pytest.raises(Conflict, match="who sit there for such a proposal"):
        world.to_gate()


def test_only_who_decides_is_seated_and_only_once(session, world, admin):
    with pytest.raises(Invalid, match="cannot decide"):
        seat(world, admin, world.owner)
    seat(world, admin, world.keepers[0])
    with pytest.raises(Invalid, match="have this seat already"):
        seat(world, admin, world.keepers[0])
    with pytest.raises(Invalid, match="Somebody else is the deputy"):
        seat(world, admin, world.keepers[1], deputy_id=world.keepers[1].id)


def test_one_recuses_the_deputy_steps_in_and_the_quorum_holds(session, make, admin):
    world = build_world(make, keepers=3)
    first, second, deputy = world.keepers
    seat(world, admin, first, deputy_id=deputy.id, is_chair=True)
    seat(world, admin, second)
    review = world.to_gate()
    service.recuse(review.id, "My brother sells it.", by=first.actor)
    service.step_in(review.id, first.id, by=deputy.actor)
    assert seated(review) == [deputy.name, second.name]
    card = cards_of(review)[0]
    assert card.is_chair and card.stands_for.name == first.name and "My brother" in card.for_reason
    world.score(review, keepers=[second, deputy])
    assert review.is_revealed
    with pytest.raises(Forbidden):
        world.decide(review, service.Verdict("go", "Yes."), first)
    world.decide(review, service.Verdict("go", "Yes."), deputy)
    signature = session.scalars(select(Signature)).one()
    assert (signature.printed_name, signature.on_behalf_of) == (deputy.name, first.name)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "gates.step_in")).one()
    assert event.after["on_behalf_of"] == first.name and event.actor_name == deputy.name


def test_a_deputy_takes_no_seat_of_strangers_nor_of_who_has_scored(session, make, admin):
    world = build_world(make, keepers=3)
    first, second, deputy = world.keepers
    seat(world, admin, first, deputy_id=deputy.id)
    seat(world, admin, second)
    review = world.to_gate()
    with pytest.raises(Forbidden, match="not the deputy"):
        service.step_in(review.id, second.id, "Ill.", by=deputy.actor)
    with pytest.raises(Invalid, match="Say why"):
        service.step_in(review.id, first.id, " ", by=deputy.actor)
    world.score(review, keepers=[first])
    with pytest.raises(Conflict, match="handed in a scorecard"):
        service.step_in(review.id, first.id, "Ill.", by=deputy.actor)


def test_an_ended_seat_ends_for_the_next_review_only(session, world, admin):
    kept = seat(world, admin, world.keepers[0])
    seat(world, admin, world.keepers[1])
    review = world.to_gate()
    service.end_seat(kept.id, by=admin)
    assert len(seated(review)) == 2
    service.cancel(review.id, "Wrong day.", by=world.keepers[0].actor)
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    again = service.open_review(world.proposal.id, by=world.keepers[1].actor)
    assert seated(again) == [world.keepers[1].name]


def test_seats_are_given_and_ended_on_their_page(browser_of, world, make):
    admin, keeper = (browser_of(make.user(roles=[role])) for role in ("administrator", "gatekeeper"))
    version = queries.journey_of(world.proposal.id).process_version
    first, second = world.keepers
    page = keeper.get("/gates/seats").text
    assert first.name in page and "Give a seat" not in page
    address = f"/gates/seats/{version.id}/gate_1"
    form = {"user_id": first.id, "deputy_id": second.id, "arena": "Inventory truth", "weight": "2",
            "up_to_amount": "500,000", "from_on": today().isoformat(), "is_chair": "1"}  # fmt: skip
    assert keeper.post(address, data=form).status_code == 403
    assert admin.post(address, data=form | {"weight": "12"}).status_code == 422
    assert admin.post(address, data=form).status_code == 303
    page = admin.get("/gates/seats").text
    assert "arena Inventory truth, 2 votes, up to €500" in page and ">chair<" in page
    seat = seats.seats_of(version.process_id)["gate_1"][0]
    assert admin.post(f"/gates/seats/{seat.id}/end", data={"version": version.id}).status_code == 303
    assert "arena Inventory truth" not in admin.get("/gates/seats").text


def test_a_deputy_takes_the_seat_on_the_page(browser_of, make, admin):
    world = build_world(make, keepers=3)
    first, second, deputy = world.keepers
    seat(world, admin, first, deputy_id=deputy.id)
    seat(world, admin, second)
    review = world.to_gate()
    browser = browser_of(deputy)
    assert f"You are deputy for {first.name}" in browser.get(f"/gates/reviews/{review.id}").text
    browser.post(f"/gates/reviews/{review.id}/step-in/{first.id}", data={"reason": "On holiday."})
    page = browser.get(f"/gates/reviews/{review.id}").text
    assert f"for {first.name}" in page and "Your scorecard" in page


def test_only_who_sits_there_for_such_a_proposal_is_told_and_asked(session, world, admin, count_queries):
    here, elsewhere = world.keepers
    seat(world, admin, here, arena="Inventory truth")
    seat(world, admin, elsewhere, arena="Yard")
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    assert [one.proposal_id for one in desk.ready_for(here)] == [world.proposal.id]
    assert desk.ready_for(elsewhere) == [] and desk.ready_for(world.owner) == []
    plan = planning.Plan("Gates", now() + timedelta(days=1))
    meeting = planning.call_meeting(plan, [world.proposal.id], by=here.actor)
    assert agenda.meeting_sheet(meeting.id).guests == [here]
    session.expunge_all()
    with count_queries() as one:
        desk.ready_for(here)
    second = another_world(world)
    second.finish_stage()
    service.declare_ready(second.proposal.id, by=world.owner.actor)
    session.expunge_all()
    with count_queries() as two:
        assert len(desk.ready_for(here)) == 2
    assert len(two) == len(one)


def test_for_an_owner_with_a_seat_their_deputy_sits_down(session, world, admin):
    holder, deputy = world.keepers
    holder.roles = ["gatekeeper", "product_manager"]
    session.commit()
    seat(world, admin, holder, deputy_id=deputy.id)
    world.proposal.owner_id = holder.id
    session.commit()
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    review = service.open_review(world.proposal.id, by=deputy.actor)
    (card,) = cards_of(review)
    assert card.gatekeeper == deputy and card.stands_for == holder and "owns" in card.for_reason


def needs_finance(world):
    """Let the process of a world decide nothing at its first gate without Finance."""
    version = queries.journey_of(world.proposal.id).process_version
    document = version.document
    document["gates"][0]["quorum"]["mandatory_roles"] = ["Finance"]
    content = canonical(document)
    new = world.make._add(
        ProcessVersion(
            process_id=version.process_id, number=version.number + 1, status="published", definition=content,
            content_hash=digest(content), published_at=now(),
        )
    )  # fmt: skip
    queries.journey_of(world.proposal.id).process_version = new
    world.make.session.commit()


def test_a_gate_decides_nothing_without_a_role_that_must_be_there(session, make, admin, browser_of):
    world = build_world(make, keepers=3)
    first, money, second = world.keepers
    needs_finance(world)
    seat(world, admin, first)
    seat(world, admin, second)
    with pytest.raises(Conflict, match="decides nothing without Finance, and nobody sits there"):
        world.to_gate()
    seat(world, admin, money, role="finance")
    review = service.open_review(world.proposal.id, by=first.actor)
    world.score(review, keepers=[first, second])
    assert not review.is_revealed
    with pytest.raises(Conflict, match="decides nothing without Finance"):
        service.reveal(review.id, by=first.actor)
    page = browser_of(first).get(f"/gates/reviews/{review.id}").text
    assert "2 scored, 1 needed, and Finance" in page and "finance, not yet scored" in page
    world.score(review, keepers=[money])
    assert review.is_revealed and tally_of(review).has_quorum


def test_a_deputy_speaks_for_the_role_of_the_seat(session, make, admin):
    world = build_world(make, keepers=2)
    money, deputy = world.keepers
    needs_finance(world)
    seat(world, admin, money, role="Finance", deputy_id=deputy.id)
    review = world.to_gate()
    service.recuse(review.id, "My brother sells it.", by=money.actor)
    assert not review.is_revealed
    service.step_in(review.id, money.id, by=deputy.actor)
    world.score(review, keepers=[deputy])
    assert review.is_revealed and tally_of(review).has_quorum
