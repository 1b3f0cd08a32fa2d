"""What the list of themes is made of: rows, views with their counts, filters in words, what can be done."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from ideaflow.accounts import queries as accounts
from ideaflow.clock import now
from ideaflow.feedback import queries as feedback
from ideaflow.paging import Page
from ideaflow.themes import addresses, forms, queries
from ideaflow.themes.desk import looking, seeing
from ideaflow.themes.forms import Level
from ideaflow.themes.levels import areas
from ideaflow.themes.models import SavedView, Theme
from ideaflow.themes.pages import level_parts
from ideaflow.themes.pages.parts import last_deed, may_triage, promote_url
from ideaflow.themes.queries import InboxFilters, View
from ideaflow.themes.reading import batches, page_queries, pool
from ideaflow.themes.reading.filters import ME, MONEY, MORE, NOBODY, ROLLING
from ideaflow.themes.telling import deeds, sentences
from ideaflow.web import wants_fragment

Choices = Sequence[tuple[Any, str]]


def shared(filters: InboxFilters, page: Page[Theme], level: Level) -> dict[str, Any]:
    """Return what rows need, whether the whole page is shown or only more of them."""
    address: dict[str, Any] = dict(addresses.address_of(filters))
    if level != Level.THEMES:
        address["level"] = level.value
    return {
        "page": page,
        "rows": [sentences.inbox_row(theme) for theme in page.rows],
        "next_url": url_for(".index", **address, after=page.after) if page.after else "",
        "here": _url(address),
        "clear_url": url_for(".index", view=address.get("view")),
        "level": level,
        "parts": level_parts.parts_of(level, page.rows),
        "filters": filters,
        "is_narrowed": addresses.is_narrowed(filters),
        "is_part": wants_fragment(),
        "may_triage": may_triage(),
        "promote_url": promote_url(),
        "looked_at": f"{now().timestamp():.3f}",
        "looking": looking.lookers([theme.id for theme in page.rows], but=current_user.id),
    }


def tabs(filters: InboxFilters, counts: Mapping[str, int], is_saved: bool = False) -> list[dict[str, Any]]:
    """Return the views that are always there, each with the filters there are now."""
    address: dict[str, Any] = addresses.without(filters, "view")
    return [
        {
            "label": label,
            "url": url_for(".index", **address, view=None if view == View.OPEN else view),
            "count": counts[view],
            "is_current": view == filters.view and not is_saved,
            "is_signal": view == View.SIGNALS,
        }
        for view, label in sentences.VIEWS.items()
    ] + [{"label": "New theme?", "url": url_for(".new_themes"), "count": pool.candidate_count()}]


def saved(filters: InboxFilters, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the views one saved and those others share, with their counts, and the one that is open."""
    views = seeing.views_for(current_user.id)
    numbers = seeing.counts({one.id: addresses.filters_of(one.address, current_user.id) for one in views})
    address = addresses.address_of(filters)
    asked = forms.chosen_id(request.args, "saved")
    here = next((one for one in views if one.id == asked), None)
    here = here or next((one for one in views if one.address == address), None)
    return {
        "tabs": tabs(filters, counts, is_saved=here is not None),
        "saved_tabs": [_saved_tab(one, numbers[one.id], one is here) for one in views],
        "saved": here,
        "is_own": here is not None and here.user_id == current_user.id,
        "is_changed": here is not None and here.address != address,
        "address": address,
    }


def _saved_tab(view: SavedView, count: int, is_current: bool) -> dict[str, Any]:
    is_mine = view.user_id == current_user.id
    return {
        "label": view.name,
        "url": url_for(".index", **{**view.address, "saved": view.id}),
        "count": count,
        "is_current": is_current,
        "note": ("shared by me" if is_mine else f"shared by {view.user.name}") if view.is_shared else "",
    }


def heads(filters: InboxFilters) -> list[dict[str, Any]]:
    """Return the heads of the columns, each a way to order the list."""
    address: dict[str, Any] = addresses.without(filters, "sort")
    columns = sentences.MONEY_HEADS if filters.lens == MONEY else sentences.HEADS
    return [
        {
            "word": word,
            "url": _url({**address, "sort": None if sort == "signal" else sort}),
            "direction": "descending" if filters.sort == sort else "",
            "class": "" if sort == "signal" else "end",
            "colspan": 2 if sort == "signal" else 1,
        }
        for sort, word in columns
    ]


