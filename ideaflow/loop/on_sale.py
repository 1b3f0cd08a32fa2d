"""Whether those who asked can buy what was launched: by where and how their account is sold to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account
from ideaflow.db import among, db
from ideaflow.launch.models import LaunchCell
from ideaflow.loop.contributors import Contributor
from ideaflow.market.places import Where, places_of


@dataclass(frozen=True)
class OnSale:
    """Whether an account can buy it, in words."""

    is_there: bool
    words: str


def on_sale_to(launch_id: int, people: Sequence[Contributor]) -> dict[int, OnSale]:
    """Return for each contact whether their account can buy it now; a few questions for all."""
    cells = _cells(launch_id)
    released = {(one.channel_id, one.region_id): one for one in cells if one.released_at is not None}
    ids = {one.account_id for one in people if one.account_id}
    accounts = db.session.scalars(select(Account).where(among(Account.id, ids))).all()
    places = places_of(accounts)
    channels = {one.channel_id for one in cells}
    return {one.contact_id: _on_sale(places.get(one.account_id or 0), channels, released) for one in people}


def _cells(launch_id: int) -> Sequence[LaunchCell]:
    query = select(LaunchCell).where(LaunchCell.launch_id == launch_id, LaunchCell.removed_at.is_(None))
    return db.session.scalars(
        query.options(joinedload(LaunchCell.channel), joinedload(LaunchCell.region)).order_by(LaunchCell.id)
    ).all()


def _on_sale(where: Where | None, channels: set[int], released: dict[tuple[int, int], LaunchCell]) -> OnSale:
    if where is None or not where.places:
        return OnSale(False, "Where they buy is not known; say it on the account's page")
    open_cells = [released[cell] for cell in where.cells(channels) if cell in released]
    if not open_cells:
        return OnSale(False, f"Not on sale in {' and '.join(place.words for place in where.places)} yet")
    names = sorted({f"{one.channel.name}, {one.region.name}" for one in open_cells})
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return OnSale(True, f"On sale to them: {names[0]}{more}")
