"""Templates: what recurs in items of several accounts, found in the items themselves, in no statement.

Looked for at each full run among the latest items. When a template is new, statements drawn before it was
known are drawn again, but in items where a user placed a statement or a proposal cites one.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ideaflow.db import db, transaction
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import engine
from ideaflow.themes.models import PlacedBy, ThemeMembership
from ideaflow.themes.statements import drawing
from ideaflow.themes.tables.recurring import RecurringPassage

LOOKED_AT = 50_000
"""Items, the latest ones; 50,000 take some ten seconds."""
LONG = 120
"""Characters from which a text of one line is looked at."""
AT_ONCE = 500


def known() -> frozenset[int]:
    """Return the keys of the templates known so far."""
    return frozenset(db.session.scalars(select(RecurringPassage.key)))


def learn() -> int:
    """Find templates, and draw statements anew from items read before they were known.

    :returns: how many items gave other statements than before.
    """
    query = (
        select(FeedbackItem.text, FeedbackItem.account_id)
        .where(_may_hold(), FeedbackItem.account_id.is_not(None))
        .order_by(FeedbackItem.id.desc())
        .limit(LOOKED_AT)
    )
    rows = [(text, account) for text, account in db.session.execute(query)]
    db.session.rollback()  # Nothing is held open while we look.
    found = engine.recurring(rows) - known()
    if not found:
        return 0
    with transaction() as session:
        session.execute(insert(RecurringPassage), [{"key": key} for key in sorted(found)])
    return _draw_again()


def _may_hold() -> ColumnElement[bool]:
    """Return “its text is long enough to hold a template”."""
    return or_(FeedbackItem.text.contains("\n"), func.length(FeedbackItem.text) >= LONG)


def _draw_again() -> int:
    """Draw statements anew, a few items at a time."""
    last, changed = 0, 0
    templates = known()
    while True:
        query = (
            select(FeedbackItem)
            .where(FeedbackItem.read_at.is_not(None), FeedbackItem.id > last, _may_hold())
            .where(FeedbackItem.counts)
            .order_by(FeedbackItem.id)
            .limit(AT_ONCE)
        )
        with transaction() as session:
            items = session.scalars(query).all()
            if not items:
                return changed
            last = items[-1].id
            before = _statements_of(item.id for item in items)
            names = drawing.writers(items)
            for item in items:
                drawn = drawing.passages(item, templates, names[item.id])
                changed += _redraw(item, before.get(item.id, []), drawn)


def _statements_of(item_ids: Iterable[int]) -> dict[int, list[Statement]]:
    """Return the statements of items, but of those in which a user placed one."""
    ids = list(item_ids)
    placed = set(
        db.session.scalars(
            select(Statement.item_id)
            .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
            .where(Statement.item_id.in_(ids), ThemeMembership.placed_by == PlacedBy.USER)
        )
    )
    query = select(Statement).where(Statement.item_id.in_(ids)).order_by(Statement.position)
    found: dict[int, list[Statement]] = {}
    for one in db.session.scalars(query):
        if one.item_id not in placed:
            found.setdefault(one.item_id, []).append(one)
    return found


def _redraw(item: FeedbackItem, before: list[Statement], passages: list[engine.Statement]) -> bool:
    """Put an item's statements right; those that stay the same keep their number."""
    drawn = {(one.start, one.end): one.text for one in passages}
    old = {(one.begins_at, one.ends_at): one.id for one in before}
    if not before or old.keys() == drawn.keys():
        return False
    gone = [number for span, number in old.items() if span not in drawn]
    try:
        with db.session.begin_nested():
            db.session.execute(delete(Statement).where(Statement.id.in_(gone)))
    except IntegrityError:  # A proposal cites one of them: its words stay as they were cited.
        return False
    # Positions are unique: out of the way first.
    db.session.execute(
        update(Statement).where(Statement.item_id == item.id).values(position=-1 - Statement.position)
    )
    for position, (begins, ends) in enumerate(sorted(drawn)):
        if (number := old.get((begins, ends))) is not None:
            db.session.execute(update(Statement).where(Statement.id == number).values(position=position))
        else:
            values = {"text": drawn[begins, ends], "begins_at": begins, "ends_at": ends}
            db.session.execute(insert(Statement).values(item_id=item.id, position=position, **values))
    return True
