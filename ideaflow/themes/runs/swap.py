"""A finished run becomes the truth: in one transaction, so that readers see the old or the new themes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text

from ideaflow import queue
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.intake.failpoint import reach
from ideaflow.themes import engine
from ideaflow.themes.levels.levels import settle_levels
from ideaflow.themes.levels.places import place_on_map
from ideaflow.themes.models import (
    LIVE_STATES,
    EventKind,
    PlacedBy,
    RunState,
    Theme,
    ThemeEvent,
    ThemeMembership,
    ThemeRun,
    ThemeState,
)
from ideaflow.themes.runs import meanwhile, wishes
from ideaflow.themes.runs.calling import fresh_title, name_themes
from ideaflow.themes.runs.card import describe
from ideaflow.themes.runs.figures import recount
from ideaflow.themes.runs.stopping import make_sure
from ideaflow.themes.statements import echoes, rereading
from ideaflow.themes.statements.snapshot import (
    Placement,
    Snapshot,
    by_theme,
    living,
    placements,
    undone_among,
)
from ideaflow.themes.turns import take_turn

if TYPE_CHECKING:
    from ideaflow.themes.engine import Cluster, Discovery, Matching

MEMORY = 0.8
"""How much of a theme's stability stands from the runs before."""

INSERT = text(
    """
    INSERT INTO theme_memberships
        (statement_id, theme_id, strength, likeness, placed_by, correction_id)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:themes AS bigint[]), CAST(:strengths AS float8[]),
        CAST(:likenesses AS float8[]), CAST(:by AS text[]), CAST(:corrections AS bigint[]))
    """
)


@dataclass(frozen=True, eq=False)
class Settled:
    """Which theme each cluster is, and what became of the themes before.

    :ivar homes: label → theme id.
    :ivar parents: id of a new theme → ids of the themes it came out of.
    :ivar redirects: theme merged away by the run → theme it went into.
    """

    homes: dict[int, int]
    parents: dict[int, list[int]]
    redirects: dict[int, int]


def swap(run_id: int, before: Snapshot, found: Discovery) -> None:
    """Make ``found`` the truth: memberships, names, figures, history and map.

    What users decided while the run was under way stands.

    :raises Stopped: somebody stopped it before this.
    """
    with transaction() as session:
        take_turn()
        echoes.mark(rereading.take_over())
        run = make_sure(run_id)
        themes = {theme.id: theme for theme in session.scalars(select(Theme))}
        touched = {theme.id for theme in themes.values() if theme.state in LIVE_STATES}
        present = placements()
        settled = _settle(run, before, found, themes)
        placed = _placed(before, present, found, settled.homes, themes)
        placed |= meanwhile.joined(before, present, placed, themes)
        _write(placed)
        name_themes(before, found, settled.homes, themes, by_theme(placed, placed.keys()))
        _remember(run, before, placed, settled, themes)
        settle_levels(before, found, settled.homes)
        wishes.put_questions(before, found, themes)
        session.flush()
        recount(touched | set(settled.homes.values()), all_trends=True)
        place_on_map()
        meanwhile.mark_sorted(run, before, placed)
        queue.defer("themes.follow_up", alone="themes.follow_up")
        _finish(run, before, placed, themes)
        run.card = describe(run, before, placed, found)
        session.flush()
        queue.defer("themes.ask", alone="themes.ask")
        reach("themes.before_commit")
    reach("themes.after_commit")


def _settle(run: ThemeRun, before: Snapshot, found: Discovery, themes: dict[int, Theme]) -> Settled:
    old = {key: rows for key, rows in before.members().items() if key in themes}
    new = {one.label: {before.ids[row] for row in one.rows} for one in found.clusters}
    decided = {one.label: one.key for one in found.clusters if one.key is not None}
    matching = engine.match(old, new, before.held, decided)
    into = {theme.id: theme.merged_into_id for theme in themes.values()}
    homes: dict[int, int] = {}
    parents: dict[int, list[int]] = {}
    for one in found.clusters:
        kept = matching.kept.get(one.label, wishes.stays_with(before, one))
        if kept is None:
            theme = _born(run, one, before)
            themes[theme.id] = theme
            homes[one.label] = theme.id
            parents[theme.id] = list(matching.parents.get(one.label, ()))
        else:
            homes[one.label] = living(kept, into)
    return Settled(homes, parents, _redirects(matching, before, homes, into))


def _redirects(
    matching: Matching, before: Snapshot, homes: Mapping[int, int], into: dict[int, int | None]
) -> dict[int, int]:
    alive = set(homes.values())
    return {
        gone: living(target, into)
        for gone, target in matching.redirects.items()
        if gone not in before.held and gone not in alive and living(target, into) in alive
    }


def _born(run: ThemeRun, cluster: Cluster, before: Snapshot) -> Theme:
    theme = Theme(title=fresh_title(cluster, before), born_run_id=run.id, state=ThemeState.NEW)
    db.session.add(theme)
    db.session.flush()
    return theme


