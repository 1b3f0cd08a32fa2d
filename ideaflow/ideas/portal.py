"""The doors for contacts: ideas listed, posted, supported, spoken about."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.ideas import forms, likeness, portal_parts, queries, service
from ideaflow.ideas.models import Idea, Look
from ideaflow.ideas.policy import Importance
from ideaflow.portal.access import for_contacts, visitor
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.users.access import is_local
from ideaflow.web import in_background, render, wants_fragment

bp = Blueprint("portal_ideas", __name__, url_prefix="/portal/ideas")
PLACES = {"row": "_row", "aside": "_aside_row"}
TRIES = 8
"""How often a page asks whether a look was read, before it shows what shares words."""


@bp.get("/")
@for_contacts(ContactRight.READ)
def index() -> ResponseReturnValue:
    """Show the ideas a contact may see; htmx asks again for rows as one types or scrolls."""
    filters = forms.filters(request.args)
    page = queries.listed(visitor(), filters, after=request.args.get("after"))
    values = portal_parts.for_list(visitor(), page, filters)
    return render("ideas/portal/index.html", fragment="rows", **values)


@bp.get("/new")
@for_contacts(ContactRight.READ)
def new() -> ResponseReturnValue:
    """Show the form for a new idea."""
    return _form({"importance": Importance.IMPORTANT, "title": request.args.get("title", "")[:160]})


@bp.post("/begin")
@for_contacts(ContactRight.SPEAK)
def begin() -> ResponseReturnValue:
    """Take a thought from the first page into the form, beside ideas like it."""
    words = request.form.get("text", "").strip()
    if not words:
        return redirect(url_for(".new"), 303)
    title = forms.title_of(words)
    rest = "" if words.rstrip(".") == title else words
    look = likeness.wait_for(service.ask(visitor(), words))
    found = likeness.like(visitor(), look)
    return _form(
        {"importance": Importance.IMPORTANT, "title": title, "text": rest}, similar=found, is_seen=True
    )


@bp.post("/")
@for_contacts(ContactRight.SPEAK)
def post() -> ResponseReturnValue:
    """Post an idea; who has not seen the ideas like it sees them first, once."""
    try:
        draft = forms.draft(request.form)
        drawn = forms.pictures(request.files.getlist("pictures"))
        if not request.form.get("seen"):
            look = likeness.wait_for(service.ask(visitor(), f"{draft.title}. {draft.text}"))
            found = likeness.like(visitor(), look)
            if found:
                return _form(forms.typed(request.form), similar=found, is_seen=True, had_pictures=bool(drawn))
        idea = service.post(visitor(), draft, drawn)
    except Invalid as error:
        return _form(forms.typed(request.form), error=error, is_seen=bool(request.form.get("seen")))
    flash(text("Your idea is posted. You read here what becomes of it."), "success")
    return redirect(url_for(".show", idea_id=idea.id), 303)


@bp.post("/similar")
@for_contacts(ContactRight.SPEAK)
def similar() -> ResponseReturnValue:
    """Have what is being typed read; answers with the place where ideas like it will stand."""
    words = f"{request.form.get('title', '')}. {request.form.get('text', '')}".strip(". ")
    in_background()
    if len(words) < 8:
        return render("ideas/portal/_similar.html", look=None, tries=0, similar=[], is_seen=False)
    return _similar(service.ask(visitor(), words), 0)


@bp.get("/similar/<int:look_id>")
@for_contacts(ContactRight.READ)
def similar_found(look_id: int) -> ResponseReturnValue:
    """Show the ideas like what is being typed, as soon as they are found."""
    in_background()
    tries = request.args.get("tries", TRIES, type=int)
    return _similar(likeness.look_of(visitor(), look_id), tries + 1)


@bp.get("/<int:idea_id>")
@for_contacts(ContactRight.READ)
def show(idea_id: int) -> ResponseReturnValue:
    """Show an idea: the words, who stands behind it, our answer, what is said about it."""
    idea = queries.find(visitor(), idea_id)
    home_id = queries.home_of(visitor(), idea)
    if home_id is not None:
        return redirect(url_for(".show", idea_id=home_id), 303)
    page = queries.comments_of(visitor(), idea, after=request.args.get("after"))
    values = portal_parts.for_idea(visitor(), idea, page)
    return render("ideas/portal/show.html", fragment="comments", **values)


@bp.post("/<int:idea_id>/support")
@for_contacts(ContactRight.SPEAK)
def support(idea_id: int) -> ResponseReturnValue:
    """Stand behind an idea."""
    home = service.support(visitor(), idea_id, forms.importance(request.form))
    return _supported(home)


@bp.post("/<int:idea_id>/withdraw-support")
@for_contacts(ContactRight.SPEAK)
def withdraw_support(idea_id: int) -> ResponseReturnValue:
    """Stand behind an idea no more."""
    return _supported(service.withdraw_support(visitor(), idea_id))


@bp.post("/<int:idea_id>/withdraw")
@for_contacts(ContactRight.SPEAK)
def withdraw(idea_id: int) -> ResponseReturnValue:
    """Take back an idea of one's own."""
    service.withdraw(visitor(), idea_id)
    flash(text("Your idea is taken back. It counts nowhere any more."))
    return redirect(url_for(".index"), 303)


