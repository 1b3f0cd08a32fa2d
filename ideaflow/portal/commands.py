"""The customers' door at the terminal."""

import click
from babel import UnknownLocaleError
from flask import current_app, url_for
from flask.cli import with_appcontext
from sqlalchemy import select

from ideaflow import audit
from ideaflow.accounts.models import Contact
from ideaflow.audit import SYSTEM
from ideaflow.db import db, transaction
from ideaflow.portal import service, words


@click.group()
def portal() -> None:
    """Let customers in."""


@portal.command("link")
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """Print a link that signs the contact with this EMAIL address in, once."""
    contact = db.session.scalar(select(Contact).where(Contact.email == email.strip().lower()))
    if contact is None:
        raise click.ClickException(
            f"No contact has the address {email}. Import contacts first, or look at an account's page."
        )
    with transaction():
        token = service.issue_invitation(contact)
        audit.record(SYSTEM, "portal.invite", contact)
    settings = current_app.extensions["settings"]
    with current_app.test_request_context():
        address = settings.address + url_for("portal_door.link", token=token)
    click.echo(f"{contact.name} signs in once, within {service.INVITATION_DAYS} days, at\n{address}")


@portal.command("words")
@click.argument("language")
@with_appcontext
def translate(language: str) -> None:
    """Bring the file of LANGUAGE (de, fr, ar …) up to date, or make it; then translate what is empty."""
    try:
        path = words.bring_up_to_date(language)
    except (UnknownLocaleError, ValueError) as error:
        raise click.ClickException(f"There is no language “{language}”. Take a code such as fr.") from error
    open_ones = words.missing(language)
    click.echo(f"{path}: {len(open_ones)} sentences to translate." if open_ones else f"{path} is complete.")
