"""What other pages show of themes: an item the ones its words are in, an account what it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ideaflow import parts
from ideaflow.accounts.models import Account
from ideaflow.db import db
from ideaflow.feedback.models import Capture, FeedbackItem, Statement
from ideaflow.parts import Part
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeMembership
from ideaflow.themes.statements import drawing, recurring
from ideaflow.wording import shorten

MOST_ASKED = 12
LEFT_SHOWN = 160


@dataclass(frozen=True)
class Asked:
    """One theme an account speaks of: how many of its statements are in it, and when it last said so."""

    theme: Theme
    times: int
    last_said_at: datetime


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


def asked_by(account_id: int) -> list[Asked]:
    """Return the themes an account speaks of, the one it speaks of most first."""
    times, last = func.count(Statement.id), func.max(FeedbackItem.said_at)
    rows = db.session.execute(
        counting(select(Theme, times, last))
        .join(Theme, Theme.id == ThemeMembership.theme_id)
        .where(FeedbackItem.account_id == account_id, Theme.state.in_(LIVE_STATES))
        .group_by(Theme.id)
        .order_by(times.desc(), last.desc(), Theme.id)
        .limit(MOST_ASKED)
    )
    return [Asked(theme, count, said) for theme, count, said in rows]


def _of_item(item: FeedbackItem) -> Part | None:
    found = themes_of_item(item.id)
    return Part("themes/_of_item.html", {"lines": found, "left": left_out(item)}) if found else None


def _of_account(account: Account) -> Part | None:
    found = asked_by(account.id)
    return Part("themes/_of_account.html", {"asked": found}) if found else None


parts.add("feedback.body", _of_item)
parts.add("accounts.lead", _of_account)
