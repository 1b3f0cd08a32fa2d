"""What scorecards add up to, and which decisions they leave open. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import fmean, stdev
from typing import Any

from ideaflow.gates.policy import Decision
from ideaflow.gates.process.definition import Criterion, Gate, Quorum
from ideaflow.gates.review.votes import Vote, against
from ideaflow.wording import plural

TALK_FROM = 2.0
"""From this standard deviation on a criterion is talked about before it is decided on."""


@dataclass(frozen=True)
class Card:
    """One gatekeeper's scorecard.

    :param points: 0–10 by criterion.
    :param answers: yes or not by must-meet criterion.
    :param vote: what they would decide; None abstains.
    """

    keeper: int
    points: Mapping[str, int]
    answers: Mapping[str, bool] = field(default_factory=dict)
    vote: Decision | None = None
    weight: int = 1
    is_chair: bool = False
    role: str = ""


@dataclass(frozen=True)
class CriterionTally:
    """Mean and standard deviation (of the sample) over the scorecards; 0 when there is one card only."""

    key: str
    weight: int
    mean: float
    deviation: float

    @property
    def needs_talk(self) -> bool:
        return self.deviation >= TALK_FROM


@dataclass(frozen=True)
class MustTally:
    """A must-meet criterion: met, failed, or open (None: not everybody answered)."""

    criterion: Criterion
    is_met: bool | None
    words: str

    @property
    def can_be_condition(self) -> bool:
        return self.criterion.can_be_condition


@dataclass(frozen=True)
class Tally:
    """The result of a review: score of 100, each criterion, each keeper, each must, the votes.

    ``against`` says why the votes do not let it go, by the rule of the gate; empty when they do.
    ``missing`` names the roles that must be there and have not scored; without them there is no quorum.
    """

    score: float | None
    criteria: tuple[CriterionTally, ...]
    by_keeper: Mapping[int, float]
    musts: tuple[MustTally, ...]
    votes: Mapping[Decision, int]
    has_quorum: bool
    against: str = ""
    abstained: int = 0
    missing: tuple[str, ...] = ()


NEEDED_ALWAYS = frozenset({"both_halves"})
"""Without these facts nothing goes: customers were heard on what strategy began, theirs has an arena."""


@dataclass(frozen=True)
class Option:
    """A decision, and why it is closed (empty: it is open).

    ``can_override``: two signatures and a reason open it all the same. Never a tie, no quorum, or what an
    earlier gate asked for.
    """

    decision: Decision
    closed: str
    can_override: bool = False

    @property
    def is_open(self) -> bool:
        return not self.closed


def quorum_needed(quorum: Quorum, eligible: int) -> int:
    """Return how many scorecards are needed of ``eligible`` gatekeepers.

    >>> quorum_needed(Quorum(2, 0.5), 5), quorum_needed(Quorum(1, 0), 9), quorum_needed(Quorum(2, 0.5), 1)
    (3, 1, 2)
    """
    return max(quorum.min_count, ceil(round(quorum.min_fraction * eligible, 9)), 1)


def roles_missing(quorum: Quorum, roles: Iterable[str]) -> tuple[str, ...]:
    """Return the roles that must be there and are not, as the gate writes them.

    >>> roles_missing(Quorum(1, 0, ("Finance", "Sales")), ["finance", ""])
    ('Sales',)
    """
    there = {role.casefold() for role in roles}
    return tuple(role for role in quorum.mandatory_roles if role.casefold() not in there)


def score_of(weights: Mapping[str, int], means: Mapping[str, float]) -> float:
    """Return 100 · Σ w·mean/10 / Σ w.

    >>> round(score_of({"fit": 60, "risk": 40}, {"fit": 8, "risk": 5}), 1)
    68.0
    """
    total = sum(weights.values())
    return 100 * sum(weight * means[key] / 10 for key, weight in weights.items()) / total


def tally(
    gate: Gate, cards: Sequence[Card], *, eligible: int, facts: Mapping[str, Any] | None = None
) -> Tally:
    """Add up the scorecards of a review.

    :param cards: the submitted ones; who recused has none.
    :param eligible: how many gatekeepers had a seat, the recused included.
    :param facts: what the frozen evidence says, for criteria that fill themselves.
    """
    weights = gate.weights
    criteria = tuple(_criterion(key, weight, cards) for key, weight in weights.items()) if cards else ()
    means = {one.key: one.mean for one in criteria}
    votes: dict[Decision, int] = {}
    for card in cards:
        if card.vote is not None:
            votes[card.vote] = votes.get(card.vote, 0) + 1
    missing = roles_missing(gate.quorum, [card.role for card in cards])
    return Tally(
        score=score_of(weights, means) if cards else None,
        criteria=criteria,
        by_keeper={card.keeper: score_of(weights, card.points) for card in cards},
        musts=tuple(_must(criterion, cards, facts or {}) for criterion in gate.must),
        votes=votes,
        has_quorum=not missing and len(cards) >= quorum_needed(gate.quorum, eligible),
        against=against(gate.vote_rule, [Vote(card.vote, card.weight, card.is_chair) for card in cards]),
        abstained=sum(card.vote is None for card in cards),
        missing=missing,
    )


def advise(gate: Gate, result: Tally, *, recycles: int = 0, open_conditions: int = 0) -> list[Option]:
    """Return every decision of the gate with the reason why it is closed, if it is.

    A go needs a quorum, votes that let it go by the rule of the gate, every must met, the pass score and no
    criterion below the floor; a conditional go forgives what may become a condition. Kill and hold are never
    closed once scores are revealed.

    :param recycles: how often this gate sent the proposal back already.
    :param open_conditions: of an earlier gate, not met yet.
    """
    return [_option(decision, gate, result, recycles, open_conditions) for decision in gate.decisions]


def check_auto(criterion: Criterion, facts: Mapping[str, Any]) -> bool | None:
    """Return whether facts meet a criterion that fills itself; None when a fact is not known."""
    met = True
    for rule in criterion.auto:
        value = facts.get(str(rule["fact"]))
        if value is None:
            return None
        met = met and _holds(rule, value)
    return met


def _holds(rule: Mapping[str, Any], value: Any) -> bool:
    if "is" in rule:
        return bool(value) is bool(rule["is"])
    if "at_least" in rule:
        return bool(value >= rule["at_least"])
    return bool(value <= rule["at_most"])


def _criterion(key: str, weight: int, cards: Sequence[Card]) -> CriterionTally:
    points = [card.points[key] for card in cards]
    return CriterionTally(key, weight, fmean(points), stdev(points) if len(points) > 1 else 0.0)


def _must(criterion: Criterion, cards: Sequence[Card], facts: Mapping[str, Any]) -> MustTally:
    if criterion.auto:
        met = check_auto(criterion, facts)
        return MustTally(criterion, met, "yes" if met else "not known" if met is None else "not yet")
    answers = [card.answers[criterion.key] for card in cards if criterion.key in card.answers]
    if not cards or len(answers) < len(cards):
        return MustTally(criterion, None, "open")
    against = answers.count(False)
    return MustTally(criterion, not against, "yes" if not against else f"no, {against} of {len(answers)}")


def _option(decision: Decision, gate: Gate, result: Tally, recycles: int, open_conditions: int) -> Option:
    if not decision.is_go:
        is_spent = decision is Decision.RECYCLE and recycles >= gate.max_recycles
        words = f"sent back {plural(recycles, 'time')} already, the most there may be"
        return Option(decision, words if is_spent else "")
    for_good = list(_never_go(result, open_conditions))
    half = _half_missing(result)
    faults = [*for_good, *_faults_of(decision, gate, result), *half]
    faults += [result.against] if result.against else []
    can_override = not (for_good or half or result.against) and bool(faults) and decision is Decision.GO
    return Option(decision, faults[0] if faults else "", can_override)


def _never_go(result: Tally, open_conditions: int) -> Iterable[str]:
    """Say what no override opens: people who are missing, or what was asked for before."""
    if not result.has_quorum:
        yield f"nobody has scored for {' and '.join(result.missing)}" if result.missing else "no quorum"
    if open_conditions:
        yield f"{plural(open_conditions, 'condition')} of the last gate not met"


def _half_missing(result: Tally) -> list[str]:
    """Name the musts that no signature stands in for."""
    return [
        f"“{must.criterion.name}” is not met, and no signature stands in for it"
        for must in result.musts
        if not must.is_met and NEEDED_ALWAYS.intersection(str(rule["fact"]) for rule in must.criterion.auto)
    ]


def _faults_of(decision: Decision, gate: Gate, result: Tally) -> Iterable[str]:
    with_conditions = decision is Decision.CONDITIONAL_GO
    unmet = [must for must in result.musts if not must.is_met]
    final = [must for must in unmet if not must.can_be_condition]
    if unmet and not with_conditions:
        yield f"{plural(len(unmet), 'must-meet is', 'must-meets are')} not met"
    if final:
        yield f"“{final[0].criterion.name}” is not met and cannot be a condition"
    if with_conditions and len(unmet) > gate.max_conditions:
        yield f"{len(unmet)} must-meets are not met; at most {gate.max_conditions} can be conditions"
    if result.score is None or round(result.score, 1) < gate.pass_score:
        yield f"the score is below {gate.pass_score:g}"
    low = [one for one in result.criteria if one.mean < gate.floor]
    if low:
        names = {criterion.key: criterion.name for criterion in gate.should}
        yield f"{names[low[0].key]} is below {gate.floor:g}"
