"""Tables of gate reviews: packs, scorecards, signatures, conditions and the notices of what was stopped."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import Day, Json, JsonList, Model, Moment, Money, Name, PrimaryKey
from ideaflow.gates.policy import Consequence, Decision
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.process.versions import ProcessVersion, one_of
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

CONDITION_STATES = ("open", "claimed", "met", "released", "lapsed")
UNSETTLED = ("open", "claimed", "lapsed")


class GateReview(Model):
    """One decision on one proposal at one gate. The pack is what gatekeepers see, frozen when it opened."""

    __tablename__ = "gate_reviews"
    __table_args__ = (
        UniqueConstraint("proposal_id", "gate_key", "sequence"),
        Index(
            "uq_gate_reviews_proposal_id", "proposal_id", unique=True, postgresql_where=text("state = 'open'")
        ),
        one_of("state", ("open", "decided", "cancelled")),
        CheckConstraint(
            "(state = 'decided') = (decision IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided_has_decision",
        ),
        CheckConstraint("decision IS NULL OR reason <> ''", name="decision_has_reason"),
        CheckConstraint("decision <> 'hold' OR revisit_on IS NOT NULL", name="hold_has_revisit_day"),
        CheckConstraint(
            "decision NOT IN ('go', 'conditional_go') OR record_hash = ''"
            " OR (granted_amount IS NOT NULL AND granted_people IS NOT NULL)",
            name="go_grants_something",
        ),
        CheckConstraint(
            "decision <> 'kill' OR record_hash = '' OR (reason_code <> '' AND salvage <> '')",
            name="kill_leaves_something",
        ),
        CheckConstraint("decision <> 'recycle' OR target_stage IS NOT NULL", name="recycle_has_target"),
        one_of("decision", Decision),
    )

    id: Mapped[PrimaryKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    process_version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_versions.id"))
    gate_key: Mapped[str] = mapped_column(String(60))
    sequence: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    pack: Mapped[Json]
    pack_hash: Mapped[str] = mapped_column(String(64))
    opened_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    opened_at: Mapped[Moment]
    due_on: Mapped[Day]
    revealed_at: Mapped[Moment | None] = mapped_column(default=None)
    decision: Mapped[str | None] = mapped_column(String(20), default=None)
    reason: Mapped[str] = mapped_column(server_default="", default="")
    score: Mapped[float | None] = mapped_column(default=None)
    target_stage: Mapped[str | None] = mapped_column(String(60), default=None)
    revisit_on: Mapped[Day | None] = mapped_column(default=None)
    changes: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    decided_at: Mapped[Moment | None] = mapped_column(default=None)
    # Counted up by each change, so that what somebody saw can be compared with what is.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    # The decision while it gathers its signatures, and what each signature is bound to.
    verdict_draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB, default=None)
    drafted_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    drafted_at: Mapped[Moment | None] = mapped_column(default=None)
    record_hash: Mapped[str] = mapped_column(String(64), server_default="", default="")
    # What a decision carries with it: what a go grants, what a kill leaves behind, what wakes a hold.
    is_override: Mapped[bool] = mapped_column(server_default="false", default=False)
    granted_amount: Mapped[Money | None] = mapped_column(default=None)
    granted_people: Mapped[int | None] = mapped_column(default=None)
    next_gate_on: Mapped[Day | None] = mapped_column(default=None)
    reason_code: Mapped[str] = mapped_column(String(40), server_default="", default="")
    salvage: Mapped[str] = mapped_column(server_default="", default="")
    wake_rule: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)

    proposal: Mapped[Proposal] = relationship(lazy="raise")
    process_version: Mapped[ProcessVersion] = relationship(lazy="joined")
    opened_by: Mapped[User | None] = relationship(foreign_keys=[opened_by_id], lazy="raise")
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")
    scorecards: Mapped[list["Scorecard"]] = relationship(
        lazy="raise", order_by="Scorecard.id", back_populates="review"
    )
    conditions: Mapped[list["Condition"]] = relationship(
        lazy="raise", order_by="Condition.due_on", back_populates="review"
    )
    signatures: Mapped[list["Signature"]] = relationship(lazy="raise", order_by="Signature.id")
    drafted_by: Mapped[User | None] = relationship(foreign_keys=[drafted_by_id], lazy="raise")

    @property
    def name(self) -> str:
        """Return what people call it: “Gate 1 of P-14”."""
        return f"{self.gate.name} of P-{self.proposal_id}"

    @property
    def gate(self) -> Gate:
        return self.process_version.content.gate(self.gate_key)

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    @property
    def verdict(self) -> Decision | None:
        return Decision(self.decision) if self.decision else None

    @property
    def is_signing(self) -> bool:
        """Return whether a decision gathers its signatures."""
        return self.is_open and self.verdict_draft is not None


class Scorecard(Model):
    """One gatekeeper's seat at a review, and their points; others see them when scores are revealed."""

    __tablename__ = "scorecards"
    __table_args__ = (
        UniqueConstraint("review_id", "gatekeeper_id"),
        CheckConstraint("submitted_at IS NULL OR recused_at IS NULL", name="submitted_or_recused"),
        CheckConstraint("recused_at IS NULL OR recused_reason <> ''", name="recused_for_a_reason"),
    )

    id: Mapped[PrimaryKey]
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"))
    gatekeeper_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    answers: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    points: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    notes: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    vote: Mapped[str | None] = mapped_column(String(20), default=None)
    submitted_at: Mapped[Moment | None] = mapped_column(default=None)
    recused_at: Mapped[Moment | None] = mapped_column(default=None)
    recused_reason: Mapped[str] = mapped_column(server_default="", default="")
    # The seat as it was when the review opened: whose voice leads, what it weighs, what it
    # speaks for, who may stand in for it.
    is_chair: Mapped[bool] = mapped_column(server_default="false", default=False)
    weight: Mapped[int] = mapped_column(server_default="1", default=1)
    role: Mapped[Name] = mapped_column(server_default="", default="")
    deputy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    # For whom a deputy sits here, and why.
    for_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    for_reason: Mapped[str] = mapped_column(server_default="", default="")

    review: Mapped[GateReview] = relationship(lazy="raise", back_populates="scorecards")
    gatekeeper: Mapped[User] = relationship(foreign_keys=[gatekeeper_id], lazy="raise")
    deputy: Mapped[User | None] = relationship(foreign_keys=[deputy_id], lazy="raise")
    stands_for: Mapped[User | None] = relationship(foreign_keys=[for_id], lazy="raise")

    @property
    def waits(self) -> bool:
        """Return whether this gatekeeper has neither scored nor recused themselves."""
        return self.submitted_at is None and self.recused_at is None


