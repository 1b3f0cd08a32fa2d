"""What changes at the customers' door: links go out and are spent, contacts are invited, the door closes."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ideaflow import audit, outbox
from ideaflow.accounts.models import Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.portal import queries
from ideaflow.portal.languages import speaking, text
from ideaflow.portal.models import LinkKind, PortalLink, PortalMember, hash_of
from ideaflow.portal.queries import Visitor

LINK_MINUTES = 10
INVITATION_DAYS = 14


def send_link(email: str, browser_hash: str, address: str, goal: str = "", language: str = "en") -> None:
    """Mail a one-time link to the contact with this address; say nothing if nobody has it.

    :param browser_hash: of a secret of the browser that asks: only there the link opens the door.
    :param address: where the link leads, with ``{token}`` in it.
    """
    known = queries.visitor(email=email)
    if known is None:
        return
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        session.add(
            PortalLink(
                kind=LinkKind.SIGN_IN, contact_id=known.contact_id, token_hash=hash_of(token),
                browser_hash=browser_hash, goal=goal, expires_at=now() + timedelta(minutes=LINK_MINUTES),
            )
        )  # fmt: skip
        with speaking(known.language or language):
            outbox.post(
                known.email,
                text("Your link to the portal"),
                text(
                    "Hello %(name)s,\n\nopen this link in the browser where you asked for it,"
                    " and press “Sign in”:\n\n%(address)s\n\nIt works once, within %(minutes)s minutes."
                    " If you did not ask for it, do nothing.\n",
                    name=known.first_name, address=address.format(token=token), minutes=LINK_MINUTES,
                ),
            )  # fmt: skip


def invite(contact_id: int, address: str, goal: str = "", *, by: Actor) -> PortalMember:
    """Mail a contact an invitation to the portal; earlier ones of theirs stop working.

    :raises NotFound: there is no such contact.
    :raises Invalid: they have no e-mail address.
    :raises Conflict: the door was closed for them.
    """
    with transaction() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            raise NotFound()
        if not contact.email:
            raise Invalid(f"{contact.name} has no e-mail address. Add it in your CRM and import it again.")
        member = member_of(contact_id)
        token = issue_invitation(contact, goal)
        _mail_invitation(contact, by.name, address.format(token=token), member.language)
        audit.record(by, "portal.invite", contact)
    return member


def issue_invitation(contact: Contact, goal: str = "") -> str:
    """Return the token of a new invitation, inside a transaction; an earlier one to the same page ends.

    :param goal: the page that opens after it.
    :raises Conflict: the door was closed for this contact.
    """
    with transaction() as session:
        member = member_of(contact.id)
        if member.closed_at is not None:
            raise Conflict(f"The portal is closed for {contact.name}. Open it for them first.")
        token = secrets.token_urlsafe(32)
        session.execute(
            update(PortalLink)
            .where(PortalLink.contact_id == contact.id, PortalLink.kind == LinkKind.INVITATION)
            .where(PortalLink.used_at.is_(None), PortalLink.goal == goal)
            .values(used_at=now())
        )
        session.add(
            PortalLink(
                kind=LinkKind.INVITATION, contact_id=contact.id, token_hash=hash_of(token), goal=goal,
                expires_at=now() + timedelta(days=INVITATION_DAYS),
            )
        )  # fmt: skip
        member.invited_at = now()
    return token


def use_link(token: str, browser: str) -> tuple[Visitor, str]:
    """Spend a link and return whose it is and which page opens.

    :param browser: the secret of the browser that presses the button.
    :raises NotFound: it was never given out, is used, too old, for another browser, or the door is closed.
    """
    with transaction() as session:
        # One conditional update: of two presses at the same moment only one finds the link unused.
        spent = session.execute(
            update(PortalLink)
            .where(PortalLink.token_hash == hash_of(token))
            .where(PortalLink.used_at.is_(None), PortalLink.expires_at > now())
            .where(PortalLink.browser_hash.is_(None) | (PortalLink.browser_hash == hash_of(browser)))
            .values(used_at=now())
            .returning(PortalLink.contact_id, PortalLink.goal)
        ).one_or_none()
        who = queries.visitor(contact_id=spent.contact_id) if spent else None
        if spent is None or who is None:
            raise NotFound(text("This link has been used or is too old. Ask for a new one."))
        note_sign_in(who, "link")
    return who, spent.goal


def note_sign_in(who: Visitor, way: str) -> None:
    """Write down that a contact came in, and by which way."""
    with transaction() as session:
        member = member_of(who.contact_id)
        member.joined_at = member.joined_at or now()
        contact = session.get_one(Contact, who.contact_id)
        audit.record(who.actor, "portal.sign_in", contact, after={"by": way})


def choose_language(contact_id: int, language: str) -> None:
    """Let the portal and its mail speak this language to the contact from now on."""
    with transaction():
        member_of(contact_id).language = language


def end_sessions(who: Visitor) -> None:
    """Sign the contact out everywhere."""
    with transaction() as session:
        member_of(who.contact_id).session_epoch += 1
        audit.record(who.actor, "portal.sign_out_everywhere", session.get_one(Contact, who.contact_id))


def close_door(contact_id: int, *, by: Actor) -> PortalMember:
    """Let a contact in no more; all their sessions and links end, what they said stays.

    :raises NotFound: there is no such contact.
    """
    with transaction() as session:
        member = _turn(session, contact_id, is_open=False, by=by)
        member.closed_at = now()
        member.session_epoch += 1
    return member


def open_door(contact_id: int, *, by: Actor) -> PortalMember:
    """Let a contact in again.

    :raises NotFound: there is no such contact.
    """
    with transaction() as session:
        member = _turn(session, contact_id, is_open=True, by=by)
        member.closed_at = None
    return member


def _turn(session: Session, contact_id: int, *, is_open: bool, by: Actor) -> PortalMember:
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound()
    change = "portal.open" if is_open else "portal.close"
    audit.record(by, change, contact, before={"open": not is_open}, after={"open": is_open})
    return member_of(contact_id)


def member_of(contact_id: int) -> PortalMember:
    """Return the contact's row here, made at the first need; inside a transaction."""
    db.session.execute(
        insert(PortalMember)
        .values(contact_id=contact_id)
        .on_conflict_do_nothing(index_elements=["contact_id"])
    )
    return db.session.scalars(select(PortalMember).where(PortalMember.contact_id == contact_id)).one()


def _mail_invitation(contact: Contact, sender: str, address: str, language: str | None) -> None:
    with speaking(language):
        outbox.post(
            contact.email or "",
            text("%(sender)s invites you to the portal", sender=sender),
            text(
                "Hello %(name)s,\n\n%(sender)s invites you to see what became of your words,"
                " and to help design what comes next:\n\n%(address)s\n\n"
                "The link is yours alone and works once, within %(days)s days. Afterwards you sign in with"
                " your e-mail address.\n",
                name=contact.name, sender=sender, address=address, days=INVITATION_DAYS,
            ),
        )  # fmt: skip
