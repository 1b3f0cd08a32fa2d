"""Tables of what we might build: proposals, what proves them, and their numbers frozen at a moment."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ideaflow.accounts.models import Account, Opportunity
from ideaflow.db import CreatedAt, Json, Model, Moment, Money, Name, PrimaryKey
from ideaflow.feedback.models import Statement
from ideaflow.proposals.policy import Origin, ProposalType, Strategy, is_web_address
from ideaflow.proposals.tables.arenas import LONGEST_NAME
from ideaflow.proposals.tables.arenas import Arena as Arena
from ideaflow.proposals.tables.merges import MergeRequest as MergeRequest
from ideaflow.proposals.tables.proofs import CompetitorMove as CompetitorMove
from ideaflow.proposals.tables.proofs import Study as Study
from ideaflow.proposals.tables.scores import Estimate as Estimate
from ideaflow.proposals.tables.scores import ScoreFormula as ScoreFormula
from ideaflow.proposals.tables.triggers import TriggerOpening as TriggerOpening
from ideaflow.proposals.tables.triggers import TriggerRule as TriggerRule
from ideaflow.themes.models import Theme
from ideaflow.users.models import User


class Proposal(Model):
    """What we might build, from its first draft to its last gate. Never deleted; at most withdrawn or closed.

    ``is_locked`` and ``closed_at`` belong to the gates: a proposal under review cannot be edited, one
    that was killed or launched is not worked on any more.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        CheckConstraint("impact > 0", name="impact_above_zero"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_is_share"),
        CheckConstraint("effort_months > 0", name="effort_above_zero"),
        CheckConstraint("merged_into_id IS NULL OR closed_at IS NOT NULL", name="merged_is_closed"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint("asked_amount >= 0 AND asked_people >= 0", name="asked_not_negative"),
        CheckConstraint(
            f"origin IN ({', '.join(repr(one.value) for one in Origin)})", name="origin_is_known"
        ),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    problem: Mapped[str] = mapped_column(server_default="", default="")
    value: Mapped[str] = mapped_column(server_default="", default="")  # One sentence; it carries the page.
    type: Mapped[str] = mapped_column(String(20), default=ProposalType.IMPROVE)
    strategy: Mapped[str] = mapped_column(String(20), default=Strategy.SATISFY)
    # The arena's name, which follows when it is renamed; nothing until one is chosen.
    arena: Mapped[str | None] = mapped_column(
        String(LONGEST_NAME), ForeignKey("arenas.name", onupdate="CASCADE"), index=True
    )
    origin: Mapped[str] = mapped_column(
        String(10), server_default=Origin.INTERNAL.value, default=Origin.INTERNAL
    )
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    # The benefit we will check after launch: who has it, and what falls or rises from where to where by when.
    benefit_who: Mapped[Name] = mapped_column(server_default="", default="")
    benefit_metric: Mapped[Name] = mapped_column(server_default="", default="")
    benefit_baseline: Mapped[Name] = mapped_column(server_default="", default="")
    benefit_target: Mapped[Name] = mapped_column(server_default="", default="")
    benefit_by: Mapped[Name] = mapped_column(server_default="", default="")
    impact: Mapped[float | None]
    confidence: Mapped[float | None]
    effort_months: Mapped[float | None]  # Person-months.
    asked_amount: Mapped[Money | None]
    asked_people: Mapped[int | None]
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    # Counted up by each edit, so that two people who edit at once do not overwrite each other.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    is_locked: Mapped[bool] = mapped_column(server_default="false", default=False)
    closed_at: Mapped[Moment | None] = mapped_column(default=None)
    withdrawn_at: Mapped[Moment | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(server_default="", default="")
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    parent_tie: Mapped[str | None] = mapped_column(String(10))  # How it came of its parent: split, revived.
    # Where it lives on; a merged proposal is closed too.
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)

    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="raise")
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id], lazy="raise")

    @validates("arena")
    def _no_arena_is_none(self, _name: str, value: str | None) -> str | None:
        return value or None

    @property
    def label(self) -> str:
        """Return what people call it: “P-14”."""
        return f"P-{self.id}"

    @property
    def is_live(self) -> bool:
        """Return whether it is still worked on: neither withdrawn nor closed by a gate."""
        return self.withdrawn_at is None and self.closed_at is None

    @property
    def can_be_edited(self) -> bool:
        return self.is_live and not self.is_locked

    @property
    def kind_words(self) -> str:
        """Return type and strategy as one reads them: “new offering, satisfy”."""
        return f"{ProposalType(self.type).words}, {Strategy(self.strategy).words}"


