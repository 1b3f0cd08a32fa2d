"""Questions about imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from ideaflow.db import db
from ideaflow.errors import NotFound, must_exist
from ideaflow.intake.models import ColumnMapping, Import, ImportState, RejectedRow
from ideaflow.paging import Key, Page, page_of

SHOWN_ERRORS = 1_000


def newest(*, after: str | None = None, size: int = 20) -> Page[Import]:
    """Return a page of imports, newest first; files that wait for their mapping are left out."""
    query = select(Import).where(Import.state != ImportState.UPLOADED)
    return page_of(query, [Key(Import.id, "id")], after=after, size=size)


def of_upload(upload: str) -> Sequence[Import]:
    """Return the imports of files that were uploaded together.

    :raises NotFound: there is no such upload.
    """
    imports = db.session.scalars(select(Import).where(Import.upload == upload).order_by(Import.id)).all()
    if not imports:
        raise NotFound()
    return imports


def get(import_id: int) -> Import:
    """Return one import.

    :raises NotFound: there is none with this id.
    """
    return must_exist(db.session.get(Import, import_id))


def unfinished(file_hash: str, source: str, given: dict[str, str]) -> Import | None:
    """Return the import of this very file, mapped alike, that was begun and not ended, if there is one."""
    return db.session.scalar(
        select(Import)
        .where(
            Import.file_hash == file_hash,
            Import.source == source,
            Import.given == given,
            Import.state == ImportState.RUNNING,
            Import.upload.is_(None),
        )
        .order_by(Import.id.desc())
        .limit(1)
    )


def rejected(import_id: int, limit: int = SHOWN_ERRORS) -> Sequence[RejectedRow]:
    """Return the first rejected rows of an import, in the file's order."""
    return db.session.scalars(
        select(RejectedRow)
        .where(RejectedRow.import_id == import_id)
        .order_by(RejectedRow.row, RejectedRow.id)
        .limit(limit)
    ).all()


def every_rejected(import_id: int) -> Iterator[RejectedRow]:
    """Yield all rejected rows of an import, without holding them all in memory."""
    return iter(
        db.session.scalars(
            select(RejectedRow)
            .where(RejectedRow.import_id == import_id)
            .order_by(RejectedRow.row, RejectedRow.id)
            .execution_options(yield_per=500)
        )
    )


def remembered(header_key: str) -> dict[str, str] | None:
    """Return what somebody said the columns of a table with these headers mean."""
    found = db.session.scalar(select(ColumnMapping.mapping).where(ColumnMapping.header_key == header_key))
    return {str(field): str(column) for field, column in found.items()} if found is not None else None


def looked_at_only(name: str) -> Sequence[tuple[str, int]]:
    """Return the uploads somebody brought and did not import yet, newest first, with their file count."""
    rows = db.session.execute(
        select(Import.upload, func.count())
        .where(Import.imported_by == name, Import.state == ImportState.UPLOADED)
        .group_by(Import.upload)
        .order_by(func.max(Import.id).desc())
        .limit(5)
    )
    return [(str(row[0]), int(row[1])) for row in rows]


def is_done(file_hash: str) -> bool:
    """Return whether a file with this content was imported to its end before."""
    done = select(Import.id).where(Import.file_hash == file_hash, Import.state == ImportState.DONE)
    return db.session.scalar(done.limit(1)) is not None
