"""The bicycle of the textbook, and the solver beside brute force."""

import json
from dataclasses import replace
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.configurator.advice import blocked, change_count, clashing, least_clash, repair, review
from ideaflow.codesign.configurator.parts import (
    PRICE,
    Count,
    Excludes,
    Kit,
    Limit,
    Module,
    Option,
    Requires,
    faults,
    problems,
    told,
)
from ideaflow.codesign.configurator.solving import cheapest, possible, valid_designs
from ideaflow.codesign.configurator.stored import read, stored


def module(name, prices, least=1, most=1):
    options = tuple(Option(key, key, price, days=price // 100) for key, price in prices.items())
    return Module(name.lower(), name, options, least, most)


def keys(*names):
    return frozenset(names)


BICYCLE = Kit(
    modules=(
        module("Frame", {"S": 300, "M": 350, "L": 420}),
        module("Wheel", {"26": 80, "29": 120}),
        module("Brake", {"Rim": 40, "Disc": 110}),
        module("Suspension", {"None": 0, "Front": 150, "Full": 400}),
        module("Drive", {"Single": 60, "Double": 90}),
    ),
    rules=(
        Requires("small frames take 26-inch wheels", keys("S"), keys("26")),
        Excludes("full suspension needs a larger frame than S", keys("Full"), keys("S")),
        Requires("suspension needs disc brakes", keys("Front", "Full"), keys("Disc")),
        Count("every bicycle is sprung", keys("None"), most=0),
    ),
)


def designs_by_hand(kit):
    each = [
        [
            some
            for count in range(one.least, one.most + 1)
            for some in combinations([option.key for option in one.options], count)
        ]
        for one in kit.modules
    ]
    whole = (frozenset(chain.from_iterable(parts)) for parts in product(*each))
    return [design for design in whole if not faults(kit, design)]


def test_the_bicycle_has_72_combinations_18_valid_and_the_cheapest_costs_700():
    found = review(BICYCLE)
    assert (found.combinations, found.valid, found.has_more) == (72, 18, False)
    assert found.cheapest == keys("S", "26", "Disc", "Front", "Single")
    assert BICYCLE.price_of(found.cheapest) == 700
    assert found.clashing == ()
    assert [(one.option, one.words) for one in found.dead] == [
        ("Rim", "“Rim” can never be chosen: suspension needs disc brakes; every bicycle is sprung."),
        ("None", "“None” can never be chosen: every bicycle is sprung."),
    ]


def test_price_and_lead_time_follow_each_choice():
    assert BICYCLE.price_of(keys("M", "29")) == 470
    assert BICYCLE.days_of(keys("M", "29")) == 3
    side_by_side = Kit(BICYCLE.modules, days=2, is_sequential=True)
    assert side_by_side.days_of(keys("M", "29")) == 6


def test_an_option_is_blocked_in_words_that_name_the_rule():
    why = blocked(BICYCLE, keys("S", "Front"), "29")
    assert why.words == "“29” does not go with “S”: small frames take 26-inch wheels."
    assert why.choices == ("S",)
    assert blocked(BICYCLE, keys("M"), "29") is None
    assert possible(BICYCLE, keys("S")) == {"S", "M", "L", "26", "Disc", "Front", "Single", "Double"}


def test_choices_that_clash_already_are_named_instead_of_the_option():
    why = blocked(BICYCLE, keys("S", "Full"), "Double")
    assert why.words == "“Full” and “S” do not go together: full suspension needs a larger frame than S."


def test_a_draft_may_be_older_than_its_kit():
    assert repair(BICYCLE, keys("S", "Titanium")).count == 0
    assert "29" not in possible(BICYCLE, keys("S", "Titanium"))


def test_the_smallest_repair_changes_one_choice_and_takes_the_cheaper_of_two():
    found = repair(BICYCLE, keys("S", "26", "Disc", "Front", "Single"), "29")
    assert [(one.module, one.dropped, one.added) for one in found.changes] == [("frame", ("S",), ("M",))]
    assert (found.count, found.price) == (1, 790)
    assert repair(BICYCLE, keys(), "None") is None


def test_filling_what_is_open_is_no_change():
    found = repair(BICYCLE, keys("L"))
    assert (found.count, found.changes) == (0, ())
    assert set(found.filled) == {"26", "Disc", "Front", "Single"}


def test_rules_that_leave_no_design_are_named_and_no_others():
    kit = Kit(
        BICYCLE.modules,
        (
            *BICYCLE.rules,
            Count("no disc brakes this year", keys("Disc"), most=0),
            Limit("below 5,000", PRICE, 5_000),
        ),
    )
    assert {rule.name for rule in clashing(kit)} == {
        "suspension needs disc brakes", "every bicycle is sprung", "no disc brakes this year",
    }  # fmt: skip
    assert review(kit).valid == 0


def test_a_kit_that_cannot_be_solved_says_what_to_mend():
    kit = Kit(
        (Module("m", "Motor", (Option("a", "A"), Option("a", "A again")), least=3, most=3),),
        (Requires("needs a thing", keys("a"), keys("zzz")),),
    )
    assert problems(kit) == [
        "Two options have the key “a”: give one another.",
        "“Motor” asks for 3 of 2 options: add some.",
        "Rule “needs a thing” names “zzz”, which is no option: choose another.",
    ]
    assert problems(BICYCLE) == []
    assert faults(BICYCLE, keys("S")) != []


@st.composite
def kits(draw):
    modules, names = [], []
    for place in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 3))
        options = tuple(
            Option(
                f"{place}{n}", f"{place}{n}", draw(st.integers(0, 9)), amounts={"kg": draw(st.integers(0, 4))}
            )
            for n in range(size)
        )
        least = draw(st.integers(0, 1))
        most = draw(st.integers(max(least, 1), size))
        modules.append(Module(str(place), f"Module {place}", options, least, most))
        names += [option.key for option in options]
    some = st.frozensets(st.sampled_from(names), min_size=1, max_size=2)
    number = st.integers(0, 9)
    rule = st.one_of(
        st.builds(Requires, st.just("r"), some, some),
        st.builds(Excludes, st.just("e"), some, some),
        st.builds(lambda options, least: Count("c", options, least, least + 1), some, st.integers(0, 1)),
        st.builds(lambda most: Limit("l", "kg", most), number),
    )
    kit = Kit(tuple(modules), tuple(draw(st.lists(rule, max_size=4))))
    draft = draw(st.frozensets(st.sampled_from(names), max_size=3))
    return kit, draft, draw(st.sampled_from(names))


