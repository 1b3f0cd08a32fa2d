"""Which cells an account is sold to in: as somebody said, else by the region its CRM gives it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, true
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account
from ideaflow.db import among, db
from ideaflow.market.hooks import Cell
from ideaflow.market.models import AccountPlace, Channel, Region
from ideaflow.market.naming import ids_of, spelled
from ideaflow.paging import Key, Page, page_of


@dataclass(frozen=True)
class Place:
    """One region an account buys in, through one channel or (None) any of them."""

    region_id: int
    region: str
    channel_id: int | None = None
    channel: str = ""

    @property
    def words(self) -> str:
        return f"{self.region} through {self.channel}" if self.channel else self.region


@dataclass(frozen=True)
class Where:
    """Where one account is sold to.

    :param places: none: nobody can say; two: pages answer for each.
    :param is_said: somebody said so; else the CRM's region told.
    """

    places: tuple[Place, ...]
    crm_region: str = ""
    is_said: bool = False

    @property
    def is_clear(self) -> bool:
        """Return whether it is one region, or what somebody said."""
        return self.is_said or len(self.places) == 1

    @property
    def words(self) -> str:
        """Say where, and from what it is known or why it is not."""
        names = " and ".join(place.words for place in self.places)
        if self.is_said:
            return names
        if len(self.places) > 1:
            return f"“{self.crm_region}” in the CRM is a spelling of {names}"
        if self.places:
            return f"{names}, by the region in the CRM"
        if self.crm_region:
            return f"“{self.crm_region}” in the CRM is no region of ours"
        return "the CRM names no region"

    def cells(self, channel_ids: Iterable[int]) -> tuple[Cell, ...]:
        """Return the cells it is sold to in; without a channel said, all of ``channel_ids``."""
        channels = tuple(channel_ids)
        return tuple(
            (channel_id, place.region_id)
            for place in self.places
            for channel_id in (channels if place.channel_id is None else (place.channel_id,))
        )


def places_of(accounts: Sequence[Account]) -> dict[int, Where]:
    """Return where each of these accounts is sold to; two questions, however many they are."""
    regions = current_regions()
    said: dict[int, list[Place]] = {}
    for row in _said([account.id for account in accounts]):
        channel = row.channel.name if row.channel else ""
        place = Place(row.region_id, row.region.name, row.channel_id, channel)
        said.setdefault(row.account_id, []).append(place)
    return {account.id: _where(account, said.get(account.id, []), regions) for account in accounts}


def _said(account_ids: Collection[int]) -> Iterable[AccountPlace]:
    return db.session.scalars(_places(), {"account_ids": sorted(account_ids)})


@cache
def _places() -> Select[Any]:
    return (
        select(AccountPlace)
        .where(among(AccountPlace.account_id, "account_ids"))
        .options(joinedload(AccountPlace.region), joinedload(AccountPlace.channel))
        .order_by(AccountPlace.id)
    )


def _where(account: Account, said: Sequence[Place], regions: Sequence[Region]) -> Where:
    crm = account.region or ""
    if said:
        return Where(tuple(said), crm, is_said=True)
    names = spellings(regions)
    return Where(tuple(Place(one.id, one.name) for one in names.get(spelled(crm), ())), crm)


def spellings(regions: Iterable[Region]) -> Mapping[str, Sequence[Region]]:
    """Return the regions by how they may be spelled, name first."""
    found: dict[str, list[Region]] = {}
    for region in regions:
        for name in {spelled(one) for one in (region.name, *region.spellings)}:
            found.setdefault(name, []).append(region)
    return found


def current_regions() -> Sequence[Region]:
    """Return the regions that are not retired, in their order."""
    return db.session.scalars(_regions()).all()


@cache
def _regions() -> Select[Any]:
    return select(Region).where(Region.retired_at.is_(None)).order_by(Region.position, Region.id)


def current_channels() -> Sequence[Channel]:
    """Return the channels that are not retired, in their order."""
    return db.session.scalars(
        select(Channel).where(Channel.retired_at.is_(None)).order_by(Channel.position, Channel.id)
    ).all()


@dataclass(frozen=True)
class Grid:
    """The channels and regions that are not retired, by how a file may name them."""

    channels: Mapping[str, Sequence[int]]
    regions: Mapping[str, Sequence[int]]
    channel_ids: tuple[int, ...]
    partner_channel_ids: tuple[int, ...]
    region_ids: tuple[int, ...]
    channel_names: tuple[str, ...]
    region_names: tuple[str, ...]

    def cells(self, channel: str | None, region: str | None, *, of_partners: bool = False) -> set[Cell]:
        """Return the cells that two names mean; no name means every one, partners sell in their channels."""
        every = self.partner_channel_ids if of_partners else self.channel_ids
        return {
            (channel_id, region_id)
            for channel_id in ids_of(channel, self.channels, every)
            for region_id in ids_of(region, self.regions, self.region_ids)
        }


def grid() -> Grid:
    """Return the channels and regions as they are now; two questions."""
    channels, regions = current_channels(), current_regions()
    by_region = {name: [one.id for one in found] for name, found in spellings(regions).items()}
    by_channel = {spelled(one.name): [one.id] for one in channels}
    partners = tuple(one.id for one in channels if one.is_partner)
    return Grid(
        by_channel,
        by_region,
        tuple(one.id for one in channels),
        partners,
        tuple(one.id for one in regions),
        tuple(one.name for one in channels),
        tuple(one.name for one in regions),
    )


def _plain(column: ColumnElement[str | None]) -> ColumnElement[str]:
    """Return, for queries, a name as :func:`naming.spelled` writes it."""
    return func.lower(func.trim(func.regexp_replace(func.coalesce(column, ""), r"\s+", " ", "g")))


def _spelled_like() -> Subquery:
    """Return, for queries, how many regions each spelling is one of."""
    names = func.unnest(func.array_append(Region.spellings, Region.name)).table_valued("name")
    spelling = names.render_derived(name="spelling")
    every = (
        select(_plain(spelling.c.name).label("name"), Region.id.label("region_id"))
        .select_from(Region)
        .join(spelling, true())
        .where(Region.retired_at.is_(None))
        .subquery()
    )
    counts = select(every.c.name, func.count(every.c.region_id.distinct()).label("region_count"))
    return counts.group_by(every.c.name).subquery()


def _unclear() -> Select[Account]:
    """Select the accounts whose region is none of ours or several, and of which nobody said anything."""
    like = _spelled_like()
    said = select(AccountPlace.id).where(AccountPlace.account_id == Account.id)
    return (
        select(Account)
        .outerjoin(like, like.c.name == _plain(Account.__table__.c.region))
        .where(~said.exists(), func.coalesce(like.c.region_count, 0) != 1)
    )


def unclear_accounts(*, after: str | None = None) -> Page[Account]:
    """Return a page of the accounts nobody can say a region of: none fits, or two do; largest first."""
    revenue = func.coalesce(Account.revenue_amount, 0)
    return page_of(_unclear(), [Key(revenue, "revenue_or_zero"), Key(Account.id, "id")], after=after)


def unclear_count() -> int:
    """Return how many accounts are in no region, or in two by their CRM."""
    return db.session.scalar(select(func.count()).select_from(_unclear().subquery())) or 0


def strange_spellings() -> Sequence[tuple[str, int]]:
    """Return what the CRM calls regions that no region of ours is spelled like, with how many accounts."""
    like = _spelled_like()
    rows = db.session.execute(
        select(Account.region, func.count())
        .outerjoin(like, like.c.name == _plain(Account.__table__.c.region))
        .where(like.c.name.is_(None), _plain(Account.__table__.c.region) != "")
        .group_by(Account.region)
        .order_by(func.count().desc(), Account.region)
        .limit(60)
    )
    return [(str(row[0]), int(row[1])) for row in rows]
