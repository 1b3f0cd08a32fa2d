"""How fast pages are: the list of themes beside a bare Flask page, interleaved in one run."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable

from flask import Flask

from ideaflow.app import create_app
from ideaflow.db import db
from ideaflow.users.models import User

PAIRS = 9
REQUESTS = 40


def bare() -> Callable[[], None]:
    """Return a request to a Flask page that says hello and nothing else."""
    app = Flask("bare")
    app.add_url_rule("/", "hello", lambda: "hello")
    browser = app.test_client()
    return lambda: _good(browser.get("/").status_code)


def page(app: Flask, address: str) -> Callable[[], None]:
    """Return a request for ``address`` as an administrator."""
    browser = app.test_client()
    with app.app_context():
        user = db.session.query(User).filter(User.left_at.is_(None)).order_by(User.id).first()
        if user is None:
            raise SystemExit("Nobody can sign in on this instance. Run `ideaflow demo --no-serve` first.")
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = user.get_id(), True
    return lambda: _good(browser.get(address).status_code)


def _good(status: int) -> None:
    if status != 200:
        raise SystemExit(f"The page answered {status}.")


def measure(request: Callable[[], None]) -> tuple[float, float]:
    """Return requests a second by wall clock, and CPU milliseconds for one."""
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(REQUESTS):
        request()
    return REQUESTS / (time.perf_counter() - began), (time.process_time() - cpu) * 1000 / REQUESTS


def compare(app: Flask, address: str, pairs_wanted: int) -> dict[str, object]:
    """Take both in turns and return the median of the pairwise ratios."""
    ours, yardstick = page(app, address), bare()
    measure(ours)
    measure(yardstick)
    pairs = [(measure(ours), measure(yardstick)) for _ in range(pairs_wanted)]
    ratios = [one[0] / other[0] for one, other in pairs]
    return {
        "page": address,
        "requests_per_second": round(statistics.median(one[0] for one, _ in pairs), 1),
        "bare_flask_per_second": round(statistics.median(other[0] for _, other in pairs), 1),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_least": round(min(ratios), 3),
        "ratio_most": round(max(ratios), 3),
        "cpu_milliseconds": round(statistics.median(one[1] for one, _ in pairs), 2),
    }


def main() -> None:
    """Print a line for each page, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=["/themes/", "/accounts/", "/feedback/", "/"])
    parser.add_argument("--pairs", type=int, default=PAIRS, help="measurements of either, in turns")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    app = create_app()
    rows = [compare(app, address, arguments.pairs) for address in arguments.pages]
    if arguments.json:
        json.dump(rows, sys.stdout, indent=1)
        print()
        return
    print(f"{'page':14} {'a second':>9} {'bare Flask':>11} {'ratio':>7} {'(least–most)':>15} {'CPU ms':>7}")
    for row in rows:
        span = f"({row['ratio_least']}–{row['ratio_most']})"
        print(
            f"{row['page']:14} {row['requests_per_second']:9} {row['bare_flask_per_second']:11} "
            f"{row['ratio']:7} {span:>15} {row['cpu_milliseconds']:7}"
        )


if __name__ == "__main__":
    main()
