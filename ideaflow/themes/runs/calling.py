"""What themes are called and quoted with after a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ideaflow.themes import engine
from ideaflow.themes.models import Theme
from ideaflow.themes.runs import titles
from ideaflow.themes.runs.titles import Called
from ideaflow.themes.statements.snapshot import Snapshot

if TYPE_CHECKING:
    from ideaflow.themes.engine import Cluster, Discovery

READ = 200
"""Statements of a theme that are read for the words of its title."""


def fresh_title(cluster: Cluster, before: Snapshot) -> str:
    """Return what a run calls a cluster; never empty."""
    return (cluster.title.strip() or before.texts[cluster.quote_row].strip() or "Theme")[:300]


def name_themes(
    before: Snapshot,
    found: Discovery,
    homes: Mapping[int, int],
    themes: Mapping[int, Theme],
    members: Mapping[int, set[int]],
) -> None:
    """Give themes their titles and quotes; a human's name stays, and an old friend keeps its title."""
    leading: dict[int, Cluster] = {}
    for cluster in found.clusters:  # The largest first: it speaks for a theme of several clusters.
        leading.setdefault(homes[cluster.label], cluster)
    old = before.members()
    called = {
        theme_id: _called(
            themes[theme_id], one, before, old.get(theme_id, set()), members.get(theme_id, set())
        )
        for theme_id, one in leading.items()
    }
    for theme_id, title in titles.settle(called).items():
        theme, cluster = themes[theme_id], leading[theme_id]
        theme.title = title
        now_in = members.get(theme_id, set())
        if called[theme_id].shared < titles.SAME or theme.quote_statement_id not in now_in:
            theme.quote = before.texts[cluster.quote_row]
            theme.quote_statement_id = before.ids[cluster.quote_row]
        theme.keywords = [word[:80] for word in cluster.keywords][:12]


def _called(theme: Theme, cluster: Cluster, before: Snapshot, was: set[int], now_in: set[int]) -> Called:
    # A theme that a user split off was called by its quote for want of a name.
    is_a_quote = theme.born_run_id is None and theme.quote.startswith(theme.title.rstrip("… "))
    title = "" if is_a_quote or (not was and not theme.is_named) else theme.title
    return Called(
        title=title,
        fresh=fresh_title(cluster, before),
        keywords=cluster.keywords,
        is_fixed=theme.is_named,
        shared=len(was & now_in) / max(len(was | now_in), 1),
        likeness=_likeness(theme, cluster),
        carriers=_carriers(title, [before.texts[row] for row in cluster.rows[:READ]]),
    )


def _likeness(theme: Theme, cluster: Cluster) -> float | None:
    """Return how near the middle of a theme is to where it was; None where it was not known."""
    then = theme.centroid
    if then is None or len(then) != len(cluster.centroid):
        return None
    return float(cluster.centroid @ then)


def _carriers(title: str, texts: list[str]) -> int:
    """Return how many texts use the word of a title that fewest use."""
    about = engine.content(title) if title else frozenset()
    used = Counter(word for text in texts for word in engine.content(text) & about)
    return min((used[word] for word in about), default=0)
