"""Groups are found, and what all of them agree on equals the published numbers."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan, Undefined
from ideaflow.codesign.instruments.opinion_groups import groups, kmeans, plane, silhouette
from ideaflow.codesign.instruments.opinions import Stance
from ideaflow.codesign.instruments.opinions_tally import agreement, agreement_test, consensus, tally
from tests.codesign.casting import one_each, with_aliases

NAMES = [f"s{place}" for place in range(10)]


def person(kind, random):
    """Two camps that differ on six statements, and agree on the last four."""
    camp = Stance.AGREE if kind else Stance.DISAGREE
    answers = {name: camp if place % 2 else Stance(-camp) for place, name in enumerate(NAMES[:6])}
    answers |= dict.fromkeys(NAMES[6:], Stance.AGREE)
    for name in random.sample(NAMES, 2):
        answers[name] = random.choice(list(Stance))
    return answers


def cast(each=20, seed=1):
    random = Random(seed)
    return one_each([person(kind, random) for kind in (0, 1) for _ in range(each)])


@pytest.mark.parametrize(
    ("agreed", "voted", "product"),
    [((0, 0, 0), (5, 3, 6), 0.0035714), ((1, 0, 3), (5, 3, 7), 0.0253968)],
)
def test_group_aware_consensus_of_polis(agreed, voted, product):
    tables = (np.array(one, dtype=float)[:, None] for one in (agreed, voted))
    assert consensus(*tables)[0] == pytest.approx(product, abs=5e-8)


def test_six_of_six_agree():
    assert agreement(np.array(6.0), np.array(6.0)) == 0.875
    assert agreement_test(6, 6) == pytest.approx(2.64575, abs=5e-6)


def test_two_camps_are_found_and_what_both_agree_on_comes_first():
    found = tally(cast(), NAMES, Plan(1, 200))
    assert found.sizes == (20, 20)
    assert found.separation > 0.4
    assert {one.statement for one in found.statements[:4]} == set(NAMES[6:])
    assert all(one.is_agreed_by_all for one in found.statements[:4])
    assert not any(one.is_agreed_by_all for one in found.statements[4:])
    for one in found.statements:
        assert one.consensus.low <= one.consensus.value <= one.consensus.high


def test_who_voted_on_fewer_than_seven_is_in_no_group():
    few = [Ballot(f"few{place}", dict.fromkeys(NAMES[:6], Stance.AGREE)) for place in range(9)]
    found = tally(cast() + few, NAMES, Plan(1, 50))
    assert found.ungrouped == 9
    assert sum(found.sizes) == 40


def test_a_group_of_three_is_not_told_of_nor_the_one_that_would_tell_it():
    found = tally(cast()[:23], NAMES, Plan(1, 50))
    assert found.sizes == (None, None)
    assert {one.groups for one in found.statements} == {(None, None)}


def test_where_all_think_alike_there_are_no_groups():
    same = one_each([dict.fromkeys(NAMES, Stance.AGREE)] * 8)
    found = tally(same, NAMES, Plan(1, 50))
    assert found.sizes == (8,)
    assert isinstance(found.statements[0].consensus, Undefined)


def test_aliases_of_one_account_do_not_move_agreement():
    before, after = (
        tally(one, NAMES, Plan(1, 50)) for one in (cast(), with_aliases(cast(), "account 3", 30))
    )
    agreed = {one.statement: one.agreed.value for one in before.statements}
    assert {one.statement: one.agreed.value for one in after.statements} == pytest.approx(agreed)
    assert [one.statement for one in after.statements] == [one.statement for one in before.statements]
    assert after.separation == pytest.approx(before.separation)
    assert sum(after.sizes) == sum(before.sizes) + 29


def test_three_heaps_are_three_groups_as_wide_apart_as_the_definition_says():
    random = np.random.default_rng(4)
    places = np.concatenate([random.normal(centre, 0.4, size=(40, 2)) for centre in ((0, 0), (4, 0), (0, 4))])
    once = np.ones(len(places))
    labels, width = groups(places, once)
    assert sorted(np.bincount(labels)) == [40, 40, 40]
    assert [len(set(labels[start : start + 40])) for start in (0, 40, 80)] == [1, 1, 1]
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    by_hand = []
    for one in range(len(places)):
        own = apart[one][(labels == labels[one]) & (np.arange(len(places)) != one)].mean()
        nearest = min(apart[one][labels == kind].mean() for kind in range(3) if kind != labels[one])
        by_hand.append((nearest - own) / max(nearest, own))
    assert width == pytest.approx(np.mean(by_hand))
    assert silhouette(places, once, kmeans(places, once, 4)) < width


def test_people_who_voted_little_are_not_drawn_to_the_middle():
    votes = np.array(
        [[1.0, 1, 1, 1, -1, -1]] * 5 + [[-1.0, -1, -1, -1, 1, 1]] * 5 + [[1, np.nan, np.nan, 1, -1, np.nan]]
    )
    found = plane(votes, np.ones(len(votes)))
    assert found.places[-1, 0] * found.places[0, 0] > 0
    assert abs(found.places[-1, 0]) > 0.6 * abs(found.places[0, 0])
    assert found.explained[0] > 0.9


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_same_votes_give_the_same_groups_and_everybody_one(seed):
    ballots = cast(8, seed)
    found = tally(ballots, NAMES, Plan(1, 50))
    assert found == tally(ballots, NAMES, Plan(1, 50))
    assert all(size is None or size >= 5 for size in found.sizes)


def test_under_five_accounts_there_are_no_groups():
    assert tally(cast()[:4], NAMES, Plan(1)) == NotEnough(4, 4)
