"""Text from outside to typed values: texts, e-mail addresses, yes and no; dates and money stand apart."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

from ideaflow.intake.faults import BadValue
from ideaflow.intake.rows import text_of

# The control characters no text needs; tab and line ends stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_NOTHING = frozenset({"", "-", "--", "—", "n/a", "#n/a", "null", "none", "(none)", "[empty]", "[blank]"})
_MARKUP = re.compile(
    r"</?(p|br|div|span|a|ul|ol|li|html|body|table|tr|td|b|strong|em|i|u|h[1-6]|blockquote|img|pre|font)(\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    [
        "p",
        "br",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "table",
        "ul",
        "ol",
        "section",
        "article",
    ]
)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_EMAIL = re.compile(r"[^\s@<>,;:\"'()]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
_YES = frozenset({"true", "yes", "y", "1", "won", "wahr", "ja", "x", "closed won"})
_NO = frozenset({"false", "no", "n", "0", "lost", "falsch", "nein", "", "closed lost"})


def clean_text(cell: Any) -> str:
    """Return a cell as one tidy text: no control characters, no guard against formulas, no outer space.

    >>> clean_text("'=1+1")
    '=1+1'
    """
    text = text_of(cell)
    if text.startswith(_FORMULA):
        text = text[1:]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text).strip()


def optional_text(cell: Any, limit: int = 0) -> str | None:
    """Return a cell's text, or None where it only says that there is nothing ("-", "n/a").

    :param limit: the most characters; 0 for any number.
    :raises BadValue: the text is longer than ``limit``.
    """
    text = clean_text(cell)
    if text.casefold() in _NOTHING:
        return None
    if limit and len(text) > limit:
        raise BadValue(f"the text has {len(text):,} characters; the most here is {limit:,}")
    return text


def words_of(cell: Any) -> str | None:
    """Return what somebody said as plain text, None when nothing was said. HTML loses its tags."""
    text = optional_text(cell)
    if text is None:
        return None
    if _MARKUP.search(text):
        text = html_to_text(text)
    elif "&" in text and re.search(r"&(#\d{2,6}|nbsp|amp|quot|lt|gt|apos);", text):
        text = _CONTROLS.sub("", html.unescape(text)).replace("\u00a0", " ").strip()
    return text if any(character.isalnum() for character in text) else None


class _Words(HTMLParser):
    """Collects the text of a page, with line ends where blocks end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self.silent:
            self.silent -= 1
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data.replace("\n", " "))


def html_to_text(markup: str) -> str:
    """Return the words of an HTML text, one paragraph a line.

    >>> html_to_text("<p>Dear&nbsp;all,</p><div>it <b>crashes</b></div>")
    'Dear all,\\nit crashes'
    """
    parser = _Words()
    parser.feed(markup)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return _CONTROLS.sub("", "\n".join(line for line in lines if line)).strip()


def parse_email(cell: Any) -> str | None:
    """Return an e-mail address in lower case, None for nothing.

    :raises BadValue: the text is no address.
    """
    text = optional_text(cell)
    if text is None:
        return None
    text = text.casefold()
    if "<" in text and text.endswith(">"):
        text = text[text.rindex("<") + 1 : -1]
    text = text.removeprefix("mailto:")
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadValue(f"“{text[:60]}” is no e-mail address")
    return text


def parse_domain(cell: Any) -> str | None:
    """Return the bare domain of a web address, None for nothing or for what is none.

    >>> parse_domain("https://www.Example.com/about")
    'example.com'
    """
    text = optional_text(cell)
    if text is None:
        return None
    text = re.split(r"[\s,;]", text.casefold(), maxsplit=1)[0]
    text = text.split("://", 1)[-1].split("/", 1)[0].split("@")[-1].split(":", 1)[0].removeprefix("www.")
    return text if "." in text and len(text) <= 253 else None


def parse_flag(cell: Any) -> bool | None:
    """Return yes or no, None for nothing.

    :raises BadValue: the cell says neither.
    """
    if isinstance(cell, bool) or cell is None:
        return cell
    text = clean_text(cell).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False if text else None
    raise BadValue(f"“{text[:40]}” is neither yes nor no")