def _own_proposal(context: Any) -> int:
    return int(context.get_current_parameters()["proposal_id"])


class Evidence(Model):
    """A proposal's tie to a theme, statement, account, opportunity, study, competitor's move or document.

    The tie is live: the numbers are asked anew each time. ``snapshot`` keeps what it pointed to looked
    like when it was added, so that it can be read when that is gone.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        *(
            CheckConstraint(f"(kind = '{kind}') = ({column} IS NOT NULL)", name=f"{kind}_points_to_its_own")
            for kind, column in (
                ("theme", "theme_id"),
                ("statement", "statement_id"),
                ("account", "account_id"),
                ("opportunity", "opportunity_id"),
                ("study", "study_id"),
                ("competitor_move", "move_id"),
                ("document", "url"),
            )
        ),
        # The same thing proves a proposal once.
        *(
            Index(
                f"uq_evidence_proposal_id_{column}", "proposal_id", column,
                unique=True, postgresql_where=text("removed_at IS NULL"),
            )
            for column in (
                "theme_id", "statement_id", "account_id", "opportunity_id", "study_id", "move_id", "url",
            )
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    # Whom it proves now: its own proposal, or the one that lives on after a merge. Linked, never copied.
    serves_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("proposals.id"), index=True, default=_own_proposal
    )
    inherited_from_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("evidence.id"))
    kind: Mapped[str] = mapped_column(String(20))
    theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("statements.id"))
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    opportunity_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("opportunities.id"))
    study_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("studies.id"))
    move_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("competitor_moves.id"))
    title: Mapped[Name] = mapped_column(server_default="", default="")
    url: Mapped[str | None] = mapped_column(String(2000))
    note: Mapped[str] = mapped_column(server_default="", default="")
    criterion_key: Mapped[str | None] = mapped_column(String(60))  # The gate criterion it speaks to.
    snapshot: Mapped[Json | None]
    snapshot_at: Mapped[Moment | None]
    added_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    added_at: Mapped[Moment]
    removed_at: Mapped[Moment | None] = mapped_column(default=None)

    proposal: Mapped[Proposal] = relationship(lazy="raise", foreign_keys=[proposal_id])
    theme: Mapped[Theme | None] = relationship(lazy="raise")
    statement: Mapped[Statement | None] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise")
    opportunity: Mapped[Opportunity | None] = relationship(lazy="raise")
    study: Mapped[Study | None] = relationship(lazy="raise")
    move: Mapped[CompetitorMove | None] = relationship(lazy="raise")
    added_by: Mapped[User | None] = relationship(lazy="raise")

    @property
    def host(self) -> str:
        """Return where a document lies, when its address may stand behind a link; else nothing."""
        return self.url.split("/")[2] if self.url and is_web_address(self.url) else ""


class EvidenceSnapshot(Model):
    """The numbers over all themes of a proposal, each account once, frozen at a moment for a reason."""

    __tablename__ = "evidence_snapshots"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_not_empty"),)

    id: Mapped[PrimaryKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    reason: Mapped[Name]  # “promoted”, “for gate 1”.
    numbers: Mapped[Json]  # What themes.queries.Evidence.snapshot() gave.
    taken_at: Mapped[Moment]
    taken_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))

    proposal: Mapped[Proposal] = relationship(lazy="raise")
