"""The rows of a review: musts, scores and how far it is, from its scorecards."""

from collections.abc import Sequence
from dataclasses import dataclass

from ideaflow.gates.models import GateReview, Scorecard
from ideaflow.gates.process.definition import Criterion
from ideaflow.gates.review import case, tally
from ideaflow.wording import plural


@dataclass(frozen=True)
class ScoreRow:
    """One scored criterion with everybody's points, in the order of the seats."""

    criterion: Criterion
    weight: int
    points: list[int]
    result: tally.CriterionTally
    remarks: list[tuple[str, int, str]]  # Who, how many points, what they say to it.


@dataclass(frozen=True)
class MustRow:
    """One must-meet criterion: met, failed or open, with the word and what it rests on."""

    text: str
    is_met: bool | None
    word: str
    why: str


@dataclass(frozen=True)
class Progress:
    """How many scorecards are in, of how many that may come, and how many are needed."""

    in_hand: int
    expected: int
    needed: int
    missing: tuple[str, ...] = ()  # Roles that must be there and have not scored.

    @property
    def is_quorum(self) -> bool:
        return self.in_hand >= self.needed and not self.missing


def progress_of(review: GateReview, cards: Sequence[Scorecard]) -> Progress:
    """Return how far a review is."""
    scored = [card for card in cards if card.submitted_at is not None]
    return Progress(
        in_hand=len(scored),
        expected=sum(card.recused_at is None for card in cards),
        needed=tally.quorum_needed(review.gate.quorum, len(cards)),
        missing=tally.roles_missing(review.gate.quorum, [card.role for card in scored]),
    )


def must_rows(
    review: GateReview, result: tally.Tally | None, cards: Sequence[Scorecard], currency: str
) -> list[MustRow]:
    """Return the must-meets of a review with what each rests on."""
    musts = (
        result.musts if result else tally.tally(review.gate, [], eligible=0, facts=review.pack["facts"]).musts
    )
    rows = []
    for must in musts:
        why = case.proof_of(must.criterion, review.pack, currency) or _said(must.criterion, cards, result)
        if must.is_met is not True and must.can_be_condition:
            why = f"{why}; may be a condition" if why else "may be a condition"
        word = must.words if result or must.criterion.auto else "to be answered"
        rows.append(MustRow(must.criterion.name, must.is_met, word, why))
    return rows


def _said(criterion: Criterion, cards: Sequence[Scorecard], result: tally.Tally | None) -> str:
    """Return what keepers remarked on a must-meet, once scores are revealed; its question before."""
    if result is None:
        return criterion.question
    said = [
        f"{card.gatekeeper.first_name}: {card.notes[criterion.key]}"
        for card in cards
        if card.notes.get(criterion.key)
    ]
    return "; ".join(said) or f"answered by {plural(len(result.by_keeper), 'gatekeeper')}"


def score_rows(review: GateReview, result: tally.Tally | None, cards: Sequence[Scorecard]) -> list[ScoreRow]:
    """Return the scored criteria with everybody\'s points; nothing before they are revealed."""
    if result is None:
        return []
    scored = [card for card in cards if card.submitted_at is not None]
    by_key = {one.key: one for one in result.criteria}
    return [
        ScoreRow(
            criterion,
            review.gate.weights[criterion.key],
            [card.points[criterion.key] for card in scored],
            by_key[criterion.key],
            [
                (card.gatekeeper.first_name, card.points[criterion.key], card.notes[criterion.key])
                for card in scored
                if card.notes.get(criterion.key)
            ],
        )
        for criterion in review.gate.should
    ]
