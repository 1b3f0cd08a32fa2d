"""Tables of themes: what many statements say, who belongs to it, and what humans and runs did to it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Json, Model, Moment, Money, Name, PrimaryKey
from ideaflow.feedback.models import Statement
from ideaflow.themes.tables.batches import ThemeBatch as ThemeBatch
from ideaflow.themes.tables.candidates import CandidateKind as CandidateKind
from ideaflow.themes.tables.candidates import CandidateState as CandidateState
from ideaflow.themes.tables.candidates import ThemeCandidate as ThemeCandidate
from ideaflow.themes.tables.levels import Area as Area
from ideaflow.themes.tables.levels import StatementPlace as StatementPlace
from ideaflow.themes.tables.levels import SubTheme as SubTheme
from ideaflow.themes.tables.looks import ThemeLook as ThemeLook
from ideaflow.themes.tables.questions import ThemeQuestion as ThemeQuestion
from ideaflow.themes.tables.recurring import RecurringPassage as RecurringPassage
from ideaflow.themes.tables.saved_views import SavedView as SavedView
from ideaflow.themes.tables.suggestions import ThemeSuggestion as ThemeSuggestion
from ideaflow.themes.tables.vectors import ComingVector as ComingVector
from ideaflow.themes.tables.vectors import StatementVector as StatementVector
from ideaflow.themes.trends.terms import SIGNALS, Trend
from ideaflow.users.models import User


class ThemeState(StrEnum):
    """Where a theme stands with the people who triage."""

    NEW = "new"
    WATCHING = "watching"
    PROPOSED = "proposed"
    DISMISSED = "dismissed"
    MERGED = "merged"  # Lives on in another theme.
    RETIRED = "retired"  # No statement belongs to it any more.


OPEN_STATES = (ThemeState.NEW, ThemeState.WATCHING, ThemeState.PROPOSED)
LIVE_STATES = (*OPEN_STATES, ThemeState.DISMISSED)


class PlacedBy(StrEnum):
    """Who put a statement where it is."""

    ENGINE = "engine"
    USER = "user"
    LEARNED = "learned"  # It follows what a user decided about others like it.


class RunState(StrEnum):
    """How far a run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # By a person; the themes stayed as they were.


OVER_STATES = (RunState.DONE, RunState.FAILED, RunState.STOPPED)


class CorrectionKind(StrEnum):
    """What a user decided about a theme."""

    RENAME = "rename"
    MERGE = "merge"
    MOVE = "move"
    EXCLUDE = "exclude"
    SPLIT = "split"
    DISMISS = "dismiss"
    RESTORE = "restore"
    WATCH = "watch"
    OWNER = "owner"
    PIN = "pin"
    QUIET = "quiet"  # Its alarm is dismissed up to a level.
    CREATE = "create"  # A theme made of statements of the pool.
    ADD = "add"  # Statements of the pool put into a theme.
    KEEP = "keep"  # Statements that the engine put here belong here.


class EventKind(StrEnum):
    """What a run did to a theme."""

    BORN = "born"
    CONTINUED = "continued"
    SPLIT = "split"
    MERGED = "merged"
    RETIRED = "retired"


class ThemeRun(Model):
    """One full look at all statements, with its progress while it lasts."""

    __tablename__ = "theme_runs"

    id: Mapped[PrimaryKey]
    state: Mapped[str] = mapped_column(String(10), default=RunState.QUEUED)
    step: Mapped[Name] = mapped_column(server_default="", default="")
    done_count: Mapped[int] = mapped_column(server_default="0", default=0)
    total_count: Mapped[int] = mapped_column(server_default="0", default=0)
    seed: Mapped[int]
    model: Mapped[Name] = mapped_column(server_default="", default="")  # With its version.
    model_name: Mapped[Name] = mapped_column(server_default="", default="")  # As it is asked for.
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    statement_count: Mapped[int] = mapped_column(server_default="0", default=0)
    theme_count: Mapped[int] = mapped_column(server_default="0", default=0)
    noise_count: Mapped[int] = mapped_column(server_default="0", default=0)
    kept_share: Mapped[float | None]  # Of the statements in themes before, those still in the same theme.
    error: Mapped[str] = mapped_column(server_default="", default="")
    # What it read, left out and found, and how far that can be trusted: see ``card.describe``.
    card: Mapped[Json] = mapped_column(JSONB, server_default="{}", default=dict)
    created_at: Mapped[CreatedAt]

    @property
    def is_over(self) -> bool:
        return self.state in OVER_STATES

    @property
    def is_first_look(self) -> bool:
        """Return whether it read word by word only."""
        return self.model.startswith("quick")


