"""Questions about co-design sessions: lists, who is invited, who answered. Never what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ideaflow.accounts.models import Contact
from ideaflow.clock import now
from ideaflow.codesign.models import (
    Addition,
    Ballot,
    BallotBox,
    CodesignSession,
    Participant,
    Tally,
)
from ideaflow.codesign.policy import State
from ideaflow.db import db
from ideaflow.errors import must_exist
from ideaflow.paging import Key, Page, page_of

FOUND = 20


@dataclass(frozen=True)
class Response:
    """How many of the invited answered."""

    invited: int = 0
    answered: int = 0
    accounts_invited: int = 0
    accounts_answered: int = 0
    waiting_mails: int = 0

    @property
    def account_share(self) -> float:
        return self.accounts_answered / self.accounts_invited if self.accounts_invited else 0.0

    @property
    def silent(self) -> int:
        return self.invited - self.answered


@dataclass(frozen=True)
class SessionLine:
    """A session in a list, with its response."""

    session: CodesignSession
    response: Response


def find(session_id: int) -> CodesignSession:
    """Return a session with its proposal.

    :raises NotFound: there is none with this number.
    """
    query = select(CodesignSession).where(CodesignSession.id == session_id)
    return must_exist(db.session.scalar(query.options(joinedload(CodesignSession.proposal))))


def newest(state: str = "", *, after: str | None = None) -> Page[CodesignSession]:
    """Return a page of sessions with their proposals, newest first."""
    query = select(CodesignSession).options(joinedload(CodesignSession.proposal))
    if state:
        query = query.where(CodesignSession.state == state)
    return page_of(query, [Key(CodesignSession.id, "id")], after=after)


def lines_of(sessions: Sequence[CodesignSession]) -> list[SessionLine]:
    """Return sessions with their responses, in one question."""
    found = responses([one.id for one in sessions])
    return [SessionLine(one, found.get(one.id, Response())) for one in sessions]


def of_proposal(proposal_id: int) -> list[SessionLine]:
    """Return the sessions of a proposal, newest first."""
    query = select(CodesignSession).where(CodesignSession.proposal_id == proposal_id)
    return lines_of(db.session.scalars(query.order_by(CodesignSession.id.desc()).limit(20)).all())


def additions_waiting(session_id: int) -> Sequence[Addition]:
    """Return what participants added and nobody has read yet, the first first."""
    query = select(Addition).where(Addition.session_id == session_id, Addition.state == "waiting")
    return db.session.scalars(query.order_by(Addition.id).limit(50)).all()


def with_additions_waiting(most: int) -> list[tuple[CodesignSession, int]]:
    """Return the open sessions to which somebody added what nobody has read, and how much."""
    query = (
        select(CodesignSession, func.count())
        .join(Addition, Addition.session_id == CodesignSession.id)
        .where(_is_open(), Addition.state == "waiting")
        .group_by(CodesignSession.id)
        .order_by(CodesignSession.closes_at)
        .limit(most)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def open_count() -> int:
    """Return how many sessions are open."""
    query = select(func.count()).select_from(CodesignSession).where(_is_open())
    return int(db.session.scalar(query) or 0)


def open_sessions(proposal_ids: Sequence[int] | None = None) -> Sequence[CodesignSession]:
    """Return what a contact can be invited to now; of some proposals, or of all."""
    query = select(CodesignSession).where(_is_open()).options(joinedload(CodesignSession.proposal))
    if proposal_ids is not None:
        query = query.where(CodesignSession.proposal_id.in_(proposal_ids))
    return db.session.scalars(query.order_by(CodesignSession.closes_at).limit(FOUND)).all()


def responses(session_ids: Sequence[int]) -> dict[int, Response]:
    """Return the response of each session."""
    account = func.coalesce(Contact.account_id, -Contact.id)
    rows = db.session.execute(
        select(
            Participant.session_id, func.count(), func.count().filter(Participant.is_done),
            func.count(account.distinct()), func.count(account.distinct()).filter(Participant.is_done),
            func.count().filter(Participant.invited_at.is_(None)),
        )
        .join(Contact, Contact.id == Participant.contact_id)
        .where(Participant.session_id.in_(session_ids))
        .group_by(Participant.session_id)
    )  # fmt: skip
    return {row[0]: Response(*row[1:]) for row in rows}


def participants_of(session_id: int, *, after: str | None = None) -> Page[Participant]:
    """Return a page of those invited, with contact and account, those invited first first."""
    query = (
        select(Participant)
        .where(Participant.session_id == session_id)
        .options(joinedload(Participant.contact).joinedload(Contact.account))
    )
    return page_of(query, [Key(Participant.id, "id", descending=False)], after=after)


def mine(contact_id: int) -> Sequence[Participant]:
    """Return a contact's participations with their sessions: what is open first, then the newest."""
    query = (
        select(Participant)
        .join(CodesignSession, CodesignSession.id == Participant.session_id)
        .options(contains_eager(Participant.session))
        .where(Participant.contact_id == contact_id, CodesignSession.state != State.DRAFT)
        .order_by(_is_open().desc(), CodesignSession.id.desc())
        .limit(100)
    )
    return db.session.scalars(query).all()


def participation(session_id: int, contact_id: int) -> Participant:
    """Return a contact's part in a session that was opened.

    :raises NotFound: they are not invited, or there is no such session: both read the same.
    """
    query = (
        select(Participant)
        .join(CodesignSession, CodesignSession.id == Participant.session_id)
        .options(contains_eager(Participant.session))
        .where(Participant.session_id == session_id, Participant.contact_id == contact_id)
        .where(CodesignSession.state != State.DRAFT)
    )
    return must_exist(db.session.scalar(query))


def tally_of(session_id: int) -> Tally | None:
    """Return what a session's ballots added up to; None before."""
    return db.session.scalar(select(Tally).where(Tally.session_id == session_id))


def receipts_of(session: CodesignSession) -> list[str]:
    """Return the published list of receipt hashes, sorted; none before the close."""
    if not session.standing.is_over:
        return []
    if session.is_anonymous:
        box = db.session.get(BallotBox, session.id)
        return list(box.receipts) if box else []
    named = select(Ballot.receipt_hash).where(
        Ballot.session_id == session.id, Ballot.receipt_hash.is_not(None)
    )
    return sorted(hash_ for hash_ in db.session.scalars(named) if hash_)


def proxy_accounts(session_id: int) -> Sequence[Ballot]:
    """Return the ballots cast on behalf of accounts, with account and author."""
    query = (
        select(Ballot)
        .where(Ballot.session_id == session_id, Ballot.proxy_account_id.is_not(None))
        .options(joinedload(Ballot.proxy_account), joinedload(Ballot.proxy_by))
        .order_by(Ballot.id)
        .limit(200)
    )
    return db.session.scalars(query).all()


def _is_open() -> ColumnElement[bool]:
    return and_(CodesignSession.state == State.OPEN, CodesignSession.closes_at > now())


def has_receipt(session: CodesignSession, receipt_hash: str) -> bool:
    """Return whether a ballot with this receipt is in."""
    if session.is_anonymous:
        box = db.session.get(BallotBox, session.id, populate_existing=True)
        return box is not None and receipt_hash in box.receipts
    query = select(Ballot.id).where(Ballot.session_id == session.id, Ballot.receipt_hash == receipt_hash)
    return db.session.scalar(query) is not None
