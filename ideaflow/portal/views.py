"""What staff do at the customers' door: invite a contact, close the door, open it again."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Account
from ideaflow.errors import Invalid
from ideaflow.portal import colors, look, queries, service
from ideaflow.users.access import actor, is_local, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("portal_staff", __name__)


@bp.post("/contacts/<int:contact_id>/invite")
@requires(Right.INVITE)
def invite(contact_id: int) -> ResponseReturnValue:
    """Mail a contact an invitation to the portal."""
    address = current_app.extensions["settings"].address + url_for("portal_door.sign_in") + "/{token}"
    service.invite(contact_id, address, by=actor())
    flash(f"An invitation is on its way. It works once, within {service.INVITATION_DAYS} days.")
    return _back()


@bp.post("/contacts/<int:contact_id>/close-portal")
@requires(Right.INVITE)
def close_door(contact_id: int) -> ResponseReturnValue:
    """Let a contact into the portal no more."""
    service.close_door(contact_id, by=actor())
    flash("The portal is closed for them. What they said stays.")
    return _back()


@bp.post("/contacts/<int:contact_id>/open-portal")
@requires(Right.INVITE)
def open_door(contact_id: int) -> ResponseReturnValue:
    """Let a contact into the portal again."""
    service.open_door(contact_id, by=actor())
    flash("They can come in again.")
    return _back()


@bp.get("/portal-look")
@requires(Right.ADMINISTER)
def show_look() -> ResponseReturnValue:
    """Show how customers see the portal, and let it be changed."""
    return _look_page()


@bp.post("/portal-look")
@requires(Right.ADMINISTER)
def change_look() -> ResponseReturnValue:
    """Give the portal another look."""
    form, file = request.form, request.files.get("logo")
    picture = file.read(look.MOST_BYTES + 1) if file else b""
    try:
        look.change(
            form.get("name", ""), form.get("color", "").strip(), picture or None,
            version=form.get("version", 0, type=int), without_logo="without_logo" in form, by=actor(),
        )  # fmt: skip
    except Invalid as error:
        return _look_page(error, status=422)
    flash("Customers see the portal like this from now on.")
    return redirect(url_for(".show_look"), 303)


def _look_page(error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    kept = look.current(current_app.extensions["settings"].company)
    form = request.form or {"name": kept.name, "color": kept.color}
    return render(
        "portal/look.html",
        status=status,
        look=kept,
        form=form,
        error=error,
        shades=colors.shades(kept.color),
    )


def _back() -> ResponseReturnValue:
    goal = request.form.get("next", "")
    return redirect(goal if is_local(goal) else url_for("accounts.index"), 303)


def _contacts_of(account: Account) -> parts.Part:
    contacts = accounts.contacts_of(account.id)
    members = queries.members_of([contact.id for contact in contacts])
    return parts.Part("portal/_contacts.html", {"contacts": contacts, "members": members})


parts.add("accounts.contacts", _contacts_of)
