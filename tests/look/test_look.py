"""The look without the application: every component drawn in Chromium under the policy the product serves.

``LOOK=folder pytest tests/look`` also leaves a photograph of every page, width and theme in that folder.
"""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jinja2
import pytest
from playwright.sync_api import Page

from ideaflow import wording
from ideaflow.errors import NotFound
from ideaflow.web import CONTENT_POLICY
from tests.browser.looking import violations

pytestmark = pytest.mark.browser

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
PAGES = {
    "gallery": "gallery.html",
    "gates": "gates.html",
    "sign-in": "users/sign_in.html",
    "link-sent": "users/link_sent.html",
    "confirm": "users/confirm_link.html",
    "error": "errors/error.html",
}
JOB = '{% from "_macros/parts.html" import progress %}{{ progress("Read 1,500 rows", 1, done=true) }}'


def sample(name: str) -> dict[str, object]:
    """Give a page something to show."""
    values = json.loads((HERE / "sample.json").read_text(encoding="utf-8"))
    if name not in ("gallery", "gates", "error"):
        wrong = "E-mail and password do not belong together." if name == "sign-in" else ""
        return {
            "email": values["email"],
            "name": values["name"],
            "token": "t",
            "is_good": True,
            "error": wrong,
        }
    values["error"] = NotFound("There is no theme 999. It may have been merged; the inbox shows its heir.")
    return values


def environment() -> jinja2.Environment:
    env = jinja2.Environment(loader=jinja2.FileSystemLoader([HERE, ROOT / "templates"]), autoescape=True)
    env.add_extension("jinja2.ext.i18n")
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(wording.FILTERS)
    env.globals.update(
        url_for=lambda _endpoint, filename: f"/static/{filename}",
        csrf_token=lambda: "token",
        get_flashed_messages=lambda with_categories: [],
        parts_of=lambda _place, _record: [],
    )
    return env


class Site(BaseHTTPRequestHandler):
    """Serve the rendered pages and the static files, with the content security policy."""

    templates = environment()

    def do_GET(self) -> None:
        path = self.path.split("?")[0].strip("/")
        if path.startswith("static/"):
            file = ROOT / path
            body, kind = file.read_bytes() if file.is_file() else b"", TYPES.get(file.suffix, "text/plain")
        elif path in PAGES:
            body, kind = (
                self.templates.get_template(PAGES[path]).render(sample(path)).encode(),
                "text/html; charset=utf-8",
            )
        elif path == "progress":
            body, kind = self.templates.from_string(JOB).render().encode(), "text/html"
        else:
            body, kind = b"There is no such theme.", "text/html"
        self.send_response(404 if body.startswith(b"There") else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", CONTENT_POLICY)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take a row away; refuse without the token."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200 if self.headers.get("X-CSRFToken") == "token" else 400)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def open_page(chromium, url: str, width: int = 1440, theme: str = "light") -> tuple[Page, list[str]]:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    drawn(page)
    return page, errors


def drawn(page: Page) -> None:
    """Wait until the fonts are there and every picture is drawn."""
    page.wait_for_function(
        "document.fonts.status === 'loaded'"
        " && [...document.querySelectorAll('[data-chart]')].every((box) => box.childElementCount)"
    )


LIGHT, DARK = ((1440, "light"), (390, "light")), ((1440, "dark"), (390, "dark"))
VIEWS = [
    (name, width, theme)
    for name in PAGES
    for width, theme in (LIGHT + DARK if name in ("gallery", "gates") else (LIGHT[0], DARK[1]))
]


@pytest.mark.parametrize(("name", "width", "theme"), VIEWS)
def test_a_page_is_accessible_fits_and_keeps_the_policy(chromium, site, name, width, theme):
    page, errors = open_page(chromium, f"{site}/{name}", width, theme)
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}-{width}-{theme}.png", full_page=True)
    wrong = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wrong == []
    assert errors == []
    assert wide <= width, "the page scrolls sideways"


def test_rows_are_walked_and_selected_by_key(chromium, site):
    page, _ = open_page(chromium, f"{site}/gallery")
    bulk = page.locator(".if-bulk")
    assert bulk.is_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tr.sel").count() == 1
    assert bulk.is_visible() and "1 selected" in bulk.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "Labels in two languages"
    page.locator("[data-select-all]").check()
    assert "3 selected" in bulk.inner_text()
    page.keyboard.press("Enter")
    page.close()


def test_keys_open_the_search_and_the_help_but_not_while_one_types(chromium, site):
    page, _ = open_page(chromium, f"{site}/gallery")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j?x")
    assert page.input_value("#q") == "j?x"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()
    page.close()


def test_the_chosen_theme_lasts_and_pictures_follow_it(chromium, site):
    page, errors = open_page(chromium, f"{site}/gallery")
    before = page.locator("[data-chart=months]").inner_html()
    page.locator(".if-rail [data-theme-toggle]").click()
    assert page.locator("[data-chart=months]").inner_html() != before
    page.reload()
    drawn(page)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert errors == []
    page.close()


def test_a_notice_can_be_closed(chromium, site):
    page, _ = open_page(chromium, f"{site}/gallery")
    page.locator("[data-dismiss]").first.click()
    assert page.locator("[data-notice]").count() == 0
    page.close()


def test_progress_is_asked_for_until_the_job_is_done(chromium, site):
    page, errors = open_page(chromium, f"{site}/gallery")
    page.get_by_text("Read 1,500 rows").wait_for()
    assert page.locator("[hx-trigger]").count() == 0
    assert errors == []
    page.close()


def test_a_refusal_is_told_in_the_notices_and_leaves_the_page_alone(chromium, site):
    page, _ = open_page(chromium, f"{site}/gallery")
    page.evaluate("htmx.ajax('GET', '/themes/999', '.if-words')")
    page.get_by_text("There is no such theme.").wait_for()
    assert page.locator("#notice").inner_text() == "There is no such theme."
    assert page.locator(".if-words > li").count() == 2
    page.close()


def test_the_next_row_has_the_focus_when_one_is_gone(chromium, site):
    page, errors = open_page(chromium, f"{site}/gallery")
    page.keyboard.press("j")
    page.evaluate("htmx.ajax('POST', '/dismiss', {target: '[data-row]', swap: 'outerHTML'})")
    page.wait_for_function("document.querySelectorAll('[data-row]').length === 2")
    page.wait_for_function("document.activeElement.textContent === 'Labels in two languages'")
    assert errors == []
    page.close()


def test_a_server_that_is_away_is_told(chromium, site):
    page, _ = open_page(chromium, f"{site}/gallery")
    page.route("**/away", lambda route: route.abort())
    page.evaluate("htmx.ajax('GET', '/away', '.if-words').catch(() => 0)")
    page.get_by_text("The server cannot be reached.").wait_for()
    page.close()


def test_selection_and_filter_work_without_a_script(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/gallery")
    assert page.locator(".if-bulk").is_visible()
    assert page.get_by_role("button", name="Filter").is_visible()
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Inter")
    context.close()
