"""Hostile texts: put into every free text of a database, before every page that links lead to is opened."""

import csv
import io
import re
from collections import Counter, deque
from dataclasses import dataclass, field

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import Column, String, Table, text
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from ideaflow.db import db, metadata
from ideaflow.feedback.capture_pages import bookmarklet

_FORMS = (
    "<script>ran()</script>", "<img src=x onerror=ran()>", '"><svg onload=ran()>', "'><body onload=ran()>",
    "javascript:ran()", "<iframe srcdoc='<script>parent.ran()</script>'>", "{{7*7}}${7*7}<%= 7*7 %>",
    "</title><script>ran()</script>", "</textarea><script>ran()</script>", "</script><script>ran()</script>",
    "-->\"'<script>ran()</script>", "<a href=javascript:ran()>x</a>", "<style>*{display:none}</style>",
    "\u202eevil\u202c \u2066x\u2069", '=HYPERLINK("http://evil","x")', "+cmd|' /C calc'!A0", "@SUM(1+1)",
    "<math><mtext><option><script>ran()</script>", "<details open ontoggle=ran()>",
    "<input autofocus onfocus=ran()>", "<video><source onerror=ran()>", "<object data=javascript:ran()>",
    "<embed src=javascript:ran()>", "<form action=javascript:ran()><button>x",
    "<meta http-equiv=refresh content='0;url=javascript:ran()'>", "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>", "\\u003cscript\\u003eran()\\u003c/script\\u003e",
    "&lt;script&gt;ran()&lt;/script&gt;", "<div hx-get='/x' hx-trigger='load' hx-on::load='ran()'>",
    "[x](javascript:ran())", '![x](x" onerror="ran())', "<b onmouseover=ran()>b</b>", "𝕏" * 50, "a" * 290,
    "%3Cscript%3Eran()%3C/script%3E", "x\ufeff\u200b\u200d",
    "<svg><animate onbegin=ran() attributeName=x dur=1s>",
    "<xss style='animation:x' onanimationstart=ran()>", "Ω≈ç√∫˜µ≤≥÷ عربى 汉字",
)  # fmt: skip
TEXTS = tuple(form if not turn else f"{form} {turn}" for turn in range(3) for form in _FORMS)[:100]
# What programs read, not people: states, keys, hashes, and the formulas that are checked when written.
KEYS = re.compile(
    "email|path|.*hash|.*_key|key|kind|state|source.*|color|language|currency|code|formula|definition|.*type|model.*"
)
LINKS = "a[href], [hx-get]"
ADDRESSES = "all => all.map(one => one.getAttribute('href') || one.getAttribute('hx-get'))"
WIDTH = "document.documentElement.scrollWidth"
TOO_WIDE = """
(width) => [...document.querySelectorAll("body *")]
  .filter((one) => Math.max(one.getBoundingClientRect().right, one.scrollWidth) > width + 1)
  .filter((one) => !one.closest(".if-scroll")).slice(-4)
  .map((one) => `${one.localName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`).join(" ")
"""
MAKES_NOTHING = "base, object, embed, style, [onerror], [onload], [onmouseover], [onfocus], [ontoggle]"


def fill() -> int:
    """Put a hostile text into every free text of the database that has one; returns in how many columns."""
    session, count = db.session, 0
    session.execute(text("SET session_replication_role = replica"))
    for table in metadata.sorted_tables:
        if not table.name.startswith(("audit", "alembic")):
            for column in table.columns:
                if _is_free(table, column):
                    count += _fill(table, column)
    session.commit()
    return count


def _is_free(table: Table, column: Column[object]) -> bool:
    if not isinstance(column.type, String) or (column.type.length or 300) < 300:
        return False
    if column.primary_key or column.foreign_keys or column.unique or KEYS.fullmatch(column.name):
        return False
    return not any(column.name in rule.columns for rule in table.constraints if hasattr(rule, "columns"))


