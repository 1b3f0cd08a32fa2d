"""What other pages show of themes: an item the ones its words are in."""

from collections.abc import Sequence

from sqlalchemy import select

from ideaflow import parts
from ideaflow.db import db
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


def left_out(item: FeedbackItem) -> list[tuple[str, str]]:
    """Return what is in none of an item's statements: why, and the beginning of the passage."""
    templates = recurring.known()
    found = [(one.start, one.end, one.reason) for one in engine.left_out(item.text, templates)]
    found += [(one.start, one.end, drawing.SIGNED) for one in drawing.signatures(item, templates)]
    return [(reason, shorten(item.text[start:end], LEFT_SHOWN)) for start, end, reason in sorted(found)]


def _of_item(item: FeedbackItem) -> Part | None:
    found = themes_of_item(item.id)
    return Part("themes/_of_item.html", {"lines": found, "left": left_out(item)}) if found else None


parts.add("feedback.body", _of_item)
