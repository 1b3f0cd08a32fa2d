"""Tables of the stage-gate: a proposal's way, its deliverables, reviews, scorecards and conditions."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import Day, Json, JsonList, Model, Moment, PrimaryKey
from ideaflow.gates.meeting.models import GateMeeting, MeetingItem
from ideaflow.gates.policy import LOCKED, DeliverableStatus, State
from ideaflow.gates.process.definition import Definition, Gate, Stage
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.gates.process.versions import Gatekeeper, Process, ProcessVersion, one_of
from ideaflow.gates.review.models import Condition, GateReview, Notice, PackFile, Scorecard, Signature
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

__all__ = [
    "Condition", "Deliverable", "GateMeeting", "GateReview", "Gatekeeper", "Journey", "MeetingItem",
    "MigrationMove", "MigrationPlan", "Notice", "PackFile", "Process", "ProcessVersion", "Scorecard",
    "Signature", "StageRun",
]  # fmt: skip


class Journey(Model):
    """A proposal's way through one version of a process, which it keeps until an approved migration moves it.

    ``version`` is counted up by every move, so that what somebody saw can be compared with what is.
    """

    __tablename__ = "journeys"
    __table_args__ = (
        one_of("state", State),
        Index("ix_journeys_state_stage_key", "state", "stage_key"),
        Index("ix_journeys_outgrown", "proposal_id", postgresql_where=text("is_outgrown")),
    )

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
    # Whether the rules would send it a longer way now; noted by whoever changes one of both, and each hour.
    is_outgrown: Mapped[bool] = mapped_column(server_default="false", default=False)
    # A held proposal: what wakes it besides the day, since when it is awake, how often nobody answered.
    wake_rule: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    woken_at: Mapped[Moment | None] = mapped_column(default=None)
    woken_by: Mapped[str] = mapped_column(server_default="", default="")
    hold_expiries: Mapped[int] = mapped_column(server_default="0", default=0)
    # Why its next review is about ending it; empty when it is not.
    kill_review: Mapped[str] = mapped_column(server_default="", default="")
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
