"""Files brought in a browser: kept under random names, previewed, mapped, and then imported by a job."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, select

from ideaflow import audit, queue
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, Unavailable
from ideaflow.intake import queries
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.fields import BY_NAME
from ideaflow.intake.models import Import, ImportState
from ideaflow.intake.preparing import Incoming, Prepared, hash_of, open_planned, prepare
from ideaflow.intake.rows import Rejected, Row, text_of
from ideaflow.intake.service import Trial, describe, remember, run, try_file
from ideaflow.intake.survey import Plan

JOB = "intake.import_upload"
PREVIEW_ROWS = 5_000
KEPT_DAYS = 7
SAMPLES = 3


@dataclass(frozen=True)
class Column:
    """One column of a file: its first values, and what they become ("" for nothing)."""

    header: str
    samples: tuple[str, ...]
    field: str


@dataclass
class Preview:
    """What importing a file would do, for the page that asks before it does."""

    row: Import
    plan: Plan | None = None
    columns: tuple[Column, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str = ""
    trial: Trial = field(default_factory=Trial)
    row_count: int = 0

    @property
    def errors(self) -> Sequence[Rejected]:
        return self.trial.errors


def receive(files: Sequence[tuple[str, IO[bytes]]], folder: Path, *, by: Actor) -> str:
    """Keep uploaded files and return the name of the upload; a file that cannot be read is kept as refused.

    :raises Invalid: no file was chosen, or none of them can be read.
    :raises Unavailable: the disk is full or the folder cannot be written.
    """
    if not files:
        reason = "Choose at least one file."
        raise Invalid(reason, [{"field": "files", "reason": reason}])
    _forget_old(folder)
    upload = secrets.token_urlsafe(9)
    rows: list[Import] = []
    for name, stream in files:
        path = _kept(stream, folder)
        row = Import(upload=upload, file_name=name[:300], stored_name=path.name, imported_by=by.name)
        row.given, row.file_hash, row.state = {}, hash_of(path), ImportState.UPLOADED
        try:
            _, plan = open_planned(Incoming(path, name), now(), queries.remembered)
            row.source, row.shape, row.kind = plan.recipe.source, plan.title, plan.recipe.kind
        except FileRejected as refusal:
            path.unlink(missing_ok=True)
            row.stored_name, row.state, row.failure = None, ImportState.FAILED, str(refusal)
            row.source, row.shape, row.kind, row.finished_at = "", "", "", now()
        rows.append(row)
    if all(row.state == ImportState.FAILED for row in rows):
        raise Invalid("Nothing was imported.", [{"field": "files", "reason": row.failure} for row in rows])
    with transaction() as session:
        session.add_all(rows)
        session.flush()
        for row in rows:
            audit.record(by, "intake.upload", row, after={"file": row.file_name, "state": row.state})
    return upload


def _forget_old(folder: Path) -> None:
    """Throw away files that nobody imported within a week."""
    with transaction() as session:
        old = session.scalars(
            select(Import).where(
                Import.state == ImportState.UPLOADED, Import.created_at < now() - timedelta(days=KEPT_DAYS)
            )
        ).all()
        for row in old:
            (folder / str(row.stored_name)).unlink(missing_ok=True)
            audit.record(SYSTEM, "intake.discard", row, before={"file": row.file_name})
            session.delete(row)


def _kept(stream: IO[bytes], folder: Path) -> Path:
    """Write a stream to a file with a random name; the owner's name never becomes a path."""
    path = folder / f"{secrets.token_hex(16)}.upload"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise Unavailable(
            f"The upload could not be kept: {error.strerror}. Free some space and try again."
        ) from error
    return path


def _incoming(row: Import, folder: Path) -> Incoming:
    path = folder / (row.stored_name or "gone")
    return Incoming(path, row.file_name, dict(row.given), row.source or None, is_whole=True)


def previews(upload: str, folder: Path) -> list[Preview]:
    """Say for each uploaded file what it is, what its columns become, and what would be rejected.

    :raises NotFound: there is no such upload.
    """
    rows = queries.of_upload(upload)
    found = [Preview(row, failure=row.failure) for row in rows]
    waiting = [preview for preview in found if preview.row.state == ImportState.UPLOADED]
    for preview in waiting:
        _look(preview, folder)
    good = [preview for preview in waiting if not preview.failure]
    if good:
        by_path = {folder / str(preview.row.stored_name): preview for preview in good}
        try:
            prepared, directory = prepare(
                [_incoming(preview.row, folder) for preview in good], now(), queries.remembered
            )
        except FileRejected:
            return [_alone(preview, folder) if preview in good else preview for preview in found]
        for one in prepared:
            preview = by_path[one.incoming.path]
            preview.row_count, preview.notes = one.survey.row_count, one.notes
            preview.trial = try_file(one, directory, limit=PREVIEW_ROWS)
    return found


def _alone(preview: Preview, folder: Path) -> Preview:
    """Preview one of several files by itself, so that the torn one is told from the good ones."""
    try:
        prepared, directory = prepare([_incoming(preview.row, folder)], now(), queries.remembered)
    except FileRejected as refusal:
        preview.failure = str(refusal)
        return preview
    preview.row_count, preview.notes = prepared[0].survey.row_count, prepared[0].notes
    preview.trial = try_file(prepared[0], directory, limit=PREVIEW_ROWS)
    return preview


