"""Tables of how and where we sell; a launch is ready by channel and region."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account
from ideaflow.db import CreatedAt, Currency, Model, Moment, Name, Names, PrimaryKey


class Channel(Model):
    """A way to sell: direct, inside sales, partners, marketplace."""

    __tablename__ = "channels"
    __table_args__ = (CheckConstraint("name <> ''", name="name_not_empty"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Name] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(server_default="0", default=0)
    # Whether others sell for us: partners are counted there, not sellers of ours.
    is_partner: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]
    retired_at: Mapped[Moment | None] = mapped_column(default=None)


class Region(Model):
    """Where we sell, and how the CRM spells it on an account."""

    __tablename__ = "regions"
    __table_args__ = (CheckConstraint("name <> ''", name="name_not_empty"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Name] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(server_default="0", default=0)
    spellings: Mapped[Names] = mapped_column(server_default="{}", default=list)  # “Germany”, “DE”, “DACH”.
    currency: Mapped[Currency | None]  # What prices are said in there; none: the company's own.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]
    retired_at: Mapped[Moment | None] = mapped_column(default=None)


class AccountPlace(Model):
    """Where and how one account buys, as somebody said; without one, its region in the CRM tells.

    Two rows of one account are an account in two regions: pages then name both and answer for each.
    """

    __tablename__ = "account_places"
    __table_args__ = (
        UniqueConstraint("account_id", "region_id", "channel_id"),
        Index(
            "uq_account_places_any_channel", "account_id", "region_id", unique=True,
            postgresql_where=text("channel_id IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    region_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("regions.id"), index=True)
    # None: through any channel of the region.
    channel_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("channels.id"))
    said_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    said_at: Mapped[Moment]

    account: Mapped[Account] = relationship(lazy="raise")
    region: Mapped[Region] = relationship(lazy="raise")
    channel: Mapped[Channel | None] = relationship(lazy="raise")


class Seller(Model):
    """Who sells in which cell; sellers need not sign in here, so they are known by their mail address.

    One person may sell in several cells: one row each.
    """

    __tablename__ = "sellers"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        UniqueConstraint("email", "channel_id", "region_id"),
        Index("ix_sellers_cell", "channel_id", "region_id"),
    )

    id: Mapped[PrimaryKey]
    email: Mapped[Name]
    name: Mapped[Name]
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id"))
    region_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("regions.id"))
    left_at: Mapped[Moment | None] = mapped_column(default=None)
    created_at: Mapped[CreatedAt]

    channel: Mapped[Channel] = relationship(lazy="raise")
    region: Mapped[Region] = relationship(lazy="raise")
