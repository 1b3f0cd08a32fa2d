"""What stands around every page of the portal: tabs, who is signed in, the languages to choose from."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext

from ideaflow import parts
from ideaflow.portal import access, languages, look


@dataclass(frozen=True)
class Tab:
    """One way through the portal."""

    label: str
    icon: str
    url: str
    is_current: bool


# label, icon, endpoint; what is not there has no tab.
TABS = (
    (lazy_gettext("Yours"), "home", "portal.home"),
    (lazy_gettext("Ideas"), "bulb", "portal_ideas.index"),
    (lazy_gettext("Help design"), "pencil-heart", "portal_codesign.index"),
    (lazy_gettext("Roadmap"), "road", "portal_roadmap.index"),
)


def init_app(app: Flask) -> None:
    """Give the portal's pages their tabs, language and visitor."""
    app.before_request(access.choose_language)
    app.context_processor(_values)


def _values() -> dict[str, object]:
    if not request or not request.path.startswith("/portal"):
        return {}
    return {
        "visitor": access.visitor_or_none(),
        "look": look.current(str(current_app.extensions["settings"].company or "")),
        "tabs": _tabs(),
        "languages": languages.available(),
        "language": languages.current(),
        "is_right_to_left": languages.is_right_to_left(),
        "parts_of": parts.of,
    }


def _tabs() -> list[Tab]:
    here = (g.get("navigation_endpoint") or request.endpoint or "").split(".")[0]
    return [
        Tab(str(label), icon, url_for(endpoint), endpoint.split(".")[0] == here)
        for label, icon, endpoint in TABS
        if endpoint in current_app.view_functions
    ]
