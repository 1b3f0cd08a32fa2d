"""What every change of a contact begins with: may they, is it still open, is it too much for a day."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from ideaflow.accounts.models import Contact
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.errors import Invalid, NotFound
from ideaflow.ideas.counting import open_home
from ideaflow.ideas.models import Idea
from ideaflow.ideas.scope import visible_ideas
from ideaflow.portal.languages import text
from ideaflow.portal.queries import Visitor


def open_for(who: Visitor, idea_id: int) -> Idea:
    """Return the home of an idea that the contact may see, locked.

    :raises NotFound: there is none that they may see.
    :raises Conflict: it was hidden or withdrawn.
    """
    _see(who, idea_id)
    home = open_home(idea_id, gone())
    if home.id != idea_id:
        _see(who, home.id)
    return home


def gone() -> str:
    """Return what is said when an idea was hidden or withdrawn meanwhile."""
    return text("This idea was taken from the list meanwhile. Nothing was changed; see the other ideas.")


def hold(who: Visitor) -> None:
    """Let one request of a contact at a time post: limits and double presses are told exactly."""
    db.session.execute(select(Contact.id).where(Contact.id == who.contact_id).with_for_update())


def at_most(moment: Any, whose: ColumnElement[bool], limit: int) -> None:
    """Refuse what is too much for one day.

    :raises Invalid: it is.
    """
    count = select(func.count()).where(whose, moment > now() - timedelta(days=1))
    if (db.session.scalar(count) or 0) >= limit:
        raise Invalid(text("That is very much for one day. Go on tomorrow, or ask the person you know here."))


def _see(who: Visitor, idea_id: int) -> None:
    if db.session.scalar(visible_ideas(who).where(Idea.id == idea_id).with_only_columns(Idea.id)) is None:
        raise NotFound()