def _look(preview: Preview, folder: Path) -> None:
    try:
        export, plan = open_planned(_incoming(preview.row, folder), now(), queries.remembered)
        first = list(islice((row.cells for row in export.rows() if isinstance(row, Row)), SAMPLES))
    except FileRejected as refusal:
        preview.failure = str(refusal)
        return
    becomes = {column: name for name, column in plan.recipe.mapping.items()}
    preview.plan, preview.notes = plan, export.notes
    preview.columns = tuple(
        Column(
            header,
            tuple(sample for cells in first if (sample := text_of(cells.get(header)).strip()[:120])),
            becomes.get(header, ""),
        )
        for header in export.header
    )


def choose_mapping(
    import_id: int, chosen: Mapping[str, str], source: str, folder: Path, *, by: Actor
) -> Import:
    """Say what the columns of an uploaded file mean, and remember it for every file with the same headers.

    :param chosen: column to target field; "" leaves the column out.
    :raises Invalid: two columns become the same field, or a field is unknown.
    :raises Conflict: the import has begun.
    """
    given: dict[str, str] = {}
    for column, name in chosen.items():
        if name and name not in BY_NAME:
            raise Invalid(f"There is no field “{name}”.")
        if name and name in given:
            raise Invalid(
                f"Both “{given[name]}” and “{column}” would become “{BY_NAME[name].label}”. Choose one."
            )
        if name:
            given[name] = column
    if not given:
        raise Invalid("Say for at least one column what it becomes.")
    with transaction() as session:
        row = session.get(Import, import_id, with_for_update=True)
        if row is None or row.state != ImportState.UPLOADED:
            raise Conflict("This file is being imported already; its columns cannot be changed any more.")
        row.given, row.source = given, source.strip() or row.source
        export, plan = open_planned(_incoming(row, folder), now(), queries.remembered)
        row.shape, row.kind = plan.title, plan.recipe.kind
        remember(session, export, given, by)
        audit.record(by, "intake.map", row, after=given)
    return row


def start(upload: str, *, by: Actor) -> None:
    """Let a job import the files of an upload; pressed again, it sees that one job waits or runs, no more.

    :raises NotFound: there is no such upload.
    """
    with transaction():
        rows = [row for row in queries.of_upload(upload) if not row.is_over]
        for row in rows:
            if row.state == ImportState.UPLOADED:
                row.state = ImportState.WAITING
                audit.record(by, "intake.begin", row, after={"file": row.file_name})
        if rows:
            told: dict[str, Any] = {"upload": upload, "actor_id": by.id, "actor_name": by.name}
            queue.defer(JOB, alone=f"intake {upload}", in_order="intake", **told)


def discard(upload: str, folder: Path, *, by: Actor) -> None:
    """Throw away uploaded files that were not imported.

    :raises NotFound: there is no such upload.
    """
    with transaction() as session:
        for row in queries.of_upload(upload):
            if row.state == ImportState.UPLOADED:
                audit.record(by, "intake.discard", row, before={"file": row.file_name})
                session.execute(delete(Import).where(Import.id == row.id))
                (folder / str(row.stored_name)).unlink(missing_ok=True)


def import_upload(upload: str, folder: Path, *, by: Actor) -> None:
    """Import the files of an upload (the job's work); can be repeated after a crash."""
    states = (ImportState.WAITING, ImportState.RUNNING)
    rows = [row for row in queries.of_upload(upload) if row.state in states]
    ids = {folder / str(row.stored_name): row.id for row in rows}
    try:
        prepared, directory = prepare([_incoming(row, folder) for row in rows], now(), queries.remembered)
    except FileRejected:
        # One torn file must not hold up the good ones, which the preview showed as importable.
        for row_id, path in [(row.id, folder / str(row.stored_name)) for row in rows]:
            _import_alone(row_id, path, folder, by)
        return
    for one in prepared:
        _mark_running(ids[one.incoming.path], one)
        run(ids[one.incoming.path], one, directory, by=by, more_follow=one is not prepared[-1])
        one.incoming.path.unlink(missing_ok=True)


def _import_alone(import_id: int, path: Path, folder: Path, by: Actor) -> None:
    try:
        prepared, directory = prepare([_incoming(queries.get(import_id), folder)], now(), queries.remembered)
    except FileRejected as refusal:
        with transaction() as session:
            row = session.get_one(Import, import_id)
            row.state, row.failure, row.finished_at = ImportState.FAILED, str(refusal), now()
            audit.record(by, "intake.refuse", row, after={"failure": row.failure})
    else:
        _mark_running(import_id, prepared[0])
        run(import_id, prepared[0], directory, by=by)
    path.unlink(missing_ok=True)


def _mark_running(import_id: int, prepared: Prepared) -> None:
    with transaction() as session:
        row = session.get_one(Import, import_id)
        describe(row, prepared)
        row.state = ImportState.RUNNING
