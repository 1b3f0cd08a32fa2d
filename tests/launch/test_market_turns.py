"""What changes in the market's records turns exactly the cells it concerns, at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ideaflow.audit import SYSTEM
from ideaflow.clock import now, stopped, today
from ideaflow.db import transaction
from ideaflow.intake import sending
from ideaflow.launch import jobs, service
from ideaflow.launch.models import CheckStanding, LaunchCell, ReadinessCheck
from ideaflow.launch.preparing import Proof
from ideaflow.launch.standings import told
from ideaflow.market import hooks
from ideaflow.market.models import TrainingRecord
from ideaflow.outbox import OutgoingMail
from tests.market.conftest import Market

ALL_OF_IT = Proof(url="https://files.fernhall.example/proof.pdf")


@pytest.fixture
def market(session):
    return Market(session)


def _ready(session, make, launch):
    """Show everything that is shown by a file, and let a second person confirm it."""
    mine, other = make.user(), make.user()
    checks = select(ReadinessCheck).where(ReadinessCheck.launch_id == launch.id)
    for check in session.scalars(checks).all():
        if check.rule["kind"] == "evidence":
            service.confirm(service.add_evidence(check.id, ALL_OF_IT, by=mine.actor).id, by=other.actor)


def _cells(session, launch):
    query = select(LaunchCell).where(LaunchCell.launch_id == launch.id).order_by(LaunchCell.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


@pytest.fixture
def ready(session, make, market):
    """A launch in four cells that can all sell: priced, trained, certified, and the rest shown."""
    launch = make.launch([market.direct, market.partners], [market.dach, market.uk], product_code="DOCK-1")
    for agent in (make.user(roles=["service"]), make.user(roles=["service"])):
        market.trained(agent.email, f"{launch.name} support")
    market.prices = {cell: market.price(market.book(cell)) for cell in market.cells}
    for cell in (market.direct_dach, market.direct_uk):
        market.trained(market.seller(cell).email, launch.name)
    for cell in (market.partners_dach, market.partners_uk):
        market.seller(cell, email=f"partner-manager-{cell[1]}@fernhall.example")
        market.certified(market.partner(cell), launch.name)
    _ready(session, make, launch)
    jobs.measure_all()
    assert [cell.is_ready for cell in _cells(session, launch)] == [True] * 4
    return launch


def test_a_deactivated_price_entry_turns_exactly_its_cell_and_tells_its_sellers(
    session, make, market, ready, client_of
):
    cell, seller = market.partners_dach, client_of("sales")
    make.item()
    market.seller(cell, email=seller.user.email)
    moment = now().replace(hour=10, minute=2)
    with stopped(moment):
        with transaction():
            entry = market.prices[cell]
            entry.is_active, entry.turned_at = False, moment
            session.flush()
            hooks.tell(hooks.What.PRICES, [cell], [entry.product_code], by=SYSTEM)
        red = [(one.channel_id, one.region_id) for one in _cells(session, ready) if not one.is_ready]
        assert red == [cell]
        query = (
            select(CheckStanding).join(CheckStanding.check).join(CheckStanding.cell)
            .where(ReadinessCheck.key == "price_entry", CheckStanding.is_passed.is_(False))
            .where(ReadinessCheck.launch_id == ready.id)
        )  # fmt: skip
        standing = session.scalars(query).one()
        assert told(standing, now()) == "price entry inactive since 10:02" and standing.since_at == moment
        mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        sellers = f"partner-manager-{cell[1]}@fernhall.example"
        assert sellers in {mail.recipient for mail in mails} and len(mails) == 3  # And who drives the cell.
        assert "price entry inactive since 10:02" in mails[0].text
        account = make.account(region="DACH")
        card = client_of("sales").get(f"/accounts/{account.id}/card/{ready.id}").text
        assert (
            "From" in card and "Not through a partner" in card
        )  # The direct cell waits for launch day alone.
        assert "price entry inactive since 10:02" in card
        page = client_of("sales").get(f"/launches/{ready.id}").text
        assert page.count('class="if-cell go"') == 3 and "Price entry inactive since 10:02" in page
        with transaction():
            hooks.tell(hooks.What.PRICES, [cell], ["DOCK-1"], by=SYSTEM)
        assert len(session.scalars(select(OutgoingMail)).all()) == 3  # Told once for each turn.
        start = seller.get("/").text
        assert f"{ready.name} cannot be sold in Partners, DACH" in start
        assert "Price entry inactive since 10:02." in start


def test_a_certificate_that_lapses_turns_its_cell_by_the_clock_alone(session, make, market, ready):
    with stopped(now() + timedelta(days=70)):  # After launch day.
        assert jobs.measure_all() == 0
    partner = market.partner(market.partners_uk)
    market.certified(partner, ready.name, expires_on=today() + timedelta(days=65))
    jobs.measure_all()
    with stopped(now() + timedelta(days=70)):
        jobs.measure_all()
        assert [one.is_ready for one in _cells(session, ready)] == [True, True, True, False]


def test_an_agent_trained_for_one_region_counts_in_its_cells_alone_and_at_once(session, market, ready):
    course = f"{ready.name} support"
    agent = session.scalars(select(TrainingRecord).where(TrainingRecord.course == course)).first()
    said = {"id": agent.source_id, "email": agent.email, "course": course, "passed_on": "2026-06-01"}
    sending.send("training", "page", [{**said, "region": "Germany"}], by=SYSTEM)
    cells = {(one.channel_id, one.region_id): one for one in _cells(session, ready)}
    assert [cells[cell].is_ready for cell in market.cells] == [True, False, True, False]
    there = CheckStanding.cell_id == cells[market.direct_uk].id
    check = select(ReadinessCheck.id).where(ReadinessCheck.key == "agents_trained")
    query = select(CheckStanding.words).where(there, CheckStanding.check_id.in_(check))
    words = session.scalars(query).one()
    assert words.startswith(f"1 of 1 agents trained on “{course}”; 1 for other regions")
    sending.send("training", "page", [said], by=SYSTEM)
    assert all(cell.is_ready for cell in _cells(session, ready))