@settings(max_examples=50, deadline=None)
@given(case=kits())
def test_a_kit_is_the_same_when_it_is_stored_and_read(case):
    assert read(json.loads(json.dumps(stored(case[0])))) == case[0]


def test_a_rule_of_no_known_kind_is_refused():
    with pytest.raises(ValueError, match="known are requires, excludes, count and limit"):
        read({"modules": [], "rules": [{"kind": "wishes"}]})


def test_a_rule_without_a_sentence_is_told_by_its_options():
    plain = [replace(rule, name="") for rule in (*BICYCLE.rules, Limit("", "price", 900))]
    assert [told(rule, BICYCLE) for rule in plain] == [
        "“S” needs “26”",
        "“Full” does not go with “S”",
        "“Front” or “Full” needs “Disc”",
        "“None” cannot be taken",
        "price adds up to 900 at most",
    ]
    assert told(Count("", keys("26", "29"), 1, 1), BICYCLE) == "take exactly 1 of “26” or “29”"
    assert blocked(replace(BICYCLE, rules=tuple(plain)), keys("S"), "29").words == (
        "“29” does not go with “S”: “S” needs “26”."
    )


@settings(max_examples=60, deadline=None)
@given(case=kits())
def test_the_solver_agrees_with_brute_force(case):
    kit, draft, _ = case
    by_hand = designs_by_hand(kit)
    assert sorted(map(sorted, valid_designs(kit))) == sorted(map(sorted, by_hand))
    assert possible(kit, draft) == {
        key for key in kit.options if any(kit.with_choice(draft, key) <= design for design in by_hand)
    }
    best = cheapest(kit)
    assert (best is None) == (not by_hand)
    if best is not None:
        assert kit.price_of(best) == min(map(kit.price_of, by_hand))


@settings(max_examples=60, deadline=None)
@given(case=kits())
def test_no_valid_design_is_nearer_or_as_near_and_cheaper_than_the_repair(case):
    kit, draft, wish = case
    start = kit.with_choice(draft, wish)
    by_hand = [design for design in designs_by_hand(kit) if wish in design]
    found = repair(kit, draft, wish)
    assert (found is None) == (not by_hand)
    if found:
        costs = [
            (sum(change_count(one, start, design) for one in kit.modules), kit.price_of(design))
            for design in by_hand
        ]
        assert (found.count, found.price) == min(costs)
        assert not faults(kit, found.design)


@settings(max_examples=40, deadline=None)
@given(case=kits())
def test_of_clashing_rules_none_can_be_spared(case):
    kit, _, _ = case
    rules = clashing(kit)
    assert bool(rules) == (cheapest(kit) is None)
    if rules:
        assert cheapest(replace(kit, rules=rules)) is None
        for place in range(len(rules)):
            assert cheapest(replace(kit, rules=rules[:place] + rules[place + 1 :])) is not None


def test_the_least_clash_keeps_equal_things_apart():
    assert least_clash([1, 2, 3, 4], lambda some: {2, 4} <= set(some)) == [2, 4]


def test_the_same_question_gets_the_same_answer():
    draft = keys("S", "29", "Rim")
    assert len({repair(BICYCLE, draft, "Full") for _ in range(5)}) == 1


@pytest.mark.parametrize("option", ["29", "Full"])
def test_a_blocked_option_names_only_what_it_clashes_with(option):
    assert blocked(BICYCLE, keys("S", "Disc", "Double"), option).choices == ("S",)
