"""What can be wrong with a file or a value, in words for the person who brought it."""

from __future__ import annotations

from ideaflow.errors import Invalid


class BadValue(ValueError):
    """One value cannot be what its column says; the message is the reason, without place."""


class FileRejected(Invalid):
    """A whole file cannot be imported; nothing of it was stored.

    :param name: the file's name as its owner knows it.
    :param reason: what is wrong and what to do next.
    :param row: where, counted as a spreadsheet does (the header is row 1), 0 for the file as a whole.
    :param column: the column's header, "" when no single column is at fault.
    """

    def __init__(self, name: str, reason: str, *, row: int = 0, column: str = "") -> None:
        self.name, self.reason, self.row, self.column = name, reason, row, column
        where = name
        if row:
            where += f", row {row:,}"
        if column:
            where += f", column “{column}”"
        super().__init__(f"{where}: {reason}")
