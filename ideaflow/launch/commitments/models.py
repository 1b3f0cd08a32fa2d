"""Tables of commitments: what was promised, how its forecast moved, and who was warned of what."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account, Case, Contact, Opportunity
from ideaflow.clock import today
from ideaflow.db import CreatedAt, Day, Model, Moment, PrimaryKey
from ideaflow.feedback.models import FeedbackItem
from ideaflow.launch.commitments.authority import Authority
from ideaflow.launch.commitments.states import BINDING, State, was_kept
from ideaflow.launch.models import LaunchCell
from ideaflow.proposals.models import Proposal
from ideaflow.themes.models import Theme
from ideaflow.users.models import User

STATES = ", ".join(f"'{state.value}'" for state in State)


class Commitment(Model):
    """What we promised a customer. Its words and its day never change: another day is another commitment."""

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("words <> ''", name="words_not_empty"),
        CheckConstraint(f"state IN ({STATES})", name="state_is_known"),
        CheckConstraint("(state = 'met') = (met_on IS NOT NULL)", name="met_has_a_day"),
        CheckConstraint(
            "state IN ('asked', 'open', 'at_risk', 'met') OR reason <> ''", name="settled_for_a_reason"
        ),
        CheckConstraint("(authority_id IS NULL) <> (authority_role = '')", name="one_authority"),
        CheckConstraint(
            "state IN ('asked', 'released', 'refused') OR approved_at IS NOT NULL", name="said_with_authority"
        ),
        Index("ix_commitments_state_due_on", "state", "due_on", "id"),
        Index("ix_commitments_account_id_due_on", "account_id", "due_on"),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    contact_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    words: Mapped[str]  # What, as the customer heard it.
    due_on: Mapped[Day]
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)  # Who promised it.
    # On whose authority: somebody by name, or whoever has a role; and who of them said yes.
    authority_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    authority_role: Mapped[str] = mapped_column(String(20), server_default="", default="")
    approved_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    approved_at: Mapped[Moment | None]
    state: Mapped[str] = mapped_column(String(10))
    state_since: Mapped[Moment]
    reason: Mapped[str] = mapped_column(server_default="", default="")  # Of its last move.
    met_on: Mapped[Day | None]
    settled_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    told_at: Mapped[Moment | None]  # When one of ours last wrote to the customer about it.
    # What it depends on, whose forecast is its own; none: nothing but us.
    proposal_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    cell_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("launch_cells.id"), index=True)
    # Where it came from.
    theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    item_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("feedback_items.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    opportunity_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("opportunities.id"))
    # The one whose day the customer let us move.
    follows_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("commitments.id"), unique=True)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]

    account: Mapped[Account] = relationship(lazy="raise")
    contact: Mapped[Contact | None] = relationship(lazy="raise")
    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="raise")
    authority: Mapped[User | None] = relationship(foreign_keys=[authority_id], lazy="raise")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="raise")
    proposal: Mapped[Proposal | None] = relationship(lazy="raise")
    cell: Mapped[LaunchCell | None] = relationship(lazy="raise")
    theme: Mapped[Theme | None] = relationship(lazy="raise")
    item: Mapped[FeedbackItem | None] = relationship(lazy="raise")
    case: Mapped[Case | None] = relationship(lazy="raise")
    opportunity: Mapped[Opportunity | None] = relationship(lazy="raise")

    @property
    def name(self) -> str:
        return self.words[:300]

    @property
    def label(self) -> str:
        """Return what people call it: “C-12”."""
        return f"C-{self.id}"

    @property
    def stands(self) -> State:
        return State(self.state)

    @property
    def is_overdue(self) -> bool:
        """Return whether its day is over and nobody has said what became of it."""
        return self.stands in BINDING and self.due_on < today()

    @property
    def is_told(self) -> bool:
        """Return whether the customer was written to since it stands as it stands."""
        return self.told_at is not None and self.told_at >= self.state_since

    @property
    def kept(self) -> str:
        """Return ``kept``, ``late``, ``not``, or nothing while it does not count."""
        return was_kept(self.stands, self.due_on, self.met_on, today())

    @property
    def on_authority(self) -> Authority:
        return Authority(self.authority_id, self.authority_role)


class CommitmentForecast(Model):
    """When what it depends on will come, as forecast on one day. Kept when it says something new."""

    __tablename__ = "commitment_forecasts"
    __table_args__ = (UniqueConstraint("commitment_id", "made_on"),)

    id: Mapped[PrimaryKey]
    commitment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("commitments.id"))
    made_on: Mapped[Day]
    p50_on: Mapped[Day | None]
    p85_on: Mapped[Day | None]
    ground: Mapped[str] = mapped_column(String(10))
    words: Mapped[str]
    stay_count: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    seed: Mapped[int] = mapped_column(BigInteger)

    def says(self, p50_on: date | None, p85_on: date | None, ground: str) -> bool:
        """Return whether it says just this."""
        return (self.p50_on, self.p85_on, self.ground) == (p50_on, p85_on, ground)


class CommitmentWarning(Model):
    """Somebody was warned of one change: once, however often it is looked at."""

    __tablename__ = "commitment_warnings"
    __table_args__ = (UniqueConstraint("commitment_id", "kind", "about", "user_id"),)

    id: Mapped[PrimaryKey]
    commitment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("commitments.id"))
    kind: Mapped[str] = mapped_column(String(20))  # at_risk, calm, overdue, escalated, asked, answered.
    about: Mapped[str] = mapped_column(String(40))  # Of which change: its version, or the day that is over.
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    warned_at: Mapped[Moment]

    user: Mapped[User] = relationship(lazy="raise")
