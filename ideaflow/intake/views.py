"""The import pages: bring files, see what they would become, start, watch, read the report."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.intake import queries, uploads
from ideaflow.intake.fields import FIELDS, MARKET_FIELDS
from ideaflow.intake.models import Import, ImportState
from ideaflow.users.access import actor, requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

bp = Blueprint("intake", __name__, url_prefix="/import")
FIELD_OPTIONS = [
    ("", "Leave it out"),
    *((field.name, f"{field.group}: {field.label}") for field in (*FIELDS, *MARKET_FIELDS)),
]
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\x00")


@waits
def files_that_wait(user: User) -> Iterator[Waiting]:
    """Say which files somebody brought and has not imported yet."""
    if user.may(Right.IMPORT):
        for upload, count in queries.looked_at_only(user.name):
            yield Waiting(
                what=f"Import the {plural(count, 'file')} you brought",
                why="Only previewed so far; nothing of it is stored. Thrown away after a week.",
                url=url_for("intake.show", upload=upload),
                verb="Look and import",
                icon="upload",
            )


def _folder() -> Path:
    home: Path = current_app.extensions["settings"].home
    return home / "uploads"


@bp.get("/")
@requires(Right.IMPORT)
def index() -> ResponseReturnValue:
    """Ask for files, and show what was imported before."""
    return _index()


@bp.post("/")
@requires(Right.IMPORT)
def upload() -> ResponseReturnValue:
    """Keep the files; import nothing yet."""
    files = [
        (file.filename, file.stream) for file in request.files.getlist("files") if file.filename is not None
    ]
    try:
        name = uploads.receive([(name, stream) for name, stream in files if name], _folder(), by=actor())
    except Invalid as error:
        return _index(status=422, error=error)
    return redirect(url_for(".show", upload=name), 303)


@bp.get("/<upload>")
@requires(Right.IMPORT)
def show(upload: str) -> ResponseReturnValue:
    """Show what uploaded files would become; once started, how far they are and what came of them."""
    return _upload_page(upload)


@bp.post("/<upload>/<int:import_id>/columns")
@requires(Right.IMPORT)
def choose_columns(upload: str, import_id: int) -> ResponseReturnValue:
    """Say what the columns of one file mean."""
    form = request.form
    chosen = {
        form[f"column-{number}"]: form.get(f"becomes-{number}", "")
        for number in range(form.get("columns", 0, type=int))
        if f"column-{number}" in form
    }
    try:
        row = uploads.choose_mapping(import_id, chosen, form.get("source", ""), _folder(), by=actor())
    except Invalid as error:
        return _upload_page(upload, status=422, error=error)
    flash(f"The columns of {row.file_name} are set, and remembered for files with the same headers.")
    return redirect(url_for(".show", upload=upload), 303)


@bp.post("/<upload>/start")
@requires(Right.IMPORT)
def start(upload: str) -> ResponseReturnValue:
    """Import the files, as a job."""
    uploads.start(upload, by=actor())
    return redirect(url_for(".show", upload=upload), 303)


@bp.post("/<upload>/discard")
@requires(Right.IMPORT)
def discard(upload: str) -> ResponseReturnValue:
    """Throw the files away unimported."""
    uploads.discard(upload, _folder(), by=actor())
    flash("The files are thrown away. Nothing was imported.")
    return redirect(url_for(".index"), 303)


@bp.get("/files/<int:import_id>")
@requires(Right.IMPORT)
def report(import_id: int) -> ResponseReturnValue:
    """Show what came of one file."""
    row = queries.get(import_id)
    if row.state == ImportState.UPLOADED:
        return redirect(url_for(".show", upload=row.upload), 303)
    return render("intake/report.html", fragment="state", row=row, errors=queries.rejected(import_id))


@bp.get("/files/<int:import_id>/rejected.csv")
@requires(Right.IMPORT)
def rejected(import_id: int) -> ResponseReturnValue:
    """Send the rejected rows as CSV."""
    row = queries.get(import_id)
    response = Response(stream_with_context(_rejected_lines(row)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="rejected-{row.id}.csv"'
    return response


def _rejected_lines(row: Import) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["file", "row", "column", "reason"])
    for entry in queries.every_rejected(row.id):
        writer.writerow([_safe(row.file_name), entry.row, _safe(entry.column), _safe(entry.reason)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_RISKY) else text


def _index(status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    page = queries.newest(after=request.args.get("after"))
    reasons = [str(problem["reason"]) for problem in error.problems] if error else []
    return render("intake/index.html", fragment="rows", status=status, page=page, errors=reasons)


def _upload_page(upload: str, status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    imports = queries.of_upload(upload)
    if any(row.state == ImportState.UPLOADED for row in imports):
        return render(
            "intake/preview.html",
            status=status,
            upload=upload,
            previews=uploads.previews(upload, _folder()),
            options=FIELD_OPTIONS,
            error=error,
        )
    return render(
        "intake/progress.html",
        fragment="state",
        upload=upload,
        imports=imports,
        is_over=all(row.is_over for row in imports),
        errors={row.id: queries.rejected(row.id, 20) for row in imports},
    )
