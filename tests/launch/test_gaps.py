"""What a sale waits for: its amount is shared over its gaps, and nothing is counted twice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.launch.unblocking.gaps import (
    Gap,
    Sale,
    Severity,
    Split,
    chance_of,
    shares_of,
    worth_of,
)

AMOUNTS = st.decimals(0, 10_000_000, places=2)
GAPS = st.lists(
    st.builds(Gap, st.sampled_from(Severity), st.frozensets(st.integers(1, 5), max_size=4)),
    min_size=1,
    max_size=6,
)
SALES = st.lists(st.tuples(AMOUNTS, GAPS, st.none() | st.floats(0, 1)), max_size=8)
SPLITS = st.sampled_from(Split)


def _sales(rows) -> list[Sale]:
    return [Sale(number, amount, tuple(gaps), chance) for number, (amount, gaps, chance) in enumerate(rows)]


@given(AMOUNTS, st.lists(st.sampled_from(Severity), min_size=1, max_size=9), SPLITS)
def test_the_shares_of_a_sale_never_exceed_its_amount(amount, severities, split):
    shares = shares_of(amount, severities, split)
    assert sum(shares) <= amount
    assert amount - sum(shares) < Decimal("0.01") * len(
        shares
    )  # And nothing but parts of cents is left over.


@given(SALES, SPLITS)
def test_what_all_proposals_are_given_never_exceeds_the_sales_they_touch(rows, split):
    sales = _sales(rows)
    waited_for = {one for sale in sales for gap in sale.gaps for one in gap.proposal_ids}
    worths = [worth_of([proposal_id], sales, split) for proposal_id in waited_for]
    assert sum((worth.share for worth in worths), Decimal(0)) <= sum(
        (sale.amount for sale in sales), Decimal(0)
    )
    for worth in worths:
        assert worth.sole <= worth.touched
        assert worth.expected <= worth.share <= worth.touched


@given(SALES, SPLITS)
def test_a_sale_that_waits_for_nothing_else_is_in_both_ends_of_the_range(rows, split):
    alone = [
        Sale(one.id, one.amount, (Gap(Severity.NICE, frozenset({9})),), one.chance) for one in _sales(rows)
    ]
    worth = worth_of([9], alone, split)
    assert worth.sole == worth.touched == worth.share


def test_the_example_of_a_seller_reads_as_drawn():
    """320 thousand, three gaps, one of them ours: an even third, between nothing and all of it."""
    gaps = tuple(Gap(Severity.CHALLENGE, frozenset({number})) for number in (1, 2, 3))
    worth = worth_of([1], [Sale(7, Decimal(320_000), gaps, 0.5)])
    assert (worth.sole, worth.touched) == (0, 320_000)
    assert worth.share == Decimal("106666.66")
    assert worth.expected == Decimal("53333.33")


def test_a_deal_breaker_weighs_three_times_what_is_nice_to_have():
    shares = shares_of(
        Decimal(600), [Severity.DEAL_BREAKER, Severity.CHALLENGE, Severity.NICE], Split.WEIGHTED
    )
    assert [int(one) for one in shares] == [300, 200, 100]


def test_what_two_proposals_would_close_is_halved_between_them():
    sale = Sale(1, Decimal(100), (Gap(Severity.CHALLENGE, frozenset({1, 2})),))
    assert worth_of([1], [sale]).share == worth_of([2], [sale]).share == 50
    assert worth_of([1], [sale]).sole == 100  # Either of them alone would unblock it.


def test_what_nobody_builds_keeps_its_share():
    """A gap that no proposal closes holds back its part, so the others do not look worth more."""
    sale = Sale(1, Decimal(100), (Gap(Severity.NICE, frozenset({1})), Gap(Severity.NICE)))
    worth = worth_of([1], [sale])
    assert (worth.share, worth.sole) == (50, 0)


@pytest.mark.parametrize(
    ("by_stage", "of_all", "expected"),
    [
        ({"Negotiation": (15, 20)}, (30, 60), (0.75, "Negotiation")),
        ({"Negotiation": (15, 19)}, (30, 60), (0.5, "")),
        ({}, (9, 19), None),
    ],
)
def test_a_chance_needs_twenty_sales_that_ended(by_stage, of_all, expected):
    chance = chance_of("Negotiation", by_stage, of_all)
    assert (chance and (chance.share, chance.stage)) == expected


def test_sales_without_a_chance_are_counted_not_guessed():
    gap = (Gap(Severity.CHALLENGE, frozenset({1})),)
    worth = worth_of([1], [Sale(1, Decimal(100), gap, None), Sale(2, Decimal(100), gap, 0.3)])
    assert (worth.unsure_count, worth.expected, worth.share) == (1, 30, 200)
    assert worth.is_known
