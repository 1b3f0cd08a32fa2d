"""The seller's card of an account: for each launch what one knows two minutes before a call.

Everything is read for all asked launches at once, in a constant number of questions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ideaflow.accounts import view
from ideaflow.accounts.models import Account
from ideaflow.accounts.view import CustomerView
from ideaflow.clock import now, today
from ideaflow.launch.models import Launch
from ideaflow.launch.selling import asked, hooks, reading, telling
from ideaflow.launch.selling.answering import Answer, answer_for
from ideaflow.launch.selling.asked import Asked
from ideaflow.launch.selling.racing import Racing, race_at
from ideaflow.launch.unblocking.gaps import Worth
from ideaflow.launch.unblocking.pipeline import Pipeline, pipeline_at
from ideaflow.market.places import Where, places_of
from ideaflow.proposals import parts as proposal_parts
from ideaflow.proposals.models import Proposal
from ideaflow.users.policy import Right

BEFORE = (view.RISK, view.COMMITMENTS, view.ASKS)
"""The sections of the customer's view that one reads before a call."""
OPEN_ASKS = ("heard", "grouped", "themed", "in_theme", "open", "weighed", "in_proposal")


@dataclass(frozen=True)
class Undecided:
    """What an account asked for and nobody has decided yet: not to be promised."""

    proposal: Proposal
    words: str


@dataclass(frozen=True)
class Card:
    """What a seller knows of one launch for one account.

    :ivar answers: one for each place the account buys at; none: nobody knows where that is.
    :ivar asked: who of theirs asked, the one who said it last first.
    :ivar pipeline: their open sales that wait for it; ``worth``: what it would unblock of them.
    :ivar never: what not to promise, in sentences.
    """

    launch: Launch
    answers: tuple[Answer, ...]
    asked: tuple[Asked, ...]
    pipeline: Pipeline
    worth: Worth
    say: tuple[str, ...]
    proofs: tuple[hooks.Proof, ...]
    price: str
    never: tuple[str, ...]
    race: tuple[Racing, ...]

    @property
    def untold_count(self) -> int:
        """Return how many who asked, and can be written to, have not been told."""
        return sum(one.heard_at is None and one.contact_id is not None for one in self.asked)


@dataclass(frozen=True)
class Prepared:
    """A call prepared: the account, its cards, and what to know before.

    :ivar contact_count: of the account; 0 where nobody asked for any of it.
    :ivar view: what to know before the call; none where only the answer was asked for.
    """

    account: Account
    where: Where
    cards: tuple[Card, ...]
    contact_count: int
    view: CustomerView | None


def prepare(
    account: Account, launches: Sequence[Launch], rights: Collection[Right], *, is_racing: bool = True,
    is_whole: bool = True,
) -> Prepared:  # fmt: skip
    """Return the cards of an account for these launches.

    :param is_racing: whether competitors are looked at: a simulation for each launch.
    :param is_whole: with what to know before the call; the answer alone is there sooner.
    """
    where = places_of([account])[account.id]
    proposals = reading.proposals_of(launches)
    wanted = {one for ids in proposals.values() for one in ids}
    cells = reading.cells_of([one.id for one in launches], [place.region_id for place in where.places])
    who = _heard(asked.asked_at(account.id, wanted), wanted)
    pipeline = pipeline_at(account.id, wanted)
    open_words = [f"{one.proposal.title}: {one.words}." for one in undecided(account.id)]
    proofs = hooks.proofs([one.id for one in launches])
    cards = []
    for launch in launches:
        answers = tuple(answer_for(place, cells.get(launch.id, ()), today()) for place in where.places)
        people, waiting = _once(who, proposals[launch.id]), pipeline.of(proposals[launch.id])
        cards.append(
            Card(
                launch, answers, people, waiting, waiting.worth(proposals[launch.id]),
                tuple(_sentences(launch.say)), tuple(proofs.get(launch.id, ())),
                telling.price_words(*_band(launch), launch.price_unit, launch.currency),
                (*_sentences(launch.never_say), *telling.never(answers, now()), *open_words),
                race_at(launch, account.id, cells.get(launch.id, ()), where) if is_racing else (),
            )
        )  # fmt: skip
    seen = before(account.id, rights) if is_whole else None
    contacts = asked.contact_count(account.id) if any(one.asked for one in cards) else 0
    return Prepared(account, where, tuple(cards), contacts, seen)


def before(account_id: int, rights: Collection[Right]) -> CustomerView:
    """Return the account as everybody sees it, of the sections that matter before a call, masked."""
    return view.masked(view.views_of([account_id], only=BEFORE, most=12)[account_id], rights)


def undecided(account_id: int) -> list[Undecided]:
    """Return what the account asked for and no launch brings, with where it stands."""
    found = asked.undecided(account_id)
    states = proposal_parts.states_of(found)
    return [
        Undecided(one, f"not decided, {_lower(states[one.id].word).removesuffix(', locked')}")
        for one in found
    ]


def _heard(who: Mapping[int, Sequence[Asked]], proposal_ids: Collection[int]) -> dict[int, list[Asked]]:
    """Return the same people, each with when they were told."""
    contacts = {one.contact_id for people in who.values() for one in people if one.contact_id}
    told = hooks.heard(proposal_ids, contacts)
    return {
        number: [replace(one, heard_at=told.get((number, one.contact_id or 0))) for one in people]
        for number, people in who.items()
    }


def _once(who: Mapping[int, Sequence[Asked]], proposal_ids: Sequence[int]) -> tuple[Asked, ...]:
    """Return who asked for any of these proposals, each person once."""
    found: dict[tuple[int | None, str], Asked] = {}
    for number in proposal_ids:
        for one in who.get(number, ()):
            found.setdefault((one.contact_id, one.name), one)
    return tuple(found.values())


def _sentences(said: Sequence[object]) -> list[str]:
    """Return sentences as they are kept: text, or a mapping with ``words``."""
    plain = [str(one.get("words", "")) if isinstance(one, dict) else str(one) for one in said]
    return [one for one in plain if one.strip()]


def _band(launch: Launch) -> tuple[float | None, float | None]:
    low, high = launch.price_from, launch.price_to
    return (float(low) if low is not None else None, float(high) if high is not None else None)


def _lower(word: str) -> str:
    return word[:1].lower() + word[1:]