class Theme(Model):
    """What many statements say. Keeps its number for ever, and the name a human gave it.

    Its figures are kept beside it, so that the inbox is one query; ``figures.refresh`` counts them anew
    whenever a run or a correction changes who belongs to it.
    """

    __tablename__ = "themes"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_knows_where"),
        Index("ix_themes_state_signal_rank", "state", text("signal_rank DESC"), text("revenue_amount DESC")),
        Index("ix_themes_state_revenue_amount", "state", text("revenue_amount DESC")),
        Index("ix_themes_state_trend", "state", "trend"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    is_named: Mapped[bool] = mapped_column(server_default="false", default=False)  # By a human.
    quote: Mapped[str] = mapped_column(server_default="", default="")
    quote_statement_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="SET NULL")
    )
    keywords: Mapped[list[str]] = mapped_column(ARRAY(String(80)), server_default="{}", default=list)
    state: Mapped[str] = mapped_column(String(12), default=ThemeState.NEW, server_default="new")
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("areas.id"), index=True)
    is_pinned: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)  # Counted up by every correction.
    centroid: Mapped[Any | None] = mapped_column(HALFVEC())
    map_x: Mapped[float | None]
    map_y: Mapped[float | None]
    born_run_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("theme_runs.id"))
    created_at: Mapped[CreatedAt]

    statement_count: Mapped[int] = mapped_column(server_default="0", default=0)
    account_count: Mapped[int] = mapped_column(server_default="0", default=0)
    customer_count: Mapped[int] = mapped_column(server_default="0", default=0)
    prospect_count: Mapped[int] = mapped_column(server_default="0", default=0)
    revenue_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    open_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    open_count: Mapped[int] = mapped_column(server_default="0", default=0)
    lost_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    lost_count: Mapped[int] = mapped_column(server_default="0", default=0)
    other_currency_count: Mapped[int] = mapped_column(server_default="0", default=0)
    renewal_count: Mapped[int] = mapped_column(server_default="0", default=0)
    renewal_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    first_said_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    last_said_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    # Accounts that spoke, week by week, the last one first said counts last; 26 of them.
    weekly: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger), server_default=text("array_fill(0, ARRAY[26])::smallint[]")
    )
    cohesion: Mapped[float] = mapped_column(server_default="0", default=0.0)
    edge_likeness: Mapped[float | None]  # To the centre, of all but the loosest few.
    stability: Mapped[float | None]  # Mean share of its statements kept from run to run.
    trend: Mapped[str] = mapped_column(String(12), server_default="too_few", default=Trend.TOO_FEW)
    signal_rank: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    trend_ratio: Mapped[float] = mapped_column(server_default="0", default=0.0)
    trend_low: Mapped[float | None]
    trend_high: Mapped[float | None]
    trend_q: Mapped[float | None]
    trend_detail: Mapped[Json] = mapped_column(JSONB, server_default="{}", default=dict)
    # The level at which a user dismissed its alarm: it stays quiet up to there.
    quieted_ratio: Mapped[float | None]
    quieted_reason: Mapped[str] = mapped_column(server_default="", default="")

    owner: Mapped[User | None] = relationship(lazy="raise")
    area: Mapped[Area | None] = relationship(lazy="raise")

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_quiet(self) -> bool:
        """Return whether its alarm is dismissed, and does not exceed what was dismissed."""
        is_alarm = Trend(self.trend) in SIGNALS
        return is_alarm and self.quieted_ratio is not None and self.trend_ratio <= self.quieted_ratio

    @property
    def is_held(self) -> bool:
        """Return whether a human has a stake in it, so that no run may merge or rename it away."""
        touched = self.state in (ThemeState.WATCHING, ThemeState.PROPOSED, ThemeState.DISMISSED)
        return self.is_named or self.is_pinned or self.owner_id is not None or touched


class ThemeCorrection(Model):
    """What a user decided about a theme: holds in every later run, until it is undone."""

    __tablename__ = "theme_corrections"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    # Merge: the theme that went into this one. Move, split: where the statements came from.
    other_theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    statement_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    before: Mapped[Json] = mapped_column(JSONB, server_default="{}", default=dict)
    after: Mapped[Json] = mapped_column(JSONB, server_default="{}", default=dict)
    reason: Mapped[str] = mapped_column(server_default="", default="")
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    user_name: Mapped[Name]
    made_at: Mapped[Moment]
    undone_at: Mapped[Moment | None]
    undone_by_name: Mapped[Name | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("theme_batches.id"), index=True)

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class ThemeMembership(Model):
    """Where a statement belongs. Without a theme: a user said that it belongs to none."""

    __tablename__ = "theme_memberships"
    __table_args__ = (
        Index("ix_theme_memberships_theme_id_likeness", "theme_id", text("likeness DESC"), "statement_id"),
        Index(
            "ix_theme_memberships_theme_id_typicality", "theme_id", text("typicality DESC"), "statement_id"
        ),
        CheckConstraint("theme_id IS NOT NULL OR placed_by = 'user'", name="only_users_exclude"),
    )

    statement_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    strength: Mapped[float]  # 0–1: the share of its nearest neighbours that are in the theme too.
    likeness: Mapped[float]  # Cosine to the centroid.
    # What is near the centre and among its own: read first. The database fills it.
    typicality: Mapped[float] = mapped_column(Computed("strength * likeness", persisted=True))
    placed_by: Mapped[str] = mapped_column(String(10), default=PlacedBy.ENGINE, server_default="engine")
    correction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("theme_corrections.id"))
    placed_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    # As the last run saw it; holds only while the statement is in the theme this is a part of.
    sub_theme_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("sub_themes.id", ondelete="SET NULL"), index=True
    )

    statement: Mapped[Statement] = relationship(lazy="raise")
    correction: Mapped[ThemeCorrection | None] = relationship(lazy="raise")

    @property
    def said_at(self) -> datetime:
        return self.statement.item.said_at


class ThemeEvent(Model):
    """What a run did to a theme, with its counts."""

    __tablename__ = "theme_events"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    other_theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    run_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("theme_runs.id"))
    kept_count: Mapped[int] = mapped_column(server_default="0", default=0)
    added_count: Mapped[int] = mapped_column(server_default="0", default=0)
    lost_count: Mapped[int] = mapped_column(server_default="0", default=0)
    happened_at: Mapped[Moment]