@bp.post("/<int:idea_id>/comments")
@for_contacts(ContactRight.SPEAK)
def comment(idea_id: int) -> ResponseReturnValue:
    """Say something about an idea."""
    queries.find(visitor(), idea_id)
    words, is_anonymous = forms.comment(request.form), bool(request.form.get("anonymous"))
    said = service.comment(visitor(), idea_id, words, is_anonymous=is_anonymous)
    return redirect(url_for(".show", idea_id=said.idea_id, _anchor=f"comment-{said.id}"), 303)


@bp.post("/comments/<int:comment_id>/withdraw")
@for_contacts(ContactRight.SPEAK)
def withdraw_comment(comment_id: int) -> ResponseReturnValue:
    """Take back a comment of one's own."""
    said = service.withdraw_comment(visitor(), comment_id)
    flash(text("Your comment is taken back."))
    return redirect(url_for(".show", idea_id=said.idea_id), 303)


@bp.post("/<int:idea_id>/report")
@for_contacts(ContactRight.SPEAK)
def report(idea_id: int) -> ResponseReturnValue:
    """Ask one of ours to look at an idea, or at a comment on it."""
    comment_id = request.form.get("comment", type=int)
    reason = request.form.get("reason", "").strip()[:500]
    service.report(visitor(), idea_id, comment_id, reason)
    flash(text("Thank you. One of us looks at it."))
    return redirect(url_for(".show", idea_id=idea_id), 303)


@bp.get("/pictures/<int:picture_id>")
@for_contacts(ContactRight.READ)
def picture(picture_id: int) -> ResponseReturnValue:
    """Serve a picture of an idea that the contact may see."""
    return portal_parts.served(queries.picture(visitor(), picture_id))


def _form(
    typed: dict[str, str],
    *,
    similar: list[Idea] | None = None,
    is_seen: bool = False,
    had_pictures: bool = False,
    error: Invalid | None = None,
) -> Response:
    values = portal_parts.for_form(visitor(), typed, similar or [])
    return render(
        "ideas/portal/new.html", status=422 if error else 200, error=error, is_seen=is_seen,
        had_pictures=had_pictures, **values,
    )  # fmt: skip


def _similar(look: Look | None, tries: int) -> Response:
    is_found = look is not None and (look.mean is not None or tries >= TRIES)
    found = likeness.like(visitor(), look) if look is not None and is_found else []
    values = portal_parts.for_similar(visitor(), found)
    waits = look is not None and not is_found
    return render(
        "ideas/portal/_similar.html", look=look if waits else None, tries=tries, is_seen=is_found, **values
    )


def _supported(home: Idea) -> ResponseReturnValue:
    if wants_fragment():
        idea = queries.find(visitor(), home.id)
        template = PLACES.get(request.form.get("at", ""), "_stand")
        return render(f"ideas/portal/{template}.html", **portal_parts.for_support(visitor(), idea))
    goal = request.form.get("next", "")
    return redirect(goal if is_local(goal) else url_for(".show", idea_id=home.id), 303)
