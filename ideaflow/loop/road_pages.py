"""Staff pages of the roadmap and of announcements, each with the look customers get."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ideaflow import typed
from ideaflow.accounts.models import Account
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid
from ideaflow.ideas.models import Idea
from ideaflow.loop import announcing, markdown, road
from ideaflow.loop.announcing import Draft
from ideaflow.loop.models import Announcement
from ideaflow.loop.road import EntryWish
from ideaflow.proposals.models import Proposal
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import plural

bp = Blueprint("roadmap", __name__, url_prefix="/roadmap")
news = Blueprint("announcements", __name__, url_prefix="/announcements")
MOST_OFFERED = 200


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show the roadmap with what stands behind each entry inside."""
    return _road()


@bp.post("/")
@requires(Right.MODERATE)
def arrange() -> ResponseReturnValue:
    """Name, order and hide columns."""
    form = request.form
    keys, names, ranks = form.getlist("key"), form.getlist("name"), form.getlist("rank")
    rows: list[dict[str, Any]] = [
        {"key": key, "name": name, "is_hidden": str(number) in form.getlist("hidden"), "rank": rank}
        for number, (key, name, rank) in enumerate(zip(keys, names, ranks, strict=False))
        if name.strip()
    ]
    rows.sort(key=lambda row: 99 if (rank := typed.number(row["rank"])) is None else rank)
    try:
        road.arrange(rows, bool(form.get("is_hidden")), form.get("version", 0, type=int), by=actor())
    except (Invalid, Conflict) as error:
        return _road(error=error)
    flash("Customers see it so from now on.", "go")
    return redirect(url_for(".index"), 303)


@bp.post("/entries")
@requires(Right.MODERATE)
def add() -> ResponseReturnValue:
    """Put something on the roadmap."""
    try:
        kept = road.save_entry(None, _wish(), 0, by=actor())
    except Invalid as error:
        return _road(error=error, typed=request.form)
    flash(f"“{kept.title}” is on the roadmap.", "go")
    return redirect(url_for(".index"), 303)


@bp.get("/entries/<int:entry_id>")
@requires(Right.READ)
def show(entry_id: int) -> ResponseReturnValue:
    """Show one thing on the roadmap, to change it."""
    return _entry(entry_id)


@bp.post("/entries/<int:entry_id>")
@requires(Right.MODERATE)
def save(entry_id: int) -> ResponseReturnValue:
    """Change, lift or remove something on the roadmap."""
    seen, does = request.form.get("version", 0, type=int), request.form.get("do", "save")
    try:
        if does == "remove":
            road.remove_entry(entry_id, seen, by=actor())
        elif does == "up":
            road.move_up(entry_id, seen, by=actor())
        else:
            road.save_entry(entry_id, _wish(), seen, by=actor())
    except (Invalid, Conflict) as error:
        return _entry(entry_id, error=error, typed=request.form)
    flash("Customers see it so from now on.", "go")
    return redirect(url_for(".index"), 303)


@news.get("/")
@requires(Right.READ)
def index_of_announcements() -> ResponseReturnValue:
    """Show all announcements, drafts among them."""
    page = announcing.everything(after=request.args.get("after"))
    return render("loop/announcements.html", fragment="rows", page=page)


@news.get("/new")
@requires(Right.MODERATE)
def new() -> ResponseReturnValue:
    """Offer a sheet for an announcement."""
    return _sheet(None, Draft("", ""))


@news.post("/new")
@requires(Right.MODERATE)
def write() -> ResponseReturnValue:
    """Keep a new announcement as a draft."""
    draft = _draft()
    if request.form.get("do") == "preview":
        return _sheet(None, draft, is_preview=True)
    try:
        kept = announcing.save(None, draft, 0, by=actor())
    except Invalid as error:
        return _sheet(None, draft, error=error)
    return redirect(url_for(".edit", announcement_id=kept.id), 303)


@news.get("/<int:announcement_id>")
@requires(Right.READ)
def edit(announcement_id: int) -> ResponseReturnValue:
    """Show an announcement, as staff write it and as customers read it."""
    kept = announcing.one(announcement_id)
    draft = Draft(kept.title, kept.words, kept.segments, kept.proposal_ids, kept.idea_ids)
    return _sheet(kept, draft, is_preview=True)


