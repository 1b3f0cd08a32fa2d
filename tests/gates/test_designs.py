"""What customers designed reaches the gate: a draft as a deliverable, and what must be there as a need."""

import pytest

from ideaflow.codesign import casting, inviting, musts, queries, sealing
from ideaflow.codesign.designs import queries as drafts
from ideaflow.codesign.designs import service as designs
from ideaflow.codesign.designs.citing import cite_version
from ideaflow.codesign.designs.keeping import Wish
from ideaflow.errors import Conflict, Invalid
from ideaflow.gates import service
from ideaflow.gates.queries import journey_of
from ideaflow.gates.review import packing
from ideaflow.portal.queries import visitor
from tests.codesign.answering import SECRET, Round
from tests.codesign.bicycle import BICYCLE, KEYS

CHEAPEST = ("S", "26", "Disc", "Front", "Single")


@pytest.fixture
def ask(world, session):
    """Questions about the world's proposal, put by its owner."""
    ask = Round(world.make, session)
    ask.by, ask.proposal = world.owner.actor, world.proposal
    return ask


def designed(ask, *names):
    """A closed session of drafts in which Elina designed one."""
    held = ask.open("drafts", definition=BICYCLE)
    account = ask.make.account(name="Vantaa Freight", name_key="vantaa freight")
    elina = ask.make.contact(account_id=account.id, name="Elina Koski")
    inviting.invite(held.id, [elina.id], "by hand", None, by=ask.by)
    wish = Wish(frozenset(KEYS[name] for name in names))
    designs.submit(visitor(contact_id=elina.id), held.id, wish, secret=SECRET)
    ask.result(held)
    return queries.find(held.id), drafts.every(held.id)[0].versions[-1]


def must_be(ask, *names):
    """A closed Kano session in which these features must be there."""
    options = [{"key": f"o{n}", "name": name, "note": ""} for n, name in enumerate(names, start=1)]
    held = ask.open("kano", definition={"options": options, "importance": False})
    answer = {"functional": "expect", "dysfunctional": "dislike"}
    for one in ask.invite(held, *ask.accounts(6)):
        said = casting.Draft(1, {option["key"]: answer for option in options})
        casting.cast(one.id, said, sealing.new_receipt(), secret=SECRET)
    ask.result(held)
    return queries.find(held.id)


def test_a_chosen_draft_becomes_a_deliverable_with_who_designed_it_and_nobody_overwrites_it(
    ask, world, session, client_of
):
    held, version = designed(ask, *CHEAPEST)
    staff, listed = client_of("product_manager"), f"/co-design/{held.id}/drafts/"
    assert "Make it a deliverable" in staff.get(listed).text
    key = journey_of(world.proposal.id).stage.deliverables[0].key
    address, data = f"/gates/designs/{held.id}/{version.id}", {"key": key, "version": held.version}
    assert [staff.post(address, data=data).status_code for _ in range(2)] == [303, 409]
    (line,) = [
        one for one in packing.deliverables_of(journey_of(world.proposal.id)) if one["rule"].key == key
    ]
    assert line["status"].value == "done" and line["row"].link.endswith(f"{listed}#draft-1")
    assert line["row"].note.startswith("Designed by Elina Koski, Vantaa Freight (draft 1, version 1): S, 26")
    assert "Is the deliverable" in staff.get(listed).text
    again = staff.post(address, data=data | {"version": queries.find(held.id).version})
    assert again.status_code == 409 and "Designed by Elina Koski" in again.text


def test_what_must_be_there_keeps_a_proposal_from_its_gate_until_somebody_says_how_it_is_met(
    ask, world, session, client_of
):
    held = must_be(ask, "Works offline", "A report")
    world.finish_stage()
    with pytest.raises(Invalid, match=r"“Works offline”, which must be there \(no plan\)"):
        service.declare_ready(world.proposal.id, by=world.owner.actor)
    staff, page = client_of("product_manager"), f"/proposals/{world.proposal.id}"
    shown = staff.get(page).text
    assert "Must be there" in shown and f"/co-design/{held.id}#words" in shown
    address = f"/co-design/{held.id}/musts/o1"
    answers = [staff.post(address, data={"words": one, "version": 0}) for one in ("In loop two.", "Never.")]
    assert [one.status_code for one in answers] == [303, 409]
    assert "In loop two." in answers[1].text and "“Never.”" in answers[1].text
    musts.plan(held.id, "o2", "Left out: the auditor takes the export.", 0, by=ask.by)
    assert service.declare_ready(world.proposal.id, by=world.owner.actor).state == "gate_ready"
    assert staff.post(f"/co-design/{held.id}/musts/o9", data={"words": "x", "version": 0}).status_code == 404


def test_a_chosen_draft_that_has_it_meets_it_and_one_that_leaves_it_out_is_named(ask, world, session):
    held, version = designed(ask, *CHEAPEST)
    must_be(ask, "Disc", "Full")
    cite_version(held.id, version.id, "", held.version, by=ask.by)
    found = {one.name: one for one in musts.of_proposals([world.proposal.id])[world.proposal.id]}
    assert found["Disc"].in_draft == 1 and found["Disc"].is_met
    assert found["Full"].absent_from == 1 and "left out of draft 1" in found["Full"].lacks
    must_be(ask, "Bell")  # What is asked anew is asked anew; the rest stands.
    assert {one.name for one in musts.of_proposals([world.proposal.id])[world.proposal.id]} == {
        "Disc", "Full", "Bell"
    }  # fmt: skip


def test_of_two_who_decide_on_a_draft_the_second_sees_how_it_stands(ask, world):
    held, version = designed(ask, *CHEAPEST)
    cite_version(held.id, version.id, "", held.version, by=ask.by)
    with pytest.raises(Conflict, match="Yours was not done: use a draft as evidence"):
        cite_version(held.id, version.id, "", held.version - 1, by=ask.by)
