"""What forms read, what changed since frozen, how history is told: rules without a database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.errors import Invalid
from ideaflow.proposals.deltas import deltas, has_changed
from ideaflow.proposals.forms import read_changes, read_number, read_numbers
from ideaflow.proposals.history import words_of
from ideaflow.proposals.policy import benefit_missing, is_web_address, problems_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("480000", 480_000), ("480,000", 480_000), ("480.000", 480_000), ("480 000", 480_000),
        ("480k", 480_000), ("€480k", 480_000), ("1.2 M", 1_200_000), ("1,2m", 1_200_000),
        ("1,234.50", Decimal("1234.50")),
        ("1.234,50", Decimal("1234.50")), ("1,234,567", 1_234_567), ("12.5", Decimal("12.5")),
        ("EUR 300", 300), ("", None), ("0", 0),
    ],
)  # fmt: skip
def test_sums_are_read_as_they_are_written(text, amount):
    assert read_changes({"asked_amount": text})["asked_amount"] == amount


@pytest.mark.parametrize(
    ("text", "share"), [(".8", 0.8), ("0,8", 0.8), ("80 %", 0.8), ("1", 1.0), ("", None)]
)
def test_confidence_is_read_as_it_is_written(text, share):
    assert read_changes({"confidence": text})["confidence"] == share


@pytest.mark.parametrize("field", ["impact", "confidence", "effort_months", "asked_amount", "asked_people"])
@pytest.mark.parametrize("text", ["much", "1e5", "nan", "inf", "-", "1.2.3,4,5", "٣", "--1", "0x10", "%"])
def test_what_is_no_number_is_named(field, text):
    with pytest.raises(Invalid) as caught:
        read_changes({field: text})
    assert caught.value.of(field)


@given(st.text(max_size=40), st.sampled_from(["confidence", "effort_months", "asked_amount", "asked_people"]))
def test_any_text_is_a_number_or_refused(text, field):
    try:
        value = read_changes({field: text})[field]
    except Invalid:
        return
    assert value is None or problems_of({field: value}) is not None


@pytest.mark.parametrize("text", [None, "", "x", "-1", "²", "1.5", "9" * 19])
def test_a_number_of_a_record_is_digits(text):
    with pytest.raises(Invalid):
        read_number(text, "The theme")


def test_numbers_are_taken_once_in_order():
    assert read_numbers(["3", "P-14", "3"], "The theme") == [3, 14]


@given(st.text())
def test_a_link_is_https_or_nothing(text):
    assert not is_web_address(text) or text.lower().startswith("https://")


def test_the_benefit_names_what_is_still_to_be_said():
    assert benefit_missing({"benefit_who": "8 accounts", "benefit_target": " "}) == [
        "metric", "baseline", "target", "by when",
    ]  # fmt: skip


def _numbers(names, **values):
    accounts = [{"account_id": name, "name": name} for name in names]
    money = {"revenue_amount": "100000", "open_amount": "0", "lost_amount": "50000", "trend": "growing"}
    return {"accounts": accounts, "account_count": len(names), "statement_count": 5, **money, **values}


def test_the_accounts_that_came_and_went_are_named():
    rows = deltas(_numbers(["Brinkmann", "Nordhavn"]), _numbers(["Nordhavn", "Atelier Gauthier"]), "EUR")
    assert (rows[0].frozen, rows[0].now) == ("2", "2")
    assert rows[0].words == "1 more: Atelier Gauthier; 1 fewer: Brinkmann"
    assert rows[0].tone == "down"


def test_many_names_are_cut_short():
    rows = deltas(_numbers([]), _numbers(["E", "D", "C", "B", "A"]), "EUR")
    assert rows[0].words == "5 more: A, B, C and 2 others"


def test_money_says_what_it_gained_and_lost_pipeline_cheers_nobody():
    rows = deltas(_numbers(["A"]), _numbers(["A"], revenue_amount="510000", lost_amount="90000"), "EUR")
    by_label = {row.label: row for row in rows}
    assert (by_label["Revenue a year"].words, by_label["Revenue a year"].tone) == ("+ €410\u202fk", "up")
    assert (by_label["Pipeline lost"].words, by_label["Pipeline lost"].tone) == ("+ €40\u202fk", "")
    assert by_label["Pipeline open"].words == "unchanged"


def test_a_trend_tells_what_it_was():
    rows = deltas(_numbers(["A"]), _numbers(["A"], trend="one_customer"), "EUR")
    assert (rows[-1].now, rows[-1].words) == ("one customer only", "was growing")


def test_what_was_never_frozen_has_nothing_to_compare():
    rows = deltas(None, _numbers(["A"]), "EUR")
    assert {(row.frozen, row.words) for row in rows} == {("–", "")}


@given(st.lists(st.sampled_from("ABCDEFGH"), unique=True))
def test_what_is_as_frozen_reads_unchanged(names):
    rows = deltas(_numbers(names), _numbers(names), "EUR")
    assert {row.words for row in rows} == {"unchanged"}
    assert not has_changed(_numbers(names), len(names), 100_000.0)
    assert has_changed(_numbers(names), len(names) + 1, 100_000.0)


@pytest.mark.parametrize(
    ("action", "before", "after", "words"),
    [
        ("promote", None, {"theme_ids": [204]}, "promoted it from theme 204"),
        ("promote", None, {"theme_ids": [3, 204]}, "promoted it from themes 3, 204"),
        ("edit", {"arena": ""}, {"arena": "Truth"}, "changed the arena"),
        ("edit", {}, {"value": "x", "title": "y"}, "changed the title and the value"),
        ("edit", {}, dict.fromkeys(("a", "value", "title", "type")), "changed the title, the value and 2 m"),
        ("set_score", {}, {"impact": 2.0, "effort_months": None}, "set impact to 2, effort to nothing"),
        ("freeze", None, {"reason": "for gate 1"}, "froze the numbers for gate 1"),
        ("freeze", None, {"reason": "promoted"}, "froze the numbers when promoted"),
        ("remove_evidence", {"kind": "theme", "name": "Live count"}, None, "removed theme “Live count”"),
        ("sent_to_gate", None, None, "sent to gate"),
    ],
)  # fmt: skip
def test_history_is_told_in_words(action, before, after, words):
    assert words_of(f"proposals.{action}", before, after).startswith(words)
