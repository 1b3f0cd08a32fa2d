"""After a launch: the first sale ends time to market, the benefit is measured, its words come back to it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.audit import SYSTEM
from ideaflow.clock import now, today
from ideaflow.errors import Conflict, Invalid
from ideaflow.launch.aftermath import keeping, reading
from ideaflow.launch.aftermath.keeping import Looked
from ideaflow.launch.models import Launch, LaunchState, Offering
from ideaflow.launch.selling import hooks
from ideaflow.proposals.models import Evidence, Proposal
from tests.launch.scenes import Scenes

MEASURED = {"realised": "9 calls a morning", "measured_on": today().isoformat(), "verdict": "partly"}


@pytest.fixture
def scene(session):
    return Scenes(session)


@pytest.fixture
def launch(scene, session):
    """A launch that is on sale since a month, known to customers as “slots”."""
    launch = scene.launched(scene.theme(), scene.account(name="Vantaa Freight", name_key="vantaa freight"))
    launch.launched_at, launch.state = now() - timedelta(days=30), LaunchState.LAUNCHED
    keeping.call(launch.id, ["slots"], 1, by=SYSTEM)
    proposal = session.get(Proposal, launch.proposal_id)
    proposal.created_at = now() - timedelta(days=130)
    proposal.benefit_metric, proposal.benefit_target = "Morning calls", "5"
    session.flush()
    return launch


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


def test_the_first_sale_that_waited_for_it_is_offered_and_ends_time_to_market(
    scene, launch, manager, session
):
    sale = scene.sale(scene.account(), state="won", closes_on=today() - timedelta(days=10))
    scene.gap(sale, offering_id=launch.offering_id)
    earlier = scene.sale(scene.account(), state="won", closes_on=today() - timedelta(days=60))
    scene.gap(earlier, offering_id=launch.offering_id)
    address = f"/launches/{launch.id}/after"
    page = manager.get(address).text
    assert f'value="{sale.closes_on}"' in page and earlier.name not in page
    sent = {"version": 0, "first_sale_on": sale.closes_on.isoformat(), "first_sale_id": sale.id}
    manager.post(address, data=sent)
    assert "120 days from proposal to first sale, 20 days from launch" in manager.get(address).text


def test_it_closes_only_when_it_sold_and_its_benefit_was_measured(launch, manager, session):
    address = f"/launches/{launch.id}/after"
    refused = manager.post(address, data={"version": 0, **MEASURED, "close": "1"})
    assert refused.status_code == 409 and "the day of the first sale" in refused.text
    assert "9 calls a morning" in refused.text  # Nothing typed is lost.
    sent = {**MEASURED, "version": 1, "first_sale_on": (today() - timedelta(days=3)).isoformat()}
    assert manager.post(address, data=sent | {"close": "1"}).status_code == 303
    assert session.get(Launch, launch.id).state == LaunchState.CLOSED
    assert "Hoped for: <b>Morning calls</b> to 5" in manager.get(address).text
    looked = Looked(today(), None, "other", today(), "", "missed", "")
    with pytest.raises(Conflict, match="closed"):
        keeping.keep(launch.id, looked, 3, by=manager.user.actor)


def test_of_two_who_look_back_the_second_sees_what_the_first_said(launch, manager):
    looked = Looked(today(), None, "", None, "", "", "It sold")
    keeping.keep(launch.id, looked, 0, by=manager.user.actor)
    sent = {"version": 0, "first_sale_on": today().isoformat(), "learned": "Other words"}
    answer = manager.post(f"/launches/{launch.id}/after", data=sent)
    assert answer.status_code == 409 and "It sold" in answer.text and "Other words" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("first_sale_on", (today() + timedelta(days=2)).isoformat(), "lies ahead"),
        ("first_sale_on", "soon", "is no day"),
        ("measured_on", today().isoformat(), "both what was measured and on which day"),
        ("verdict", "great", "reached, partly reached or missed"),
        ("first_sale_id", "987654", "no such opportunity"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(launch, manager, field, value, said):
    answer = manager.post(f"/launches/{launch.id}/after", data={"version": 0, field: value})
    assert answer.status_code == 422 and said in answer.text


def test_what_names_the_offering_since_comes_back_and_may_begin_a_child(scene, launch, manager, session):
    for days, text in (
        (60, "Slots would be fine."),
        (3, "The slots end at noon."),
        (2, "Slotsmith is closed."),
    ):
        item = scene.item(text=text, said_at=now() - timedelta(days=days))
        scene.statement(item)
    page = manager.get(f"/launches/{launch.id}/after").text
    assert "The slots end at noon." in page and "Slots would" not in page and "Slotsmith" not in page
    [said] = reading.said_since(session.scalars(_with_offering(launch.id)).one()).rows
    refused = manager.post(f"/launches/{launch.id}/child", data={"title": "Slots all day"})
    assert refused.status_code == 422 and "Tick what it is to rest on" in refused.text
    manager.post(f"/launches/{launch.id}/child", data={"title": "Slots all day", "statement": said.id})
    child = session.scalars(select(Proposal).where(Proposal.parent_id == launch.proposal_id)).one()
    assert child.title == "Slots all day"
    proofs = session.scalars(select(Evidence.statement_id).where(Evidence.proposal_id == child.id)).all()
    assert proofs == [said.id]


def test_what_customers_call_it_is_said_on_its_page(launch, manager, session):
    address = f"/launches/{launch.id}"
    refused = manager.post(f"{address}/called", data={"aliases": "slots\nD", "version": 2})
    assert refused.status_code == 422 and "3 to 60 characters" in refused.text
    stale = manager.post(f"{address}/called", data={"aliases": "booking", "version": 1})
    assert stale.status_code == 409 and "It has changed meanwhile" in stale.text
    manager.post(f"{address}/called", data={"aliases": " slots \nslots\ndock booking", "version": 2})
    assert session.get(Offering, launch.offering_id).aliases == ["slots", "dock booking"]
    assert "Known as Dock Scheduling, slots, dock booking" in manager.get(f"{address}/after").text


def _with_offering(launch_id):
    return select(Launch).where(Launch.id == launch_id).options(joinedload(Launch.offering))


def test_a_story_stands_on_the_sellers_card_while_its_customer_agrees(launch, manager, session):
    address = f"/launches/{launch.id}/stories"
    story = {
        "account": "Vantaa Freight", "words": "Morning calls fell from 60 to 9.", "agreed_by": "Elina Koski",
        "agreed_on": today().isoformat(),
    }  # fmt: skip
    for field in ("words", "agreed_by", "agreed_on"):
        assert manager.post(address, data=story | {field: ""}).status_code == 422
    unknown = manager.post(address, data=story | {"account": "Nobody Ltd"})
    assert unknown.status_code == 422 and "No account is called" in unknown.text
    assert manager.post(address, data=story).status_code == 303
    [proof] = hooks.proofs([launch.id])[launch.id]
    assert proof.words == story["words"] and "Vantaa Freight agreed to be named" in proof.consent
    [kept] = reading.stories_of(launch.id)
    manager.post(f"{address}/{kept.id}/withdraw")
    assert hooks.proofs([launch.id]) == {}


def test_before_it_is_on_sale_there_is_nothing_to_look_back_on(scene, manager):
    launch = scene.launched(scene.theme(), scene.account())
    assert "It is not on sale yet." in manager.get(f"/launches/{launch.id}/after").text
    with pytest.raises((Conflict, Invalid)):
        keeping.close(launch.id, 0, by=manager.user.actor)


def test_who_does_not_drive_launches_reads_only(launch, client_of):
    seller = client_of("sales")
    assert seller.get(f"/launches/{launch.id}/after").status_code == 200
    assert seller.post(f"/launches/{launch.id}/after", data={"version": 0}).status_code == 403
