"""Questions about commitments: one, many by filter, those of an account, and how many were kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from ideaflow import typed
from ideaflow.accounts.models import Account
from ideaflow.accounts.owners import owned_by
from ideaflow.audit import AuditEvent
from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.errors import must_exist
from ideaflow.intervals import wilson
from ideaflow.launch.commitments.models import Commitment, CommitmentForecast, CommitmentWarning
from ideaflow.launch.commitments.states import BINDING, LIVE, State
from ideaflow.launch.models import LaunchCell
from ideaflow.paging import Key, Page, page_of
from ideaflow.users.models import User

LEAST = 5
"""So many counted commitments a rate needs; of fewer it says “too few to say”."""
VIEWS = {
    "live": "Open", "at_risk": "At risk", "overdue": "Overdue", "asked": "Waiting for a yes",
    "settled": "Settled", "all": "All",
}  # fmt: skip
KEPT = {"kept": "kept in time", "late": "met late", "not": "not kept"}


@dataclass(frozen=True)
class Filters:
    """What the list shows.

    :param who: ``mine`` (promised by me or my accounts'), a user's number, or nothing for all.
    :param kept: what counts in the rate: ``kept``, ``late``, ``not`` or ``counted``.
    """

    view: str = "live"
    who: str = ""
    account_id: int | None = None
    proposal_id: int | None = None
    kept: str = ""


@dataclass(frozen=True)
class Rate:
    """How many promises were kept in time, of those whose day is over; told from five on.

    :ivar low: the 95 % interval (Wilson), with ``high``.
    """

    owner_id: int | None
    owner: str
    kept: int
    late: int
    of: int

    @property
    def share(self) -> float | None:
        return self.kept / self.of if self.of >= LEAST else None

    @property
    def span(self) -> tuple[float, float] | None:
        return wilson(self.kept, self.of) if self.of >= LEAST else None


def get(commitment_id: int) -> Commitment:
    """Return one with everything its page shows.

    :raises NotFound: there is none.
    """
    return must_exist(
        db.session.scalar(
            _whole().where(Commitment.id == commitment_id).execution_options(populate_existing=True)
        )
    )


def listed(filters: Filters, user: User, *, after: str | None = None) -> Page[Commitment]:
    """Return a page: those that bind by their day, the settled ones the newest first."""
    query = _filtered(_whole(), filters, user)
    is_past = filters.view == "settled" or bool(filters.kept)
    keys = [Key(Commitment.due_on, "due_on", is_past), Key(Commitment.id, "id", is_past)]
    return page_of(query, keys, after=after)


def counts(filters: Filters, user: User) -> dict[str, int]:
    """Return how many each view holds, with the other filters as they are."""
    columns = [func.count().filter(_of_view(view)).label(view) for view in VIEWS]
    query = _narrowed(select(*columns).select_from(Commitment), filters, user)
    return {name: int(count) for name, count in db.session.execute(query).one()._mapping.items()}


def forecasts_of(commitment_ids: Collection[int]) -> dict[int, CommitmentForecast]:
    """Return the newest forecast of each."""
    query = (
        select(CommitmentForecast)
        .where(among(CommitmentForecast.commitment_id, commitment_ids))
        .distinct(CommitmentForecast.commitment_id)
        .order_by(CommitmentForecast.commitment_id, CommitmentForecast.made_on.desc())
    )
    return {one.commitment_id: one for one in db.session.scalars(query)}


def past_forecasts(commitment_id: int) -> Sequence[CommitmentForecast]:
    """Return how its forecast moved, the newest first."""
    query = select(CommitmentForecast).where(CommitmentForecast.commitment_id == commitment_id)
    return db.session.scalars(query.order_by(CommitmentForecast.made_on.desc()).limit(20)).all()


def warnings_of(commitment_id: int) -> Sequence[CommitmentWarning]:
    """Return who was warned of what, the newest first."""
    query = select(CommitmentWarning).where(CommitmentWarning.commitment_id == commitment_id)
    query = query.options(joinedload(CommitmentWarning.user)).order_by(CommitmentWarning.id.desc())
    return db.session.scalars(query.limit(50)).all()


def history_of(commitment_id: int) -> Sequence[AuditEvent]:
    """Return what happened to it, the newest first."""
    query = select(AuditEvent).where(
        AuditEvent.subject_type == "commitments", AuditEvent.subject_id == commitment_id
    )
    return db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(50)).all()


def follower_of(commitment_id: int) -> int | None:
    """Return the number of the commitment that took its place with another day."""
    return db.session.scalar(select(Commitment.id).where(Commitment.follows_id == commitment_id))


def rates(user_ids: Collection[int] | None = None) -> tuple[Rate, list[Rate]]:
    """Return the rate of all, and of each who promised, the most promises first."""
    kept, late = _counts_as("kept"), _counts_as("late")
    query = (
        select(
            User.id, User.name, func.count().filter(kept), func.count().filter(late), func.count(),
        )
        .join(Commitment, Commitment.owner_id == User.id)
        .where(_counts_as("counted"))
        .group_by(User.id)
        .order_by(func.count().desc(), User.name)
    )  # fmt: skip
    if user_ids is not None:
        query = query.where(among(User.id, user_ids))
    owners = [Rate(*row) for row in db.session.execute(query)]
    whole = Rate(
        None, "Everybody", sum(one.kept for one in owners), sum(one.late for one in owners),
        sum(one.of for one in owners),
    )  # fmt: skip
    return whole, owners


def of_accounts(account_ids: Sequence[int], most: int) -> dict[int, list[Commitment]]:
    """Return the first commitments of each account: those that bind, by their day, then the last settled."""
    settled = case((Commitment.state.in_(LIVE), 0), else_=1)
    place = func.row_number().over(
        partition_by=Commitment.account_id, order_by=(settled, Commitment.due_on, Commitment.id)
    )
    ranked = (
        select(Commitment.id, place.label("place"))
        .where(among(Commitment.account_id, account_ids), Commitment.state != State.REFUSED)
        .subquery()
    )
    query = _whole().join(ranked, ranked.c.id == Commitment.id).where(ranked.c.place <= most)
    found: dict[int, list[Commitment]] = {}
    for one in db.session.scalars(query.order_by(Commitment.account_id, ranked.c.place)):
        found.setdefault(one.account_id, []).append(one)
    return found


def counts_of_accounts(account_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """Return how many commitments each account has, and how many of them bind."""
    query = (
        select(Commitment.account_id, func.count(), func.count().filter(Commitment.state.in_(BINDING)))
        .where(among(Commitment.account_id, account_ids), Commitment.state != State.REFUSED)
        .group_by(Commitment.account_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(query)}


def waiting_for(user: User, most: int) -> Sequence[Commitment]:
    """Return what waits for somebody: a yes of theirs, and what of theirs is at risk or overdue."""
    theirs = or_(
        Commitment.owner_id == user.id,
        Commitment.account_id.in_(select(Account.id).where(owned_by(Account, user))),
    )
    due = or_(Commitment.state == State.AT_RISK, _of_view("overdue"))
    query = _whole().where(or_(_asks(user), and_(theirs, due)))
    return db.session.scalars(query.order_by(Commitment.due_on, Commitment.id).limit(most)).all()


def live_count(user: User) -> int:
    """Return how many wait for somebody, for the number in the rail."""
    query = select(func.count()).where(
        or_(_asks(user), and_(Commitment.owner_id == user.id, or_(
            Commitment.state == State.AT_RISK, _of_view("overdue")
        )))
    )  # fmt: skip
    return int(db.session.scalar(query) or 0)


def _asks(user: User) -> ColumnElement[bool]:
    mine = or_(Commitment.authority_id == user.id, Commitment.authority_role.in_(user.roles))
    return and_(Commitment.state == State.ASKED, mine)


def _whole() -> Select[Commitment]:
    cell = joinedload(Commitment.cell)
    return select(Commitment).options(
        cell.joinedload(LaunchCell.launch), cell.joinedload(LaunchCell.channel),
        cell.joinedload(LaunchCell.region),
        joinedload(Commitment.account), joinedload(Commitment.contact), joinedload(Commitment.owner),
        joinedload(Commitment.authority), joinedload(Commitment.approved_by),
        joinedload(Commitment.proposal), joinedload(Commitment.theme), joinedload(Commitment.item),
        joinedload(Commitment.case), joinedload(Commitment.opportunity),
    )  # fmt: skip


def _filtered(query: Select[Commitment], filters: Filters, user: User) -> Select[Commitment]:
    query = _narrowed(query, filters, user)
    if filters.kept:
        return query.where(_counts_as(filters.kept))
    return query.where(_of_view(filters.view))


def _narrowed(query: Select, filters: Filters, user: User) -> Select:  # type: ignore[type-arg]
    if filters.who == "mine":
        mine = select(Account.id).where(owned_by(Account, user))
        query = query.where(or_(Commitment.owner_id == user.id, Commitment.account_id.in_(mine)))
    elif (owner_id := typed.number(filters.who)) is not None:
        query = query.where(Commitment.owner_id == owner_id)
    if filters.account_id:
        query = query.where(Commitment.account_id == filters.account_id)
    if filters.proposal_id:
        query = query.where(Commitment.proposal_id == filters.proposal_id)
    return query


def _of_view(view: str) -> ColumnElement[bool]:
    state = Commitment.state
    return {
        "live": state.in_(LIVE), "at_risk": state == State.AT_RISK, "asked": state == State.ASKED,
        "overdue": and_(state.in_(BINDING), Commitment.due_on < today()),
        "settled": state.not_in(LIVE), "all": Commitment.id.is_not(None),
    }[view]  # fmt: skip


def _counts_as(kept: str) -> ColumnElement[bool]:
    """Return whether a commitment counts so: what :func:`states.was_kept` says, for the database."""
    met, late = Commitment.state == State.MET, Commitment.met_on > Commitment.due_on
    broken = or_(Commitment.state == State.BROKEN, _of_view("overdue"))
    return {
        "kept": and_(met, ~late), "late": and_(met, late), "not": broken, "counted": or_(met, broken),
    }[kept]  # fmt: skip
