"""The address of the list of themes: every filter is in it, so that a link shows another the same list."""

from collections.abc import Mapping

from ideaflow import typed, wording
from ideaflow.themes.models import LIVE_STATES
from ideaflow.themes.queries import ORDERS, InboxFilters, View
from ideaflow.themes.reading.filters import ME, MONEY, MORE, NOBODY, ROLLING
from ideaflow.themes.telling import sentences
from ideaflow.themes.trends.terms import Trend

LONGEST_WORDS, LONGEST_VALUE = 200, 300
STATES = {
    state.value: sentences.VIEWS[key]
    for state, key in zip(LIVE_STATES, ("triage", "watching", "proposed", "dismissed"), strict=True)
}
SPANS = {"1w": "last week", "4w": "last 4 weeks", "12w": "last 12 weeks", "26w": "last 26 weeks",
         "52w": "last 12 months"}  # fmt: skip
NUMBERS = {"revenue": "revenue_from", "pipeline": "pipeline_from", "accounts": "accounts_from"}
STEPS = {
    "revenue": (100_000, 500_000, 1_000_000, 5_000_000, 10_000_000),
    "pipeline": (10_000, 50_000, 100_000, 500_000, 1_000_000),
    "accounts": (3, 5, 10, 20, 50),
}
"""What “from” offers; any other number can stand in the address."""


def filters_of(values: Mapping[str, str], user_id: int) -> InboxFilters:
    """Read the list's address; what it does not know is left out rather than refused.

    A bookmarked view must open even when a region or an order is gone since.
    """
    view, sort, owner = values.get("view", ""), values.get("sort", ""), values.get("owner", "")
    return InboxFilters(
        words=values.get("words", "").strip()[:LONGEST_WORDS],
        view=view if view in set(View) else View.OPEN,
        segment=values.get("segment", "")[:LONGEST_VALUE],
        region=values.get("region", "")[:LONGEST_VALUE],
        source=values.get("source", "")[:LONGEST_VALUE],
        trend=_one_of(values, "trend", set(Trend)),
        owner_id=_number(owner) or None,
        owner=owner if owner in (ME, NOBODY) else "",
        user_id=user_id,
        sort=sort if sort in ORDERS else "signal",
        area_id=_number(values.get("area", "")) or None,
        state=_one_of(values, "state", set(STATES)),
        lens=_one_of(values, "lens", {MONEY}),
        heard=_one_of(values, "heard", set(ROLLING)),
        born=_one_of(values, "born", set(ROLLING)),
        more=tuple(
            (name, values[name][:LONGEST_VALUE]) for name in sorted(MORE) if values.get(name, "").strip()
        ),
        **{field: _number(values.get(name, "")) or None for name, field in NUMBERS.items()},
    )


def address_of(filters: InboxFilters) -> dict[str, str]:
    """Return what the address of the list holds for these filters; defaults are left out."""
    values = {
        "view": "" if filters.view == View.OPEN else filters.view,
        "words": filters.words,
        "segment": filters.segment,
        "region": filters.region,
        "source": filters.source,
        "trend": filters.trend,
        "owner": filters.owner or str(filters.owner_id or ""),
        "area": str(filters.area_id or ""),
        "state": filters.state,
        "heard": filters.heard,
        "born": filters.born,
        **{name: str(getattr(filters, field) or "") for name, field in NUMBERS.items()},
        **dict(filters.more),
        "lens": filters.lens,
        "sort": "" if filters.sort == "signal" else filters.sort,
    }
    return {name: str(value) for name, value in values.items() if value}


def is_narrowed(filters: InboxFilters) -> bool:
    """Return whether anything but the view and the order limits the list."""
    return bool(set(address_of(filters)) - {"view", "sort", "lens"})


def without(filters: InboxFilters, name: str) -> dict[str, str]:
    """Return the address without one of its filters."""
    return {key: value for key, value in address_of(filters).items() if key != name}


def in_words(
    filters: InboxFilters, areas: Mapping[int, str], owners: Mapping[int, str], currency: str
) -> list[tuple[str, str]]:
    """Return each filter that narrows the list, by its name in the address, as one reads it."""
    told = {
        "words": f"“{filters.words}”",
        "segment": filters.segment,
        "region": filters.region,
        "source": f"from {filters.source}",
        "trend": sentences.TRENDS.get(filters.trend, ""),
        "owner": _owner(filters, owners),
        "area": areas.get(filters.area_id or 0, "an area that is no more"),
        "state": STATES.get(filters.state, ""),
        "heard": f"heard in the {SPANS.get(filters.heard, '')}",
        "born": f"first heard in the {SPANS.get(filters.born, '')}",
        "revenue": f"revenue from {money(filters.revenue_from, currency)}",
        "pipeline": f"open pipeline from {money(filters.pipeline_from, currency)}",
        "accounts": f"{filters.accounts_from} accounts or more",
        **{name: f"{MORE[name].label}: {value}" for name, value in filters.more if name in MORE},
    }
    return [(name, told[name]) for name in address_of(filters) if name in told]


def money(amount: int | None, currency: str) -> str:
    """Write an amount as people read it."""
    return wording.money(float(amount or 0), currency)


def _owner(filters: InboxFilters, owners: Mapping[int, str]) -> str:
    if filters.owner:
        return "mine" if filters.owner == ME else "nobody’s"
    return f"with {owners.get(filters.owner_id or 0, 'somebody who left')}"


def _one_of(values: Mapping[str, str], name: str, known: set[str]) -> str:
    asked = values.get(name, "")
    return asked if asked in known else ""


def _number(text: str) -> int:
    return typed.number(text) or 0
