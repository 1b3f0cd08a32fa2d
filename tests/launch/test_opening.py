"""A launch is opened from proposals that passed their last gate; what is wrong is named where it stands."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ideaflow.clock import today
from ideaflow.errors import Invalid
from ideaflow.launch import items, service, templates
from ideaflow.launch.models import CheckStanding, LaunchTier, OfferingProposal, ReadinessCheck
from ideaflow.launch.plans import CellWish


def _checks(session, launch):
    rows = session.scalars(select(ReadinessCheck).where(ReadinessCheck.launch_id == launch.id))
    return {check.key: check for check in rows}


def test_the_shipped_template_is_sound_and_changes_no_more(session):
    template = templates.newest()
    assert items.problems(templates.items_of(template)) == []
    with pytest.raises(DBAPIError, match="never change"):
        session.execute(text("UPDATE readiness_templates SET note = 'mine'"))


def test_a_launch_has_the_checks_of_its_tier_in_the_cells_they_apply_to(session, make):
    direct, partners = make.channel(), make.channel(is_partner=True)
    launch = make.launch([direct, partners], [make.region(), make.region()])
    checks = _checks(session, launch)
    assert launch.tier == 1 and len(checks) == len(templates.items_of(templates.newest()))
    assert checks["sellers_trained"].due_on == launch.launch_on - timedelta(days=4)
    rows = session.execute(
        select(ReadinessCheck.key, CheckStanding.is_passed).join(CheckStanding.check)
        .where(ReadinessCheck.launch_id == launch.id)
    ).all()  # fmt: skip
    cells_of = [row[0] for row in rows]
    assert (cells_of.count("message"), cells_of.count("sellers_trained")) == (4, 2)
    assert cells_of.count("partners_certified") == 2
    assert not any(row[1] for row in rows)
    assert session.scalars(select(LaunchTier.tier).where(LaunchTier.launch_id == launch.id)).all() == [1]


def test_a_small_launch_of_a_process_is_asked_less_and_no_price(session, make):
    launch = make.launch(kind="process", product_code="", points=0)
    checks = _checks(session, launch)
    assert launch.tier == 3 and "price_entry" not in checks and "demo" not in checks
    assert "message" in checks


def test_several_proposals_feed_one_offering(session, make):
    first, second = make.passed_proposal(), make.passed_proposal()
    launch = make.launch(proposal_ids=[first.id, second.id])
    fed = select(OfferingProposal.proposal_id).where(OfferingProposal.offering_id == launch.offering_id)
    assert set(session.scalars(fed)) == {first.id, second.id} and launch.proposal_id == first.id


def test_what_is_wrong_with_a_plan_is_named_where_it_stands(session, make):
    channel, region = make.channel(), make.region()
    cell = CellWish(channel.id, region.id, None, Decimal(1), "EUR", "Partners, DACH")
    with pytest.raises(Invalid) as refused:
        make.launch(launch_on=today() - timedelta(days=1), cells=[cell], points={"revenue": 7})
    error = refused.value
    assert "is past" in error.of("launch_on")
    assert error.of(cell.field) == "Partners, DACH has no owner. Choose who drives it there."
    assert "0 to 3 points" in error.of("revenue")
    with pytest.raises(Invalid, match="has no target"):
        make.launch(cells=[replace(cell, owner_id=make.user().id, amount=None)])


def test_a_proposal_that_did_not_pass_its_last_gate_cannot_be_launched(session, make):
    proposal = make.passed_proposal()
    session.execute(
        text("UPDATE journeys SET state = 'working' WHERE proposal_id = :id"), {"id": proposal.id}
    )
    with pytest.raises(Invalid, match="has not passed its last gate"):
        make.launch(proposal=proposal)


def test_an_offering_is_there_once(make):
    launch = make.launch()
    with pytest.raises(Invalid, match="has it already"):
        make.launch(offering_name=launch.name)
    assert service.open_launch is not None
