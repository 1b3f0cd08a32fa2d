"""Delimited text: dialect, header and rows, with every line accounted for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ideaflow.intake.encodings import Encoding, open_text
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.rows import Reading, RowChecker, is_blank, named_header

LINE_LIMIT = 32_000_000
"""Longer lines are no table; reading stops instead of filling the memory."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE_LINES = 60

# The module's limit is one for the whole process: high enough that our own, named limit comes first.
csv.field_size_limit(LINE_LIMIT)


@dataclass(frozen=True, slots=True)
class CsvExport:
    """A delimited text file that can be read again and again."""

    path: Path
    name: str
    encoding: Encoding
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    format: str = "CSV"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the file, for its owner."""
        return (f"Read as {self.encoding.label}, cells parted by {DELIMITERS[self.delimiter]}.",)

    def rows(self) -> Iterator[Reading]:
        """Read all rows after the header, one at a time.

        :raises FileRejected: an unclosed quote, a line without end, or bytes that are no text.
        """
        checker = RowChecker(self.header)
        for number, cells in _records(self.path, self.name, self.encoding, self.delimiter):
            if number > self.header_row:
                yield from checker.check(number, list(cells))
        yield from checker.finish()


def open_csv(path: Path, name: str, encoding: Encoding) -> CsvExport:
    """Find delimiter and header.

    :raises FileRejected: the file is empty or its header cannot be used.
    """
    delimiter = _delimiter(path, name, encoding)
    for number, cells in _records(path, name, encoding, delimiter):
        if is_blank(cells) or (len(cells) <= 2 and cells[0].strip().lower().startswith("sep=")):
            continue
        return CsvExport(path, name, encoding, delimiter, named_header(name, number, cells), number)
    raise FileRejected(name, "the file is empty. Export it again, with its header row.")


def _records(path: Path, name: str, encoding: Encoding, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each record; blank lines count, as they do in a spreadsheet."""
    with open_text(path, encoding) as stream:
        reader = csv.reader(_lines(stream, name), delimiter=delimiter, strict=True)
        number, line = 0, 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _torn(name, number + 1, line, reader.line_num, str(error)) from error
            except UnicodeError as error:
                raise FileRejected(
                    name,
                    f"the bytes here are no {encoding.label} text; the file may be cut off. Export it again.",
                    row=number + 1,
                ) from error
            number += 1
            line = reader.line_num + 1
            yield number, cells


def _torn(name: str, row: int, first_line: int, last_line: int, detail: str) -> FileRejected:
    if "field larger" in detail:
        return FileRejected(name, f"a cell is larger than {LINE_LIMIT:,} characters. Shorten it.", row=row)
    if "unexpected end" in detail:
        reason = (
            f"a quotation mark opened in line {first_line:,} is never closed. Close it, or double it if it "
            "belongs to the text. Nothing was imported."
        )
    else:
        reason = (
            f"a quotation mark is misplaced between line {first_line:,} and line {last_line:,}: after a "
            "closing one only a delimiter or the line's end may follow. An earlier one may be unclosed; "
            "close it, or double it if it belongs to the text. Nothing was imported."
        )
    return FileRejected(name, reason, row=row)


def _lines(stream: io.TextIOWrapper, name: str) -> Iterator[str]:
    while line := stream.readline(LINE_LIMIT):
        if len(line) >= LINE_LIMIT:
            raise FileRejected(name, f"a line is longer than {LINE_LIMIT:,} characters; this is no table.")
        yield line


def _delimiter(path: Path, name: str, encoding: Encoding) -> str:
    """Choose the delimiter that parts the first lines into the most, and the most even, cells."""
    with open_text(path, encoding) as stream:
        lines = []
        try:
            for line in _lines(stream, name):
                lines.append(line)
                if len(lines) == _SAMPLE_LINES:
                    break
        except UnicodeError as error:
            raise FileRejected(
                name, f"the file is no {encoding.label} text; it may be cut off. Export it again."
            ) from error
    first = next((line for line in lines if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) > 4 and first[4] in DELIMITERS:
        return first[4]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if cells:
                widths.append(len(cells))
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    _, times = Counter(widths).most_common(1)[0]
    agree = sum(1 for width in widths if width == widths[0]) / len(widths)
    return (max(agree, times / len(widths) / 2), widths[0])
