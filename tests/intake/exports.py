"""Writes export files for the tests and reads them with the product's own readers."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from ideaflow.intake.reading import open_export
from ideaflow.intake.records import Record
from ideaflow.intake.rows import Rejected
from ideaflow.intake.survey import Survey, plan_for, records_of, survey
from ideaflow.intake.zendesk import Directory

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Read:
    """All that a file turned into."""

    def __init__(self, path: Path, **options: object) -> None:
        directory = Directory()
        export = open_export(path)
        plan = plan_for(export, latest=NOW, **options)  # type: ignore[arg-type]
        self.survey: Survey = survey(export, plan, directory)
        self.plan = self.survey.plan
        self.readings = list(records_of(export, self.survey, directory))
        self.records = [r for r in self.readings if isinstance(r, Record)]
        self.rejected = [r for r in self.readings if isinstance(r, Rejected)]
        self.kinds = Counter(type(r).__name__ for r in self.readings)


def written(folder: Path, content: str | bytes, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def workbook(folder: Path, rows: list[list[object]], name: str = "export.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / name
    book.save(path)
    return path


def archive(folder: Path, members: Mapping[str, bytes], name: str = "export.xlsx") -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, content in members.items():
            packed.writestr(member, content)
    path = folder / name
    path.write_bytes(buffer.getvalue())
    return path


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {member: packed.read(member) for member in packed.namelist()}
