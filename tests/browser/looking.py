"""Looks at pages of the running product in Chromium: what a person sees, and what an assistive program hears.

``LOOK=folder pytest tests/browser`` also leaves a photograph of every page looked at in that folder.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page

from ideaflow.accounts.models import Contact
from ideaflow.users.models import User

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = (1440, 390)
THEMES = ("light", "dark")
ALL_LOOKS = tuple(product(WIDTHS, THEMES))
LOOKS = tuple(zip(WIDTHS, THEMES, strict=True))
"""Each width and each theme once, where all four would be the same page again."""
ASKING = """
  const asked = new Set(), ask = window.fetch, { open, send } = XMLHttpRequest.prototype;
  window.fetch = (...what) => {
    const one = { url: String(what[0].url || what[0]) };
    asked.add(one);
    return ask(...what).finally(() => asked.delete(one));
  };
  XMLHttpRequest.prototype.open = function (method, url, ...more) {
    this.asked = { url: String(url) };
    return open.call(this, method, url, ...more);
  };
  XMLHttpRequest.prototype.send = function (...what) {
    const one = this.asked;
    asked.add(one);
    this.addEventListener("loadend", () => asked.delete(one));
    return send.apply(this, what);
  };
  window.stillAsked = () => [...asked].map((one) => one.url);
"""
"""Knows what a page’s scripts ask the server for, so that nobody waits longer than for its answers."""
_WAITS = """
  const after = (time) => new Promise((done) => setTimeout(done, time));
  const frame = () => Promise.race([new Promise((done) => requestAnimationFrame(done)), after(1000)]);
"""
"""A frame, or a second: a browser at work for minutes was seen to give none to a page made narrower."""
ANSWERED = f"""
async () => {{ {_WAITS}
  const end = performance.now() + 30_000;
  await Promise.race([document.fonts.ready, after(30_000)]);
  for (let quiet = 0; quiet < 4; quiet = stillAsked().length ? 0 : quiet + 1) {{
    if (performance.now() > end) throw new Error(`Waited in vain for ${{stillAsked()}} or fonts`);
    await frame();
  }}
}}
"""
AT_REST = f"""
async () => {{ {_WAITS}
  await frame();
  await frame();
  const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 3000);
  await Promise.race([Promise.allSettled(moving.map((one) => one.finished)), after(3000)]);
  await frame();
}}
"""
"""Until colours have come from one theme to the other: a contrast half-way is nobody's."""
FIND = """
async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map((one) => [one.id, one.nodes.slice(0, 4).map((node) => node.target)]);
}
"""


@dataclass
class Site:
    """The product, served for a browser on an address of its own."""

    app: Flask
    url: str
    chromium: Browser
    _pages: list[Page] = field(default_factory=list)

    def open(
        self,
        path: str,
        *,
        as_user: User | None = None,
        as_contact: Contact | None = None,
        width: int = 1440,
        theme: str = "light",
        **more: Any,
    ) -> tuple[Page, list[str]]:
        """Open a page as somebody; returns it with the list its console errors are written to."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, **more
        )
        if more.get("java_script_enabled", True):
            context.add_init_script(ASKING)
        if as_user:
            context.add_cookies(
                [{**self.signed({"_user_id": as_user.get_id(), "_fresh": True}), "url": self.url}]
            )
        if as_contact:
            context.add_cookies([{**self.signed({"contact": f"{as_contact.id}:0"}), "url": self.url}])
        page = context.new_page()
        self._pages.append(page)
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        self.visit(page, path)
        return page, errors

    def visit(self, page: Page, path: str) -> None:
        """Go to a page that was opened here, until it and all that its scripts ask for is there."""
        page.goto(self.url + path)
        if page.evaluate("'stillAsked' in window"):  # Else no script runs in this one.
            page.evaluate(ANSWERED)

    def close_pages(self) -> None:
        """Close what was opened."""
        for page in self._pages:
            page.context.close()
        self._pages.clear()

    def signed(self, session: dict[str, Any]) -> dict[str, str]:
        """Return the cookie of a session that holds this."""
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = signer.dumps({**session, "_permanent": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value}


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Return what axe finds wrong: the rule, and the first elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [(rule, places) for rule, places in page.evaluate(FIND)]


def photograph(page: Page, name: str) -> None:
    """Leave a picture of the whole page in the folder that ``LOOK`` names, if it names one."""
    if folder := os.environ.get("LOOK"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def assert_sound_in_all_looks(
    page: Page, errors: list[str], name: str, looks: Iterable[tuple[int, str]] = ALL_LOOKS
) -> None:
    """Make sure of a page in every width and theme, loaded once: the window and the theme change under it.

    What is drawn by a script is drawn again for another theme, so one look at a time is waited for.
    """
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.evaluate(AT_REST)
        assert_sound(page, errors, f"{name}-{width}-{theme}")


def assert_sound(page: Page, errors: list[str], name: str) -> None:
    """Make sure of what every page owes: no barrier, nothing refused by the policy, nothing cut off.

    :param name: how its photograph is called.
    """
    photograph(page, name)
    wrong = violations(page)
    assert not wrong, f"{name}: {wrong}"
    assert errors == [], name
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
