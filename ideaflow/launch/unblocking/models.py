"""Tables of what opportunities wait for."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Opportunity
from ideaflow.db import Model, Moment, PrimaryKey
from ideaflow.launch.models import Offering
from ideaflow.launch.unblocking.gaps import Severity
from ideaflow.proposals.models import Proposal
from ideaflow.themes.models import Theme
from ideaflow.users.models import User

TARGETS = ("proposal_id", "theme_id", "offering_id")


class GapState(StrEnum):
    """What a human said of a gap."""

    WAITS = "waits"
    REFUSED = "refused"  # It does not wait for that; the engine suggests it no more.


class OpportunityGap(Model):
    """One thing an opportunity waits for, as a human said: a proposal, a theme or an offering."""

    __tablename__ = "opportunity_gaps"
    __table_args__ = (
        CheckConstraint("num_nonnulls(proposal_id, theme_id, offering_id) = 1", name="waits_for_one_thing"),
        CheckConstraint(
            f"severity IN ({', '.join(repr(one.value) for one in Severity)})", name="severity_is_known"
        ),
        *(
            Index(
                f"uq_opportunity_gaps_{column}", "opportunity_id", column, unique=True,
                postgresql_where=text(f"{column} IS NOT NULL"),
            )
            for column in TARGETS
        ),
        Index("ix_opportunity_gaps_proposal_id", "proposal_id"),
        Index("ix_opportunity_gaps_theme_id", "theme_id"),
        Index("ix_opportunity_gaps_offering_id", "offering_id"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    opportunity_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("opportunities.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposals.id"))
    theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    offering_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("offerings.id"))
    severity: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default=GapState.WAITS)
    # Whether the engine suggested it from what was said about the sale.
    is_suggested: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    said_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    said_at: Mapped[Moment]

    opportunity: Mapped[Opportunity] = relationship(lazy="raise")
    proposal: Mapped[Proposal | None] = relationship(lazy="raise")
    theme: Mapped[Theme | None] = relationship(lazy="raise")
    offering: Mapped[Offering | None] = relationship(lazy="raise")
    said_by: Mapped[User | None] = relationship(lazy="raise")

    @property
    def target(self) -> str:
        """Return kind and number of what it waits for: “theme:12”."""
        return next(
            f"{one.removesuffix('_id')}:{getattr(self, one)}" for one in TARGETS if getattr(self, one)
        )

    @property
    def name(self) -> str:
        """Return what it waits for, as people call it; the row is loaded with its target."""
        if self.proposal is not None:
            return self.proposal.title
        return self.theme.title if self.theme is not None else self.offering.name if self.offering else ""
