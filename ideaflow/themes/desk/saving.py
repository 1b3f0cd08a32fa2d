"""Views of the list of themes that somebody saves: for oneself, or for everybody."""

from collections.abc import Mapping

from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.themes.models import SavedView
from ideaflow.themes.typed import line_of

MOST = 30
LONGEST = 60


def save_view(name: str, address: Mapping[str, str], *, is_shared: bool = False, by: Actor) -> SavedView:
    """Save an address of the list under a name.

    :raises Invalid: it has no name, a name too long, or there are too many.
    :raises Conflict: this user has a view of this name.
    """
    with transaction() as session:
        name = _named(name, by)
        if (session.scalar(select(func.count()).where(SavedView.user_id == by.id)) or 0) >= MOST:
            raise Invalid(f"You have {MOST} views. Remove one you no longer need.")
        view = SavedView(user_id=by.id, name=name, is_shared=is_shared, address=dict(address))
        session.add(view)
        session.flush()
        audit.record(by, "themes.save_view", view, after={"name": name, "is_shared": is_shared, **address})
        return view


def change_view(
    view_id: int,
    *,
    name: str | None = None,
    address: Mapping[str, str] | None = None,
    is_shared: bool | None = None,
    version: int | None = None,
    by: Actor,
) -> SavedView:
    """Give a view another name or address, or share it; what is None stays.

    :raises Forbidden: it is somebody else's.
    :raises Conflict: it was changed meanwhile, or another one has this name.
    """
    with transaction() as session:
        view = _own(view_id, version, by)
        before = {"name": view.name, "is_shared": view.is_shared, "address": view.address}
        if name is not None:
            view.name = _named(name, by, but=view.id)
        if address is not None:
            view.address = dict(address)
        if is_shared is not None:
            view.is_shared = is_shared
        view.version += 1
        after = {"name": view.name, "is_shared": view.is_shared, "address": view.address}
        audit.record(by, "themes.change_view", view, before=before, after=after)
        session.flush()
        return view


def remove_view(view_id: int, *, version: int | None = None, by: Actor) -> SavedView:
    """Remove a view; saving the same again brings it back.

    :raises Forbidden: it is somebody else's.
    """
    with transaction() as session:
        view = _own(view_id, version, by)
        before = {"name": view.name, "is_shared": view.is_shared, "address": view.address}
        audit.record(by, "themes.remove_view", view, before=before)
        session.delete(view)
        return view


def _own(view_id: int, version: int | None, by: Actor) -> SavedView:
    view = db.session.get(SavedView, view_id, with_for_update=True, populate_existing=True)
    if view is None or (view.user_id != by.id and not view.is_shared):
        raise NotFound("There is no such view any more.")
    if view.user_id != by.id:
        raise Forbidden("This view is somebody else’s. Save it under a name of your own to change it.")
    if version is not None and version != view.version:
        raise Conflict(f"“{view.name}” was changed meanwhile, perhaps in another window. Look at it again.")
    return view


def _named(name: str, by: Actor, but: int = 0) -> str:
    name = line_of(name)
    if not name:
        raise Invalid("Give the view a name.", [{"field": "name", "reason": "It is empty."}])
    if len(name) > LONGEST:
        reason = f"It has {len(name)} characters; {LONGEST} are room for a name."
        raise Invalid("This name is too long.", [{"field": "name", "reason": reason}])
    same = select(SavedView.id).where(
        SavedView.user_id == by.id, func.lower(SavedView.name) == name.lower(), SavedView.id != but
    )
    if db.session.scalar(same) is not None:
        raise Conflict(f"You have a view called “{name}”. Choose another name, or change that one.")
    return name
