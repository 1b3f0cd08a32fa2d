"""What the records of the market say about the cells of a launch."""

from datetime import UTC, date, datetime

import pytest

from ideaflow.market.measures import partners_certified, price_entry_active, sellers_trained
from tests.market.conftest import NOON, TODAY, Market

TEN_TWO = datetime(2026, 11, 19, 10, 2, tzinfo=UTC)


def test_a_cell_can_quote_what_one_of_its_price_books_holds_today(market: Market):
    market.price(market.book(market.direct_dach, market.partners_dach, name="List 2026"), "DOCK-1")
    found = price_entry_active("dock-1", market.cells, TODAY)
    assert [found[cell].share for cell in market.cells] == [1, 0, 1, 0]
    assert found[market.direct_dach].words == "price entry active: EUR 120 in List 2026"
    assert found[market.direct_uk].words == "no price book serves this cell"


def test_an_entry_switched_off_names_the_moment_and_only_its_own_cells(market: Market):
    direct, partners = market.book(market.direct_dach), market.book(market.partners_dach)
    market.price(direct)
    market.price(partners, is_active=False, turned_at=TEN_TWO)
    found = price_entry_active("DOCK-1", market.cells, TODAY)
    assert found[market.direct_dach].share == 1
    assert found[market.partners_dach].share == 0
    assert found[market.partners_dach].told(NOON) == "price entry inactive since 10:02"
    assert found[market.partners_dach].told(NOON.replace(day=22)) == "price entry inactive since 19 Nov"


@pytest.mark.parametrize(
    ("book", "entry", "words"),
    [
        ({}, {"valid_from_on": date(2027, 1, 14)}, "price entry valid from 14 Jan 2027 only"),
        ({}, {"valid_until_on": date(2026, 10, 31)}, "price entry expired since 1 Nov"),
        ({"is_active": False, "name": "Old"}, {}, "price book Old inactive since 12:00"),
        ({"name": "List"}, {"product_code": "OTHER"}, "no price entry in List"),
    ],
)
def test_a_price_that_does_not_hold_says_why(market: Market, book, entry, words):
    market.price(market.book(market.direct_uk, **book), **{"code": "DOCK-1", **_code(entry)})
    found = price_entry_active("DOCK-1", [market.direct_uk], TODAY)[market.direct_uk]
    assert (found.share, found.told(NOON)) == (0, words)


def _code(entry: dict) -> dict:
    return {("code" if name == "product_code" else name): value for name, value in entry.items()}


def test_a_price_with_an_end_says_how_long_it_holds(market: Market):
    book = market.book(market.direct_uk)
    market.price(book, valid_until_on=date(2026, 12, 31))
    assert price_entry_active("DOCK-1", [market.direct_uk], TODAY)[market.direct_uk].expires_on.month == 12
    market.price(book)
    assert price_entry_active("DOCK-1", [market.direct_uk], TODAY)[market.direct_uk].expires_on is None


def test_sellers_count_when_they_passed_and_it_has_not_lapsed(market: Market):
    ann, bob, cy, dora = (
        market.seller(market.direct_dach, name=name) for name in ("Ann", "Bob", "Cy", "Dora")
    )
    market.seller(market.direct_dach, left_at=NOON)
    market.trained(ann.email, "DOCK  Basics".replace("  ", " "), expires_on=date(2026, 12, 1))
    market.trained(ann.email, expires_on=date(2027, 6, 1))  # Passed anew: the later day counts.
    market.trained(bob.email, expires_on=date(2026, 11, 18))  # Lapsed yesterday.
    market.trained(cy.email, passed_on=None)
    market.trained(dora.email, passed_on=None, is_required=False)
    found = sellers_trained(" dock basics", market.cells, TODAY)
    dach = found[market.direct_dach]
    assert (dach.counted, dach.of, dach.words, dach.missing) == (
        1,
        3,
        "1 of 3 sellers trained",
        ("Bob", "Cy"),
    )
    assert dach.expires_on == date(2027, 6, 1)
    assert (found[market.direct_uk].share, found[market.direct_uk].words) == (0, "no seller in this cell")


def test_one_person_certified_certifies_the_partner_and_left_partners_do_not_count(market: Market):
    north, south = (
        market.partner(market.partners_uk, name="North"),
        market.partner(market.partners_uk, name="South"),
    )
    market.certified(market.partner(market.partners_uk, is_active=False))
    market.certified(north)
    market.certified(north, person="Second")
    market.certified(south, expires_on=date(2026, 11, 1))
    market.certified(south, withdrawn_at=NOON)
    found = partners_certified("Dock Basics", market.cells, TODAY)[market.partners_uk]
    assert (found.words, found.share, found.missing) == ("1 of 2 partners certified", 0.5, ("South",))


def test_a_measure_asks_once_however_many_cells_there_are(market: Market, count_queries):
    for cell in market.cells:
        market.price(market.book(cell))
        market.trained(market.seller(cell).email)
        market.certified(market.partner(cell))
    for measure in (price_entry_active, sellers_trained, partners_certified):
        with count_queries() as statements:
            found = measure("Dock basics", market.cells, TODAY)
        assert len(statements) == 1
        assert set(found) == set(market.cells)
