"""May I sell it to this account now: the answer of a region, and the one thing that blocks."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ideaflow.launch.selling.answering import (
    Blocker,
    Cell,
    Verdict,
    answer_for,
    by_channel,
    headline,
    joined,
)
from ideaflow.market.places import Place

TODAY = date(2026, 11, 22)
DACH = Place(1, "DACH")
DIRECT = Cell(1, "DACH", 1, "Direct", False, True, datetime(2026, 11, 9, tzinfo=UTC), True, date(2026, 11, 9))
PRICE = Blocker("Price entry active", "price entry inactive since 10:02")
PARTNER = replace(
    DIRECT, channel_id=3, channel="Partners", is_partner=True, is_ready=False, is_released=False,
    earliest_on=date(2027, 1, 14), blocker=PRICE,
)  # fmt: skip


def test_a_yes_of_one_channel_names_the_channel_that_cannot_sell():
    answer = answer_for(DACH, [PARTNER, DIRECT], TODAY)
    assert headline(answer, TODAY) == "Yes, sell it now"
    assert answer.open_channels == ["Direct"]
    [held] = answer.held
    assert (by_channel(held.cell), held.from_on, held.cell.blocker) == (
        "through a partner",
        date(2027, 1, 14),
        PRICE,
    )


def test_an_account_that_buys_through_partners_hears_of_partners_alone():
    answer = answer_for(Place(1, "DACH", 3), [PARTNER, DIRECT], TODAY)
    assert headline(answer, TODAY) == "From 14 Jan 2027"
    assert answer.held == []


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"launch_on": date(2027, 3, 1), "is_released": False}, Verdict.LATER),
        ({"launch_on": date(2027, 3, 1), "is_released": True}, Verdict.NOW),
        ({"is_ready": False, "earliest_on": None}, Verdict.NOT_YET),
        ({"is_ready": False, "earliest_on": TODAY}, Verdict.NOT_YET),
        ({"is_ready": False, "earliest_on": date(2026, 12, 1)}, Verdict.LATER),
    ],
)
def test_ready_is_sold_from_launch_day_and_a_day_that_passed_is_no_promise(changes, verdict):
    assert answer_for(DACH, [replace(DIRECT, **changes)], TODAY).verdict is verdict


def test_a_region_without_a_cell_says_so_by_name():
    assert headline(answer_for(Place(9, "Iberia"), [DIRECT], TODAY), TODAY) == "Not in Iberia"


def test_an_account_in_two_regions_hears_an_answer_of_each():
    nordics = replace(PARTNER, region_id=2, region="Nordics")
    answers = [answer_for(place, [DIRECT, nordics], TODAY) for place in (DACH, Place(2, "Nordics"))]
    assert [(one.region, one.verdict) for one in answers] == [
        ("DACH", Verdict.NOW),
        ("Nordics", Verdict.LATER),
    ]


def test_names_of_channels_stand_in_a_sentence():
    assert joined(["Direct", "Inside sales", "OEM"]) == "direct, inside sales and OEM"
