"""Areas above themes and sub-themes below them: taken from a run, followed from run to run, counted anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text, update

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import among, db, transaction
from ideaflow.errors import NotFound
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import Ask, account_lines, asks, mentions, reference_day
from ideaflow.themes.models import LIVE_STATES, OPEN_STATES, Area, SubTheme, Theme
from ideaflow.themes.trends.terms import Mention, weekly
from ideaflow.themes.turns import take_turn
from ideaflow.themes.typed import title_of

if TYPE_CHECKING:
    from ideaflow.themes.engine import Discovery, Group
    from ideaflow.themes.statements.snapshot import Snapshot

SAME = 0.6
"""An area that shares this much (Jaccard) with itself before keeps its title as well."""
SPLIT = "split"
"""The kind of correction that makes a theme by hand."""

TAKE_PART = text(
    """
    UPDATE theme_memberships m SET sub_theme_id = p.part
    FROM unnest(CAST(:ids AS bigint[]), CAST(:parts AS bigint[])) AS p (id, part), sub_themes s
    WHERE m.statement_id = p.id AND s.id = p.part AND s.theme_id = m.theme_id
    """
)
COUNT_PARTS = text(
    """
    UPDATE sub_themes t
    SET statement_count = coalesce(n.statements, 0), account_count = coalesce(n.accounts, 0)
    FROM sub_themes s LEFT JOIN (
        SELECT m.sub_theme_id, m.theme_id, count(*) AS statements, count(DISTINCT i.account_id) AS accounts
        FROM theme_memberships m
        JOIN statements said ON said.id = m.statement_id
        JOIN feedback_items i ON i.id = said.item_id
        WHERE m.theme_id = ANY(:ids) AND i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL
        GROUP BY m.sub_theme_id, m.theme_id
    ) n ON n.sub_theme_id = s.id AND n.theme_id = s.theme_id
    WHERE t.id = s.id AND t.theme_id = ANY(:ids)
    """
)
QUOTE_PARTS = text(
    """
    UPDATE sub_themes t SET quote = best.text, quote_statement_id = best.id FROM (
        SELECT DISTINCT ON (m.sub_theme_id) m.sub_theme_id, s.id, s.text
        FROM theme_memberships m
        JOIN sub_themes p ON p.id = m.sub_theme_id AND p.theme_id = m.theme_id
        JOIN statements s ON s.id = m.statement_id
        JOIN feedback_items i ON i.id = s.item_id
        WHERE m.theme_id = ANY(:ids) AND i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL
        ORDER BY m.sub_theme_id, length(s.text) > 120, m.likeness DESC, s.id
    ) best
    WHERE t.id = best.sub_theme_id AND NOT EXISTS (
        SELECT 1 FROM theme_memberships k
        WHERE k.statement_id = t.quote_statement_id AND k.theme_id = t.theme_id AND k.sub_theme_id = t.id)
    """
)
"""A quote for each sub-theme whose own has gone."""
INHERIT = text(
    """
    UPDATE themes t SET area_id = source.area_id
    FROM theme_corrections c JOIN themes source ON source.id = c.other_theme_id
    WHERE t.id = ANY(:ids) AND t.area_id IS NULL AND c.theme_id = t.id AND c.kind = :split
    """
)
"""A theme that a user split off lies in the area of the one it came from."""


def settle_levels(before: Snapshot, found: Discovery, homes: Mapping[int, int]) -> None:
    """Take areas and sub-themes from a run, inside its transaction, after its memberships are written.

    :param homes: label of a cluster → theme id.
    """
    _settle_areas(before, found, homes)
    _settle_parts(before, found.parts, homes)


def recount_levels(theme_ids: Collection[int]) -> None:
    """Count the sub-themes of these themes anew, and the areas they lie in; inside a transaction."""
    ids = sorted(theme_ids)
    session = db.session()
    session.execute(COUNT_PARTS, {"ids": ids})
    session.execute(QUOTE_PARTS, {"ids": ids})
    session.execute(INHERIT, {"ids": ids, "split": SPLIT})
    recount_areas(session.scalars(select(Theme.area_id).where(among(Theme.id, ids))))


def recount_areas(area_ids: Iterable[int | None] | None = None) -> None:
    """Count the accounts, money and weeks of these areas anew (None: of all), over their open themes."""
    query = select(Area.id).where(Area.retired_at.is_(None))
    if area_ids is not None:
        wanted = {one for one in area_ids if one is not None}
        if not wanted:
            return
        query = query.where(among(Area.id, wanted))
    ids = list(db.session.scalars(query))
    if not ids:
        return
    rows = db.session.execute(
        select(Theme.id, Theme.area_id).where(among(Theme.area_id, ids), Theme.state.in_(OPEN_STATES))
    ).all()
    area_of: dict[int, int] = {theme_id: area_id for theme_id, area_id in rows if area_id is not None}
    spoken: dict[int, list[Ask]] = defaultdict(list)
    for ask in asks(area_of):
        spoken[area_of[ask.theme_id]].append(ask)
    lines = account_lines({one.account_id for own in spoken.values() for one in own if one.account_id})
    weeks = {(area_of[one], account, week) for one, account, week, _ in mentions(area_of, reference_day())}
    own_weeks: dict[int, list[Mention]] = defaultdict(list)
    for area_id, account, week in weeks:
        own_weeks[area_id].append(Mention(account, week, 1))
    counts = Counter(area_of.values())
    db.session.execute(
        update(Area),
        [
            {
                "id": one,
                "theme_count": counts[one],
                "weekly": weekly(own_weeks[one]),
                **_figures(spoken[one], lines),
            }
            for one in ids
        ],
    )


def rename_area(area_id: int, title: str, *, by: Actor, is_named: bool = True) -> Area:
    """Give an area a name that no run changes; ``is_named`` False leaves the next name to the runs again.

    :raises NotFound: there is no such area any more.
    :raises Invalid: the name is empty or too long.
    """
    title = title_of(title, needed="An area needs a name.")
    with transaction() as session:
        take_turn()
        area = session.get(Area, area_id, with_for_update=True, populate_existing=True)
        if area is None or area.retired_at is not None:
            raise NotFound("There is no such area any more.")
        before = {"title": area.title, "is_named": area.is_named}
        area.title, area.is_named = title, is_named
        after = {"title": title, "is_named": is_named}
        audit.record(by, "themes.rename_area", area, before=before, after=after)
        return area


def _settle_areas(before: Snapshot, found: Discovery, homes: Mapping[int, int]) -> None:
    session = db.session()
    themes = {row.id: row for row in session.scalars(select(Theme).where(Theme.state.in_(LIVE_STATES)))}
    areas = {row.id: row for row in session.scalars(select(Area).where(Area.retired_at.is_(None)))}
    old: dict[int, set[int]] = defaultdict(set)
    for theme_id, members in before.members().items():
        if theme_id in themes and (area_id := themes[theme_id].area_id) in areas:
            old[area_id].update(members)
    new = {group.number: {before.ids[row] for row in group.rows} for group in found.areas}
    named = [one for one, area in areas.items() if area.is_named]
    kept = engine.match(old, new, named, {}).kept
    titles = {group.title for group in found.areas}
    home: dict[int, int] = {}
    for group in found.areas:
        area = areas.get(kept.get(group.number, 0))
        if area is None:
            area = Area(title=_title(group, before))
            session.add(area)
            session.flush()
            areas[area.id] = area
        elif not area.is_named and (_changed(old[area.id], new[group.number]) or area.title in titles):
            area.title = _title(group, before)
        home[group.number] = area.id
    _put_themes(found, homes, home, themes)
    for area in areas.values():
        if area.id not in home.values():
            area.retired_at = now()
    session.flush()


def _put_themes(
    found: Discovery,
    homes: Mapping[int, int],
    home: Mapping[int, int],
    themes: Mapping[int, Theme],
) -> None:
    """Give each theme the area of its largest cluster; one without a cluster keeps its area if that lives."""
    area_of = {label: home[group.number] for group in found.areas for label in group.clusters}
    chosen: dict[int, int] = {}
    for cluster in found.clusters:  # The largest first.
        if cluster.label in area_of:
            chosen.setdefault(homes[cluster.label], area_of[cluster.label])
    living = set(home.values())
    for theme in themes.values():
        kept = theme.area_id if theme.area_id in living else None
        theme.area_id = chosen.get(theme.id, kept)


def _settle_parts(before: Snapshot, parts: Sequence[Group], homes: Mapping[int, int]) -> None:
    session = db.session()
    session.execute(delete(SubTheme))
    made = [
        (
            part,
            SubTheme(
                theme_id=homes[part.clusters[0]],
                title=_title(part, before),
                quote=before.texts[part.quote_row],
                quote_statement_id=before.ids[part.quote_row],
            ),
        )
        for part in parts
        if part.clusters[0] in homes
    ]
    session.add_all([one for _, one in made])
    session.flush()
    placed = [(before.ids[row], one.id) for part, one in made for row in part.rows]
    session.execute(TAKE_PART, {"ids": [one for one, _ in placed], "parts": [part for _, part in placed]})


def _title(group: Group, before: Snapshot) -> str:
    return (group.title.strip() or before.texts[group.quote_row].strip() or "Area")[:300]


def _changed(old: set[int], new: set[int]) -> bool:
    return len(old & new) / max(len(old | new), 1) < SAME


def _figures(own: Sequence[Ask], accounts: Mapping[int, Any]) -> dict[str, Any]:
    heard = {ask.account_id for ask in own if ask.account_id is not None}
    lines = [accounts[one] for one in heard]
    return {
        "statement_count": sum(ask.times for ask in own),
        "account_count": len(lines),
        "revenue_amount": sum((line.revenue_amount for line in lines), Decimal(0)),
        "open_amount": sum((line.open_amount for line in lines), Decimal(0)),
        "lost_amount": sum((line.lost_amount for line in lines), Decimal(0)),
        "other_currency_count": sum(line.other_currency_count for line in lines),
    }
