"""Tables of what was imported: each file's import, what was rejected, and what each record said last."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Json, Model, Moment, Name, PrimaryKey


class ImportState(StrEnum):
    """How far an import is."""

    UPLOADED = "uploaded"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Import(Model):
    """One file on its way in. Its counters, its cursor and its rows are saved together, batch by batch."""

    __tablename__ = "imports"
    __table_args__ = (
        # What was read is accepted, unchanged or rejected: no row is lost, none is counted twice.
        CheckConstraint(
            "read_count = accepted_count + unchanged_count + rejected_count", name="every_row_accounted_for"
        ),
        Index("ix_imports_upload", "upload"),
        Index("ix_imports_file_hash", "file_hash"),
    )

    id: Mapped[PrimaryKey]
    upload: Mapped[Name | None]  # Files uploaded together share this.
    file_name: Mapped[Name]
    stored_name: Mapped[Name | None]  # In the uploads folder; a random name, gone once imported.
    file_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[Name]
    shape: Mapped[Name]  # What it was recognised as, for people.
    kind: Mapped[str] = mapped_column(String(20))
    given: Mapped[Json]  # The mapping a person chose: target field to column.
    state: Mapped[str] = mapped_column(String(20))
    row_count: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # In the file; known after one reading.
    read_count: Mapped[int] = mapped_column(default=0, server_default="0")  # The cursor: rows dealt with.
    accepted_count: Mapped[int] = mapped_column(default=0, server_default="0")
    unchanged_count: Mapped[int] = mapped_column(default=0, server_default="0")
    rejected_count: Mapped[int] = mapped_column(default=0, server_default="0")
    item_count: Mapped[int] = mapped_column(default=0, server_default="0")  # New feedback items.
    not_read_count: Mapped[int] = mapped_column(default=0, server_default="0")  # Lines of a report's footer.
    notes: Mapped[str] = mapped_column(server_default="", default="")
    failure: Mapped[str] = mapped_column(server_default="", default="")
    imported_by: Mapped[Name]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    @property
    def name(self) -> str:
        return self.file_name

    @property
    def is_over(self) -> bool:
        return self.state in (ImportState.DONE, ImportState.FAILED)

    @property
    def done_share(self) -> float:
        """Return how much of the file is dealt with, 0 to 1."""
        return self.read_count / self.row_count if self.row_count else 0.0

    def counts(self) -> dict[str, Any]:
        """Return the four numbers of the report."""
        return {
            "read": self.read_count,
            "accepted": self.accepted_count,
            "unchanged": self.unchanged_count,
            "rejected": self.rejected_count,
        }


class RejectedRow(Model):
    """One row of a file that was not imported: where, and why."""

    __tablename__ = "rejected_rows"
    __table_args__ = (Index("ix_rejected_rows_import_id_row", "import_id", "row"),)

    id: Mapped[PrimaryKey]
    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("imports.id"))
    row: Mapped[int] = mapped_column(BigInteger)
    column: Mapped[Name]
    reason: Mapped[str]


class ImportedRecord(Model):
    """What a source's record said when it was last imported, as a digest: the same again adds nothing."""

    __tablename__ = "imported_records"
    __table_args__ = (UniqueConstraint("source", "record_key"),)

    id: Mapped[PrimaryKey]
    source: Mapped[Name]
    record_key: Mapped[str]  # The kind and the source's id: “case 48213”.
    fingerprint: Mapped[str] = mapped_column(String(64))
    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("imports.id"))


class ColumnMapping(Model):
    """What somebody said the columns of a table mean; holds for every table with the same headers."""

    __tablename__ = "column_mappings"

    id: Mapped[PrimaryKey]
    header_key: Mapped[str] = mapped_column(String(32), unique=True)
    mapping: Mapped[Json]
    chosen_by: Mapped[Name]
    created_at: Mapped[CreatedAt]