def _fill(table: Table, column: Column[object]) -> bool:
    filling = text(
        f"""UPDATE "{table.name}" AS t SET "{column.name}" = (CAST(:texts AS text[]))[1 + n % {len(TEXTS)}]
        FROM (SELECT ctid AS place, row_number() OVER () AS n FROM "{table.name}") AS rows
        WHERE t.ctid = rows.place AND coalesce(t."{column.name}", '') <> ''"""
    )
    try:
        with db.session.begin_nested():
            db.session.execute(filling, {"texts": list(TEXTS)})
    except IntegrityError:
        return False  # The database itself takes only words it knows there.
    return True


@dataclass
class Walk:
    """What happened while pages were opened.

    :param ran: pages on which a text was executed.
    :param made: pages on which a text became an element.
    :param away: requests to other sites.
    :param wide: pages that scroll sideways.
    :param formulas: cells of downloads that a spreadsheet would work out.
    """

    endpoints: Counter[str] = field(default_factory=Counter)
    ran: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)


def walk(app: Flask, url: str, context: BrowserContext, roots: list[str], each: int) -> Walk:
    """Open every page that links from ``roots`` lead to, at most ``each`` of an endpoint."""
    found, page = Walk(), context.new_page()
    page.expose_function("ran", lambda *_: found.ran.append(page.url))
    page.on("dialog", lambda dialog: (found.ran.append(page.url), dialog.dismiss()))
    page.on(
        "request",
        lambda one: None if one.url.startswith((url, "data:", "blob:")) else found.away.append(one.url),
    )
    addresses, waiting, seen = app.url_map.bind("127.0.0.1"), deque(roots), set()
    while waiting:
        path = waiting.popleft().split("#")[0]
        try:
            endpoint, _ = addresses.match(path.split("?")[0], method="GET")
        except HTTPException:
            continue
        if path in seen or found.endpoints[endpoint] >= each or endpoint == "static":
            continue
        seen.add(path)
        found.endpoints[endpoint] += 1
        waiting.extend(_visit(page, url, path, found))
    return found


def _visit(page: Page, url: str, path: str, found: Walk) -> list[str]:
    try:
        answer = page.goto(url + path, wait_until="load")
    except PlaywrightError as error:
        if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
            found.failed.append(f"{path}: {error}")
        else:
            found.formulas.extend(f"{path}: {cell}" for cell in _formulas(page, url + path))
        return []
    if answer is None or answer.status >= 500:
        found.failed.append(path)
    if page.query_selector(MAKES_NOTHING):
        found.made.append(path)
    if page.viewport_size and page.evaluate(WIDTH) > page.viewport_size["width"]:
        found.wide.append(f"{path}: {page.evaluate(TOO_WIDE, page.viewport_size['width'])}")
    links = page.eval_on_selector_all(LINKS, ADDRESSES)
    found.ran.extend(f"{path}: {link}" for link in links if _would_run(link))
    return links_of(page, path)


def links_of(page: Page, path: str) -> list[str]:
    """Return where the links of a page lead, on this site."""
    links = page.eval_on_selector_all(LINKS, ADDRESSES)
    own = [path.split("?")[0] + link if link.startswith("?") else link for link in links]
    return [link for link in own if link.startswith("/") and not link.startswith("//")]


def _would_run(link: str) -> bool:
    # The bookmark that captures from any page is a script of our own, made of nothing that anybody typed.
    return link.strip().lower().startswith("javascript") and not link.startswith(bookmarklet("")[:60])


def _formulas(page: Page, address: str) -> list[str]:
    """Return the cells of a download that begin as a formula does and are no number."""
    answer = page.context.request.get(address)
    if answer.headers.get("content-type", "").startswith("text/csv"):
        cells = (cell for row in csv.reader(io.StringIO(answer.text())) for cell in row)
        return [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell and not _is_number(cell)]
    return []


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.,\s%]+", cell) is not None
