"""Channels and regions as data, and where accounts are sold to."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Account
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.market.models import AccountPlace, Channel, Region
from ideaflow.market.naming import spelled
from ideaflow.saving import locked, save

SPELLING_LENGTH = 60
Line = Channel | Region


def add_line(kind: type[Line], values: Mapping[str, Any], *, by: Actor) -> Line:
    """Add a channel or a region, last in its order.

    :raises Invalid: there is one of this name.
    """
    with transaction() as session:
        _refuse_same_name(session, kind, values["name"])
        last = session.scalar(select(func.coalesce(func.max(kind.position), 0))) or 0
        line = kind(**values, position=last + 1)
        session.add(line)
        session.flush()
        audit.record(by, f"market.add_{_word(kind)}", line, after=dict(values))
    return line


def change_line(
    kind: type[Line], line_id: int, values: Mapping[str, Any], version: int, *, by: Actor
) -> Line:
    """Rename a channel or region; a region's spellings and currency, whether a channel is of partners.

    :raises NotFound: there is none; :raises Invalid: another one has this name.
    :raises Overtaken: it was changed since.
    """
    with transaction() as session:
        line: Line = locked(session, kind, line_id, _word(kind))
        _refuse_same_name(session, kind, values["name"], but=line_id)
        save(line, values, version, f"market.change_{_word(kind)}", by=by)
    return line


def move_line(kind: type[Line], line_id: int, step: int, *, by: Actor) -> None:
    """Let a channel or region change places with its neighbour; at the end nothing moves.

    :param step: -1 up, 1 down.
    """
    with transaction() as session:
        query = select(kind).where(kind.retired_at.is_(None)).order_by(kind.position, kind.id)
        rows: list[Line] = list(session.scalars(query.with_for_update()))
        at = next((place for place, one in enumerate(rows) if one.id == line_id), None)
        if at is None:
            raise NotFound(f"There is no {_word(kind)} {line_id}.")
        order = list(rows)
        to = at + step
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            before = [one.name for one in rows]
            for place, one in enumerate(order, start=1):
                one.position = place
            after = {"order": [one.name for one in order]}
            audit.record(by, f"market.move_{_word(kind)}", rows[at], before={"order": before}, after=after)


def retire_line(kind: type[Line], line_id: int, version: int, is_retired: bool, *, by: Actor) -> Line:
    """Offer a channel or region no more, or again; what uses it stays as it is.

    :raises Conflict: it was changed since, or is so already.
    """
    with transaction() as session:
        line: Line = locked(session, kind, line_id, _word(kind))
        if line.version != version or is_retired == (line.retired_at is not None):
            raise Conflict(f"“{line.name}” was changed meanwhile. Look at it again, then decide.")
        line.retired_at = now() if is_retired else None
        line.version += 1
        verb = "retire" if is_retired else "bring_back"
        audit.record(by, f"market.{verb}_{_word(kind)}", line)
    return line


def make_regions(choices: Mapping[str, int], *, by: Actor) -> Sequence[Region]:
    """Make regions of what the CRM writes, or take it for a spelling of one; return those touched.

    :param choices: spelling to the region it belongs to, 0 for one of its own.
    """
    with transaction() as session:
        touched: list[Region] = []
        for name, region_id in choices.items():
            if region_id == 0:
                line = add_line(Region, {"name": name[:300], "spellings": []}, by=by)
                assert isinstance(line, Region)  # noqa: S101 - As asked for.
                touched.append(line)
                continue
            region: Region = locked(session, Region, region_id, "region")
            if spelled(name) not in {spelled(one) for one in (region.name, *region.spellings)}:
                values = {"spellings": [*region.spellings, name[:SPELLING_LENGTH]]}
                save(region, values, region.version, "market.change_region", by=by)
            touched.append(region)
    return touched


def say_place(account_id: int, region_id: int, channel_id: int | None, *, by: Actor) -> AccountPlace:
    """Say where an account is sold to; the region in its CRM counts no more. Said again, nothing changes.

    :raises NotFound: there is no such account, region or channel.
    """
    with transaction() as session:
        account = session.get(Account, account_id, with_for_update=True)
        region, channel = session.get(Region, region_id), session.get(Channel, channel_id or 0)
        if account is None or region is None or (channel_id and channel is None):
            raise NotFound("This account, region or channel is there no more. Open the page again.")
        known = session.scalar(
            select(AccountPlace).where(
                AccountPlace.account_id == account_id,
                AccountPlace.region_id == region_id,
                AccountPlace.channel_id.is_not_distinct_from(channel_id),
            )
        )
        if known is not None:
            return known
        place = AccountPlace(account_id=account_id, region_id=region_id, channel_id=channel_id)
        place.said_by_id, place.said_at = by.id, now()
        session.add(place)
        after = {"region": region.name, "channel": channel.name if channel else None}
        audit.record(by, "market.say_place", account, after=after)
    return place


def take_back_place(account_id: int, place_id: int, *, by: Actor) -> None:
    """Take back where an account is sold to; taken back already, nothing changes."""
    with transaction() as session:
        place = session.get(AccountPlace, place_id)
        if place is not None and place.account_id == account_id:
            account = session.get_one(Account, account_id)
            before = {"region": session.get_one(Region, place.region_id).name}
            session.delete(place)
            audit.record(by, "market.take_back_place", account, before=before)


def _refuse_same_name(session: Session, kind: type[Line], name: str, *, but: int = 0) -> None:
    same = select(kind.id).where(func.lower(kind.name) == name.lower(), kind.id != but)
    if session.scalar(same.limit(1)) is not None:
        reason = f"There is a {_word(kind)} “{name}” already, perhaps retired. Choose another name."
        raise Invalid(reason, [{"field": "name", "reason": reason}])


def _word(kind: type[Line]) -> str:
    return "channel" if kind is Channel else "region"
