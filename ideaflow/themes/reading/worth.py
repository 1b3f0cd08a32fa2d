"""What all themes of a list stand for together: each account once, however many of them it asks in."""

from sqlalchemy import select

from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.themes.asking.accounts import account_lines, counting
from ideaflow.themes.asking.lens import Lens, lens_of
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.themes.reading.filters import InboxFilters, filtered


def worth_of_list(filters: InboxFilters) -> Lens:
    """Return what the accounts behind the themes that the filters leave stand for."""
    themes = filtered(select(Theme.id), filters)
    query = counting(select(FeedbackItem.account_id)).where(
        ThemeMembership.theme_id.in_(themes), FeedbackItem.account_id.is_not(None)
    )
    ids = {one for one in db.session.scalars(query.distinct()) if one is not None}
    return lens_of(account_lines(ids).values(), today())
