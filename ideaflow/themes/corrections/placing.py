"""Where a captured wish belongs: whoever captured it may say so, and it stays there in every later run."""

from sqlalchemy import select

from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Forbidden, NotFound
from ideaflow.feedback.models import Capture
from ideaflow.themes.corrections.adoption import add_statements
from ideaflow.themes.corrections.belonging import keep, move_statements
from ideaflow.themes.models import StatementVector, ThemeCorrection, ThemeMembership


def place_capture(capture_id: int, theme_id: int, *, may_others: bool, by: Actor) -> ThemeCorrection:
    """Put a captured wish into a theme: confirm where the engine put it, or choose another.

    :raises NotFound: there is no such capture.
    :raises Forbidden: somebody else captured it.
    :raises Conflict: nobody has read it yet, or it was taken out of every theme.
    """
    with transaction() as session:
        made = session.get(Capture, capture_id)
        if made is None:
            raise NotFound()
        if made.captured_by_id != by.id and not may_others:
            raise Forbidden("Somebody else captured this. They can say where it belongs, or who triages can.")
        one = made.statement_id
        place = session.get(ThemeMembership, one, populate_existing=True)
        if place is None:
            read = select(StatementVector.sorted_at).where(StatementVector.statement_id == one)
            if db.session.scalar(read) is None:
                raise Conflict("It has not been read yet. Wait a moment, then say where it belongs.")
            return add_statements(theme_id, [one], by=by)
        if place.theme_id is None:
            raise Conflict("Somebody took this statement out of every theme. Ask who triages.")
        if place.theme_id == theme_id:
            return keep(theme_id, [one], by=by)
        return move_statements(place.theme_id, [one], theme_id, by=by)
