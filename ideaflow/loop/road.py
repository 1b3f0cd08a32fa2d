"""The roadmap: what stands on it, who asked for it and when, and how staff change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.ideas.models import Idea, Support
from ideaflow.loop.models import Roadmap, RoadmapEntry
from ideaflow.loop.words import Scope, in_scope
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import ThemeMembership

FIRST = ({"key": "now", "name": "Now"}, {"key": "next", "name": "Next"}, {"key": "later", "name": "Later"})
MOST_COLUMNS, MOST_ENTRIES, LONGEST_WORDS = 6, 200, 1000


@dataclass(frozen=True)
class Column:
    """A column with what stands in it."""

    key: str
    name: str
    is_hidden: bool
    entries: Sequence[RoadmapEntry]


@dataclass(frozen=True)
class EntryWish:
    """What staff say of one thing on the roadmap, in words for customers."""

    column_key: str
    title: str
    words: str = ""
    planned_on: date | None = None
    proposal_id: int | None = None
    idea_id: int | None = None


def roadmap() -> Roadmap:
    """Return what stands around the roadmap; before anybody changed it, now, next and later."""
    kept = db.session.get(Roadmap, 1)
    first = [{**column, "is_hidden": False} for column in FIRST]
    return kept or Roadmap(id=1, columns=first, is_hidden=False, version=0)


def columns(around: Roadmap, *, with_hidden: bool = False) -> list[Column]:
    """Return the columns with what stands in them, in their order."""
    query = select(RoadmapEntry).where(RoadmapEntry.removed_at.is_(None)).limit(MOST_ENTRIES)
    if with_hidden:
        query = query.options(joinedload(RoadmapEntry.proposal), joinedload(RoadmapEntry.idea))
    entries = db.session.scalars(query.order_by(RoadmapEntry.position, RoadmapEntry.id)).all()
    return [
        Column(one["key"], one["name"], one["is_hidden"], [e for e in entries if e.column_key == one["key"]])
        for one in around.columns
        if with_hidden or not one["is_hidden"]
    ]


def asked(scope: Scope, entries: Sequence[RoadmapEntry]) -> Mapping[int, tuple[datetime, bool]]:
    """Return when the reader, else a colleague, first asked for each entry; and whether it was they."""
    of_proposals = asked_for(scope, [one.proposal_id for one in entries if one.proposal_id])
    of_ideas = _behind(scope, [one.idea_id for one in entries if one.idea_id])
    found: dict[int, tuple[datetime, bool]] = {}
    for entry in entries:
        known = [of_proposals.get(entry.proposal_id or 0), of_ideas.get(entry.idea_id or 0)]
        best = min((one for one in known if one), key=lambda one: (not one[1], one[0]), default=None)
        if best is not None:
            found[entry.id] = best
    return found


def entry(entry_id: int) -> RoadmapEntry:
    """Return one thing on the roadmap.

    :raises NotFound: there is none.
    """
    found = db.session.get(RoadmapEntry, entry_id)
    if found is None or found.removed_at is not None:
        raise NotFound()
    return found


def arrange(wanted: Sequence[Mapping[str, Any]], is_hidden: bool, seen: int, *, by: Actor) -> Roadmap:
    """Name, order, hide and add columns; hide or show the whole roadmap.

    :param wanted: the columns in their order, each with key (empty: a new one), name and is_hidden.
    :raises Invalid: no or too many columns, one without a name, or one with entries would go.
    :raises Conflict: somebody arranged it meanwhile.
    """
    names = [str(one["name"]).strip() for one in wanted]
    if not names or len(names) > MOST_COLUMNS or not all(names):
        raise Invalid(f"A roadmap has one to {MOST_COLUMNS} columns, each with a name. Nothing was changed.")
    with transaction() as session:
        session.execute(
            insert(Roadmap)
            .values(id=1, columns=roadmap().columns, version=0)
            .on_conflict_do_nothing(index_elements=["id"])
        )
        kept = session.scalars(select(Roadmap).where(Roadmap.id == 1).with_for_update()).one()
        session.refresh(kept)
        if kept.version != seen:
            theirs = ", ".join(one["name"] for one in kept.columns)
            raise Conflict(
                f"Somebody arranged it meanwhile: {theirs} (version {kept.version}; you saw {seen}). "
                f"Yours was not kept: {', '.join(names)}."
            )
        before = {"columns": kept.columns, "is_hidden": kept.is_hidden}
        kept.columns = [
            {
                "key": str(one["key"]) or f"c{kept.version + 1}-{number}",
                "name": name[:40],
                "is_hidden": bool(one["is_hidden"]),
            }
            for number, (one, name) in enumerate(zip(wanted, names, strict=True))
        ]
        _check_nothing_lost(kept)
        kept.is_hidden, kept.version = is_hidden, kept.version + 1
        session.flush()
        after = {"columns": kept.columns, "is_hidden": is_hidden}
        audit.record(by, "loop.arrange_roadmap", kept, before=before, after=after)
    return kept


def save_entry(entry_id: int | None, wish: EntryWish, seen: int, *, by: Actor) -> RoadmapEntry:
    """Put something on the roadmap, or change what stands there.

    :param seen: the version one changed; left aside for a new one.
    :raises Invalid: no title, too many words, or no such column, proposal or idea.
    :raises Conflict: somebody changed it meanwhile.
    """
    _check(wish)
    with transaction() as session:
        if entry_id is None:
            last = session.scalar(select(func.coalesce(func.max(RoadmapEntry.position), 0))) or 0
            kept = RoadmapEntry(position=last + 1, version=0)
            session.add(kept)
        else:
            kept = _locked(entry_id, seen)
        before = {"title": kept.title, "column": kept.column_key} if entry_id else None
        kept.column_key, kept.title, kept.words = wish.column_key, wish.title.strip(), wish.words.strip()
        kept.planned_on, kept.proposal_id, kept.idea_id = wish.planned_on, wish.proposal_id, wish.idea_id
        kept.version += 1
        session.flush()
        after = {"title": kept.title, "column": kept.column_key}
        audit.record(by, "loop.save_roadmap_entry", kept, before=before, after=after)
    return kept


def move_up(entry_id: int, seen: int, *, by: Actor) -> RoadmapEntry:
    """Let something change places with what stands above it in its column."""
    with transaction() as session:
        kept = _locked(entry_id, seen)
        above = session.scalar(
            select(RoadmapEntry)
            .where(RoadmapEntry.column_key == kept.column_key, RoadmapEntry.removed_at.is_(None))
            .where(RoadmapEntry.position < kept.position)
            .order_by(RoadmapEntry.position.desc())
            .limit(1)
            .with_for_update()
        )
        if above is not None:
            kept.position, above.position = above.position, kept.position
            kept.version += 1
            audit.record(by, "loop.move_roadmap_entry", kept)
    return kept


def remove_entry(entry_id: int, seen: int, *, by: Actor) -> None:
    """Take something off the roadmap."""
    with transaction():
        kept = _locked(entry_id, seen)
        kept.removed_at, kept.version = now(), kept.version + 1
        audit.record(by, "loop.remove_roadmap_entry", kept, before={"title": kept.title})


def _locked(entry_id: int, seen: int) -> RoadmapEntry:
    kept = db.session.get(RoadmapEntry, entry_id, with_for_update=True, populate_existing=True)
    if kept is None or kept.removed_at is not None:
        raise NotFound()
    if kept.version != seen:
        raise Conflict(
            f"Somebody changed it meanwhile to “{kept.title}” (version {kept.version}; you saw {seen}). "
            "Nothing of yours was kept. Look at it again."
        )
    return kept


def _check(wish: EntryWish) -> None:
    problems: list[dict[str, object]] = []
    if not wish.title.strip() or len(wish.title) > 120:
        problems.append(
            {"field": "title", "reason": "A title in up to 120 characters, as customers read it."}
        )
    if len(wish.words) > LONGEST_WORDS:
        problems.append({"field": "words", "reason": f"At most {LONGEST_WORDS:,} characters."})
    if wish.column_key not in [one["key"] for one in roadmap().columns]:
        problems.append({"field": "column", "reason": "Choose one of the columns."})
    if wish.proposal_id is not None and db.session.get(Proposal, wish.proposal_id) is None:
        problems.append({"field": "proposal", "reason": "There is no such proposal."})
    if wish.idea_id is not None and db.session.get(Idea, wish.idea_id) is None:
        problems.append({"field": "idea", "reason": "There is no such idea."})
    if problems:
        raise Invalid("Nothing was kept. " + " ".join(str(one["reason"]) for one in problems), problems)


def _check_nothing_lost(kept: Roadmap) -> None:
    keys = [one["key"] for one in kept.columns]
    lost = db.session.scalar(
        select(RoadmapEntry.title)
        .where(RoadmapEntry.removed_at.is_(None), RoadmapEntry.column_key.not_in(keys))
        .limit(1)
    )
    if lost is not None:
        raise Invalid(f"“{lost}” stands in a column that would go. Move it first. Nothing was changed.")


def asked_for(scope: Scope, proposal_ids: Sequence[int]) -> dict[int, tuple[datetime, bool]]:
    """Return when the reader, else a colleague, first asked for each proposal; and whether it was they."""
    if not proposal_ids:
        return {}
    lineage = lineage_of(current().where(Evidence.serves_id.in_(proposal_ids)))
    is_mine = FeedbackItem.contact_id.is_not_distinct_from(scope.contact_id)
    rows = db.session.execute(
        select(Evidence.serves_id, is_mine, func.min(FeedbackItem.said_at))
        .join(lineage, lineage.c.theme_id == Evidence.theme_id)
        .join(ThemeMembership, ThemeMembership.theme_id == lineage.c.now_id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(Evidence.serves_id.in_(proposal_ids), Evidence.removed_at.is_(None), in_scope(scope))
        .group_by(Evidence.serves_id, is_mine)
        .order_by(is_mine)
    )
    return {row[0]: (row[2], row[1]) for row in rows}  # What the reader said comes last, and stays.


def _behind(scope: Scope, idea_ids: Sequence[int]) -> dict[int, tuple[datetime, bool]]:
    if not idea_ids:
        return {}
    rows = db.session.execute(
        select(Idea.home_id, func.min(Support.given_at))
        .join(Support, Support.idea_id == Idea.id)
        .where(Idea.home_id.in_(idea_ids), Support.contact_id == scope.contact_id)
        .group_by(Idea.home_id)
    )
    return {row[0]: (row[1], True) for row in rows if row[0] is not None}
