"""Saved views as the list shows them: mine and those shared, each with how many themes it holds now."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.themes.models import SavedView, Theme
from ideaflow.themes.queries import InboxFilters
from ideaflow.themes.reading.filters import filtered

SHOWN = 24


def views_for(user_id: int) -> Sequence[SavedView]:
    """Return the views that a user sees: their own first, then those others share, by name."""
    query = (
        select(SavedView)
        .where(or_(SavedView.user_id == user_id, SavedView.is_shared))
        .options(joinedload(SavedView.user))
        .order_by((SavedView.user_id != user_id), func.lower(SavedView.name), SavedView.id)
    )
    return db.session.scalars(query.limit(SHOWN)).all()


def counts(filters: Mapping[int, InboxFilters]) -> dict[int, int]:
    """Return how many themes each view leaves, all in one question to the database."""
    if not filters:
        return {}
    each = [
        filtered(select(func.count(Theme.id)), one).scalar_subquery().label(f"view_{view_id}")
        for view_id, one in filters.items()
    ]
    row = db.session.execute(select(*each)).one()
    return dict(zip(filters, (int(number or 0) for number in row), strict=True))


def view(view_id: int, user_id: int) -> SavedView:
    """Return a view that a user may see.

    :raises NotFound: there is none, or it is private to somebody else.
    """
    found = db.session.get(SavedView, view_id)
    if found is None or (found.user_id != user_id and not found.is_shared):
        raise NotFound("There is no such view, or it is not shared with you.")
    return found
