"""What later slices add to the proposal page and list, so that proposals need not know them.

A later slice registers once, when its views are imported:

    parts.add_part(Place.STAGES, lambda proposal: PagePart("gates/_stages.html", {"stages": …}))
    parts.tell_states(gates_queries.states_of, gates_queries.standings)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

from ideaflow.hooks import Hook
from ideaflow.proposals.models import Proposal


class Place(StrEnum):
    """Where on the proposal page a part stands."""

    STATE = "state"  # In the head, before the buttons; the first part that answers replaces our own word.
    ACTIONS = "actions"  # In the head, the next step: the one filled button.
    STAGES = "stages"  # Above the lead sentence, the whole width.
    DELIVERABLES = "deliverables"  # Beside the score.
    GATES = "gates"  # In the aside, on top.


@dataclass(frozen=True)
class PagePart:
    """A template and what it shows; the template sees ``proposal`` and ``current_user`` besides."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StateWords:
    """Where a proposal stands, in words for a list: “Business case”, “In review, locked”.

    :param key: what the list filters by, one word: ``in_review``.
    :param tone: of the dot: hollow, accent, go, watch, stop or none.
    """

    word: str
    tone: str = ""
    key: str = ""


@dataclass(frozen=True)
class Standing:
    """Proposals that stand alike: how many are not withdrawn, the first of them, and all their numbers."""

    words: StateWords
    count: int
    first_id: int
    ids: Select[Any]


@dataclass(frozen=True)
class CriterionWords:
    """A criterion that a gate asks a proposal, as evidence may speak to it.

    :param is_next: whether the next gate asks it; ``fills_itself``: whether the numbers answer it.
    """

    key: str
    name: str
    question: str
    gate: str
    is_next: bool
    fills_itself: bool = False


@dataclass(frozen=True)
class Figure:
    """What a later slice counts of one proposal, for the list: a figure, its company, its page."""

    value: str
    note: str = ""
    url: str = ""


FigureTeller = Callable[[Sequence[int]], Mapping[int, Figure]]
PartMaker = Callable[[Proposal], PagePart | None]
StateTeller = Callable[[Sequence[int]], Mapping[int, StateWords]]
StandingTeller = Callable[[], Sequence[Standing]]
CriteriaTeller = Callable[[Proposal], Sequence[CriterionWords]]
_makers: dict[Place, list[PartMaker]] = {place: [] for place in Place}
_tellers: list[StateTeller] = []
_standing_tellers: list[StandingTeller] = []
_figure_tellers: dict[str, FigureTeller] = {}


def add_part(place: Place | str, make: PartMaker) -> None:
    """Show what ``make`` returns at ``place`` of every proposal page (None: nothing for this one)."""
    if make not in _makers[Place(place)]:
        _makers[Place(place)].append(make)


def tell_states(teller: StateTeller, standings: StandingTeller) -> None:
    """Let a later slice say where proposals stand.

    :param teller: of those on a page, asked once with all their ids.
    :param standings: of all there are, counted by the database.
    """
    if teller not in _tellers:
        _tellers.append(teller)
        _standing_tellers.append(standings)


tell_criteria = Hook[CriteriaTeller]()
"""Let ``teller`` say which criteria the gates ahead ask of a proposal, the next gate's first."""


def tell_figures(title: str, teller: FigureTeller) -> None:
    """Show a column ``title`` in the list; ``teller`` is asked once with the ids of a page."""
    _figure_tellers[title] = teller


def figures_of(proposal_ids: Sequence[int]) -> dict[str, Mapping[int, Figure]]:
    """Return the columns that later slices add to the list, by their titles."""
    return {title: teller(proposal_ids) if proposal_ids else {} for title, teller in _figure_tellers.items()}


def criteria_of(proposal: Proposal) -> list[CriterionWords]:
    """Return the criteria that later slices will ask of ``proposal``."""
    return [criterion for teller in tell_criteria for criterion in teller(proposal)]


def parts_of(proposal: Proposal) -> dict[str, list[PagePart]]:
    """Return what later slices show of ``proposal``, by place, in the order they registered."""
    return {
        place.value: [part for make in makers if (part := make(proposal)) is not None]
        for place, makers in _makers.items()
    }


def states_of(proposals: Sequence[Proposal]) -> dict[int, StateWords]:
    """Return where each proposal stands, by its id: a later slice's word, or our own."""
    states = {proposal.id: own_state(proposal) for proposal in proposals}
    living = [proposal.id for proposal in proposals if proposal.withdrawn_at is None]
    for teller in _tellers if living else ():
        states.update(teller(living))
    return states


def standings() -> list[Standing]:
    """Return where proposals stand for later slices, the first one begun first."""
    return [one for teller in _standing_tellers for one in teller()]


def own_state(proposal: Proposal) -> StateWords:
    """Return where a proposal stands as far as this slice knows.

    >>> own_state(Proposal(withdrawn_at=None, closed_at=None, is_locked=False)).word
    'Draft'
    """
    if proposal.withdrawn_at is not None:
        return StateWords("Withdrawn", "", "withdrawn")
    if proposal.merged_into_id is not None:
        return StateWords("Merged", "", "merged")
    if proposal.closed_at is not None:
        return StateWords("Closed", "", "closed")
    if proposal.is_locked:
        return StateWords("In review, locked", "accent", "in_review")
    return StateWords("Draft", "hollow", "draft")
