"""What every page shows around itself: navigation, who is signed in, and the words of its numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, g, request, url_for
from flask_login import current_user

from ideaflow import parts, wording
from ideaflow.clock import now, today
from ideaflow.config import Settings
from ideaflow.web import add_filters


@dataclass(frozen=True)
class NavigationItem:
    """One line of the rail."""

    label: str
    icon: str
    url: str
    count: int
    is_due: bool
    is_current: bool


# label, icon, endpoint; a slice that is not there yet has no line.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Listen",
        (
            ("Start", "home", "start.index"),
            ("Feedback", "message-2", "feedback.index"),
            ("Themes", "stack-2", "themes.index"),
            ("Map", "chart-bubble", "themes.map_page"),
            ("Import", "upload", "intake.index"),
        ),
    ),
    (
        "Decide and build",
        (
            ("Proposals", "file-text", "proposals.index"),
            ("Board", "layout-kanban", "gates.board"),
            ("Gate reviews", "gavel", "gates.reviews"),
            ("Co-design", "pencil-heart", "codesign.index"),
            ("Launches", "rocket", "launches.index"),
            ("Calendar", "calendar-event", "gates.calendar"),
            ("Portfolio", "chart-bar", "portfolio.index"),
        ),
    ),
    (
        "Customers",
        (
            ("My accounts", "user-check", "my_accounts.index"),
            ("Accounts", "building", "accounts.index"),
            ("Commitments", "calendar-check", "commitments.index"),
            ("Ideas", "bulb", "ideas.index"),
            ("The loop", "refresh", "closing.index"),
            ("Roadmap", "road", "roadmap.index"),
            ("Announcements", "bell", "announcements.index_of_announcements"),
        ),
    ),
    (
        "Keep order",
        (
            ("Market", "coin", "market.index"),
            ("Processes", "git-fork", "processes.index"),
            ("Users", "users-group", "users.index"),
            ("Portal look", "contrast", "portal_staff.show_look"),
            ("Audit", "history", "audit.index_of_audit"),
        ),
    ),
)
Counter = Callable[[], tuple[int, bool]]
_counters: dict[str, Counter] = {}


def counts(endpoint: str, counter: Counter) -> None:
    """Show a number beside a navigation item: how many, and whether they wait for the signed-in user."""
    _counters[endpoint] = counter


def add_navigation(app: Flask, settings: Settings) -> None:
    """Give every template the navigation, the company and the filters for words and numbers."""

    def values() -> dict[str, object]:
        return {
            "navigation": _groups(app) if current_user and current_user.is_authenticated else [],
            "company": settings.company or "",
            "currency": settings.currency,
            "now": now(),
            "today": today(),
            "search_url": "/themes/" if "themes.index" in app.view_functions else "",
            "parts_of": parts.of,
        }

    app.context_processor(values)
    add_filters(
        app,
        {
            "money": lambda amount, currency=settings.currency: wording.money(amount, currency),
            "sum_of": wording.sum_of,
            "sums": lambda sums: wording.sums(sums, settings.currency),
            "count": wording.count,
            "share": wording.share,
            "decimal": wording.decimal,
            "day": lambda day: wording.day(day, today()),
            "ago": lambda moment: wording.ago(moment, now()),
            "plural": wording.plural,
            "initials": wording.initials,
            "times": wording.times,
            "shorten": wording.shorten,
            "spark": wording.spark,
            "pair": lambda value: (value, value),
            "in_words": wording.in_words,
        },
    )


def _groups(app: Flask) -> list[dict[str, object]]:
    groups: list[dict[str, object]] = []
    for title, items in GROUPS:
        shown = [_item(*item) for item in items if _may_open(app, item[2])]
        if shown:
            groups.append({"label": title, "links": shown})
    return groups


def _may_open(app: Flask, endpoint: str) -> bool:
    view = app.view_functions.get(endpoint)
    return view is not None and current_user.may(getattr(view, "policy", "administer"))


def _item(label: str, icon: str, endpoint: str) -> NavigationItem:
    is_counted = endpoint in _counters and not g.get("is_database_away")
    count, is_due = _counters[endpoint]() if is_counted else (0, False)
    here = g.get("navigation_endpoint") or request.endpoint or ""
    same_slice = here.split(".")[0] == endpoint.split(".")[0] and here not in _all_endpoints()
    is_current = here == endpoint or (same_slice and endpoint == _first_of(endpoint.split(".")[0]))
    return NavigationItem(label, icon, url_for(endpoint), count, is_due, is_current)


def _all_endpoints() -> set[str]:
    return {item[2] for _, items in GROUPS for item in items}


def _first_of(slice_name: str) -> str:
    return next(item[2] for _, items in GROUPS for item in items if item[2].startswith(slice_name + "."))
