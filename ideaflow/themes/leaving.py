"""What of themes is in a person's hands: those they own, and the views they saved."""

from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.themes.corrections.standing import assign_owner
from ideaflow.themes.models import LIVE_STATES, SavedView, Theme
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind
from ideaflow.users.models import User
from ideaflow.users.policy import Right

MOST_TRIES = 99


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    leaving.register(Kind("themes", "Themes owned", ("themes.owner_id",), Right.TRIAGE, _themes, _take_theme))
    leaving.register(
        Kind("saved_views", "Saved views, shared or not", ("saved_views.user_id",), Right.READ, _views,
             _take_view)
    )  # fmt: skip
    leaving.remembers(
        {
            "theme_corrections.user_id": "Who corrected it.",
            "theme_batches.user_id": "Who decided about many at once.",
            "theme_batches.undone_by_id": "Who took it back.",
            "theme_looks.user_id": "Who looks right now; gone a minute later.",
        }
    )


def _themes(user: User) -> list[Held]:
    query = select(Theme.id, Theme.title, Theme.state).where(
        Theme.owner_id == user.id, Theme.state.in_(LIVE_STATES)
    )
    return [
        Held(number, title, f"/themes/{number}", {"proposed": "in a proposal"}.get(state, str(state)))
        for number, title, state in db.session.execute(query.order_by(Theme.id))
    ]


def _take_theme(theme_id: int, leaver: User, to: User, by: Actor) -> str:
    if db.session.scalar(select(Theme.owner_id).where(Theme.id == theme_id)) == leaver.id:
        assign_owner(theme_id, to.id, by=by)
    return ""


def _views(user: User) -> list[Held]:
    query = select(SavedView).where(SavedView.user_id == user.id)
    return [
        Held(one.id, one.name, "/themes/", "for everybody" if one.is_shared else "for themselves")
        for one in db.session.scalars(query.order_by(SavedView.is_shared.desc(), SavedView.id))
    ]


def _take_view(view_id: int, leaver: User, to: User, by: Actor) -> str:
    """Give a view to somebody else; where they have one of this name, it says whose it was."""
    with transaction() as session:
        view = session.get_one(SavedView, view_id, with_for_update=True, populate_existing=True)
        if view.user_id != leaver.id:
            return ""
        taken = set(session.scalars(select(func.lower(SavedView.name)).where(SavedView.user_id == to.id)))
        before = {"user": leaver.name, "name": view.name}
        wished = [view.name, f"{view.name} ({leaver.name})"]
        wished += [f"{view.name} ({leaver.name} {number})" for number in range(2, MOST_TRIES)]
        view.name = next(name for name in wished if name.lower() not in taken)
        view.user_id, view.version = to.id, view.version + 1
        audit.record(
            by, "themes.hand_over_view", view, before=before, after={"user": to.name, "name": view.name}
        )
        return "" if view.name == before["name"] else f"A view of {leaver.name} is called “{view.name}” now."
