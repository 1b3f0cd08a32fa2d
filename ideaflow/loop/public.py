"""The roadmap and the announcements, as customers read them; the feed anybody may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.loop import announcing, markdown, road
from ideaflow.loop.models import RoadmapEntry
from ideaflow.loop.telling import month
from ideaflow.loop.words import Scope
from ideaflow.portal import look
from ideaflow.portal.access import for_contacts, visitor
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.portal.queries import Visitor
from ideaflow.users.access import public
from ideaflow.web import render

bp = Blueprint("portal_roadmap", __name__, url_prefix="/portal/roadmap")
bp.add_app_template_filter(markdown.plain, "plain_words")


@dataclass(frozen=True)
class ShownEntry:
    """One thing on the roadmap, as this reader sees it; ``asked``: “you asked in March”, or nothing."""

    title: str
    words: str
    planned_on: date | None
    asked: str
    idea_id: int | None


@dataclass(frozen=True)
class ShownColumn:
    """A column of the roadmap."""

    name: str
    entries: Sequence[ShownEntry]


@bp.get("/")
@for_contacts(ContactRight.READ)
def index() -> ResponseReturnValue:
    """Show what we build now, next and later, and what is new."""
    who = visitor()
    page = announcing.newest(who, after=request.args.get("after"))
    return render("loop/roadmap.html", fragment="rows", columns=columns_for(who), page=page)


@bp.get("/announcements/<int:announcement_id>")
@for_contacts(ContactRight.READ)
def announcement(announcement_id: int) -> ResponseReturnValue:
    """Show one announcement with the ideas it speaks of."""
    who = visitor()
    found = announcing.find(who, announcement_id)
    asked = road.asked_for(_scope(who), found.proposal_ids).values()
    return render(
        "loop/announcement.html", one=found, words=markdown.render(found.words),
        ideas=announcing.ideas_of(who, found),
        asked=_asked_words(min(asked, key=lambda one: (not one[1], one[0]), default=None)),
    )  # fmt: skip


@bp.get("/announcements.atom")
@public
def feed() -> ResponseReturnValue:
    """Return the announcements for everybody as an Atom feed; nothing in it is about a reader."""
    announcements = announcing.feed()
    settings = current_app.extensions["settings"]
    body = render_template(
        "loop/feed.xml", announcements=announcements, base=settings.address, render=markdown.render,
        company=look.current(settings.company).name or "ideaflow",
        updated=announcing.last_change(announcements),
    )  # fmt: skip
    answer = make_response(body)
    answer.mimetype = "application/atom+xml"
    answer.headers["Cache-Control"] = "public, max-age=600"
    answer.add_etag()
    return answer.make_conditional(request)


def columns_for(who: Visitor | None) -> list[ShownColumn] | None:
    """Return the roadmap as a reader sees it; None where it is hidden.

    :param who: a contact; none: somebody who is not signed in, as in the widget.
    """
    around = road.roadmap()
    if around.is_hidden:
        return None
    columns = road.columns(around)
    entries = [entry for column in columns for entry in column.entries]
    seen = announcing.visible_ideas(who, [one.idea_id for one in entries if one.idea_id]) if who else set()
    asked = road.asked(_scope(who), entries) if who else {}

    def shown(entry: RoadmapEntry) -> ShownEntry:
        words = _asked_words(asked.get(entry.id))
        return ShownEntry(
            entry.title,
            entry.words,
            entry.planned_on,
            words,
            entry.idea_id if entry.idea_id in seen else None,
        )

    return [ShownColumn(_name(column.name), [shown(entry) for entry in column.entries]) for column in columns]


def _asked_words(asked: tuple[datetime, bool] | None) -> str:
    if asked is None:
        return ""
    moment, is_mine = asked
    if is_mine:
        return str(text("you asked in %(month)s", month=month(moment)))
    return str(text("your company asked in %(month)s", month=month(moment)))


def _scope(who: Visitor) -> Scope:
    sees_company = who.account_id is not None and current_app.extensions["settings"].portal_shows_colleagues
    return Scope(who.contact_id, who.account_id, sees_company)


def _name(name: str) -> str:
    """Return a column's name, in the reader's language where it is one of ours."""
    known: dict[str, str] = {"Now": text("Now"), "Next": text("Next"), "Later": text("Later")}
    return known.get(name, name)


def _aside(who: Visitor | None) -> parts.Part | None:
    columns = columns_for(who)
    filled = [column for column in columns or [] if column.entries]
    if not filled:
        return None
    link = url_for("portal_roadmap.index") if who else ""
    return parts.Part("loop/_road.html", {"columns": filled, "link": link})


parts.add("portal.aside", _aside)
parts.add("portal.widget", _aside)
