"""The editor of a draft: business words first, functions bound to them; then review and publish."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import IdeaflowError, Invalid, NotFound
from ideaflow.gates.process import comparing, drafting, editing
from ideaflow.gates.process.drafting import DraftMoved, Edit
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.gates.process.shape import DECISIONS, TYPES, VOTE_RULES
from ideaflow.gates.process.versions import ProcessDraft
from ideaflow.gates.process_pages import fields, shared
from ideaflow.gates.process_pages.shared import Look, bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

CHOICES: dict[str, Any] = {
    "functions": [("", "not bound yet"), *((one.key, one.words) for one in FUNCTIONS.values())],
    "vote_rules": list(VOTE_RULES.items()),
    "decisions": [(one, one.replace("_", " ").capitalize()) for one in DECISIONS],
    "types": [(one, one.replace("_", " ").capitalize()) for one in TYPES],
    "filled": list(fields.FILLED.items()),
}


@bp.post("/<key>/draft")
@requires(Right.ADMINISTER)
def open_draft(key: str) -> ResponseReturnValue:
    """Begin the next version of a process, or go on with it."""
    return redirect(url_for(".draft", key=drafting.open_draft(key, by=actor()).process.key), 303)


@bp.get("/<key>/draft")
@requires(Right.ADMINISTER)
def draft(key: str) -> ResponseReturnValue:
    """Show a draft: its way from stage to gate, and one of them to write on."""
    found = shared.draft_of(key)
    if found is None:
        raise NotFound("Nobody is writing on this process. Press “Write the next version” on its page.")
    return _editor(found, request.args.get("part", "process"))


@bp.post("/drafts/<int:draft_id>/process")
@requires(Right.ADMINISTER)
def save_process(draft_id: int) -> ResponseReturnValue:
    """Save what the process is called and for."""
    values = fields.typed_process(request.form)
    return _save(draft_id, "process", lambda one: editing.set_process(one, values))


@bp.post("/drafts/<int:draft_id>/stages")
@requires(Right.ADMINISTER)
def add_stage(draft_id: int) -> ResponseReturnValue:
    """Add a stage with its gate behind another one."""
    name = request.form.get("name", "").strip()
    reserved, after = _reserved(draft_id), request.form.get("after", "")
    known = {stage["key"] for stage in shared.draft_with(draft_id).document["stages"]}

    def goal(document: dict[str, Any]) -> str:
        made = [stage["key"] for stage in document["stages"] if stage["key"] not in known]
        return f"stage:{made[0]}" if made else "process"

    return _save(
        draft_id,
        "process",
        lambda one: editing.add_stage(one, name, reserved, after),
        goal,
        f"{name} is added with a gate behind it; say what both are for.",
    )


@bp.post("/drafts/<int:draft_id>/stages/<key>")
@requires(Right.ADMINISTER)
def save_stage(draft_id: int, key: str) -> ResponseReturnValue:
    """Save what a stage is: words, steps with their functions, deliverables."""
    reserved, form = _reserved(draft_id), request.form
    found = shared.draft_with(draft_id)
    is_new = drafting.newest_of(found.process_id) is None
    keys = [stage["key"] for stage in found.document["stages"]]
    place = keys.index(key) if key in keys else 0

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        taken = {*reserved, *_inner_keys(document)}
        edited = editing.set_stage(document, key, fields.typed_stage(form, {"key": key}, taken))
        return editing.settle_key(edited, key, reserved) if is_new else edited

    return _save(draft_id, f"stage:{key}", edit, lambda one: f"stage:{one['stages'][place]['key']}")


@bp.post("/drafts/<int:draft_id>/stages/<key>/move")
@requires(Right.ADMINISTER)
def move_stage(draft_id: int, key: str) -> ResponseReturnValue:
    """Move a stage with its gate one place earlier or later."""
    steps = -1 if request.form.get("to") == "earlier" else 1
    return _save(draft_id, f"stage:{key}", lambda one: editing.move_stage(one, key, steps),
        said="The stage stands elsewhere now, its gate with it.",
    )  # fmt: skip


@bp.post("/drafts/<int:draft_id>/stages/<key>/remove")
@requires(Right.ADMINISTER)
def remove_stage(draft_id: int, key: str) -> ResponseReturnValue:
    """Remove a stage with its gate."""
    return _save(
        draft_id, "process", lambda one: editing.remove_stage(one, key),
        said="The stage and its gate are taken out of the draft.",
    )  # fmt: skip


@bp.post("/drafts/<int:draft_id>/gates/<key>")
@requires(Right.ADMINISTER)
def save_gate(draft_id: int, key: str) -> ResponseReturnValue:
    """Save what a gate is, asks and needs."""
    reserved, form = _reserved(draft_id), request.form

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        known = {one["key"]: one for one in document["criteria"]}
        values, criteria = fields.typed_gate(form, {"key": key}, known, reserved)
        return editing.set_gate(document, key, values, criteria)

    return _save(draft_id, f"gate:{key}", edit)


@bp.post("/drafts/<int:draft_id>/discard")
@requires(Right.ADMINISTER)
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    drafting.discard(draft_id, _seen(), by=actor())
    flash("The draft is thrown away. What is published stays.")
    return redirect(url_for(".index"), 303)


@bp.get("/<key>/draft/review")
@requires(Right.ADMINISTER)
def review(key: str) -> ResponseReturnValue:
    """Show what publishing would change, what is still wanted, and whom it concerns."""
    found = shared.draft_of(key)
    if found is None:
        raise NotFound("There is no draft of this process.")
    return _review(found)


@bp.post("/drafts/<int:draft_id>/publish")
@requires(Right.ADMINISTER)
def publish(draft_id: int) -> ResponseReturnValue:
    """Publish a draft as the next version."""
    try:
        version = drafting.publish(draft_id, _seen(), request.form.get("note", ""), by=actor())
    except DraftMoved as moved:
        return _review(moved.draft, 409, moved)
    except Invalid as error:
        return _review(shared.draft_with(draft_id), 422, error)
    flash(f"{version.name} is published. What comes next stands beside it.", "go")
    return redirect(url_for("gates.process", version=version.id), 303)


def _save(
    draft_id: int,
    part: str,
    edit: Edit,
    goal: Callable[[dict[str, Any]], str] | None = None,
    said: str = "The draft is saved.",
) -> ResponseReturnValue:
    try:
        saved = drafting.save(draft_id, _seen(), edit, by=actor())
    except DraftMoved as moved:
        return _conflict(moved, part, edit)
    except Invalid as error:
        return _editor(shared.draft_with(draft_id), part, 422, error)
    part = goal(saved.document) if goal else part
    look = shared.look_at(saved)
    flash(f"{said} {look.outlook(part)}", "go")
    if request.form.get("then") == "next":
        part = look.after(part)
    if not part:
        return redirect(url_for(".review", key=saved.process.key), 303)
    return redirect(url_for(".draft", key=saved.process.key, part=part), 303)


def _editor(
    found: ProcessDraft, part: str, status: int = 200, error: Invalid | None = None
) -> ResponseReturnValue:
    mark_current("processes.index")
    look = shared.look_at(found)
    kind, item, place = _part(look, part)
    criteria = {one["key"]: one for one in look.document["criteria"]}
    return render(
        "processes/draft.html", status=status, look=look, draft=found, document=look.document,
        kind=kind, item=item, place=place, part=part if item else "process", criteria=criteria,
        error=error, form=request.form, **CHOICES,
    )  # fmt: skip


def _part(look: Look, part: str) -> tuple[str, dict[str, Any] | None, int]:
    kind, _, key = part.partition(":")
    for place, item in enumerate(look.document.get(f"{kind}s", []) if kind in ("stage", "gate") else []):
        if item["key"] == key:
            return kind, item, place
    return "process", None, 0


def _review(
    found: ProcessDraft, status: int = 200, error: IdeaflowError | None = None
) -> ResponseReturnValue:
    mark_current("processes.index")
    return render(
        "processes/review.html", status=status, look=shared.look_at(found), draft=found,
        touched=shared.touched_by(found.process_id), error=error, form=request.form,
    )  # fmt: skip


def _conflict(moved: DraftMoved, part: str, edit: Edit) -> ResponseReturnValue:
    """Show what stands now beside what was sent, and let the sender put theirs on top."""
    mark_current("processes.index")
    theirs = moved.draft.document
    try:
        changes, gone = comparing.changes_between(theirs, edit(moved.draft.document)), ""
    except IdeaflowError as error:
        changes, gone = [], error.detail
    kept = [
        (name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "seen")
    ]
    return render(
        "processes/conflict.html", status=409, draft=moved.draft, seen=moved.seen, part=part,
        changes=changes, gone=gone, kept=kept, error=moved,
    )  # fmt: skip


def _seen() -> int:
    return request.form.get("seen", 0, type=int)


def _reserved(draft_id: int) -> set[str]:
    """Return the keys that earlier versions used for something this draft no longer has."""
    found = shared.draft_with(draft_id)
    return {key for _, key in drafting.history_of(found.process_id).retired}


def _inner_keys(document: dict[str, Any]) -> set[str]:
    plain = editing.modern(document)
    rows = [row for stage in plain["stages"] for row in (*stage["activities"], *stage["deliverables"])]
    return {row["key"] for row in rows}
