"""Tables of the stage-gate: a proposal's way, its deliverables, reviews, scorecards and conditions."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import Day, Json, JsonList, Model, Moment, PrimaryKey
from ideaflow.gates.policy import LOCKED, Consequence, Decision, DeliverableStatus, State
from ideaflow.gates.process.definition import Definition, Gate, Stage
from ideaflow.gates.process.versions import Gatekeeper, Process, ProcessVersion, one_of
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

__all__ = [
    "Condition", "Deliverable", "GateReview", "Gatekeeper", "Journey", "Process", "ProcessVersion",
    "Scorecard", "StageRun",
]  # fmt: skip


class Journey(Model):
    """A proposal's way through one version of a process, which it keeps until an approved migration moves it.

    ``version`` is counted up by every move, so that what somebody saw can be compared with what is.
    """

    __tablename__ = "journeys"
    __table_args__ = (one_of("state", State), Index("ix_journeys_state_stage_key", "state", "stage_key"))

    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), primary_key=True)
    process_version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_versions.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    stage_key: Mapped[str] = mapped_column(String(60))
    iteration: Mapped[int] = mapped_column(server_default="1", default=1)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    started_at: Mapped[Moment]
    state_since: Mapped[Moment]
    revisit_on: Mapped[Day | None] = mapped_column(default=None)
    # Which rule chose the process, and the facts it looked at.
    routed: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    # What a gate sent back with: the list of changes it wants to see.
    changes: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"), default=list)

    proposal: Mapped[Proposal] = relationship(lazy="raise")
    process_version: Mapped[ProcessVersion] = relationship(lazy="joined")

    @property
    def id(self) -> int:
        """Return the number of the proposal; the audit knows things by their id and name."""
        return self.proposal_id

    @property
    def name(self) -> str:
        return f"P-{self.proposal_id}"

    @property
    def where(self) -> State:
        return State(self.state)

    @property
    def content(self) -> Definition:
        return self.process_version.content

    @property
    def stage(self) -> Stage:
        return self.content.stage(self.stage_key)

    @property
    def gate(self) -> Gate:
        """Return the gate at the end of the present stage."""
        return self.content.gate_after(self.stage_key)

    @property
    def is_locked(self) -> bool:
        return self.where in LOCKED


class StageRun(Model):
    """One stay in a stage: when, and how long worked on, waited for a decision, on hold."""

    __tablename__ = "stage_runs"
    __table_args__ = (
        Index(
            "uq_stage_runs_proposal_id",
            "proposal_id",
            unique=True,
            postgresql_where=text("exited_at IS NULL"),
        ),
        CheckConstraint(
            "active_seconds >= 0 AND wait_seconds >= 0 AND hold_seconds >= 0", name="seconds_not_negative"
        ),
    )

    id: Mapped[PrimaryKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    stage_key: Mapped[str] = mapped_column(String(60))
    iteration: Mapped[int]
    entered_at: Mapped[Moment]
    exited_at: Mapped[Moment | None] = mapped_column(default=None)
    active_seconds: Mapped[float] = mapped_column(server_default="0", default=0.0)
    wait_seconds: Mapped[float] = mapped_column(server_default="0", default=0.0)
    hold_seconds: Mapped[float] = mapped_column(server_default="0", default=0.0)
    exit_reason: Mapped[str] = mapped_column(String(40), server_default="", default="")

    def add(self, clock: str, seconds: float) -> None:
        """Add time to one of the clocks: active, wait or hold."""
        name = f"{clock}_seconds"
        setattr(self, name, getattr(self, name) + seconds)


class Deliverable(Model):
    """What must lie on the table at the gate; there is a row once somebody said something about it."""

    __tablename__ = "deliverables"
    __table_args__ = (
        UniqueConstraint("proposal_id", "key"),
        one_of("status", DeliverableStatus),
        CheckConstraint("status <> 'waived' OR waived_reason <> ''", name="waived_for_a_reason"),
    )

    id: Mapped[PrimaryKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"))
    key: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(server_default="", default="")
    link: Mapped[str] = mapped_column(server_default="", default="")
    waived_reason: Mapped[str] = mapped_column(server_default="", default="")
    changed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    changed_at: Mapped[Moment]

    changed_by: Mapped[User | None] = relationship(lazy="raise")


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

    review: Mapped[GateReview] = relationship(lazy="raise", back_populates="scorecards")
    gatekeeper: Mapped[User] = relationship(lazy="raise")

    @property
    def waits(self) -> bool:
        """Return whether this gatekeeper has neither scored nor recused themselves."""
        return self.submitted_at is None and self.recused_at is None


class Condition(Model):
    """What a conditional go asks for: who, by when, and what follows if not."""

    __tablename__ = "conditions"
    __table_args__ = (
        one_of("state", ("open", "met", "released")),
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

    review: Mapped[GateReview] = relationship(lazy="raise", back_populates="conditions")
    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="raise")

    @property
    def name(self) -> str:
        return self.text[:300]

    def is_overdue(self, today: date) -> bool:
        """Return whether it is open after its day."""
        return self.state == "open" and self.due_on < today
