"""What staff do at the customers' door: invite a contact, close the door, open it again."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Account
from ideaflow.portal import queries, service
from ideaflow.users.access import actor, is_local, requires
from ideaflow.users.policy import Right

bp = Blueprint("portal_staff", __name__, url_prefix="/contacts")


@bp.post("/<int:contact_id>/invite")
@requires(Right.INVITE)
def invite(contact_id: int) -> ResponseReturnValue:
    """Mail a contact an invitation to the portal."""
    address = current_app.extensions["settings"].address + url_for("portal_door.sign_in") + "/{token}"
    service.invite(contact_id, address, by=actor())
    flash(f"An invitation is on its way. It works once, within {service.INVITATION_DAYS} days.")
    return _back()


@bp.post("/<int:contact_id>/close-portal")
@requires(Right.INVITE)
def close_door(contact_id: int) -> ResponseReturnValue:
    """Let a contact into the portal no more."""
    service.close_door(contact_id, by=actor())
    flash("The portal is closed for them. What they said stays.")
    return _back()


@bp.post("/<int:contact_id>/open-portal")
@requires(Right.INVITE)
def open_door(contact_id: int) -> ResponseReturnValue:
    """Let a contact into the portal again."""
    service.open_door(contact_id, by=actor())
    flash("They can come in again.")
    return _back()


def _back() -> ResponseReturnValue:
    goal = request.form.get("next", "")
    return redirect(goal if is_local(goal) else url_for("accounts.index"), 303)


def _contacts_of(account: Account) -> parts.Part:
    contacts = accounts.contacts_of(account.id)
    members = queries.members_of([contact.id for contact in contacts])
    return parts.Part("portal/_contacts.html", {"contacts": contacts, "members": members})


parts.add("accounts.contacts", _contacts_of)
