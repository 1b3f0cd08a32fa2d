"""Whether the votes of a review let it go, by the rule of its gate. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from ideaflow.gates.policy import Decision


@dataclass(frozen=True)
class Vote:
    """What one seat would decide; None abstains, which counts for the quorum and nowhere else."""

    choice: Decision | None
    weight: int = 1
    is_chair: bool = False

    @property
    def is_go(self) -> bool:
        return self.choice is not None and self.choice.is_go


RULE_WORDS = {
    "majority": "more than half of the votes cast",
    "unanimous": "every vote cast",
    "weighted": "more than half of the weight of the votes cast",
    "consent": "somebody is for it and nobody against",
    "chair": "the chair's vote",
}


def against(rule: str, votes: Sequence[Vote]) -> str:
    """Return why the votes do not let it go, or an empty string when they do. A tie never goes.

    >>> go, kill = Vote(Decision.GO), Vote(Decision.KILL)
    >>> against("majority", [go, kill]), against("majority", [go, go, kill]), against("unanimous", [go, kill])
    ('the votes are a tie', '', '1 vote is against, and all have to agree')
    """
    if rule == "chair":
        return _of_chair(votes)
    cast = [vote for vote in votes if vote.choice is not None]
    if not cast:
        return "nobody has voted for it"
    no = sum(not vote.is_go for vote in cast)
    if rule in ("unanimous", "consent") and no:
        words = f"{no} {'vote is' if no == 1 else 'votes are'} against"
        return f"{words}, and {'all have to agree' if rule == 'unanimous' else 'one objection is enough'}"
    is_weighted = rule == "weighted"
    whole = sum(vote.weight if is_weighted else 1 for vote in cast)
    part = sum(vote.weight if is_weighted else 1 for vote in cast if vote.is_go)
    if part * 2 == whole:
        return "the votes are a tie"
    if part * 2 < whole:
        return f"only {part} of {whole} {'by weight ' if is_weighted else ''}would go"
    return ""


def _of_chair(votes: Sequence[Vote]) -> str:
    chairs = [vote for vote in votes if vote.is_chair]
    if not chairs:
        return "the chair decides here, and no chair has scored"
    if chairs[0].choice is None:
        return "the chair has not voted"
    return "" if chairs[0].is_go else f"the chair would {chairs[0].choice.words.lower()}"