def _placed(
    before: Snapshot,
    present: Mapping[int, Placement],
    found: Discovery,
    homes: Mapping[int, int],
    themes: Mapping[int, Theme],
) -> dict[int, Placement]:
    """Return where every statement is from now on: users first, then the run."""
    anchored = {
        one
        for theme_id, members in before.members().items()
        if theme_id in before.held
        for one in before.anchors(members)
    }
    placed = {}
    taught = {one.row: one.lesson for one in found.learned}
    undone = undone_among(set(taught.values()))
    for row, one in enumerate(before.ids):
        if taught.get(row) in undone and one in before.placed:
            placed[one] = present.get(one, before.placed[one])
            continue
        here, then = present.get(one), before.placed.get(one)
        label = int(found.labels[row])
        if here is not None and meanwhile.stands(here, then, label):
            placed[one] = here
        elif label != engine.NOISE:
            # Anchors are held for their theme's sake; how firmly they sit is known from before.
            held = then.strength if then is not None and one in anchored else float(found.strengths[row])
            by: tuple[str, int | None] = (
                (PlacedBy.LEARNED, taught[row]) if row in taught else (PlacedBy.ENGINE, None)
            )
            # What followed a decision follows it still where it stays in the same theme.
            if then is not None and then.placed_by == PlacedBy.LEARNED and then.theme_id == homes[label]:
                by = (PlacedBy.LEARNED, then.correction_id)
            placed[one] = Placement(homes[label], held, 0.0, *by)
    into = {theme.id: theme.merged_into_id for theme in themes.values()}
    return {
        one: place
        if place.theme_id is None
        else Placement(
            living(place.theme_id, into), place.strength, place.likeness, place.placed_by, place.correction_id
        )
        for one, place in placed.items()
    }


def _write(placed: Mapping[int, Placement]) -> None:
    session = db.session()
    session.execute(delete(ThemeMembership))
    ids = sorted(placed)
    session.execute(
        INSERT,
        {
            "ids": ids,
            "themes": [placed[one].theme_id for one in ids],
            "strengths": [min(1.0, max(0.0, placed[one].strength)) for one in ids],
            "likenesses": [placed[one].likeness for one in ids],
            "by": [str(placed[one].placed_by) for one in ids],
            "corrections": [placed[one].correction_id for one in ids],
        },
    )


def _remember(
    run: ThemeRun,
    before: Snapshot,
    placed: dict[int, Placement],
    settled: Settled,
    themes: Mapping[int, Theme],
) -> None:
    """Write down what the run did to each theme, and retire those without statements."""
    old, new = before.members(), by_theme(placed, placed.keys())
    parents, redirects = settled.parents, settled.redirects
    events = []
    for theme_id, came_from in parents.items():
        own = len(new.get(theme_id, ()))
        events.append(_event(run, EventKind.BORN, theme_id, came_from[:1], added=own))
        events += [_event(run, EventKind.SPLIT, one, [theme_id], added=own) for one in came_from]
    for theme in themes.values():
        if theme.id in parents or theme.state not in LIVE_STATES:
            continue
        was, now_in = old.get(theme.id, set()), new.get(theme.id, set())
        kept = len(was & now_in)
        if was:
            share = kept / len(was)
            theme.stability = (
                share if theme.stability is None else MEMORY * theme.stability + (1 - MEMORY) * share
            )
        if now_in:
            if now_in != was:
                events.append(
                    _event(run, EventKind.CONTINUED, theme.id, (), kept, len(now_in - was), len(was - now_in))
                )
        elif theme.id in redirects:
            theme.state, theme.merged_into_id = ThemeState.MERGED, redirects[theme.id]
            events.append(_event(run, EventKind.MERGED, theme.id, [redirects[theme.id]], lost=len(was)))
        elif theme.state != ThemeState.PROPOSED:
            theme.state = ThemeState.RETIRED
            events.append(_event(run, EventKind.RETIRED, theme.id, (), lost=len(was)))
    db.session.add_all(events)


def _event(
    run: ThemeRun,
    kind: EventKind,
    theme_id: int,
    other: Iterable[int] = (),
    kept: int = 0,
    added: int = 0,
    lost: int = 0,
) -> ThemeEvent:
    return ThemeEvent(
        kind=kind,
        theme_id=theme_id,
        other_theme_id=next(iter(other), None),
        run_id=run.id,
        kept_count=kept,
        added_count=added,
        lost_count=lost,
        happened_at=now(),
    )


def _finish(
    run: ThemeRun, before: Snapshot, placed: Mapping[int, Placement], themes: Mapping[int, Theme]
) -> None:
    into = {theme.id: theme.merged_into_id for theme in themes.values()}
    counted = set(before.ids)
    was = [
        (one, place.theme_id)
        for one, place in before.placed.items()
        if place.theme_id is not None and one in counted
    ]
    same = sum(1 for one, theme_id in was if one in placed and placed[one].theme_id == living(theme_id, into))
    inside = [place for place in placed.values() if place.theme_id is not None]
    run.state, run.step, run.error = RunState.DONE, "", ""
    run.finished_at = now()
    run.model = engine.model()
    run.statement_count = len(before.ids)
    run.theme_count = len({place.theme_id for place in inside})
    run.noise_count = len(before.ids) - len(inside)
    run.kept_share = same / len(was) if was else None
