"""What is new for a contact: the list behind the bell, what they want by mail, and the way out of mails."""

from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from ideaflow import parts
from ideaflow.db import db
from ideaflow.errors import Invalid, NotFound
from ideaflow.loop import mailing, notices, saying
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.pace import Event, Pace, Wishes
from ideaflow.paging import Key, Page, page_of
from ideaflow.portal.access import for_contacts, visitor
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.portal.queries import Visitor
from ideaflow.users.access import public
from ideaflow.web import csrf, mark_current, render

bp = Blueprint("portal_news", __name__, url_prefix="/portal")
PAGE_SIZE = 30
KEYS = [Key(ContactNotice.happened_at, "happened_at"), Key(ContactNotice.id, "id")]


@bp.get("/news")
@for_contacts(ContactRight.READ)
def index() -> ResponseReturnValue:
    """Show what a contact was told, the newest first."""
    mark_current("portal.home")
    query = select(ContactNotice).where(ContactNotice.contact_id == visitor().contact_id)
    found = page_of(query, KEYS, after=request.args.get("after"), size=PAGE_SIZE)
    page = Page([saying.line_of(notice) for notice in found], found.after)
    up_to = max((notice.id for notice in found), default=0)
    return render("loop/news.html", fragment="rows", page=page, up_to=up_to)


@bp.post("/news/seen")
@for_contacts(ContactRight.SELF)
def seen() -> ResponseReturnValue:
    """Note that everything up to a notice has been seen."""
    notices.mark_seen(visitor().contact_id, request.form.get("up_to", 0, type=int))
    return redirect(url_for(".index"), 303)


@bp.get("/you/mail")
@for_contacts(ContactRight.READ)
def wishes() -> ResponseReturnValue:
    """Show what a contact gets by mail, and when not."""
    return _wishes_page()


@bp.post("/you/mail")
@for_contacts(ContactRight.SELF)
def choose() -> ResponseReturnValue:
    """Keep what a contact wants by mail."""
    form = request.form
    wished = Wishes(
        form.get("time_zone", "").strip(), form.get("quiet_from", -1, type=int),
        form.get("quiet_until", -1, type=int), {event.value: form.get(event.value, "") for event in Event},
    )  # fmt: skip
    try:
        notices.choose(visitor().contact_id, wished, form.get("version", 0, type=int))
    except Invalid as error:
        return _wishes_page(wished, error)
    flash(text("Kept. In the portal you find everything all the same."), "go")
    return redirect(url_for(".wishes"), 303)


@bp.get("/unsubscribe/<token>")
@public
def leaving(token: str) -> ResponseReturnValue:
    """Ask for a press: a scanner that follows links must not end anything."""
    found = mailing.read_token(token)
    if found is None:
        raise NotFound()
    return render("loop/unsubscribe.html", mails=saying.mails_words(found.mails), is_done=False)


@bp.post("/unsubscribe/<token>")
@public
@csrf.exempt
def leave(token: str) -> ResponseReturnValue:
    """End the mails a link is for: by its button or by the mail program (RFC 8058), signed in or not."""
    found = mailing.read_token(token)
    if found is None:
        raise NotFound()
    notices.unsubscribe(found.contact_id, found.mails)
    return render("loop/unsubscribe.html", mails=saying.mails_words(found.mails), is_done=True)


def _wishes_page(wished: Wishes | None = None, error: Invalid | None = None) -> ResponseReturnValue:
    kept = notices.kept_wishes(visitor().contact_id)
    shown = wished or (kept.wishes if kept else notices.default_wishes())
    return render(
        "loop/wishes.html", status=error.status if error else 200, wishes=shown, error=error,
        version=kept.version if kept else 0,
        events=[(event, saying.event_words(event)) for event in Event],
        paces=[(pace, saying.pace_words(pace)) for pace in Pace],
        zones=sorted(available_timezones()), hours=range(24),
    )  # fmt: skip


def _bell(who: Visitor) -> parts.Part:
    count = db.session.scalar(
        select(func.count())
        .select_from(ContactNotice)
        .where(ContactNotice.contact_id == who.contact_id, ContactNotice.seen_at.is_(None))
    )
    return parts.Part("loop/_bell.html", {"count": count or 0})


def _of_you(_who: Visitor) -> parts.Part:
    return parts.Part("loop/_you.html")


parts.add("portal.bar", _bell)
parts.add("portal.you", _of_you)