class Condition(Model):
    """What a conditional go asks for: who, by when, and what follows if not."""

    __tablename__ = "conditions"
    __table_args__ = (
        one_of("state", CONDITION_STATES),
        one_of("consequence", Consequence),
        CheckConstraint("text <> ''", name="text_not_empty"),
    )

    id: Mapped[PrimaryKey]
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    text: Mapped[str]
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    due_on: Mapped[Day]
    consequence: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), server_default="open", default="open")
    proof: Mapped[str] = mapped_column(server_default="", default="")
    settled_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    settled_at: Mapped[Moment | None] = mapped_column(default=None)
    verified_note: Mapped[str] = mapped_column(server_default="", default="")
    claimed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    claimed_at: Mapped[Moment | None] = mapped_column(default=None)
    # When everybody was told that its day is near, that it is over, and when the consequence came.
    reminded_at: Mapped[Moment | None] = mapped_column(default=None)
    told_at: Mapped[Moment | None] = mapped_column(default=None)
    lapsed_at: Mapped[Moment | None] = mapped_column(default=None)

    review: Mapped[GateReview] = relationship(lazy="raise", back_populates="conditions")
    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="raise")

    @property
    def name(self) -> str:
        return self.text[:300]

    def is_overdue(self, today: date) -> bool:
        """Return whether its day is over and it is neither met nor released."""
        return self.is_unsettled and self.due_on < today

    @property
    def is_unsettled(self) -> bool:
        """Return whether it still binds: neither verified as met nor released."""
        return self.state in UNSETTLED

    @property
    def state_words(self) -> str:
        """Return what people read."""
        return {"claimed": "proof is in, to be verified", "lapsed": "not met in time"}.get(
            self.state, self.state
        )


class Signature(Model):
    """Somebody's word under a decision: who, when, what it means, bound to what was decided.

    Never changed: one whose decision was taken back keeps the hash of that decision.
    """

    __tablename__ = "gate_signatures"
    __table_args__ = (
        UniqueConstraint("review_id", "signer_id", "record_hash"),
        one_of("method", ("password", "link")),
    )

    id: Mapped[PrimaryKey]
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"))
    signer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    printed_name: Mapped[Name]
    on_behalf_of: Mapped[Name] = mapped_column(server_default="", default="")
    meaning: Mapped[Name]
    signed_at: Mapped[Moment]
    method: Mapped[str] = mapped_column(String(20))
    record_hash: Mapped[str] = mapped_column(String(64))


class PackFile(Model):
    """The pack of a review as a file to print, kept as its bytes were when the review opened."""

    __tablename__ = "gate_pack_files"

    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_hash: Mapped[str] = mapped_column(String(64))


class Notice(Model):
    """Who tells the customers behind a stopped proposal, what, and by when."""

    __tablename__ = "gate_notices"

    id: Mapped[PrimaryKey]
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"), unique=True)
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    teller_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    due_on: Mapped[Day]
    words: Mapped[str]
    contacts: Mapped[JsonList]  # Name, account and contact_id of everybody who asked for it.
    done_at: Mapped[Moment | None] = mapped_column(default=None)
    done_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)

    teller: Mapped[User] = relationship(foreign_keys=[teller_id], lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")

    @property
    def name(self) -> str:
        return f"Notices of P-{self.proposal_id}"