def lenses(filters: InboxFilters) -> list[dict[str, Any]]:
    """Return the ways to look at the list: how it changes, or what the accounts stand for."""
    address: dict[str, Any] = addresses.without(filters, "lens")
    return [
        {
            "word": word,
            "url": _url({**address, "lens": lens or None}),
            "is_current": lens == filters.lens,
        }
        for lens, word in (("", "Trend"), (MONEY, "Money"))
    ]


def filters_shown(filters: InboxFilters, people: Choices) -> dict[str, Any]:
    """Return the filters one can choose, and those that hold now in words, each with the way out."""
    titles = areas.area_titles()
    currency = current_app.extensions["settings"].currency
    spans = [(key, addresses.SPANS[key].capitalize()) for key in ROLLING]
    first = [
        _picker("segment", "Segment", filters.segment, _same(accounts.segments())),
        _picker("region", "Region", filters.region, _same(accounts.regions())),
        _picker("owner", "Owner", filters.owner or filters.owner_id or "",
                [(ME, "Me"), (NOBODY, "Nobody"), *people]),
        _picker("revenue", "Revenue", filters.revenue_from or "", _steps("revenue", filters.revenue_from)),
        _picker("trend", "Trend", filters.trend, list(sentences.TRENDS.items())),
    ]  # fmt: skip
    more = [
        _picker("source", "Source", filters.source, _same(feedback.sources())),
        _picker("heard", "Heard", filters.heard, spans),
        _picker("state", "State", filters.state, list(addresses.STATES.items())),
        _picker("area", "Area", filters.area_id or "", titles),
        *(
            _picker(one.name, one.label, dict(filters.more).get(one.name, ""), one.options())
            for one in MORE.values()
        ),
        _picker("pipeline", "Open pipeline", filters.pipeline_from or "",
                _steps("pipeline", filters.pipeline_from)),
        _picker("accounts", "Accounts", filters.accounts_from or "",
                _steps("accounts", filters.accounts_from)),
        _picker("born", "First heard", filters.born, spans),
    ]  # fmt: skip
    told = addresses.in_words(filters, dict(titles), dict(people), currency)
    return {
        "pickers": [one for one in first if one["options"]],
        "more_pickers": [one for one in more if one["options"]],
        "narrowed": [{"words": words, "url": _url(addresses.without(filters, name))} for name, words in told],
    }


def _url(address: dict[str, Any]) -> str:
    """Return an address of the list, with the saved view it was reached from."""
    return url_for(".index", **{**address, "saved": forms.chosen_id(request.args, "saved")})


def _picker(name: str, label: str, value: Any, options: Choices) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "options": options}


def _same(values: Sequence[str]) -> Choices:
    return [(one, one) for one in values]


def _steps(name: str, chosen: int | None) -> Choices:
    """Return “from so much”, with a number of the address that is none of ours."""
    currency = current_app.extensions["settings"].currency
    numbers = sorted({*addresses.STEPS[name], *([chosen] if chosen else [])})
    if name == "accounts":
        return [(one, f"{one:,} or more") for one in numbers]
    return [(one, f"From {addresses.money(one, currency)}") for one in numbers]


def people_of() -> Choices:
    """Return who may look after themes, by number and name."""
    return [(user.id, user.name) for user in page_queries.owners()]


def deeds_offered(filters: InboxFilters, counts: Mapping[str, int], people: Choices) -> dict[str, Any]:
    """Return what the list offers to do with many themes, and the way back from what was done last."""
    if not may_triage():
        return {}
    owners = [one for one in people if one[0] != current_user.id]
    is_narrowed = addresses.is_narrowed(filters)
    return {
        "reasons": [(key, word) for key, word in forms.REASONS.items() if key != "other"],
        "possible_owners": [(current_user.id, "Me"), *owners],
        "match_count": queries.inbox_count(filters) if is_narrowed else counts[filters.view],
        **last_deed(),
        "under_way": [(one, deeds.progress(one)) for one in batches.under_way()],
    }
