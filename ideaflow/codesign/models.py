"""Tables of co-design: sessions, participants, ballots, the sealed box of anonymous ones, tallies, drafts.

In anonymous sessions no row of a ballot leads to a participant, and none was written when a participant's
was: ballots lie sealed in one row (:class:`BallotBox`) until the close, when all are written at once, in an
order of chance, without account, time or key (docs/codesign.md tells what holds when).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account, Contact
from ideaflow.clock import now
from ideaflow.codesign.policy import Mode, State, is_open
from ideaflow.db import CreatedAt, Json, JsonList, Model, Moment, Name, PrimaryKey
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


class CodesignSession(Model):
    """A round with invited contacts on one proposal: one instrument, one definition, one result."""

    __tablename__ = "codesign_sessions"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        CheckConstraint(f"state IN ({', '.join(repr(one.value) for one in State)})", name="state_is_known"),
        CheckConstraint(f"mode IN ({', '.join(repr(one.value) for one in Mode)})", name="mode_is_known"),
        CheckConstraint("state = 'draft' OR closes_at IS NOT NULL", name="open_has_an_end"),
        # What the clock looks for.
        Index("ix_codesign_sessions_state_closes_at", "state", "closes_at"),
    )

    id: Mapped[PrimaryKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    title: Mapped[Name]  # The question, as contacts read it.
    intro: Mapped[str] = mapped_column(server_default="", default="")
    instrument: Mapped[str] = mapped_column(String(40))
    definition: Mapped[Json]
    mode: Mapped[str] = mapped_column(String(20), default=Mode.CONFIDENTIAL)
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT)
    criterion_key: Mapped[str | None] = mapped_column(String(60))  # Of the gate its result shall fill.
    seed: Mapped[int]  # Of designs and intervals; kept, so that both can be made again.
    # What is known while it runs, for instruments whose next question depends on it; never shown.
    learned: Mapped[Json | None]
    closes_at: Mapped[Moment | None]
    opened_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    study_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("studies.id"))
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    proposal: Mapped[Proposal] = relationship(lazy="raise")
    created_by: Mapped[User | None] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        """Return whether ballots count now."""
        return is_open(self.state, self.closes_at, now())

    @property
    def ended_at(self) -> datetime | None:
        """Return when it closed, by hand or by the clock; while it is open: when it will."""
        return self.closed_at or self.closes_at

    @property
    def is_anonymous(self) -> bool:
        return self.mode == Mode.ANONYMOUS

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def standing(self) -> State:
        """Return its state as it is to be read: closed from the deadline on, job or no job."""
        if self.state == State.OPEN and not self.is_open:
            return State.CLOSED
        return State(self.state)


class Participant(Model):
    """A contact invited to a session, and whether they answered; in anonymous sessions not when."""

    __tablename__ = "codesign_participants"
    __table_args__ = (UniqueConstraint("session_id", "contact_id"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_sessions.id"))
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    # Of the seed of their questions; in anonymous sessions the browser draws its own.
    seed: Mapped[int]
    invited_at: Mapped[Moment | None]  # When they were told.
    reminded_at: Mapped[Moment | None]
    is_done: Mapped[bool] = mapped_column(server_default="false", default=False)
    is_late: Mapped[bool] = mapped_column(server_default="false", default=False)  # Answered after the close.
    # Only in confidential sessions: the answers so far, and when the first and the last came.
    draft: Mapped[Json | None]
    started_at: Mapped[Moment | None]
    done_at: Mapped[Moment | None]

    session: Mapped[CodesignSession] = relationship(lazy="raise")
    contact: Mapped[Contact] = relationship(lazy="raise")


class Ballot(Model):
    """A whole answer that is kept with who gave it: confidential, or by staff on behalf of an account."""

    __tablename__ = "codesign_ballots"
    __table_args__ = (
        CheckConstraint(
            "(participant_id IS NULL) = (proxy_account_id IS NOT NULL)", name="of_one_or_by_proxy"
        ),
        CheckConstraint("(proxy_account_id IS NULL) = (proxy_by_id IS NULL)", name="proxy_has_an_author"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_sessions.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("codesign_participants.id"), unique=True
    )
    proxy_account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    proxy_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    answers: Mapped[Json]
    seconds: Mapped[Json]  # By step, as long as the page was looked at.
    comment: Mapped[str] = mapped_column(server_default="", default="")
    is_late: Mapped[bool] = mapped_column(server_default="false", default=False)  # Kept, not counted.
    receipt_hash: Mapped[str | None] = mapped_column(String(64))
    cast_at: Mapped[Moment]

    proxy_account: Mapped[Account | None] = relationship(lazy="raise")
    proxy_by: Mapped[User | None] = relationship(lazy="raise")


class BallotBox(Model):
    """The box of an anonymous session: one row that every ballot rewrites whole.

    ``sealed`` and ``receipts`` are sorted, and what they hold looks like chance, so their order says nothing;
    that all lie in one row leaves none of PostgreSQL's own traces of a row (place, transaction, number).
    """

    __tablename__ = "codesign_ballot_boxes"

    session_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_sessions.id"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[JsonList]
    receipts: Mapped[JsonList]  # Hashes of the codes that voters hold.


class AnonymousBallot(Model):
    """An opened ballot of an anonymous session: what was answered, and a segment of five voters or more."""

    __tablename__ = "codesign_anonymous_ballots"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_sessions.id"), index=True)
    segment: Mapped[Name] = mapped_column(server_default="", default="")
    answers: Mapped[Json]
    comment: Mapped[str] = mapped_column(server_default="", default="")
    is_speeding: Mapped[bool]
    is_straight: Mapped[bool]


class Addition(Model):
    """An option that a participant of a running session added; others see it once one of ours has read it.

    In anonymous sessions nothing says whose it is.
    """

    __tablename__ = "codesign_additions"
    __table_args__ = (
        UniqueConstraint("session_id", "text"),  # Sent twice it is there once.
        CheckConstraint("text <> ''", name="text_not_empty"),
        CheckConstraint("state IN ('waiting', 'shown', 'refused')", name="state_is_known"),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_sessions.id"))
    contact_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    text: Mapped[Name]
    state: Mapped[str] = mapped_column(String(20), server_default="waiting", default="waiting")
    # What came of it after the close, if anything.
    proposal_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposals.id"))
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    decided_at: Mapped[Moment | None]


class MustPlan(Model):
    """How a feature that must be there, by a Kano session, is met; or why it is left out."""

    __tablename__ = "codesign_must_plans"
    __table_args__ = (CheckConstraint("words <> ''", name="words_not_empty"),)

    session_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_sessions.id"), primary_key=True, autoincrement=False
    )
    option_key: Mapped[str] = mapped_column(String(20), primary_key=True)
    words: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    written_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    written_at: Mapped[Moment]


class Purse(Model):
    """What an account has spent of its budget in one round of buying; it cannot be more."""

    __tablename__ = "codesign_purses"
    __table_args__ = (CheckConstraint("spent BETWEEN 0 AND budget", name="within_budget"),)

    session_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_sessions.id"), primary_key=True, autoincrement=False
    )
    account_key: Mapped[str] = mapped_column(String(40), primary_key=True)  # Below 0: a contact without one.
    round: Mapped[str] = mapped_column(String(10), primary_key=True)
    budget: Mapped[int] = mapped_column(BigInteger)
    spent: Mapped[int] = mapped_column(BigInteger)


class Pot(Model):
    """What was pledged to an option in one round; pooled, it is never more than its price."""

    __tablename__ = "codesign_pots"
    __table_args__ = (
        CheckConstraint("pledged >= 0 AND (price IS NULL OR pledged <= price)", name="within_price"),
    )

    session_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_sessions.id"), primary_key=True, autoincrement=False
    )
    round: Mapped[str] = mapped_column(String(10), primary_key=True)
    option_key: Mapped[str] = mapped_column(String(20), primary_key=True)
    price: Mapped[int | None] = mapped_column(BigInteger)  # None in the solo round: no end to what is wished.
    pledged: Mapped[int] = mapped_column(BigInteger)


class Tally(Model):
    """What the ballots of a session added up to at its close: frozen, with the hash of what is kept."""

    __tablename__ = "codesign_tallies"

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_sessions.id"), unique=True)
    result: Mapped[Json]
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the canonical JSON of question and result.
    tallied_at: Mapped[Moment]

    @property
    def whole(self) -> dict[str, Any]:
        """Return the part over everybody, empty where too few accounts answered."""
        found: dict[str, Any] = self.result["whole"]
        return found
