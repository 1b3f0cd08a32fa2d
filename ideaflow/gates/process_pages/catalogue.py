"""The list of processes; begin one, take one along as a file, bring one in, lay two versions side by side."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates import queries
from ideaflow.gates.process import comparing, drafting, exchange, publishing, routes
from ideaflow.gates.process.drafting import DraftMoved
from ideaflow.gates.process.versions import ProcessDraft, ProcessVersion
from ideaflow.gates.process_pages import shared
from ideaflow.gates.process_pages.shared import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show every process with its newest version, its draft, and what runs on it."""
    return _list()


@bp.post("/")
@requires(Right.ADMINISTER)
def create() -> ResponseReturnValue:
    """Begin a process."""
    try:
        draft = drafting.create(
            request.form.get("name", ""), copy_of=request.form.get("copy_of", ""), by=actor()
        )
    except Invalid as error:
        return _list(status=422, error=error)
    flash(f"{draft.process.name} is begun. Nothing runs on it before you publish it.", "go")
    return redirect(url_for(".draft", key=draft.process.key), 303)


@bp.post("/import")
@requires(Right.ADMINISTER)
def bring_in() -> ResponseReturnValue:
    """Make a file the draft of its process."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("No file was chosen.", [{"field": "file", "reason": "Choose a file."}])
        document = exchange.load(file.stream.read(2_000_000))
        seen = request.form.get("replace", type=int)
        draft = drafting.put(document, seen=seen, by=actor())
    except DraftMoved as moved:
        error = Invalid(
            f"{moved.draft.process.name} has a draft already. Publish it or throw it away first, or take the"
            " file in its place: tick the box below."
        )
        error.status = 409
        return _list(status=409, error=error, standing=moved.draft)
    except Invalid as error:
        return _list(status=422, error=error)
    flash(f"The file is now the draft of {draft.process.name}. Look through it, then publish it.", "go")
    return redirect(url_for(".draft", key=draft.process.key), 303)


@bp.post("/<key>/shipped")
@requires(Right.ADMINISTER)
def take_shipped(key: str) -> ResponseReturnValue:
    """Make what this release brings the draft of a process that was changed here."""
    document = publishing.shipped(key)
    if document is None:
        raise NotFound("No process of this name comes with ideaflow.")
    try:
        draft = drafting.put(document, by=actor())
    except DraftMoved as moved:
        raise Conflict(
            f"{moved.draft.process.name} has a draft already. Publish it or throw it away first; what comes"
            " with ideaflow can be taken after that."
        ) from moved
    flash("What comes with ideaflow is now the draft. The review shows what of yours it would change.")
    return redirect(url_for(".review", key=draft.process.key), 303)


@bp.get("/<key>.json")
@requires(Right.READ)
def export(key: str) -> ResponseReturnValue:
    """Hand out a version, or the draft, as a file that can be brought in again."""
    is_draft = request.args.get("draft") == "1"
    source = shared.source_of(key, request.args.get("version", type=int), is_draft=is_draft)
    mark = f"v{source.number}" if isinstance(source, ProcessVersion) else "draft"
    return Response(
        exchange.dump(source.document),
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={key}-{mark}.json"},
    )


@bp.get("/<key>/compare")
@requires(Right.READ)
def compare(key: str) -> ResponseReturnValue:
    """Show what changed between two versions, in words."""
    mark_current("processes.index")
    process = shared.process_with(key)
    known = shared.versions_of(process)
    if not known:
        raise NotFound(f"{process.name} has no published version yet.")
    after = _numbered(known, request.args.get("to", type=int)) or known[0]
    before = _numbered(known, request.args.get("from", type=int)) or next(
        (one for one in known if one.number < after.number), after
    )
    return render(
        "processes/compare.html",
        process=process,
        versions=known,
        before=before,
        after=after,
        changes=comparing.changes_between(before.document, after.document),
        counts=queries.count_on([one.id for one in known]),
    )


def _list(
    status: int = 200, error: Invalid | None = None, standing: ProcessDraft | None = None
) -> ResponseReturnValue:
    mark_current("processes.index")
    return render(
        "processes/index.html",
        status=status,
        lines=shared.lines(),
        rules=routes.all_rules(),
        newer=publishing.not_taken(),
        error=error,
        standing=standing,
        form=request.form,
    )


def _numbered(known: list[ProcessVersion], number: int | None) -> ProcessVersion | None:
    return next((one for one in known if one.number == number), None)
