"""Readiness templates: their versions, what changed, the draft in words, in and out as JSON."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.db import db
from ideaflow.errors import Invalid, NotFound, must_exist
from ideaflow.launch import items, templates
from ideaflow.launch.doors import bp
from ideaflow.launch.forms import read_item, read_version
from ideaflow.launch.models import ReadinessTemplate
from ideaflow.launch.pages.plan import item_choices
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

LARGEST_TEMPLATE = 500_000


@bp.get("/templates")
@requires(Right.READ)
def template_list() -> ResponseReturnValue:
    """Show the versions of the readiness template."""
    mark_current("launches.index")
    found = templates.versions()
    return render("launch/templates.html", versions=found, newest=templates.newest())


@bp.get("/templates/<int:template_id>")
@requires(Right.READ)
def template(template_id: int) -> ResponseReturnValue:
    """Show one version: what it asks, and what is new in it; a draft can be changed here."""
    return _template(template_id)


@bp.get("/templates/<int:template_id>/items")
@bp.get("/templates/<int:template_id>/items/<key>")
@requires(Right.LAUNCH)
def edit_item(template_id: int, key: str = "") -> ResponseReturnValue:
    """Ask for one check of a draft, in words."""
    return _item(template_id, key)


@bp.post("/templates/<int:template_id>/items")
@requires(Right.LAUNCH)
def save_item(template_id: int) -> ResponseReturnValue:
    """Save one check of a draft."""
    item = read_item(request.form)
    try:
        templates.save_item(template_id, item, read_version(request.form), by=actor())
    except Invalid as error:
        return _item(template_id, item.key, error=error, item=item, status=422)
    flash(f"“{item.title}” is saved in the draft.", "go")
    return _to(template_id)


@bp.post("/templates/<int:template_id>/items/<key>/drop")
@requires(Right.LAUNCH)
def drop_item(template_id: int, key: str) -> ResponseReturnValue:
    """Take a check out of a draft."""
    templates.drop_item(template_id, key, read_version(request.form), by=actor())
    flash("It is out of the draft; published versions keep it.")
    return _to(template_id)


@bp.post("/templates")
@requires(Right.LAUNCH)
def draft_template() -> ResponseReturnValue:
    """Begin the next version: a copy of the newest, or what a file holds."""
    file = request.files.get("file")
    try:
        found = templates.from_json(file.stream.read(LARGEST_TEMPLATE)) if file and file.filename else None
        draft = templates.draft_of(found, by=actor())
    except Invalid as error:
        mark_current("launches.index")
        return render(
            "launch/templates.html", status=422, versions=templates.versions(), newest=templates.newest(),
            error=error,
        )  # fmt: skip
    flash(f"Version {draft.number} is a draft. Nothing changes until you publish it.")
    return _to(draft.id)


@bp.post("/templates/<int:template_id>/publish")
@requires(Right.LAUNCH)
def publish_template(template_id: int) -> ResponseReturnValue:
    """Publish a draft for good."""
    form = request.form
    try:
        found = templates.publish(template_id, form.get("note", ""), read_version(form), by=actor())
    except Invalid as error:
        return _template(template_id, error=error, status=422)
    flash(f"Version {found.number} is published. New launches ask it; running ones keep theirs.", "go")
    return _to(template_id)


@bp.post("/templates/<int:template_id>/throw-away")
@requires(Right.LAUNCH)
def throw_template_away(template_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    templates.throw_away(template_id, read_version(request.form), by=actor())
    flash("The draft is gone; published versions are as they were.")
    return redirect(url_for(".template_list"), 303)


@bp.get("/templates/<int:template_id>/file")
@requires(Right.READ)
def template_file(template_id: int) -> ResponseReturnValue:
    """Give a version as a file that another ideaflow can read."""
    found = _found(template_id)
    name = f"readiness-{found.number}.json"
    answer = Response(templates.as_json(found), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _template(template_id: int, *, error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    mark_current("launches.index")
    found = _found(template_id)
    known = templates.versions()
    against = request.args.get("against", type=int)
    before = next((one for one in known if one.number == (against or found.number - 1)), None)
    changes = items.compare(templates.items_of(before), templates.items_of(found)) if before else []
    return render(
        "launch/template.html", status=status, found=found, listed=templates.items_of(found), error=error,
        values=request.form, before=before, changes=changes, others=[one for one in known if one != found],
        rule_words=items.rule_words, where=items.CHANNELS,
        problems=items.problems(templates.items_of(found)) if found.published_at is None else [],
    )  # fmt: skip


def _item(
    template_id: int, key: str, *, error: Invalid | None = None, item: items.Item | None = None,
    status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    mark_current("launches.index")
    found = _found(template_id)
    known = next((one for one in templates.items_of(found) if one.key == key), None)
    if key and known is None:
        raise NotFound("This check is not in the draft any more.")
    return render(
        "launch/item.html", status=status, found=found, item=item or known or items.Item("", "", "sales"),
        error=error, **item_choices(),
    )  # fmt: skip


def _found(template_id: int) -> ReadinessTemplate:
    return must_exist(db.session.get(ReadinessTemplate, template_id), "There is no such readiness template.")


def _to(template_id: int) -> ResponseReturnValue:
    return redirect(url_for(".template", template_id=template_id), 303)
