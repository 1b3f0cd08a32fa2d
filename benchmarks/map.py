"""How fluid the map is: ``IDEAFLOW_HOME=empty-folder python -m benchmarks.map [STATEMENTS THEMES AREAS]``.

Fills the instance with an invented company, serves it, and looks at the map in Chromium: the time to the
first picture, and how long frames take while one zooms with the wheel and drags.
"""

import logging
import statistics
import sys
import threading
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from benchmarks.flood import flood
from ideaflow import schema
from ideaflow.app import create_app
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.users import service as users
from tests.browser.looking import FLAGS, SYSTEM_CHROMIUM

EMAIL, PASSWORD = "maren@fernhall.example", "a password for benchmarks"
RECORD = """() => { window.frames_ = []; let last = performance.now();
    const next = () => { const now = performance.now(); frames_.push(now - last); last = now;
        window.going = requestAnimationFrame(next); }; next(); }"""
STOP = "() => { cancelAnimationFrame(window.going); return window.frames_; }"


def frames(page: Page, name: str, act: Any) -> None:
    """Print how long frames take while ``act`` goes on."""
    page.evaluate(RECORD)
    act()
    taken = sorted(page.evaluate(STOP))
    late = taken[int(0.95 * (len(taken) - 1))]
    print(f"{name}: {len(taken)} frames, median {statistics.median(taken):.0f} ms, 95 % within {late:.0f} ms")


def look(page: Page, url: str) -> None:
    """Sign in, open the map twice, zoom and drag."""
    page.goto(f"{url}/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    page.wait_for_url(f"{url}/")
    for name in ("first picture", "again"):
        began = time.perf_counter()
        page.goto(f"{url}/themes/map", wait_until="commit")
        page.wait_for_selector("[data-map][data-ready]", timeout=60_000)
        dots = page.locator("[data-map]").get_attribute("data-dots")
        print(f"{name}: {time.perf_counter() - began:.2f} s, {dots} dots")
    frame = page.locator("[data-map]").bounding_box()
    assert frame is not None
    x, y = frame["x"] + 0.4 * frame["width"], frame["y"] + 0.45 * frame["height"]

    def wheel() -> None:
        for _ in range(14):
            page.mouse.wheel(0, -120)
            time.sleep(0.08)

    def drag() -> None:
        page.mouse.down()
        for step in range(20):
            page.mouse.move(x + 8 * step, y + 4 * step)
            time.sleep(0.03)
        page.mouse.up()

    page.mouse.move(x, y)
    frames(page, "zoom", wheel)
    time.sleep(2)
    page.mouse.move(x, y)
    frames(page, "drag", drag)


def main() -> None:
    """Fill, serve, look."""
    sizes = [int(one) for one in sys.argv[1:4]] or [100_000, 60, 8]
    app = create_app(None, {"RATELIMIT_ENABLED": False})
    with app.app_context():
        schema.upgrade()
        if db.session.query(FeedbackItem.id).first() is None:
            users.add_user(EMAIL, "Maren Holt", ["product_manager"], PASSWORD)
            flood(*sizes)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        look(
            browser.new_page(viewport={"width": 1440, "height": 900}),
            f"http://127.0.0.1:{server.server_port}",
        )
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
