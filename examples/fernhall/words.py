"""The customers' words: read the hand-written files in ``words/``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOISE = "noise"
KINDS = ("case", "call", "lost", "long")

CLOSING = re.compile(
    r"^(with |kind|best|warm|many|yours|all the|regards|cheers|thanks|thank you|greetings|sincerely|respectfully"
    r"|mit freundlichen|viele grüße|cordial|merci|ciao|ta,|hopefully|gruß|grüße|saludos|take care|ta$"
    r"|tot gauw|terveisin|mvh|vriendelijke|met |have a|freundlich)[^.]{0,60}[.,!]?$",
    re.IGNORECASE,
)
NAME = re.compile(r"^((?:Dr\.? )?[A-ZÀ-Ž][\w.’'-]+)((?: [A-ZÀ-Ža-z][\w.’'-]+){0,3})(, .{2,40})?$")


@dataclass(frozen=True)
class Entry:
    """One thing a customer said, as written down by hand.

    ``key`` is the need's file name with the entry's place in it, ``also`` the second need of a long mail.
    """

    key: str
    need: str
    kind: str
    subject: str
    text: str
    also: str = ""


@dataclass(frozen=True)
class Need:
    """One file of words: its title, how it grows over time, and its entries."""

    key: str
    title: str
    pace: str
    entries: tuple[Entry, ...]

    @property
    def is_noise(self) -> bool:
        return self.pace == NOISE


def sections(path: Path) -> list[str]:
    """Split a hand-written file at its ``%%`` lines; comment lines at its top are left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines and lines[0].startswith("#"):
        lines.pop(0)
    parts = re.split(r"^%%[ \t]*$", "\n".join(lines), flags=re.MULTILINE)
    return [part.strip() for part in parts if part.strip()]


def read_needs() -> list[Need]:
    """Read every file of words, ordered by name."""
    return [read_need(path) for path in sorted((HERE / "words").glob("*.txt"))]


def read_need(path: Path) -> Need:
    """Read one file of words.

    :raises ValueError: the file has no title, or an entry has no text; file and entry are named.
    """
    head = path.read_text(encoding="utf-8").splitlines()[:2]
    if not head or not head[0].startswith("# "):
        raise ValueError(f"{path.name}, line 1: write '# ' and the title of the need.")
    pace = head[1].removeprefix("# pace:").strip() if head[1:] and head[1].startswith("# pace:") else "steady"
    entries = [
        read_entry(text, path.stem, place, is_noise=pace == NOISE)
        for place, text in enumerate(sections(path), 1)
    ]
    return Need(path.stem, head[0][2:].strip(), pace, tuple(entries))


def read_entry(section: str, need: str, place: int, *, is_noise: bool) -> Entry:
    """Read one entry: its mark, its subject, its words, and the second need it names."""
    lines = section.splitlines()
    kind, subject, also = "case", "", ""
    if lines[0].strip("[]") in KINDS:
        kind = lines.pop(0).strip("[]")
    if lines and lines[0].startswith("Subject:"):
        subject = lines.pop(0).removeprefix("Subject:").strip()
    if lines and lines[-1].startswith("#also:"):
        also = lines.pop().removeprefix("#also:").strip()
    text = "\n".join(lines).strip()
    if not text:
        raise ValueError(f"words/{need}.txt, entry {place}: there is no text after its first lines.")
    if kind == "long":
        text = open_signature(text)
    return Entry(f"{need}-{place}", NOISE if is_noise else need, kind, subject, text, also)


def open_signature(text: str) -> str:
    """Put ``{name}`` where a writer signed by hand, so that the contact who files it signs it."""
    if "{name}" in text or "{first}" in text:
        return text
    lines = text.splitlines()
    for at in range(len(lines) - 2, 0, -1):
        if not CLOSING.match(lines[at].strip()):
            continue
        below = at + 2 if not lines[at + 1].strip() and at + 2 < len(lines) else at + 1
        signed = NAME.match(lines[below].strip())
        if signed is None:
            continue
        lines[below] = ("{name}" if signed[2] else "{first}") + (", {title}" if signed[3] else "")
        under = below + 1
        if under < len(lines) and is_job_title(lines[under]):
            lines[under] = "{title}"
        return "\n".join(lines)
    return re.sub(
        r"^(Yours|Groetjes|Cheers|Thanks|Best), [A-Z]\w+( [A-Z]\w+)?$",
        r"\1, {name}",
        text,
        flags=re.MULTILINE,
    )


def is_job_title(line: str) -> bool:
    """Say whether a line under a signature reads like a job title."""
    return bool(re.match(r"^[A-Z][\w &/,'-]{3,48}$", line.strip())) and len(line.split()) <= 6
