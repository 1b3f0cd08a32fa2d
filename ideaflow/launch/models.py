"""Tables of launches: an offering, its launch, the cells it sells in, and what must be true first."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Currency, Day, Json, JsonList, Model, Moment, Money, Name, PrimaryKey
from ideaflow.launch.tables.offerings import Offering as Offering
from ideaflow.launch.tables.offerings import OfferingProposal as OfferingProposal
from ideaflow.launch.tables.offerings import ReadinessTemplate as ReadinessTemplate
from ideaflow.launch.tables.race import LaunchMove as LaunchMove
from ideaflow.market.models import Channel, Region
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


class LaunchState(StrEnum):
    """How far a launch is."""

    PLANNED = "planned"
    LAUNCHED = "launched"  # At least one cell sells.
    CLOSED = "closed"  # Looked back on.
    CANCELLED = "cancelled"


LIVE = (LaunchState.PLANNED, LaunchState.LAUNCHED)
"""States in which a launch is worked on."""


class Launch(Model):
    """Bringing an offering to market on a day; of a tier from 1, the largest, to 3."""

    __tablename__ = "launches"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_not_empty"),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier_is_known"),
        CheckConstraint("price_to >= price_from", name="prices_in_order"),
    )

    id: Mapped[PrimaryKey]
    offering_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("offerings.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    template_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("readiness_templates.id"))
    name: Mapped[Name]
    launch_on: Mapped[Day]
    tier: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=LaunchState.PLANNED)
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    currency: Mapped[
        Currency
    ]  # What its sums are shown in; targets in others are converted by the dated table.
    # What a seller says: sentences, what never to promise, and the band of prices per unit.
    say: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    never_say: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    price_from: Mapped[Money | None]
    price_to: Mapped[Money | None]
    price_unit: Mapped[Name] = mapped_column(server_default="", default="")  # “dock and month”.
    launched_at: Mapped[Moment | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]

    offering: Mapped[Offering] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    template: Mapped[ReadinessTemplate] = relationship(lazy="raise")
    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="raise")


class LaunchTier(Model):
    """One rating of a launch: points 0–3 for each of five drivers, and their tier; the newest holds."""

    __tablename__ = "launch_tiers"

    id: Mapped[PrimaryKey]
    launch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("launches.id"), index=True)
    points: Mapped[Json]
    tier: Mapped[int]
    reason: Mapped[str] = mapped_column(server_default="", default="")
    rated_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    rated_at: Mapped[Moment]


class LaunchCell(Model):
    """One channel in one region that a launch sells in, with the revenue it is to bring in its first year."""

    __tablename__ = "launch_cells"
    __table_args__ = (
        UniqueConstraint("launch_id", "channel_id", "region_id"),
        CheckConstraint("target_amount >= 0", name="target_not_negative"),
    )

    id: Mapped[PrimaryKey]
    launch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("launches.id"))
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id"), index=True)
    region_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("regions.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    target_amount: Mapped[Money]
    currency: Mapped[Currency]
    # The state as last counted: can it sell, R, and since when. Readiness is the rule; these are its memory.
    is_ready: Mapped[bool] = mapped_column(server_default="false", default=False)
    readiness_share: Mapped[float | None]
    ready_since_at: Mapped[Moment | None] = mapped_column(default=None)
    # When somebody released it for sale, on or after launch day.
    released_at: Mapped[Moment | None] = mapped_column(default=None)
    released_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    removed_at: Mapped[Moment | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    launch: Mapped[Launch] = relationship(lazy="raise")
    channel: Mapped[Channel] = relationship(lazy="raise")
    region: Mapped[Region] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="raise")


class ReadinessCheck(Model):
    """One thing that must be true before launch: who carries it, by when, by what rule."""

    __tablename__ = "readiness_checks"
    __table_args__ = (
        UniqueConstraint("launch_id", "key"),
        CheckConstraint("weight > 0", name="weight_is_positive"),
    )

    id: Mapped[PrimaryKey]
    launch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("launches.id"))
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[Name]
    function: Mapped[str] = mapped_column(String(20))  # sales, marketing, support, legal, finance, partners.
    rule: Mapped[Json]  # kind: evidence, or a measure's key; threshold; words.
    # Where it applies when a cell is added: all, own (we sell), partner (others sell for us).
    channels: Mapped[str] = mapped_column(String(10), server_default="all", default="all")
    weight: Mapped[float]
    is_blocking: Mapped[bool]
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    due_on: Mapped[Day]
    forecast_on: Mapped[Day | None]  # What its owner expects now; none: the due day.
    forecast_note: Mapped[str] = mapped_column(server_default="", default="")
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    removed_at: Mapped[Moment | None] = mapped_column(default=None)

    launch: Mapped[Launch] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(lazy="raise")


class CheckStanding(Model):
    """Where one check stands in one of its cells: p between 0 and 1, whether that passes, since when.

    It passes because it was measured, or because of evidence that a second person confirmed: the
    database refuses any other green, and refuses to take such evidence away from under one.
    What is shown is asked with ``holds_on``: a standing past its day does not pass, measured anew or not.
    """

    __tablename__ = "check_standings"
    __table_args__ = (
        UniqueConstraint("check_id", "cell_id"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_is_share"),
        CheckConstraint("NOT is_passed OR is_measured OR evidence_id IS NOT NULL", name="green_is_shown"),
        CheckConstraint("evidence_counts", name="evidence_counts"),
        ForeignKeyConstraint(
            ["evidence_id", "check_id", "evidence_counts"],
            ["check_evidence.id", "check_evidence.check_id", "check_evidence.counts"],
            name="fk_check_standings_evidence",
        ),
    )

    id: Mapped[PrimaryKey]
    check_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("readiness_checks.id"))
    cell_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("launch_cells.id"), index=True)
    share: Mapped[float] = mapped_column(server_default="0", default=0.0)
    is_passed: Mapped[bool] = mapped_column(server_default="false", default=False)
    words: Mapped[str] = mapped_column(server_default="", default="")  # “price entry inactive since 10:02”.
    facts: Mapped[Json] = mapped_column(
        server_default=text("'{}'::jsonb"), default=dict
    )  # certified 10 of 14.
    since_at: Mapped[Moment]  # When it last turned.
    first_passed_at: Mapped[Moment | None] = mapped_column(default=None)
    measured_at: Mapped[Moment]
    expires_on: Mapped[Day | None]  # The last day it passes on.
    is_measured: Mapped[bool] = mapped_column(server_default="false", default=False)
    is_waived: Mapped[bool] = mapped_column(server_default="false", default=False)
    evidence_id: Mapped[int | None] = mapped_column(BigInteger, default=None)  # What it passes by.
    evidence_counts: Mapped[bool] = mapped_column(server_default="true", default=True)  # Always; see above.

    check: Mapped[ReadinessCheck] = relationship(lazy="raise")
    cell: Mapped[LaunchCell] = relationship(lazy="raise")

    def holds_on(self, day: date) -> bool:
        """Return whether it passes on ``day``."""
        return self.is_passed and (self.expires_on is None or self.expires_on >= day)

    def share_on(self, day: date) -> float:
        """Return p on ``day``: nothing once what showed it has expired."""
        return self.share if self.expires_on is None or self.expires_on >= day else 0.0


class CheckTurn(Model):
    """A check turned green or red in a cell; the history of its standing, never changed."""

    __tablename__ = "check_turns"
    __table_args__ = (Index("ix_check_turns_standing_id", "standing_id", "turned_at"),)

    id: Mapped[PrimaryKey]
    standing_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("check_standings.id"))
    is_passed: Mapped[bool]
    share: Mapped[float]
    words: Mapped[str] = mapped_column(server_default="", default="")
    turned_at: Mapped[Moment]


class CheckEvidence(Model):
    """What shows that a check holds: a file or a link, confirmed by a second person before it counts.

    A waiver is one too: a reason that somebody else agrees to, instead of a file.
    """

    __tablename__ = "check_evidence"
    __table_args__ = (
        CheckConstraint(
            "url <> '' OR file_name <> '' OR (is_waiver AND note <> '')", name="is_file_link_or_reason"
        ),
        CheckConstraint("confirmed_by_id <> added_by_id", name="second_person"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        UniqueConstraint("id", "check_id", "counts"),
    )

    id: Mapped[PrimaryKey]
    check_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("readiness_checks.id"), index=True)
    # None: it shows it for every cell of the check.
    cell_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("launch_cells.id"))
    share: Mapped[float] = mapped_column(
        server_default="1", default=1.0
    )  # 0, ½ or 1: how much of it is shown.
    note: Mapped[str] = mapped_column(server_default="", default="")
    url: Mapped[str] = mapped_column(String(2000), server_default="", default="")
    file_name: Mapped[Name] = mapped_column(server_default="", default="")
    file_type: Mapped[Name] = mapped_column(server_default="", default="")
    file_bytes: Mapped[bytes | None] = mapped_column(deferred=True)
    valid_until_on: Mapped[Day | None]
    added_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    added_at: Mapped[Moment]
    confirmed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    confirmed_at: Mapped[Moment | None] = mapped_column(default=None)
    withdrawn_at: Mapped[Moment | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(server_default="", default="")
    is_waiver: Mapped[bool] = mapped_column(server_default="false", default=False)
    counts: Mapped[bool] = mapped_column(
        Computed("confirmed_at IS NOT NULL AND withdrawn_at IS NULL", persisted=True)
    )

    added_by: Mapped[User] = relationship(foreign_keys=[added_by_id], lazy="raise")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id], lazy="raise")
