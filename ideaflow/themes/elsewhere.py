"""What other pages show of themes: an item the ones its words are in."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from ideaflow import parts
from ideaflow.db import among, db
from ideaflow.feedback.models import Capture, FeedbackItem, Statement
from ideaflow.parts import Part
from ideaflow.themes import engine
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeMembership
from ideaflow.themes.statements import drawing, recurring
from ideaflow.wording import shorten

LEFT_SHOWN = 160


def themes_of_item(item_id: int) -> Sequence[tuple[Statement, Theme | None]]:
    """Return an item's statements in their order, with the live theme of each, but for captured wishes."""
    rows = db.session.execute(
        select(Statement, Theme)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .outerjoin(Theme, (Theme.id == ThemeMembership.theme_id) & Theme.state.in_(LIVE_STATES))
        .outerjoin(Capture, Capture.statement_id == Statement.id)
        .where(Statement.item_id == item_id, Capture.id.is_(None))
        .order_by(Statement.position)
    )
    return [(statement, theme) for statement, theme in rows]


def themes_of_items(item_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Return number and title of the live themes that the words of each item are in, as they were said."""
    first = func.min(Statement.position)
    rows = db.session.execute(
        select(Statement.item_id, Theme.id, Theme.title)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .join(Theme, (Theme.id == ThemeMembership.theme_id) & Theme.state.in_(LIVE_STATES))
        .where(among(Statement.item_id, item_ids))
        .group_by(Statement.item_id, Theme.id)
        .order_by(Statement.item_id, first, Theme.id)
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for item_id, theme_id, title in rows:
        found[item_id].append((theme_id, title))
    return found


def left_out(item: FeedbackItem) -> list[tuple[str, str]]:
    """Return what is in none of an item's statements: why, and the beginning of the passage."""
    templates = recurring.known()
    found = [(one.start, one.end, one.reason) for one in engine.left_out(item.text, templates)]
    found += [(one.start, one.end, drawing.SIGNED) for one in drawing.signatures(item, templates)]
    return [(reason, shorten(item.text[start:end], LEFT_SHOWN)) for start, end, reason in sorted(found)]


def _of_item(item: FeedbackItem) -> Part | None:
    found = themes_of_item(item.id)
    return Part("themes/_of_item.html", {"lines": found, "left": left_out(item)}) if found else None


def _of_items(items: Sequence[FeedbackItem]) -> Part:
    return Part("themes/_of_record.html", {"by_item": themes_of_items([item.id for item in items])})


parts.add("feedback.body", _of_item)
parts.add("feedback.record", _of_items)
