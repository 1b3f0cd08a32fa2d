"""Which encoding a text file is in, found from its bytes."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path

from ideaflow.intake.faults import FileRejected

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SAMPLE = 8192
_CHUNK = 1 << 20
_TOO_MUCH_NUL = 0.02


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file, and what to call that."""

    codec: str
    errors: str
    label: str


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that are no UTF-8 as Windows-1252; the five it leaves undefined become U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("ideaflow-cp1252", _as_windows_1252)


def detect(path: Path, name: str) -> Encoding:
    """Find the encoding of a text file by its mark, its NUL bytes or, last, by decoding all of it.

    :raises FileRejected: it is no text.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    for mark, codec, label in _BOMS:
        if head.startswith(mark):
            return Encoding(codec, "surrogatepass" if codec != "utf-8-sig" else "ideaflow-cp1252", label)
    if head.count(0) > _TOO_MUCH_NUL * len(head):
        return _utf16_without_mark(head, name)
    return _by_decoding(path)


def _utf16_without_mark(head: bytes, name: str) -> Encoding:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > half * 0.4 and even < half * 0.1:
        return Encoding("utf-16-le", "surrogatepass", "UTF-16 without BOM")
    if even > half * 0.4 and odd < half * 0.1:
        return Encoding("utf-16-be", "surrogatepass", "UTF-16 without BOM")
    if even + odd > len(head) * 0.2:
        raise FileRejected(name, "this is no text file. Bring the export as CSV, XLSX, JSON or JSON lines.")
    return Encoding("utf-8", "ideaflow-cp1252", "UTF-8")


def _by_decoding(path: Path) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return Encoding("utf-8", "ideaflow-cp1252", "Windows-1252")
    return Encoding("utf-8", "strict", "UTF-8")


def open_text(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    """Open a file for reading with its line ends as they are."""
    return path.open("r", encoding=encoding.codec, errors=encoding.errors, newline="")
