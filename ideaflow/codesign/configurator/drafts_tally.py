"""What final drafts have in common: option shares, pairs, convergence, the design of most. Pure; loads numpy.

Lift: S. Brin and others, SIGMOD 1997 (as “interest”). Likeness of two drafts: P. Jaccard, Bull. Soc. Vaud.
Sci. Nat. 37 (1901) 547–579.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ideaflow.codesign.configurator.advice import Repair, repair
from ideaflow.codesign.configurator.parts import Design, Kit
from ideaflow.codesign.counting.ballots import Ballot, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, NotEnough, Plan
from ideaflow.codesign.counting.sampling import Floats, care, estimates, sample

LEAST_TOGETHER = 3
"""A pair of options is shown from so many accounts on that chose both, or that chose either."""


@dataclass(frozen=True)
class OptionShare:
    """In which share of final drafts an option is."""

    option: str
    share: Estimate


@dataclass(frozen=True)
class Pair:
    """Two options of different modules: how much more often together than if one knew nothing of the other.

    :ivar lift: 1 as chance would have it, 2 twice as often, 0 never together.
    :ivar together: share of drafts that hold both.
    """

    first: str
    second: str
    lift: Estimate
    together: float


@dataclass(frozen=True)
class Week:
    """How alike the drafts standing at the end of a week are: mean Jaccard of two accounts' drafts, 0 to
    1."""

    week: str
    likeness: float | NotEnough
    drafts: int


@dataclass(frozen=True)
class DraftsTally:
    """What final drafts add up to.

    :ivar shares: by module in the kit's order, within a module the most chosen first.
    :ivar pairs: farthest from chance first.
    :ivar modal: the most chosen option of each module, valid or not.
    :ivar nearest: the valid design nearest to it; None when rules leave none.
    """

    care: Care
    shares: tuple[OptionShare, ...]
    pairs: tuple[Pair, ...]
    modal: Design
    nearest: Repair | None
    proxy: "DraftsTally | NotEnough"

    @property
    def is_modal_valid(self) -> bool:
        return self.nearest is not None and self.nearest.count == 0


def tally(ballots: Sequence[Ballot[Design]], kit: Kit, plan: Plan) -> DraftsTally | NotEnough:
    """Add up final drafts, one a participant; accounts weigh 1."""
    counted, beside = own(ballots), proxies(ballots)
    few = too_few(counted)
    if few:
        return few
    keys = list(kit.options)
    rows = _rows(counted, keys)
    accounts = sample(counted).by_account(rows)
    shares = estimates(accounts, rows.sum(axis=0), lambda sums: sums[..., :-1] / sums[..., -1:], plan)
    found = dict(zip(keys, shares, strict=True))
    modal = _modal(kit, found)
    return DraftsTally(
        care=care(counted, len(beside), plan),
        shares=tuple(
            OptionShare(option.key, found[option.key])
            for module in kit.modules
            for option in sorted(module.options, key=lambda one: -found[one.key].value)
        ),
        pairs=_pairs(counted, kit, found, plan),
        modal=modal,
        nearest=repair(kit, modal),
        proxy=tally(beside, kit, plan),
    )


def convergence(weeks: Mapping[str, Sequence[Ballot[Design]]], kit: Kit) -> list[Week]:
    """Say how alike drafts grew from week to week.

    :param weeks: by week in order, each participant's draft as it stood at its end.
    """
    return [Week(week, _likeness(own(ballots), kit), len(own(ballots))) for week, ballots in weeks.items()]


def jaccard(rows: Floats) -> Floats:
    """Return the likeness of any two rows of zeros and ones; two empty ones are alike.

    >>> float(jaccard(np.array([[1.0, 1, 0], [1, 0, 1]]))[0, 1].round(4))
    0.3333
    """
    both = rows @ rows.T
    sizes = rows.sum(axis=1)
    either = sizes[:, None] + sizes[None, :] - both
    return np.where(either > 0, both / np.maximum(either, 1e-12), 1.0)


def _likeness(ballots: Sequence[Ballot[Design]], kit: Kit) -> float | NotEnough:
    few = too_few(ballots)
    if few:
        return few
    found = sample(ballots)
    weights = np.outer(found.weight, found.weight) * (found.place[:, None] != found.place[None, :])
    alike = jaccard(_rows(ballots, list(kit.options))[:, :-1])
    return float((weights * alike).sum() / weights.sum())


def _rows(ballots: Sequence[Ballot[Design]], keys: Sequence[str]) -> Floats:
    """Return a row a draft: one column an option, and a last one of ones."""
    return np.array([[*(key in one.answers for key in keys), True] for one in ballots], dtype=np.float64)


def _modal(kit: Kit, shares: Mapping[str, Estimate]) -> Design:
    """Take of each module the options most chose, as many as most drafts have there."""
    chosen: set[str] = set()
    for module in kit.modules:
        order = sorted(module.options, key=lambda one: (-shares[one.key].value, one.price, one.key))
        usual = round(sum(shares[one.key].value for one in module.options))
        chosen |= {one.key for one in order[: min(max(usual, module.least), module.most)]}
    return frozenset(chosen)


def _pairs(
    ballots: Sequence[Ballot[Design]], kit: Kit, shares: Mapping[str, Estimate], plan: Plan
) -> tuple[Pair, ...]:
    """Return pairs of options of different modules with their lift, unless too rare or in every draft."""
    keys = [key for key, share in shares.items() if 0 < share.value < 1]
    accounts = len({ballot.account for ballot in ballots})
    wanted = [
        (a, b)
        for place, a in enumerate(keys)
        for b in keys[place + 1 :]
        if kit.module_of[a] is not kit.module_of[b]
        and min(shares[a].value, shares[b].value) * accounts >= LEAST_TOGETHER
    ]
    if not wanted:
        return ()
    rows = _rows(ballots, keys)
    column = {key: place for place, key in enumerate(keys)}
    left, right = [column[a] for a, _ in wanted], [column[b] for _, b in wanted]
    joined = np.concatenate([rows, rows[:, left] * rows[:, right]], axis=1)

    def lift(sums: Floats) -> Floats:
        both, of = sums[..., len(keys) + 1 :], sums[..., len(keys), None]
        return both * of / np.maximum(sums[..., left] * sums[..., right], 1e-12)

    summed = sample(ballots).by_account(joined)
    lifts = estimates(summed, joined.sum(axis=0), lift, plan)
    together = summed[:, len(keys) + 1 :].mean(axis=0)
    pairs = [Pair(*pair, one, float(part)) for pair, one, part in zip(wanted, lifts, together, strict=True)]
    return tuple(
        sorted(pairs, key=lambda pair: (-abs(np.log(max(pair.lift.value, 1e-6))), pair.first, pair.second))
    )
