"""Money in another currency: by a dated rate that is told, or not at all."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ideaflow.market import converting
from ideaflow.market.exchange import Converted, Rate, Rates, Unconverted
from ideaflow.market.models import ExchangeRate
from tests.market.conftest import NOON

DAY = date(2026, 11, 20)
ECB = [
    Rate("EUR", "USD", DAY, Decimal("1.0844"), "ECB"),
    Rate("EUR", "USD", DAY - timedelta(days=7), Decimal("1.10"), "ECB"),
    Rate("EUR", "GBP", DAY - timedelta(days=1), Decimal("0.8350"), "ECB"),
]
AMOUNTS = st.decimals("0.01", "99999999", places=2)
RATES = st.decimals("0.0001", "20000", places=4)


def test_an_amount_is_converted_by_the_latest_rate_on_or_before_the_day():
    found = Rates(DAY, ECB).convert(Decimal(1000), "USD", "EUR")
    assert isinstance(found, Converted)
    assert (found.amount, found.day, found.source, found.is_old) == (Decimal("922.17"), DAY, "ECB", False)
    assert found.words == "by 1 USD = 0.9222 EUR of 20 Nov, ECB"
    earlier = Rates(DAY - timedelta(days=3), ECB).convert(Decimal(1000), "EUR", "USD")
    assert earlier.amount == Decimal("1100.00")


def test_two_currencies_meet_through_their_base_by_the_older_day():
    found = Rates(DAY, ECB).convert(Decimal(100), "GBP", "USD")
    assert (found.amount, found.day) == (Decimal("129.87"), DAY - timedelta(days=1))


def test_a_rate_of_more_than_thirty_days_ago_is_said():
    found = Rates(DAY + timedelta(days=31), ECB).convert(Decimal(1), "USD", "EUR")
    assert found.is_old
    assert ", 31 days old," in found.words


def test_without_a_rate_nothing_is_converted_and_the_sum_says_so():
    total = Rates(DAY, ECB).total({"EUR": Decimal(10), "": Decimal(5), "CHF": Decimal(7)}, "EUR")
    assert (total.amount, total.is_whole) == (Decimal(15), False)
    assert total.words.startswith("CHF is not in it: no rate from CHF to EUR on or before 20 Nov")
    assert isinstance(Rates(DAY, []).convert(Decimal(1), "USD", "EUR"), Unconverted)


def test_what_is_in_the_currency_already_stays_to_the_last_digit():
    found = Rates(DAY, []).convert(Decimal("0.001"), "EUR", "EUR")
    assert (found.amount, found.words) == (Decimal("0.001"), "")


@given(AMOUNTS, RATES)
def test_there_and_back_is_the_same_amount_up_to_rounding(amount, rate):
    rates = Rates(DAY, [Rate("EUR", "XXX", DAY, rate, "page")])
    there = rates.convert(amount, "EUR", "XXX")
    back = rates.convert(there.amount, "XXX", "EUR")
    assert abs(back.amount - amount) <= Decimal("0.005") / rate + Decimal("0.006")


@given(st.dictionaries(st.sampled_from(["EUR", "USD", "GBP", "CHF"]), AMOUNTS))
def test_a_sum_never_holds_more_nor_less_than_its_parts(sums):
    total = Rates(DAY, ECB).total(sums, "EUR")
    assert total.amount == sum((part.amount for part in total.parts), Decimal(0))
    assert {one.original_currency for one in (*total.parts, *total.missing)} == set(sums)


def test_the_table_is_asked_once_for_any_number_of_amounts(session, count_queries):
    for day, rate in ((DAY, "1.0844"), (DAY - timedelta(days=1), "1.2"), (DAY + timedelta(days=1), "1.3")):
        session.add(
            ExchangeRate(base="EUR", currency="USD", rate_on=day, rate=rate, source="ECB", said_at=NOON)
        )
    session.flush()
    with count_queries() as statements:
        rates = converting.rates_on(DAY)
        assert rates.convert(Decimal(1000), "USD", "EUR").amount == Decimal("922.17")
        assert rates.total({"USD": Decimal(1000), "EUR": Decimal(1)}, "EUR").amount == Decimal("923.17")
    assert len(statements) == 1
    assert converting.convert(Decimal(1), "EUR", "USD", DAY + timedelta(days=5)).amount == Decimal("1.30")
