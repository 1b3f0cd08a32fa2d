"""Tables of the levels above and below a theme, and of the map: areas, sub-themes, places.

An area is several whole themes; a sub-theme is a piece of exactly one theme, which may have none.
"""

from decimal import Decimal

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import REAL
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Model, Moment, Money, Name, PrimaryKey


class Area(Model):
    """Themes that belong together. Keeps its number from run to run, and the name a human gave it.

    Its figures count each account once, however many of its open themes it speaks in.
    """

    __tablename__ = "areas"
    __table_args__ = (CheckConstraint("title <> ''", name="title_not_empty"),)

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    is_named: Mapped[bool] = mapped_column(server_default="false", default=False)  # By a human.
    retired_at: Mapped[Moment | None]  # When a run found it no more.
    created_at: Mapped[CreatedAt]

    theme_count: Mapped[int] = mapped_column(server_default="0", default=0)
    statement_count: Mapped[int] = mapped_column(server_default="0", default=0)
    account_count: Mapped[int] = mapped_column(server_default="0", default=0)
    revenue_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    open_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    lost_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    other_currency_count: Mapped[int] = mapped_column(server_default="0", default=0)
    # Accounts that spoke, week by week, as in themes.
    weekly: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger), server_default=text("array_fill(0, ARRAY[26])::smallint[]")
    )


class SubTheme(Model):
    """A part of one theme. Each run finds them anew; what a user moves out of the theme leaves it too."""

    __tablename__ = "sub_themes"

    id: Mapped[PrimaryKey]
    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    title: Mapped[Name]
    quote: Mapped[str] = mapped_column(server_default="", default="")
    quote_statement_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="SET NULL"), index=True
    )
    statement_count: Mapped[int] = mapped_column(server_default="0", default=0)
    account_count: Mapped[int] = mapped_column(server_default="0", default=0)


class StatementPlace(Model):
    """Where a statement lies on the map, 0–1 from left to right and from bottom to top.

    A narrow table of its own: placing 100,000 statements anew must not rewrite their vectors.
    """

    __tablename__ = "statement_places"
    __table_args__ = (Index("ix_statement_places_x_y", "x", "y"),)

    statement_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
    )
    x: Mapped[float] = mapped_column(REAL)
    y: Mapped[float] = mapped_column(REAL)
