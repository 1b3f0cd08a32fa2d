"""XLSX workbooks: the archive is checked before anything in it is unpacked for good."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine as calamine

from ideaflow.intake.faults import FileRejected
from ideaflow.intake.rows import COLUMN_LIMIT, Reading, RowChecker, is_blank, named_header

MEMBER_LIMIT = 2_000
UNPACKED_LIMIT = 600_000_000
RATIO_LIMIT = 100
"""How many times larger than its packed size a member may be; real sheets stay below 30."""
RATIO_FREE = 1_000_000
"""Members up to this size may have any ratio."""
CELLS_LIMIT = 30_000_000
_CHUNK = 1 << 20
_TEXT_LIMIT = 20_000_000
_REFERENCE = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,9})"')


@dataclass(frozen=True, slots=True)
class XlsxExport:
    """The first filled sheet of a workbook."""

    path: Path
    name: str
    sheet: str
    header: tuple[str, ...]
    header_row: int
    notes: tuple[str, ...]
    format: str = "XLSX"

    def rows(self) -> Iterator[Reading]:
        """Read all rows after the header, one at a time."""
        checker = RowChecker(self.header)
        for number, cells in _records(_workbook(self.path, self.name), self.sheet, self.name):
            if number > self.header_row:
                yield from checker.check(number, _fitted(cells, len(self.header)))
        yield from checker.finish()


def open_xlsx(path: Path, name: str) -> XlsxExport:
    """Check the archive, choose the first sheet that holds something, find its header.

    :raises FileRejected: a bomb, a password, a torn archive, an empty workbook.
    """
    check_archive(path, name)
    workbook = _workbook(path, name)
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    for place, sheet in enumerate(visible):
        for number, cells in _records(workbook, sheet, name):
            if is_blank(cells):
                continue
            others = ", ".join(f"“{other}”" for other in visible[place + 1 :])
            notes = (f"Read the sheet “{sheet}”.", *((f"Not read: {others}.",) if others else ()))
            return XlsxExport(path, name, sheet, named_header(name, number, cells), number, notes)
    raise FileRejected(name, "the workbook is empty. Export it again, with its header row.")


def check_archive(path: Path, name: str) -> None:
    """Unpack every member once into nothing, counting, before a parser sees it.

    :raises FileRejected: too many members, too large, too tightly packed, lying about its size, encrypted,
        with an XML document type (the way to entity bombs), or with cells too far apart to hold in memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MEMBER_LIMIT:
                raise FileRejected(
                    name, f"the workbook holds {len(members):,} parts; the most is {MEMBER_LIMIT:,}."
                )
            if len({member.filename for member in members}) < len(members):
                raise FileRejected(
                    name, "the workbook holds a part twice. Save it again in a spreadsheet program."
                )
            total = 0
            for member in members:
                total += _check_member(archive, member, name)
                if total > UNPACKED_LIMIT:
                    raise FileRejected(
                        name, f"the workbook unpacks to more than {UNPACKED_LIMIT:,} bytes. Split it."
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise FileRejected(
            name, "the workbook is damaged or cut off. Save it again in a spreadsheet program."
        ) from error


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> int:
    if member.flag_bits & 0x1:
        raise FileRejected(name, "the workbook is protected by a password. Save it without one.")
    bomb = FileRejected(
        name,
        f"the part {member.filename} is packed more than {RATIO_LIMIT} times; that is no ordinary workbook.",
    )
    allowed = max(RATIO_FREE, member.compress_size * RATIO_LIMIT)
    if member.file_size > allowed:
        raise bomb
    markup = member.filename.endswith((".xml", ".rels", ".vml"))
    is_sheet = member.filename.startswith("xl/worksheets/")
    size, rest, columns, rows, run = 0, b"", 0, 0, 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > min(allowed, UNPACKED_LIMIT):
                raise bomb
            if not markup:
                continue
            run = 0 if b"<" in chunk else run + len(chunk)
            if run > _TEXT_LIMIT:
                raise FileRejected(name, f"a cell in {member.filename} is larger than {_TEXT_LIMIT:,} bytes.")
            text = rest + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise FileRejected(
                    name, f"the part {member.filename} defines XML entities; no workbook needs that."
                )
            if is_sheet:
                columns, rows = _furthest(text, columns, rows)
            rest = text[-64:]
    if columns > COLUMN_LIMIT * 4 or columns * rows > CELLS_LIMIT:
        raise FileRejected(
            name,
            f"{member.filename} spreads over {rows:,} rows and {columns:,} columns; delete the empty ones.",
        )
    return size


def _furthest(text: bytes, columns: int, rows: int) -> tuple[int, int]:
    """Return the furthest column and row a piece of a sheet names."""
    for letters, digits in _REFERENCE.findall(text):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        columns, rows = max(columns, column), max(rows, int(digits))
    return columns, rows


def _workbook(path: Path, name: str) -> Any:
    try:
        return calamine.load_workbook(path)
    except calamine.PasswordError as error:
        raise FileRejected(name, "the workbook is protected by a password. Save it without one.") from error
    except (calamine.CalamineError, OSError) as error:
        raise FileRejected(name, "the workbook cannot be read. Save it again as XLSX or CSV.") from error


def _records(workbook: Any, sheet_name: str, name: str) -> Iterator[tuple[int, list[Any]]]:
    try:
        sheet = workbook.get_sheet_by_name(sheet_name)
    except calamine.CalamineError as error:
        raise FileRejected(
            name, f"the sheet “{sheet_name}” cannot be read. Save it again as XLSX or CSV."
        ) from error
    if sheet.start is None:
        return
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, list(cells)


def _fitted(cells: list[Any], width: int) -> list[Any]:
    """Cut the empty cells a workbook's widest row forces on all others; they are no fault of the row."""
    return cells[:width] if len(cells) > width and is_blank(cells[width:]) else cells
