"""The demo company's market: its files come in whole, and its cells stand as its story says."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from ideaflow import demo_market, resources
from ideaflow.intake.models import Import
from ideaflow.market import places
from ideaflow.market.converting import rates_on
from ideaflow.market.exchange import Unconverted
from ideaflow.market.measures import partners_certified, price_entry_active, sellers_trained
from ideaflow.market.models import Channel, PriceTurn, Region


def test_the_demo_sells_in_twelve_cells_of_which_one_has_no_price_since_this_morning(session, make):
    people = {name: make.user(name=name) for name in ("Maren Holt", "Joris Okafor")}
    accounts = [make.account(region=name) for name in ("Nordics", "DACH", "UK & Ireland", "CEE")]
    folder = resources.EXAMPLES / "fernhall"
    assert demo_market.tell(folder, people) > 150
    demo_market.switch_off(folder, people)
    assert session.scalar(select(func.sum(Import.rejected_count))) == 0
    channels = {one.name: one.id for one in session.scalars(select(Channel))}
    regions = {one.name: one.id for one in session.scalars(select(Region)).all()[:3]}
    cells = {(c, r): (channels[c], regions[r]) for c in channels for r in regions}
    day = date(2026, 12, 1)
    prices = price_entry_active("DOCK-SCHED", list(cells.values()), day)
    assert [name for name, cell in cells.items() if not prices[cell].share] == [("Partners", "DACH")]
    trained = sellers_trained("Dock Scheduling", list(cells.values()), day)
    ours = {name: trained[cell] for name, cell in cells.items() if name[0] != "Partners"}
    short = {name: found.words for name, found in ours.items() if found.share < 0.8}
    assert short == {("Inside sales", "UK & Ireland"): "10 of 14 sellers trained"}
    certified = partners_certified("Dock Scheduling", list(cells.values()), day)
    assert certified[cells["Partners", "UK & Ireland"]].words == "2 of 5 partners certified"
    assert certified[cells["Partners", "DACH"]].share == 0.8
    where = places.places_of(accounts)
    assert [where[one.id].is_clear for one in accounts] == [True, True, True, False]
    assert not isinstance(rates_on(day).convert(Decimal(10), "USD", "GBP"), Unconverted)
    turns = session.scalar(select(func.count()).select_from(PriceTurn))
    assert demo_market.tell(folder, people) == 0
    demo_market.switch_off(folder, people)
    assert session.scalar(select(func.count()).select_from(PriceTurn)) == turns
