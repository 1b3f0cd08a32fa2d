"""Views of the list that one saves: a name for its address, for oneself or for everybody."""

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.themes import addresses, forms, service
from ideaflow.themes.models import SavedView
from ideaflow.themes.pages.parts import bp, known
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/views")
@requires(Right.SELF)
def save_view() -> ResponseReturnValue:
    """Save the list as it is narrowed and ordered now."""
    form = request.form
    view = service.save_view(
        form.get("name", ""), _address(), is_shared=form.get("is_shared") == "1", by=actor()
    )
    flash(f"“{view.name}” is saved{', and everybody sees it' if view.is_shared else ' for you'}.")
    return _to(view)


@bp.post("/views/<int:view_id>")
@requires(Right.SELF)
def change_view(view_id: int) -> ResponseReturnValue:
    """Rename or share a view, or let it hold the list as it is now."""
    form, named = request.form, "name" in request.form
    view = service.change_view(
        known(view_id),
        name=form["name"] if named else None,
        is_shared=form.get("is_shared") == "1" if named else None,
        address=_address() if "address" in form else None,
        version=forms.version_of(form),
        by=actor(),
    )
    flash(f"“{view.name}” is changed.")
    return _to(view)


@bp.post("/views/<int:view_id>/remove")
@requires(Right.SELF)
def remove_view(view_id: int) -> ResponseReturnValue:
    """Remove a view; the notice brings it back."""
    view = service.remove_view(known(view_id), version=forms.version_of(request.form), by=actor())
    undo = {"name": view.name, "is_shared": str(int(view.is_shared)), "address": _text(view.address)}
    told: dict[str, Any] = {"words": f"“{view.name}” is removed.", "undo_url": url_for(".save_view")}
    flash({**told, "undo": undo})  # type: ignore[arg-type]
    return redirect(url_for(".index", **view.address), 303)


def _address() -> dict[str, str]:
    """Return the address a form holds, without what the list does not know."""
    values = dict(parse_qsl(request.form.get("address", "")))
    return addresses.address_of(addresses.filters_of(values, current_user.id))


def _text(address: dict[str, Any]) -> str:
    return url_for(".index", **address).partition("?")[2]


def _to(view: SavedView) -> ResponseReturnValue:
    return redirect(url_for(".index", **{**view.address, "saved": view.id}), 303)
