"""Questions about the market: what each cell has, and lists to search."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ideaflow.db import among, db
from ideaflow.errors import must_exist
from ideaflow.market.hooks import Cell
from ideaflow.market.models import (
    AccountPlace,
    Channel,
    ExchangeRate,
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceBookCell,
    PriceEntry,
    PriceTurn,
    Region,
    Seller,
    TrainingRecord,
)
from ideaflow.market.naming import course_key
from ideaflow.paging import Key, Page, page_of


@dataclass(frozen=True)
class Filters:
    """What a list of the market shows; empty means all."""

    words: str = ""
    channel: int | None = None
    region: int | None = None
    course: str = ""
    state: str = ""


@dataclass
class Has:
    """What one cell has."""

    books: int = 0
    sellers: int = 0
    partners: int = 0


@dataclass
class Overview:
    """All channels and regions with what each of their cells has."""

    channels: Sequence[Channel]
    regions: Sequence[Region]
    cells: dict[Cell, Has] = field(default_factory=dict)

    def of(self, channel_id: int, region_id: int) -> Has:
        return self.cells.get((channel_id, region_id), Has())

    def uses(self, channel_id: int | None = None, region_id: int | None = None) -> Has:
        """Return what a whole channel or region has, counted by cell."""
        found = Has()
        for (channel, region), has in self.cells.items():
            if channel_id in (None, channel) and region_id in (None, region):
                found.books += has.books
                found.sellers += has.sellers
                found.partners += has.partners
        return found


def channels() -> Sequence[Channel]:
    """Return all channels in their order, also the retired ones."""
    return db.session.scalars(select(Channel).order_by(Channel.position, Channel.id)).all()


def regions() -> Sequence[Region]:
    """Return all regions in their order, also the retired ones."""
    return db.session.scalars(select(Region).order_by(Region.position, Region.id)).all()


def overview() -> Overview:
    """Return the whole market; five questions, however large it is."""
    found = Overview(channels(), regions())
    active = select(PartnerCell).join(Partner, Partner.id == PartnerCell.partner_id).where(Partner.is_active)
    for name, query, table in (
        ("books", select(PriceBookCell), PriceBookCell),
        ("sellers", select(Seller).where(Seller.left_at.is_(None)), Seller),
        ("partners", active, PartnerCell),
    ):
        counted = query.with_only_columns(table.channel_id, table.region_id, func.count())
        for channel_id, region_id, count in db.session.execute(
            counted.group_by(table.channel_id, table.region_id)
        ):
            setattr(found.cells.setdefault((channel_id, region_id), Has()), name, count)
    return found


def books() -> Sequence[PriceBook]:
    """Return the price books with their cells, those nobody sells by first."""
    return db.session.scalars(
        select(PriceBook).options(selectinload(PriceBook.places)).order_by(PriceBook.name, PriceBook.id)
    ).all()


def unplaced_book_count() -> int:
    """Return how many active price books no cell sells by."""
    placed = select(PriceBookCell.id).where(PriceBookCell.book_id == PriceBook.id)
    query = select(func.count()).select_from(PriceBook).where(PriceBook.is_active, ~placed.exists())
    return db.session.scalar(query) or 0


def book(book_id: int) -> PriceBook:
    """Return one price book with its cells.

    :raises NotFound: there is none.
    """
    query = select(PriceBook).where(PriceBook.id == book_id).options(selectinload(PriceBook.places))
    return must_exist(db.session.scalar(query.execution_options(populate_existing=True)))


def prices(filters: Filters, *, book_id: int | None = None, after: str | None = None) -> Page[PriceEntry]:
    """Return a page of price entries by product."""
    query = select(PriceEntry).options(joinedload(PriceEntry.book))
    if filters.words:
        named = (PriceEntry.product_code, PriceEntry.product_name)
        query = query.where(or_(*(one.icontains(filters.words, autoescape=True) for one in named)))
    if book_id is not None:
        query = query.where(PriceEntry.book_id == book_id)
    if filters.state:
        query = query.where(PriceEntry.is_active == (filters.state == "active"))
    if filters.channel or filters.region:
        query = query.where(
            PriceEntry.book_id.in_(_in_cell(select(PriceBookCell.book_id), PriceBookCell, filters))
        )
    keys = [Key(PriceEntry.product_code, "product_code", False), Key(PriceEntry.id, "id", False)]
    return page_of(query, keys, after=after)


def entry(entry_id: int) -> PriceEntry:
    """Return one price entry with its book.

    :raises NotFound: there is none.
    """
    query = select(PriceEntry).where(PriceEntry.id == entry_id).options(joinedload(PriceEntry.book))
    return must_exist(db.session.scalar(query.execution_options(populate_existing=True)))


def turns(entry_id: int) -> Sequence[PriceTurn]:
    """Return what a price entry said, newest first."""
    return db.session.scalars(
        select(PriceTurn)
        .where(PriceTurn.entry_id == entry_id)
        .order_by(PriceTurn.changed_at.desc(), PriceTurn.id.desc())
        .limit(100)
    ).all()


def sellers(filters: Filters, *, after: str | None = None) -> Page[Seller]:
    """Return a page of sellers by name, one row a cell."""
    query = select(Seller).options(joinedload(Seller.channel), joinedload(Seller.region))
    query = query.where(Seller.left_at.is_not(None) if filters.state == "left" else Seller.left_at.is_(None))
    if filters.words:
        named = (Seller.name, Seller.email)
        query = query.where(or_(*(one.icontains(filters.words, autoescape=True) for one in named)))
    if filters.channel:
        query = query.where(Seller.channel_id == filters.channel)
    if filters.region:
        query = query.where(Seller.region_id == filters.region)
    return page_of(query, [Key(Seller.name, "name", False), Key(Seller.id, "id", False)], after=after)


def passed(emails: Collection[str], course: str, on: date) -> dict[str, TrainingRecord]:
    """Return of these people the record that lets a course count longest on a day."""
    records = db.session.scalars(
        select(TrainingRecord)
        .where(
            TrainingRecord.email.in_(emails),
            TrainingRecord.course_key == course_key(course),
            TrainingRecord.withdrawn_at.is_(None),
            TrainingRecord.passed_on <= on,
            or_(TrainingRecord.expires_on.is_(None), TrainingRecord.expires_on >= on),
        )
        .order_by(TrainingRecord.expires_on.asc().nulls_last())
    )
    return {record.email: record for record in records}  # The last one, which ends latest, stays.


def training(filters: Filters, *, after: str | None = None) -> Page[TrainingRecord]:
    """Return a page of training records by person."""
    query = select(TrainingRecord).where(TrainingRecord.withdrawn_at.is_(None))
    if filters.words:
        named = (TrainingRecord.name, TrainingRecord.email)
        query = query.where(or_(*(one.icontains(filters.words, autoescape=True) for one in named)))
    if filters.course:
        query = query.where(TrainingRecord.course_key == course_key(filters.course))
    keys = [Key(TrainingRecord.email, "email", False), Key(TrainingRecord.id, "id", False)]
    return page_of(query, keys, after=after)


def courses() -> Sequence[str]:
    """Return the courses that sellers or partners take, each once, by name."""
    both = select(TrainingRecord.course, TrainingRecord.course_key).union(
        select(PartnerCertificate.course, PartnerCertificate.course_key)
    )
    named = both.subquery()
    query = select(func.min(named.c.course)).group_by(named.c.course_key).order_by(func.min(named.c.course))
    return [str(one) for one in db.session.scalars(query.limit(200))]


def partners(filters: Filters, *, after: str | None = None) -> Page[Partner]:
    """Return a page of partners by name, with their cells."""
    query = select(Partner).options(selectinload(Partner.places))
    if filters.state:
        query = query.where(Partner.is_active == (filters.state == "active"))
    if filters.words:
        query = query.where(Partner.name.icontains(filters.words, autoescape=True))
    if filters.channel or filters.region:
        query = query.where(Partner.id.in_(_in_cell(select(PartnerCell.partner_id), PartnerCell, filters)))
    return page_of(query, [Key(Partner.name, "name", False), Key(Partner.id, "id", False)], after=after)


def partner(partner_id: int) -> Partner:
    """Return one partner with its cells.

    :raises NotFound: there is none.
    """
    query = select(Partner).where(Partner.id == partner_id).options(selectinload(Partner.places))
    return must_exist(db.session.scalar(query.execution_options(populate_existing=True)))


def certificates(partner_ids: Collection[int]) -> dict[int, list[PartnerCertificate]]:
    """Return the certificates of these partners, the newest first."""
    found: dict[int, list[PartnerCertificate]] = {}
    query = select(PartnerCertificate).where(
        and_(among(PartnerCertificate.partner_id, partner_ids), PartnerCertificate.withdrawn_at.is_(None))
    )
    for one in db.session.scalars(
        query.order_by(PartnerCertificate.certified_on.desc(), PartnerCertificate.id)
    ):
        found.setdefault(one.partner_id, []).append(one)
    return found


def certificate_list(course: str = "", *, after: str | None = None) -> Page[PartnerCertificate]:
    """Return a page of certificates with their partners, the newest first."""
    query = select(PartnerCertificate).options(joinedload(PartnerCertificate.partner))
    query = query.where(PartnerCertificate.withdrawn_at.is_(None))
    if course:
        query = query.where(PartnerCertificate.course_key == course_key(course))
    keys = [Key(PartnerCertificate.certified_on, "certified_on"), Key(PartnerCertificate.id, "id")]
    return page_of(query, keys, after=after)


def rates(currency: str = "", *, after: str | None = None) -> Page[ExchangeRate]:
    """Return a page of exchange rates, the newest day first."""
    query = select(ExchangeRate)
    if currency:
        query = query.where(or_(ExchangeRate.currency == currency, ExchangeRate.base == currency))
    return page_of(query, [Key(ExchangeRate.rate_on, "rate_on"), Key(ExchangeRate.id, "id")], after=after)


def places_said(account_id: int) -> Sequence[AccountPlace]:
    """Return where somebody said that an account is sold to."""
    return db.session.scalars(
        select(AccountPlace)
        .where(AccountPlace.account_id == account_id)
        .options(joinedload(AccountPlace.region), joinedload(AccountPlace.channel))
        .order_by(AccountPlace.id)
    ).all()


def _in_cell(
    query: Select[int], table: type[PriceBookCell] | type[PartnerCell], filters: Filters
) -> Select[int]:
    if filters.channel:
        query = query.where(table.channel_id == filters.channel)
    return query.where(table.region_id == filters.region) if filters.region else query
