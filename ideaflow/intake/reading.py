"""The door to all readers: a file's bytes, not its name, say what it is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ideaflow.intake.csv_reading import open_csv
from ideaflow.intake.encodings import detect, open_text
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.json_reading import open_json
from ideaflow.intake.rows import Reading
from ideaflow.intake.xlsx_reading import open_xlsx

BYTES_LIMIT = 2_000_000_000
_BRING = "Bring the export as CSV, XLSX, JSON or JSON lines."
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_HTML = re.compile(r"<(!doctype|html|head|body|table|script|\?xml|svg)\b", re.IGNORECASE)
# Program files begin like ordinary words ("MZ"), so these signatures also need a NUL byte close by.
_NEEDS_NUL = (b"MZ", b"PAR1")


class Export(Protocol):
    """A file that was recognised and can be read again and again, always the same."""

    @property
    def name(self) -> str:
        """The file's name as its owner knows it."""

    @property
    def format(self) -> str:
        """CSV, XLSX, JSON or JSON lines."""

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' names, for JSON the objects' fields."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the file, in sentences."""

    def rows(self) -> Iterator[Reading]:
        """Read all rows, lazily."""


def open_export(path: Path, name: str | None = None) -> Export:
    """Recognise a file by its first bytes and open it.

    :param name: what to call the file in messages; its own name when none is given.
    :raises FileRejected: it is missing, empty, of the wrong type or damaged.
    """
    name = name or path.name
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise FileRejected(name, f"this is a folder. {_BRING}")
        with path.open("rb") as stream:
            head = stream.read(4096)
    except FileNotFoundError as error:
        raise FileRejected(name, "there is no such file. Check the name and the folder.") from error
    except OSError as error:
        raise FileRejected(name, f"the file cannot be opened: {error.strerror}.") from error
    if size > BYTES_LIMIT:
        raise FileRejected(name, f"the file has {size:,} bytes; the most is {BYTES_LIMIT:,}. Split it.")
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"):
        if size <= len(head) or not head:
            raise FileRejected(name, "the file is empty. Export it again, with its header row.")
        raise FileRejected(name, f"the file begins with {len(head):,} empty bytes. {_BRING}")
    if head.startswith(_ZIP):
        return _open_archive(path, name)
    _refuse_foreign(path, name, head)
    return _open_text(path, name)


def _open_archive(path: Path, name: str) -> Export:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise FileRejected(
            name, "the workbook is damaged or cut off. Save it again in a spreadsheet program."
        ) from error
    if "xl/workbook.xml" not in members:
        if "xl/workbook.bin" in members:
            raise FileRejected(name, "this is a binary workbook (XLSB). Save it as XLSX or CSV.")
        raise FileRejected(name, f"this is a ZIP archive, not a workbook; unpack it first. {_BRING}")
    return open_xlsx(path, name)


def _refuse_foreign(path: Path, name: str, head: bytes) -> None:
    if head.startswith(_OLE):
        with path.open("rb") as stream:
            locked = "EncryptedPackage".encode("utf-16-le") in stream.read(1 << 20)
        if locked:
            raise FileRejected(name, "the workbook is protected by a password. Save it without one.")
        raise FileRejected(name, "this is an old XLS workbook (or Word file). Save it as XLSX or CSV.")
    for signature, what in _SIGNATURES:
        if head.startswith(signature) and (signature not in _NEEDS_NUL or b"\x00" in head):
            raise FileRejected(name, f"this is {what}. {_BRING}")


def _open_text(path: Path, name: str) -> Export:
    encoding = detect(path, name)
    try:
        with open_text(path, encoding) as stream:
            start = stream.read(2000).lstrip("\ufeff \t\r\n")
    except UnicodeError as error:
        raise FileRejected(
            name, f"the file is no {encoding.label} text; it may be cut off. {_BRING}"
        ) from error
    if not start:
        raise FileRejected(name, "the file is empty. Export it again, with its header row.")
    if _HTML.match(start):
        raise FileRejected(
            name,
            f"this is a web page or XML, whatever its name says; perhaps a sign-in page was saved. {_BRING}",
        )
    if start[0] in "[{":
        return open_json(path, name, encoding)
    return open_csv(path, name, encoding)
