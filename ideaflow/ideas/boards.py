"""Categories: what an idea is about; with segments a private board."""

from collections.abc import Sequence

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.ideas.models import Category


def add_category(name: str, segments: Sequence[str] = (), *, by: Actor) -> Category:
    """Open a category.

    :param segments: only contacts of accounts in these see it; none: everybody.
    :raises Invalid: there is one of this name.
    """
    with transaction() as session:
        _refuse_same_name(name, but=0)
        category = Category(name=name, segments=sorted(set(segments)))
        session.add(category)
        session.flush()
        after = {"name": name, "segments": category.segments}
        audit.record(by, "ideas.add_category", category, after=after)
    return category


def change_category(
    category_id: int, name: str, segments: Sequence[str], is_closed: bool, version: int, *, by: Actor
) -> Category:
    """Rename a category, say whom it is for, or take no new ideas in it.

    :raises NotFound: there is no such category.
    :raises Invalid: another one has this name.
    :raises Conflict: it was changed meanwhile.
    """
    with transaction() as session:
        category = session.get(Category, category_id, with_for_update=True, populate_existing=True)
        if category is None:
            raise NotFound()
        if category.version != version:
            raise Conflict(
                f"The category was changed meanwhile: it is called “{category.name}” and is for"
                f" {', '.join(category.segments) or 'everybody'}. You wanted “{name}” for"
                f" {', '.join(segments) or 'everybody'}. Look at it again, then save."
            )
        _refuse_same_name(name, but=category.id)
        before = {"name": category.name, "segments": category.segments}
        category.name, category.segments = name, sorted(set(segments))
        category.closed_at = (category.closed_at or now()) if is_closed else None
        category.version += 1
        after = {"name": category.name, "segments": category.segments, "closed": is_closed}
        audit.record(by, "ideas.change_category", category, before=before, after=after)
    return category


def _refuse_same_name(name: str, *, but: int) -> None:
    with transaction() as session:
        same = select(Category.id).where(Category.name == name, Category.id != but)
        if session.scalar(same) is not None:
            raise Invalid(
                f"There is a category “{name}” already. Choose another name.",
                [{"field": "name", "reason": "This name is taken."}],
            )
