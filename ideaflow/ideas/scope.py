"""Which ideas a contact may see: one condition, in every question a contact's page asks."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from ideaflow.ideas.models import Category, Idea
from ideaflow.portal.queries import Visitor


def visible(who: Visitor) -> ColumnElement[bool]:
    """Return the SQL for “this contact may see the idea”: their account's own, and what is for their segment.

    What one of ours has hidden only its author still sees, with the reason.
    """
    mine = Idea.contact_id == who.contact_id
    ours = or_(mine, Idea.account_id == who.account_id) if who.account_id is not None else mine
    for_us = and_(Idea.is_private.is_(False), _open_to(Idea.segments, who), _in_open_category(who))
    return and_(Idea.withdrawn_at.is_(None), or_(Idea.hidden_at.is_(None), mine), or_(ours, for_us))


def visible_ideas(who: Visitor) -> Select[Idea]:
    """Select the ideas that this contact may see."""
    return select(Idea).where(visible(who))


def categories_for(who: Visitor) -> Select[Category]:
    """Select the categories that this contact may see and post to."""
    return select(Category).where(_open_to(Category.segments, who), Category.closed_at.is_(None))


def _open_to(segments: Any, who: Visitor) -> ColumnElement[bool]:
    """Return the SQL for “these segments hold the contact's, or there are none”."""
    is_for_all = func.cardinality(segments) == 0
    return or_(is_for_all, segments.any(who.segment) if who.segment else false())


def _in_open_category(who: Visitor) -> ColumnElement[bool]:
    open_ones = select(Category.id).where(_open_to(Category.segments, who))
    return or_(Idea.category_id.is_(None), Idea.category_id.in_(open_ones))
