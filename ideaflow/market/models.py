"""Tables of how and where we sell; a launch is ready by channel and region."""

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account
from ideaflow.clock import today
from ideaflow.db import CreatedAt, Currency, Day, Model, Moment, Name, Names, PrimaryKey


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


class PriceBook(Model):
    """A list of prices, and in which cells it is sold by."""

    __tablename__ = "price_books"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_not_empty"),
        CheckConstraint("valid_until_on >= valid_from_on", name="days_in_order"),
        UniqueConstraint("source", "source_id"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[Name]
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    source: Mapped[Name]
    source_id: Mapped[Name]
    valid_from_on: Mapped[Day | None]
    valid_until_on: Mapped[Day | None]  # The last day it holds.
    turned_at: Mapped[Moment]  # Since when it is active, or not.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    places: Mapped[list["PriceBookCell"]] = relationship(lazy="raise")


class PriceBookCell(Model):
    """One cell that sells by a price book; a cell may sell by several."""

    __tablename__ = "price_book_cells"
    __table_args__ = (
        UniqueConstraint("book_id", "channel_id", "region_id"),
        Index("ix_price_book_cells_cell", "channel_id", "region_id"),
    )

    id: Mapped[PrimaryKey]
    book_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("price_books.id"))
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id"))
    region_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("regions.id"))


class PriceEntry(Model):
    """What one product costs in one price book; several with other days or currencies stand side by side."""

    __tablename__ = "price_entries"
    __table_args__ = (
        CheckConstraint("unit_amount >= 0", name="amount_not_negative"),
        CheckConstraint("valid_until_on >= valid_from_on", name="days_in_order"),
        UniqueConstraint("source", "source_id"),
    )

    id: Mapped[PrimaryKey]
    book_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("price_books.id"), index=True)
    product_code: Mapped[Name]
    product_name: Mapped[Name] = mapped_column(server_default="", default="")
    unit_amount: Mapped[Decimal] = mapped_column(Numeric(18, 6))  # Prices of one scan have many digits.
    currency: Mapped[Currency]
    is_active: Mapped[bool]
    valid_from_on: Mapped[Day | None]
    valid_until_on: Mapped[Day | None]  # The last day it holds.
    source: Mapped[Name]
    source_id: Mapped[Name]
    turned_at: Mapped[Moment]  # Since when it is active, or not.
    changed_at: Mapped[Moment]
    changed_by: Mapped[Name]  # A person, or the file of an import.
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    book: Mapped[PriceBook] = relationship(lazy="raise")

    @property
    def name(self) -> str:
        return self.product_name or self.product_code


class PriceTurn(Model):
    """What a price entry said from one moment on; never changed, never deleted."""

    __tablename__ = "price_turns"
    __table_args__ = (Index("ix_price_turns_entry_id", "entry_id", "changed_at"),)

    id: Mapped[PrimaryKey]
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("price_entries.id"))
    unit_amount: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    currency: Mapped[Currency]
    is_active: Mapped[bool]
    valid_from_on: Mapped[Day | None]
    valid_until_on: Mapped[Day | None]
    changed_at: Mapped[Moment]
    changed_by: Mapped[Name]

    entry: Mapped[PriceEntry] = relationship(lazy="raise")


class TrainingRecord(Model):
    """A person and a course: passed on a day, or still to pass; a course passed again is a row more."""

    __tablename__ = "training_records"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint("expires_on >= passed_on", name="days_in_order"),
        UniqueConstraint("source", "source_id"),
        Index("ix_training_records_course_key", "course_key", "email"),
    )

    id: Mapped[PrimaryKey]
    email: Mapped[Name]
    name: Mapped[Name] = mapped_column(server_default="", default="")
    course: Mapped[Name]
    course_key: Mapped[Name]  # Without case and outer space: files spell courses as they like.
    passed_on: Mapped[Day | None]
    expires_on: Mapped[Day | None]  # The last day it counts.
    is_required: Mapped[bool] = mapped_column(server_default="true", default=True)
    # For whom they answer, as agents do; none: everywhere.
    region_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    source: Mapped[Name]
    source_id: Mapped[Name]
    changed_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None] = mapped_column(default=None)


class Partner(Model):
    """A firm that sells for us."""

    __tablename__ = "partners"
    __table_args__ = (CheckConstraint("name <> ''", name="name_not_empty"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Name]
    name_key: Mapped[Name] = mapped_column(unique=True)  # As with accounts: no case, no legal form.
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    source: Mapped[Name]
    source_id: Mapped[Name]
    changed_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    places: Mapped[list["PartnerCell"]] = relationship(lazy="raise")


class PartnerCell(Model):
    """One cell that a partner sells in."""

    __tablename__ = "partner_cells"
    __table_args__ = (
        UniqueConstraint("partner_id", "channel_id", "region_id"),
        Index("ix_partner_cells_cell", "channel_id", "region_id"),
    )

    id: Mapped[PrimaryKey]
    partner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("partners.id"))
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channels.id"))
    region_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("regions.id"))


class PartnerCertificate(Model):
    """A partner's person who is certified on a course; one valid certificate certifies the firm."""

    __tablename__ = "partner_certificates"
    __table_args__ = (
        CheckConstraint("expires_on >= certified_on", name="days_in_order"),
        UniqueConstraint("source", "source_id"),
        Index("ix_partner_certificates_course_key", "course_key", "partner_id"),
    )

    id: Mapped[PrimaryKey]
    partner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("partners.id"), index=True)
    person: Mapped[Name]  # Name or mail address, as the partner portal writes it.
    course: Mapped[Name]
    course_key: Mapped[Name]
    certified_on: Mapped[Day]
    expires_on: Mapped[Day | None]
    source: Mapped[Name]
    source_id: Mapped[Name]
    changed_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None] = mapped_column(default=None)

    partner: Mapped[Partner] = relationship(lazy="raise")

    @property
    def holds(self) -> bool:
        """Return whether it counts today."""
        return self.expires_on is None or self.expires_on >= today()


class ExchangeRate(Model):
    """How many units of a currency one unit of the base bought on a day, and who says so."""

    __tablename__ = "exchange_rates"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate_is_positive"),
        CheckConstraint("currency <> base", name="two_currencies"),
        UniqueConstraint("base", "currency", "rate_on"),
    )

    id: Mapped[PrimaryKey]
    base: Mapped[Currency]
    currency: Mapped[Currency]
    rate_on: Mapped[Day]
    rate: Mapped[Decimal] = mapped_column(Numeric(20, 10))
    source: Mapped[Name]
    said_at: Mapped[Moment]

    @property
    def name(self) -> str:
        return f"{self.base} in {self.currency}"