@news.post("/<int:announcement_id>")
@requires(Right.MODERATE)
def change(announcement_id: int) -> ResponseReturnValue:
    """Keep, publish or withdraw an announcement."""
    kept, draft, seen = announcing.one(announcement_id), _draft(), request.form.get("version", 0, type=int)
    does = request.form.get("do", "save")
    if does == "preview":
        return _sheet(kept, draft, is_preview=True)
    try:
        if does == "withdraw":
            announcing.withdraw(kept.id, seen, by=actor())
            flash("Nobody reads it any more. Who was told of it was told.")
        else:
            kept = announcing.save(kept.id, draft, seen, by=actor())
            flash("Kept.", "go")
        if does == "publish":
            count = announcing.publish(kept.id, kept.version, by=actor())
            flash(f"It is out; {plural(count, 'contact')} in the portal can read it, mail follows.", "go")
    except (Invalid, Conflict) as error:
        return _sheet(kept, draft, error=error)
    return redirect(url_for(".edit", announcement_id=kept.id), 303)


def _road(*, error: Invalid | Conflict | None = None, typed: Any = None) -> ResponseReturnValue:
    around = road.roadmap()
    return render(
        "loop/road.html", status=error.status if error else 200, around=around, error=error,
        typed=typed or {}, columns=road.columns(around, with_hidden=True), **_offers(),
    )  # fmt: skip


def _entry(
    entry_id: int, *, error: Invalid | Conflict | None = None, typed: Any = None
) -> ResponseReturnValue:
    entry = road.entry(entry_id)
    kept = {
        "column": entry.column_key, "title": entry.title, "words": entry.words,
        "planned_on": entry.planned_on, "proposal": entry.proposal_id, "idea": entry.idea_id,
    }  # fmt: skip
    return render(
        "loop/road_entry.html", status=error.status if error else 200, entry=entry, error=error,
        typed=typed or kept, around=road.roadmap(), **_offers(),
    )  # fmt: skip


def _sheet(
    kept: Announcement | None,
    draft: Draft,
    *,
    error: Invalid | Conflict | None = None,
    is_preview: bool = False,
) -> ResponseReturnValue:
    segments = db.session.scalars(
        select(Account.segment).where(Account.segment.is_not(None)).distinct().order_by(Account.segment)
    )
    return render(
        "loop/announcement_sheet.html", status=error.status if error else 200, kept=kept, draft=draft,
        error=error, preview=markdown.render(draft.words) if is_preview else None,
        segments=list(segments), **_offers(),
    )  # fmt: skip


def _offers() -> dict[str, Any]:
    """Return what can be tied: proposals that are alive or built, and ideas most companies stand behind."""
    proposals = db.session.execute(
        select(Proposal.id, Proposal.title)
        .where(Proposal.withdrawn_at.is_(None), Proposal.merged_into_id.is_(None))
        .order_by(Proposal.id.desc())
        .limit(MOST_OFFERED)
    )
    ideas = db.session.execute(
        select(Idea.id, Idea.title)
        .where(Idea.is_open, Idea.is_private.is_(False))
        .order_by(Idea.account_count.desc(), Idea.id.desc())
        .limit(MOST_OFFERED)
    )
    return {
        "proposals": [(row[0], f"P-{row[0]} {row[1]}") for row in proposals],
        "ideas": [(row[0], row[1]) for row in ideas],
    }


def _wish() -> EntryWish:
    form = request.form
    return EntryWish(
        form.get("column", ""), form.get("title", ""), form.get("words", ""),
        typed.day(form.get("planned_on", ""), "planned_on"),
        form.get("proposal", type=int), form.get("idea", type=int),
    )  # fmt: skip


def _draft() -> Draft:
    form = request.form
    return Draft(
        form.get("title", ""), form.get("words", ""), form.getlist("segment"),
        form.getlist("proposal", type=int), form.getlist("idea", type=int),
    )  # fmt: skip
