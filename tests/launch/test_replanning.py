"""A launch is changed with what follows; a template's newer version is looked at before it is taken."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ideaflow.clock import now, today
from ideaflow.errors import Conflict, Invalid, Overtaken
from ideaflow.launch import newer, replanning, service, templates
from ideaflow.launch.models import LaunchCell, LaunchTier, ReadinessCheck
from ideaflow.launch.plans import CellWish
from ideaflow.launch.preparing import Proof
from ideaflow.launch.tiers import DRIVERS
from ideaflow.market.models import ExchangeRate


@pytest.fixture
def boss(make):
    return make.user().actor


def _checks(session, launch):
    query = select(ReadinessCheck).where(
        ReadinessCheck.launch_id == launch.id, ReadinessCheck.removed_at.is_(None)
    )
    return {one.key: one for one in session.scalars(query.execution_options(populate_existing=True))}


def test_moving_the_day_moves_every_due_day_as_it_was_said_first(session, make, boss):
    launch = make.launch(points=0)
    day = launch.launch_on + timedelta(days=10)
    said = {one.check.key: one.due_on for one in replanning.shifts(launch, day)}
    with pytest.raises(Invalid, match="is past"):
        service.move_day(launch.id, date(2020, 1, 1), "Sooner", launch.version, by=boss)
    with pytest.raises(Invalid, match="why the day moves"):
        service.move_day(launch.id, day, "", launch.version, by=boss)
    service.move_day(launch.id, day, "The price list comes later", launch.version, by=boss)
    assert {key: one.due_on for key, one in _checks(session, launch).items()} == said
    with pytest.raises(Overtaken):
        service.move_day(launch.id, day + timedelta(days=1), "Again", 1, by=boss)


def test_another_tier_adds_checks_loses_none_and_keeps_its_history(session, make, boss):
    launch = make.launch(points=0)
    before = set(_checks(session, launch))
    large = dict.fromkeys((one.key for one in DRIVERS), 2)
    with pytest.raises(Invalid, match="what has changed"):
        service.retier(launch.id, large, "", launch.version, by=boss)
    service.retier(launch.id, large, "A competitor came", launch.version, by=boss)
    assert launch.tier == 1 and "demo" in _checks(session, launch) and before < set(_checks(session, launch))
    most = set(_checks(session, launch))
    service.retier(launch.id, dict.fromkeys(large, 0), "They gave up", launch.version, by=boss)
    assert launch.tier == 3 and set(_checks(session, launch)) == most
    history = select(LaunchTier.tier).where(LaunchTier.launch_id == launch.id).order_by(LaunchTier.id)
    assert session.scalars(history).all() == [3, 1, 3]


def test_a_target_in_another_currency_needs_a_dated_rate(session, make, boss):
    launch = make.launch(points=0)
    channel, region = make.channel(), make.region()
    wish = CellWish(channel.id, region.id, boss.id, Decimal(500), "GBP", "Direct, UK")
    with pytest.raises(Invalid, match="Direct, UK: there is no rate from GBP to EUR"):
        service.add_cells(launch.id, [wish], launch.version, by=boss)
    rate = ExchangeRate(base="EUR", currency="GBP", rate_on=today(), rate=Decimal("0.85"), source="ECB")
    rate.said_at = now()
    session.add(rate)
    session.flush()
    cell, = service.add_cells(launch.id, [wish], launch.version, by=boss)  # fmt: skip
    with pytest.raises(Invalid, match="has no owner"):
        service.change_cell(cell.id, replace(wish, owner_id=None), cell.version, by=boss)
    service.drop_cell(cell.id, "Not sold there", cell.version, by=boss)
    only = session.scalars(
        select(LaunchCell).where(LaunchCell.launch_id == launch.id, LaunchCell.removed_at.is_(None))
    ).one()
    with pytest.raises(Conflict, match="at least one cell"):
        service.drop_cell(only.id, "Nor there", only.version, by=boss)


def test_the_newer_template_is_shown_first_and_asks_anew_what_it_asks_otherwise(session, make, boss):
    launch = make.launch(points=0)
    check = _checks(session, launch)["order_code"]
    proof = service.add_evidence(check.id, Proof(url="https://files.fernhall.example/o.pdf"), by=boss)
    service.confirm(proof.id, by=make.user().actor)
    assert newer.preview(launch) is None
    draft = templates.draft_of(by=boss)
    with pytest.raises(Conflict, match="is a draft already"):
        templates.draft_of(by=boss)
    items = {one.key: one for one in templates.items_of(draft)}
    with pytest.raises(Invalid, match="has no rule"):
        templates.save_item(draft.id, replace(items["order_code"], words=""), 1, by=boss)
    stricter = replace(items["order_code"], words="two test orders were accepted")
    templates.save_item(draft.id, stricter, 1, by=boss)
    with pytest.raises(Overtaken):
        templates.drop_item(draft.id, "notices", 1, by=boss)
    templates.drop_item(draft.id, "notices", 2, by=boss)
    templates.save_item(draft.id, replace(items["demo"], key="", title="Pilot", tiers=(3,)), 3, by=boss)
    templates.publish(draft.id, "Two orders", 4, by=boss)
    with pytest.raises(Conflict, match="never changes"):
        templates.save_item(draft.id, stricter, 5, by=boss)
    found = newer.preview(launch)
    told = [(one.kind, one.item.key) for one in found.changes]
    assert told == [("changed", "order_code"), ("added", "pilot"), ("removed", "notices")]
    assert found.asks_anew == ["Order code"]
    service.take_newer(launch.id, found.template.number, launch.version, by=boss)
    checks = _checks(session, launch)
    assert "pilot" in checks and "notices" not in checks
    assert checks["order_code"].rule["words"] == "two test orders were accepted"
    session.refresh(proof)
    assert proof.withdrawn_at is not None


def test_a_template_goes_out_and_comes_in_as_json(session):
    template = templates.newest()
    assert templates.from_json(templates.as_json(template).encode()) == templates.items_of(template)
    with pytest.raises(Invalid, match="no readiness template"):
        templates.from_json(b"[1, 2]")
    with pytest.raises(Invalid, match="Check 1 of the file: Choose who carries"):
        templates.from_json(b'{"items": [{"title": "Demo", "rule": {"words": "seen"}}]}')


def test_what_sellers_say_is_kept_short_and_prices_in_order(make, boss):
    launch = make.launch(points=0)
    words = replanning.Words(["It shows the slot."], ["Any day"], Decimal(9), Decimal(5), "dock and month")
    with pytest.raises(Invalid, match="not below the lowest"):
        service.write_words(launch.id, words, launch.version, by=boss)
    with pytest.raises(Invalid, match="nobody reads more"):
        service.write_words(launch.id, replace(words, say=["x"] * 6, price_to=None), launch.version, by=boss)
    service.write_words(launch.id, replace(words, price_to=Decimal(12)), launch.version, by=boss)
    assert launch.say == ["It shows the slot."] and launch.price_to == 12
