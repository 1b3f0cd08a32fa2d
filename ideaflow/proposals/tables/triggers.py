"""Rules that open drafts by themselves, and what each has opened."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Json, Model, Moment, Name, PrimaryKey
from ideaflow.proposals.triggers.terms import Conditions


class TriggerRule(Model):
    """When a theme meets these conditions, a draft proposal is opened for it, once.

    ``looked_at`` and ``problem`` tell of the last look; they are no part of the rule.
    """

    __tablename__ = "trigger_rules"
    __table_args__ = (CheckConstraint("name <> ''", name="name_not_empty"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Name]
    conditions: Mapped[Json]
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    type: Mapped[str] = mapped_column(String(20))
    strategy: Mapped[str] = mapped_column(String(20))
    arena: Mapped[str | None] = mapped_column(
        String(120), ForeignKey("arenas.name", onupdate="CASCADE")
    )  # Given to its drafts.
    is_on: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    looked_at: Mapped[Moment | None] = mapped_column(default=None)
    problem: Mapped[str] = mapped_column(server_default="", default="")
    created_at: Mapped[CreatedAt]

    @property
    def asks(self) -> Conditions:
        return Conditions.of(self.conditions)


class TriggerOpening(Model):
    """A draft that a rule opened for a theme: once for each of both, whoever looks and how often."""

    __tablename__ = "trigger_openings"
    __table_args__ = (UniqueConstraint("rule_id", "theme_id"), UniqueConstraint("proposal_id"))

    id: Mapped[PrimaryKey]
    rule_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("trigger_rules.id"))
    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"))
    rule_version: Mapped[int]
    facts: Mapped[Json]  # What the theme's numbers were at that moment.
    opened_at: Mapped[Moment]
