"""A small safe Markdown: paragraphs, headings, lists, bold, italic, links. Pure rules.

Everything is escaped first and marked up afterwards, so that nothing typed can become markup of its own.
"""

import re

from markupsafe import Markup, escape

LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\((https://[^\s()<>]{1,500})\)")
BOLD = re.compile(r"\*\*([^*\n]{1,1000})\*\*")
ITALIC = re.compile(r"\*([^*\n]{1,1000})\*")
HEADING = re.compile(r"#{1,6} +")
BULLET = re.compile(r"[-*] +")
NUMBER = re.compile(r"\d{1,3}[.)] +")


def render(source: str) -> Markup:
    """Return the words as HTML that may stand in a page.

    >>> render("Now **here**, <b>")
    Markup('<p>Now <strong>here</strong>, &lt;b&gt;</p>')
    """
    blocks = re.split(r"\n[ \t]*\n", source.replace("\r\n", "\n").strip())
    return Markup("\n".join(_block(block) for block in blocks if block.strip()))  # noqa: S704 - Escaped below.


def plain(source: str, longest: int) -> str:
    """Return the words without their marks, on one line, shortened."""
    words = ITALIC.sub(r"\1", BOLD.sub(r"\1", LINK.sub(r"\1", source)))
    lines = (_without(line.strip()) for line in words.splitlines())
    text = " ".join(line for line in lines if line)
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"


def _block(block: str) -> str:
    lines = [line.strip() for line in block.strip().split("\n")]
    if HEADING.match(lines[0]):
        # The page has its own title above.
        rest = _block("\n".join(lines[1:])) if lines[1:] else ""
        return f"<h2>{_inline(HEADING.sub('', lines[0], count=1))}</h2>{rest}"
    for mark, tag in ((BULLET, "ul"), (NUMBER, "ol")):
        if all(mark.match(line) for line in lines):
            items = "".join(f"<li>{_inline(mark.sub('', line, count=1))}</li>" for line in lines)
            return f"<{tag}>{items}</{tag}>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(line: str) -> str:
    safe = str(escape(line))
    safe = LINK.sub(r'<a href="\2" rel="noopener nofollow">\1</a>', safe)
    return ITALIC.sub(r"<em>\1</em>", BOLD.sub(r"<strong>\1</strong>", safe))


def _without(line: str) -> str:
    for mark in (HEADING, BULLET, NUMBER):
        line = mark.sub("", line, count=1) if mark.match(line) else line
    return line
