"""Importing, batch by batch: a batch, its counters and its cursor are saved together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.feedback.imports import tell_new_items
from ideaflow.intake import queries
from ideaflow.intake.cells import Recipe
from ideaflow.intake.failpoint import reach
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.models import ColumnMapping, Import, ImportState, RejectedRow
from ideaflow.intake.preparing import Prepared
from ideaflow.intake.reading import Export
from ideaflow.intake.records import Record
from ideaflow.intake.rows import Rejected
from ideaflow.intake.storing import Stored, fingerprints, judged, store, tables_of
from ideaflow.intake.survey import Repeated, header_key, records_of
from ideaflow.intake.zendesk import Directory

BATCH = 500
IMPORT_LOCK = 7_310_002
Progress = Callable[[int], object]
Entry = TypeVar("Entry")


def import_file(
    prepared: Prepared,
    directory: Directory,
    *,
    by: Actor,
    progress: Progress | None = None,
    more_follow: bool = False,
) -> Import:
    """Import a prepared file; if this very file was begun before and cut off, go on where that ended.

    :param progress: called after each batch with the number of rows dealt with since the last call.
    :param more_follow: whether other files of the same export come next; the words are read after the last.
    """
    with transaction() as session:
        row = queries.unfinished(
            prepared.file_hash, prepared.plan.recipe.source, dict(prepared.incoming.given)
        )
        if row is None:
            row = begun(session, prepared, by)
        import_id = row.id
        if prepared.incoming.given and not prepared.plan.is_zendesk:
            remember(session, prepared.export, prepared.plan.recipe.mapping, by)
    return run(import_id, prepared, directory, by=by, progress=progress, more_follow=more_follow)


def remember(session: Session, export: Export, mapping: Mapping[str, str], by: Actor) -> None:
    """Keep what the columns of a table mean, for every file with the same headers."""
    values = {"mapping": dict(mapping), "chosen_by": by.name}
    statement = upsert(ColumnMapping).values(header_key=header_key(export.header), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["header_key"], set_=values))


def begun(session: Session, prepared: Prepared, by: Actor) -> Import:
    """Add the import of a file and say so in the audit."""
    row = Import(
        file_name=prepared.incoming.name[:300],
        file_hash=prepared.file_hash,
        given=dict(prepared.incoming.given),
        imported_by=by.name,
    )
    describe(row, prepared)
    row.state = ImportState.RUNNING
    session.add(row)
    session.flush()
    audit.record(by, "intake.begin", row, after={"file": row.file_name, "rows": row.row_count})
    return row


def describe(row: Import, prepared: Prepared) -> None:
    """Write down what a file was recognised as."""
    row.source = prepared.plan.recipe.source
    row.shape = prepared.plan.title
    row.kind = prepared.plan.recipe.kind
    row.row_count = prepared.survey.row_count
    row.not_read_count = len(prepared.survey.not_read)
    row.notes = " ".join(prepared.notes)


def run(
    import_id: int,
    prepared: Prepared,
    directory: Directory,
    *,
    by: Actor,
    progress: Progress | None = None,
    more_follow: bool = False,
) -> Import:
    """Deal with all rows that the cursor has not passed yet.

    Two processes may run the same import: each batch takes the lock, and skips what the other has done.
    """
    at = 0
    for batch in _batches(records_of(prepared.export, prepared.survey, directory), BATCH):
        _import_batch(import_id, at, batch, prepared.plan.recipe)
        at += len(batch)
        reach("import.after_batch")
        if progress is not None:
            progress(len(batch))
    with transaction() as session:
        row = _locked(session, import_id)
        if row.state != ImportState.DONE:
            row.state, row.finished_at = ImportState.DONE, now()
            audit.record(by, "intake.finish", row, after={"file": row.file_name, **row.counts()})
            if row.accepted_count >= BATCH:
                session.execute(text(f"ANALYZE {', '.join(tables_of(prepared.plan.recipe.kind))}"))
            if not more_follow:
                tell_new_items()
    reach("import.after_end")
    return row


def _import_batch(import_id: int, at: int, batch: list[Record | Rejected | Repeated], recipe: Recipe) -> None:
    """Save one batch: its records, its rejected rows, the counters and the cursor, in one transaction."""
    with transaction() as session:
        row = _locked(session, import_id)
        todo = batch[max(row.read_count - at, 0) :]
        if not todo:
            return
        records, rejected = _parted(todo, recipe)
        stored = store(session, import_id, records, now()) if records else Stored(0, 0, 0)
        if rejected:
            session.execute(
                insert(RejectedRow),
                [
                    {
                        "import_id": import_id,
                        "row": entry.row,
                        "column": entry.column[:300],
                        "reason": entry.reason,
                    }
                    for entry in rejected
                ],
            )
        row.accepted_count += stored.accepted
        row.unchanged_count += len(todo) - stored.accepted - len(rejected)
        row.rejected_count += len(rejected)
        row.item_count += stored.items
        row.read_count += len(todo)
        session.flush()
        reach("import.before_commit")


def _parted(batch: list[Record | Rejected | Repeated], recipe: Recipe) -> tuple[list[Record], list[Rejected]]:
    """Return the records that can be kept, and what is rejected, in the order of its rows."""
    found = judged([entry for entry in batch if isinstance(entry, Record)], recipe)
    rejected = [entry for entry in (*batch, *found) if isinstance(entry, Rejected)]
    return [entry for entry in found if isinstance(entry, Record)], sorted(rejected, key=lambda one: one.row)


def take_turn(session: Session) -> None:
    """Wait until no other import writes: they take turns by batch, so none adds an account twice."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IMPORT_LOCK})


def _locked(session: Session, import_id: int) -> Import:
    """Return the import, for us alone."""
    take_turn(session)
    row = session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise FileRejected("import", f"there is no import {import_id} any more.")
    return row


def _batches(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, size)):
        yield batch


class Trial:
    """What an import would do, without doing it."""

    def __init__(self) -> None:
        self.read = self.accepted = self.unchanged = 0
        self.errors: list[Rejected] = []

    def counts(self) -> dict[str, int]:
        """Return the four numbers of the report."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "unchanged": self.unchanged,
            "rejected": len(self.errors),
        }


def try_file(
    prepared: Prepared, directory: Directory, *, limit: int | None = None, progress: Progress | None = None
) -> Trial:
    """Say what importing a file would do; stores nothing.

    :param limit: the most rows to look at; all when None.
    """
    trial = Trial()
    entries = islice(records_of(prepared.export, prepared.survey, directory), limit)
    for batch in _batches(entries, BATCH):
        records, rejected = _parted(batch, prepared.plan.recipe)
        known = fingerprints(db.session(), records)
        fresh = sum(known.get(record.key) != record.fingerprint() for record in records)
        trial.errors += rejected
        trial.read += len(batch)
        trial.accepted += fresh
        trial.unchanged += len(batch) - fresh - len(rejected)
        if progress is not None:
            progress(len(batch))
    return trial
