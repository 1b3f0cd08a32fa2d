"""Who sits at a gate for a proposal: the one place that knows, for reviews, desks, calendars and pages."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.gates.models import Journey
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.process.versions import Gatekeeper, ProcessVersion
from ideaflow.gates.review import tally
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import asking
from ideaflow.users import queries as users
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role
from ideaflow.wording import plural


@dataclass(frozen=True)
class Scope:
    """What seats are chosen by: the proposal's arena, the regions that ask for it, the money it asks for."""

    arena: str = ""
    regions: frozenset[str] = frozenset()
    amount: Decimal | None = None

    def covers(self, seat: Gatekeeper) -> bool:
        """Return whether a seat is for such a proposal; what a seat leaves open covers all."""
        return (
            (not seat.arena or seat.arena.casefold() == self.arena.casefold())
            and (not seat.region or seat.region.casefold() in self.regions)
            and (seat.up_to_amount is None or (self.amount or 0) <= seat.up_to_amount)
        )


@dataclass(frozen=True)
class Place:
    """A seat at one review: who, for whom, whether they lead, what their vote weighs, what they speak for."""

    user: User
    is_chair: bool = False
    weight: int = 1
    deputy: User | None = None
    role: str = ""
    stands_for: User | None = None


def keepers_of(journeys: Sequence[Journey]) -> dict[int, list[User]]:
    """Return who would sit at the next gate of each proposal, by its number; never its owner.

    In a constant number of statements, however many proposals there are.
    """
    return {number: [place.user for place in places] for number, places in _places(journeys).items()}


def places_at(journey: Journey) -> list[Place]:
    """Return who sits at the review that opens now; its owner never does.

    :raises Conflict: too few may score, or nobody for a role that must be there; says whom to ask for what.
    """
    places, gate = _places([journey])[journey.proposal_id], journey.gate
    why = _shortage(gate, places)
    if why:
        raise Conflict(f"{why} Ask an administrator to seat somebody else on the page Seats.")
    taken = {place.user.id for place in places}
    return [
        replace(one, deputy=None) if one.deputy is not None and one.deputy.id in taken else one
        for one in places
    ]


def shortages(
    version: ProcessVersion, ahead: Mapping[int, Sequence[Gate]]
) -> Iterator[tuple[int, str, Scope, str]]:
    """Yield what keeps gates ahead of proposals from deciding: proposal, gate, what seats are chosen by, why.

    In a constant number of statements. Proposals that the same people would sit for are asked once.

    :param ahead: the gates of ``version`` that each proposal has to come to, by its number.
    """
    seats = _seats({version.process_id})
    everybody = [Place(user) for user in users.with_role(Role.GATEKEEPER)]
    scopes = _scopes(list(ahead), with_regions=any(seat.region for here in seats.values() for seat in here))
    known: dict[tuple[str, tuple[int, ...], int], str] = {}
    for number, gates in ahead.items():
        scope, owner_id = scopes[number]
        for gate in gates:
            here = seats.get((version.process_id, gate.key), [])
            alike = (gate.key, tuple(seat.id for seat in here if scope.covers(seat)), owner_id)
            if alike not in known:
                known[alike] = _shortage(gate, _fitting(here, everybody, gate, scope, owner_id))
            if known[alike]:
                yield number, gate.key, scope, known[alike]


def _shortage(gate: Gate, places: Sequence[Place]) -> str:
    """Return why these are too few to decide; empty when they are not."""
    wanted = tally.quorum_needed(gate.quorum, len(places))
    if len(places) < wanted:
        return (
            f"{gate.name} needs {plural(wanted, 'scorecard')}, and only {len(places)} can come from people"
            " who sit there for such a proposal and do not own it."
        )
    missing = tally.roles_missing(gate.quorum, [place.role for place in places])
    if missing:
        return (
            f"{gate.name} decides nothing without {' and '.join(missing)}, and nobody sits there for that and"
            " for such a proposal."
        )
    return ""


def sits(journey: Journey, user_id: int | None) -> bool:
    """Return whether somebody would sit at the next gate of a proposal they do not own."""
    return user_id in {place.user.id for place in _places([journey])[journey.proposal_id]}


def may_sit(user: User) -> bool:
    """Return whether a seat may be somebody's."""
    return user.is_active and user.may(Right.DECIDE)


def _places(journeys: Sequence[Journey]) -> dict[int, list[Place]]:
    seats = _seats({journey.process_version.process_id for journey in journeys})
    at = [seats.get((one.process_version.process_id, one.gate.key), []) for one in journeys]
    everybody = [] if all(at) else [Place(user) for user in users.with_role(Role.GATEKEEPER)]
    ids = [journey.proposal_id for journey in journeys]
    scopes = _scopes(ids, with_regions=any(seat.region for here in at for seat in here))
    return {
        one.proposal_id: _fitting(here, everybody, one.gate, *scopes[one.proposal_id])
        for one, here in zip(journeys, at, strict=True)
    }


def _seats(process_ids: Collection[int]) -> Mapping[tuple[int, str], list[Gatekeeper]]:
    query = (
        select(Gatekeeper)
        .where(Gatekeeper.process_id.in_(process_ids))
        .options(joinedload(Gatekeeper.user), joinedload(Gatekeeper.deputy))
        .order_by(Gatekeeper.is_chair.desc(), Gatekeeper.id)
    )
    day = today()
    found: dict[tuple[int, str], list[Gatekeeper]] = defaultdict(list)
    for seat in db.session.scalars(query):
        if seat.holds_on(day):
            found[seat.process_id, seat.gate_key].append(seat)
    return found


def _scopes(ids: Sequence[int], *, with_regions: bool) -> dict[int, tuple[Scope, int]]:
    """Return for each proposal what seats are chosen by, and who owns it."""
    regions: dict[int, set[str]] = defaultdict(set)
    if with_regions:
        pairs = asking()
        query = select(pairs.c.proposal_id, Account.region).join(Account, Account.id == pairs.c.account_id)
        for number, region in db.session.execute(query.where(pairs.c.proposal_id.in_(ids)).distinct()):
            regions[number].add(str(region or "").casefold())
    rows = db.session.execute(
        select(Proposal.id, Proposal.arena, Proposal.asked_amount, Proposal.owner_id).where(
            Proposal.id.in_(ids)
        )
    )
    return {
        row.id: (Scope(row.arena or "", frozenset(regions[row.id] - {""}), row.asked_amount), row.owner_id)
        for row in rows
    }


def _fitting(
    seats: Sequence[Gatekeeper], everybody: Sequence[Place], gate: Gate, scope: Scope, owner_id: int
) -> list[Place]:
    """Return the seats that are for a proposal, each person once; for its owner their deputy sits down."""
    if not seats:
        return [place for place in everybody if place.user.id != owner_id]
    fitting = [seat for seat in seats if scope.covers(seat) and may_sit(seat.user)]
    own = [_place(seat, gate) for seat in fitting]
    found = {place.user.id: place for place in reversed(own) if place.user.id != owner_id}
    for place in own:
        deputy = place.deputy
        if place.user.id == owner_id and deputy is not None and deputy.id not in found:
            found[deputy.id] = replace(place, user=deputy, deputy=None, stands_for=place.user)
    found.pop(owner_id, None)
    return sorted(found.values(), key=lambda place: (not place.is_chair, place.user.name, place.user.id))


def _place(seat: Gatekeeper, gate: Gate) -> Place:
    has_deputy = gate.allows_deputies and seat.deputy is not None and may_sit(seat.deputy)
    return Place(seat.user, seat.is_chair, seat.weight, seat.deputy if has_deputy else None, seat.role)
