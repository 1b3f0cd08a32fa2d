"""What happened while a run was under way: what users decided stands, what joined keeps a place."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select, update

from ideaflow import queue
from ideaflow.clock import now
from ideaflow.db import among, db
from ideaflow.themes import engine
from ideaflow.themes.models import StatementVector, Theme, ThemeRun
from ideaflow.themes.statements.snapshot import Placement, Snapshot, living, still_counting


def stands(here: Placement, then: Placement | None, label: int) -> bool:
    """Return whether a statement stays where it is, whatever the run found.

    That is what a user decided, before the run or meanwhile, and what joined meanwhile and fits nowhere else.
    """
    if here.is_by_user:
        return True
    return here != then and (then is not None or label == engine.NOISE)


def joined(
    before: Snapshot,
    present: Mapping[int, Placement],
    placed: Mapping[int, Placement],
    themes: Mapping[int, Theme],
) -> dict[int, Placement]:
    """Return the places of statements that joined while the run was under way, in themes that live on."""
    into = {theme.id: theme.merged_into_id for theme in themes.values()}
    alive = {place.theme_id for place in placed.values()}
    late = {
        one: place if place.theme_id is None else replace(place, theme_id=living(place.theme_id, into))
        for one, place in present.items()
        if one not in before.known_ids
    }
    counting = still_counting(late)
    return {
        one: place
        for one, place in late.items()
        if one in counting and (place.is_by_user or place.theme_id in alive)
    }


def mark_sorted(run: ThemeRun, before: Snapshot, placed: Mapping[int, Placement]) -> None:
    """Note that the run sought a theme for all it looked at.

    What came meanwhile and is in no theme is sought a place among the new ones again.
    """
    looked_at = among(StatementVector.statement_id, before.ids)
    done = update(StatementVector).where(looked_at, StatementVector.sorted_at.is_(None))
    db.session.execute(done.values(sorted_at=now()))
    query = select(StatementVector.statement_id).where(StatementVector.sorted_at >= run.started_at)
    late = [one for one in db.session.scalars(query) if one not in before.known_ids and one not in placed]
    if late:
        again = update(StatementVector).values(sorted_at=None)
        db.session.execute(again.where(among(StatementVector.statement_id, late)))
    # Where another model came into use, what came meanwhile has no vector of it yet either.
    queue.defer("themes.take_in", alone="themes.take_in", queue="live")
