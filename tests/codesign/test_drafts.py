"""What drafts have in common, and who built on whose."""

import numpy as np
import pytest

from ideaflow.codesign.configurator.drafts_tally import convergence, jaccard, tally
from ideaflow.codesign.configurator.forks import Draft, tree
from ideaflow.codesign.configurator.parts import Excludes, Kit, Module, Option
from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from tests.codesign.casting import one_each, with_aliases

KIT = Kit(
    modules=(
        Module("body", "Body", (Option("steel", "Steel", 10), Option("alu", "Aluminium", 30))),
        Module("lock", "Lock", (Option("key", "Key", 1), Option("code", "Code", 5))),
        Module("extras", "Extras", (Option("light", "Light", 2), Option("bell", "Bell", 1)), least=0, most=2),
    ),
    rules=(Excludes("aluminium has no room for a code lock", frozenset({"alu"}), frozenset({"code"})),),
)
DRAFTS = (
    [{"alu", "key", "light"}] * 3 + [{"alu", "key"}] + [{"steel", "code", "light"}] * 5 + [{"alu", "code"}]
)


def cast():
    return one_each(frozenset(draft) for draft in DRAFTS)


def test_option_shares_are_counted_over_accounts():
    found = tally(cast(), KIT, Plan(1))
    shares = {one.option: one.share.value for one in found.shares}
    assert shares == pytest.approx(
        {"steel": 0.5, "alu": 0.5, "key": 0.4, "code": 0.6, "light": 0.8, "bell": 0.0}
    )
    for module in ("body", "lock"):
        kept = [option.key for one in KIT.modules if one.key == module for option in one.options]
        assert sum(shares[key] for key in kept) == pytest.approx(1)
    assert all(one.share.low <= one.share.value <= one.share.high for one in found.shares)


def test_what_goes_together_stands_above_chance():
    pairs = {(one.first, one.second): one for one in tally(cast(), KIT, Plan(1)).pairs}
    assert pairs["alu", "key"].lift.value == pytest.approx(0.4 / (0.5 * 0.4))
    assert pairs["alu", "key"].together == pytest.approx(0.4)
    assert pairs["steel", "key"].lift.value == 0
    assert ("steel", "alu") not in pairs


def test_the_design_of_most_is_mended_where_rules_forbid_it():
    found = tally(cast(), KIT, Plan(1))
    assert found.modal == {"steel", "code", "light"}
    assert found.is_modal_valid
    more = [*cast(), Ballot("one more", frozenset({"alu", "code"}))]
    found = tally(more, KIT, Plan(1))
    assert found.modal == {"alu", "code", "light"}
    assert not found.is_modal_valid
    assert found.nearest.design == {"alu", "key", "light"} or found.nearest.count == 1


def test_thirty_aliases_of_one_account_move_no_share():
    before, after = (tally(one, KIT, Plan(1)) for one in (cast(), with_aliases(cast(), "account 9", 30)))
    assert [one.option for one in after.shares] == [one.option for one in before.shares]
    for one, other in zip(before.shares, after.shares, strict=True):
        assert other.share.value == pytest.approx(one.share.value)
    assert after.modal == before.modal


def test_drafts_that_grow_alike_converge_and_colleagues_do_not_count_as_agreement():
    apart = one_each(frozenset({a, b}) for a in ("steel", "alu") for b in ("key", "code", "light"))
    alike = one_each([frozenset({"alu", "key"})] * 6)
    weeks = convergence({"1": apart, "2": alike, "3": alike[:2]}, KIT)
    assert weeks[0].likeness < weeks[1].likeness == 1
    assert weeks[2].likeness == NotEnough(2, 2)
    louder = with_aliases(apart, "account 0", 30)
    assert convergence({"1": louder}, KIT)[0].likeness == pytest.approx(weeks[0].likeness)


def test_likeness_is_what_two_share_of_what_either_has():
    assert jaccard(np.array([[1.0, 1, 0], [1, 0, 1], [0, 0, 0]]))[0] == pytest.approx([1, 1 / 3, 0])


def test_under_five_accounts_drafts_have_no_shares():
    assert tally(cast()[:4], KIT, Plan(1)) == NotEnough(4, 4)


def test_forks_stand_below_what_they_came_of_with_its_authors():
    drafts = [
        Draft(1, "Ana"), Draft(2, "Ben", 1), Draft(3, "Cyd", 2), Draft(4, "Ana", 3),
        Draft(5, "Dee", endorsements=2), Draft(6, "Eve", parent=99),
    ]  # fmt: skip
    rows = [(one.draft.number, one.depth, one.forks, one.after) for one in tree(drafts)]
    assert rows == [
        (1, 0, 3, ()),
        (2, 1, 2, ("Ana",)),
        (3, 2, 1, ("Ana", "Ben")),
        (4, 3, 0, ("Ana", "Ben", "Cyd")),
        (5, 0, 0, ()),
        (6, 0, 0, ()),
    ]


def test_a_draft_that_comes_of_itself_is_refused():
    with pytest.raises(ValueError, match="comes of itself"):
        tree([Draft(1, "Ana", 2), Draft(2, "Ben", 1)])
