"""Hostile texts typed into every form of every page that links lead to, as somebody at a keyboard would."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError
from werkzeug.exceptions import HTTPException

from tests.browser.hostile import TEXTS, links_of

LONGEST = ("<script>ran()</script>\u202e=1+1 𝕏🧨\u200b" * 800)[:20_000]
# Marks the forms with free text, opens what hides them, and answers what else they ask.
FORMS = """
() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const isFree = (one) => one.matches("textarea, input:not([type]), input[type=text], input[type=search]");
  const isOpen = (one) => [...one.elements].some(isFree) && !one.querySelector("[type=password]");
  const all = [...document.forms].filter(isOpen);
  all.forEach((form, at) => {
    form.noValidate = true;
    form.dataset.typed = at;
    [...form.elements].forEach((one) => {
      if (isFree(one) && !one.readOnly && !one.disabled) one.dataset.free = at;
      if (one.matches("select") && !one.value) one.selectedIndex = one.options.length - 1;
      if (one.type === "radio" && !form.querySelector(`[name="${one.name}"]:checked`)) one.checked = true;
    });
  });
  return all.map((one) => one.getAttribute("hx-post") || one.getAttribute("action") || location.pathname);
}
"""
SEND = """
(at) => {
  const form = document.querySelector(`[data-typed="${at}"]`);
  const button = [...form.elements].find((one) => one.type === "submit" && !one.disabled);
  form.requestSubmit(button);
}
"""


@dataclass
class Typing:
    """What happened while texts were typed.

    :ivar sent: how often a form was sent, by the endpoint that took it.
    :ivar failed: what was answered by a crash, or not at all.
    """

    sent: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    failed: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)


def type_into(
    app: Flask, url: str, context: BrowserContext, roots: list[str], rounds: int, *, follow: bool
) -> Typing:
    """Open pages and send each of their forms ``rounds`` times; of every sixth the first text is the longest.

    :param follow: whether to open one page of each endpoint that links lead to, too.
    """
    found, page = Typing(), context.new_page()
    page.set_default_timeout(10_000)
    page.expose_function("ran", lambda *_: found.ran.append(page.url))
    page.on("dialog", lambda dialog: dialog.accept())
    addresses, waiting, seen = app.url_map.bind("127.0.0.1"), deque(roots), set()

    def endpoint_of(path: str, method: str) -> str | None:
        try:
            return str(addresses.match(path.split("#")[0].split("?")[0], method=method)[0])
        except HTTPException:
            return None

    while waiting:
        path = waiting.popleft().split("#")[0]
        endpoint = endpoint_of(path, "GET")
        if endpoint is None or endpoint in seen or endpoint == "static":
            continue
        seen.add(endpoint)
        try:
            _open(page, url + path)
        except PlaywrightError as error:
            if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
                found.failed.append(f"{path}: {error}")
            continue
        waiting.extend(links_of(page, path) if follow else [])
        for at, goal in enumerate(page.evaluate(FORMS)):
            taker = endpoint_of(goal, "POST") or endpoint_of(goal, "GET") or goal
            for turn in range(rounds if not found.sent[taker] else 0):
                _send(page, url + path, at, taker, turn, found)
    return found


def _send(page: Page, address: str, at: int, taker: str, turn: int, found: Typing) -> None:
    """Fill a form of a page anew loaded, and send it; a text for each field and turn."""
    try:
        _open(page, address)
        if at >= len(page.evaluate(FORMS)):
            return  # What was sent before took it away.
        start = 7 * len(found.sent) + 11 * turn
        for number, one in enumerate(page.locator(f"[data-free='{at}']").all()):
            is_longest = turn == 0 and len(found.sent) % 6 == 5
            one.fill(LONGEST if is_longest else TEXTS[(start + number) % len(TEXTS)], force=True)
            found.fields += 1
        with page.expect_response(_is_answer) as answer:
            page.evaluate(SEND, at)
        found.sent[taker] += 1
        if answer.value.status >= 500:
            found.failed.append(f"{taker}: {answer.value.status}")
    except PlaywrightError as error:
        found.failed.append(f"{taker} from {address}: {str(error)[:200]}")


def _open(page: Page, address: str) -> None:
    """Open a page; what was sent before may still be loading."""
    for is_last in (False, False, False, False, True):
        try:
            page.goto(address)
            return
        except PlaywrightError as error:
            is_other = not any(words in str(error) for words in ("interrupted by another", "ERR_ABORTED"))
            if is_last or is_other:
                raise
            page.wait_for_timeout(400)  # It comes to its end meanwhile.


def _is_answer(answer: Any) -> bool:
    is_page = answer.request.resource_type in ("document", "xhr", "fetch")
    return is_page and not 300 <= answer.status < 400
