"""What a run would have done to a theme that a human holds, had nobody held it: asked, not done.

A theme that somebody named, pinned, watches, owns, dismissed or put into a proposal stays whole and stays
itself. Where a run finds that it fell apart, or that two such themes say the same, it puts the question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from ideaflow.clock import now
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import account_lines
from ideaflow.themes.asking.people import known_names
from ideaflow.themes.models import CandidateKind, CorrectionKind, Theme, ThemeCorrection
from ideaflow.themes.runs.candidates import put_down

if TYPE_CHECKING:
    from ideaflow.themes.engine import Cluster, Discovery
    from ideaflow.themes.statements.snapshot import Snapshot

CHILD, MOSTLY = 0.25, 0.5
"""A part is a cluster that has a quarter of the theme, and mostly consists of it."""
PARENT = 0.5
"""Two themes say the same when half of each lies in one cluster."""
QUOTES = 5


@dataclass(frozen=True)
class Wish:
    """One question: whether ``theme_id`` should fall apart, or become one with ``other_id``."""

    kind: CandidateKind
    theme_id: int
    other_id: int | None
    title: str
    statement_ids: list[int]


def stays_with(before: Snapshot, cluster: Cluster) -> int | None:
    """Return the held theme that a cluster without a theme of its own is a part of, if there is one.

    A part of a quarter is asked about, and one of too few to be asked about stays as well. Between them lies
    what is heard anew: it would never become a theme if every large one kept it.
    """
    ids = [before.ids[row] for row in cluster.rows]
    came_from = Counter(place.theme_id for one in ids if (place := before.placed.get(one)) is not None)
    for theme_id, count in came_from.most_common(1):
        whole = len(before.members().get(theme_id or 0, ()))
        is_part = count >= CHILD * whole or len(ids) < engine.least()
        if theme_id in before.held and count >= MOSTLY * len(ids) and is_part:
            return theme_id
    return None


def put_questions(before: Snapshot, found: Discovery, themes: Mapping[int, Theme]) -> None:
    """Write down what the run would have split and merged, inside its transaction."""
    wishes = [*_splits(before, found), *_merges(before, found, themes)]
    rows = [(wish, _values(wish)) for wish in wishes]
    for kind in (CandidateKind.SPLIT, CandidateKind.MERGE):
        put_down(kind, [values for wish, values in rows if wish.kind == kind])


def _splits(before: Snapshot, found: Discovery) -> list[Wish]:
    """Return the parts into which the words alone cut held themes, but for the part that carries the theme.

    The run leans towards the themes that were, so that one of two needs stays whole in it, or falls into
    pieces of both. What would become of it without people shows where nothing is remembered.
    """
    labels, least = engine.before_decisions(found), engine.least()
    rows = {one: row for row, one in enumerate(before.ids)}
    sizes = Counter(labels.tolist())
    wishes = []
    for theme_id, members in sorted(before.members().items()):
        if theme_id not in before.held or theme_id in before.whole:
            continue
        lying: dict[int, list[int]] = {}
        for one in sorted(members):
            lying.setdefault(int(labels[rows[one]]), []).append(one)
        parts = sorted(lying.items(), key=lambda part: (-_fixed(before, part[1]), -len(part[1]), part[1]))
        for label, part in parts[1:]:  # The first, which people hold or which is the largest, is the theme.
            free = [one for one in part if not before.placed[one].is_by_user]
            is_part = len(part) >= max(CHILD * len(members), MOSTLY * sizes[label])
            if is_part and len(free) >= least:
                wishes.append(Wish(CandidateKind.SPLIT, theme_id, None, _called(before, parts, label), free))
    return wishes


def _fixed(before: Snapshot, ids: Collection[int]) -> int:
    return sum(before.placed[one].is_by_user for one in ids)


def _called(before: Snapshot, parts: Sequence[tuple[int, Sequence[int]]], label: int) -> str:
    """Return what sets one part of a theme apart from the others, in a few words of its own."""
    rows = {one: row for row, one in enumerate(before.ids)}
    numbered = sorted((rows[one], number) for number, (_, ids) in enumerate(parts) for one in ids)
    titles = engine.titles(
        [before.texts[row] for row, _ in numbered],
        before.vectors.mean[[row for row, _ in numbered]],
        [number for _, number in numbered],
        known_names(),
    )
    return titles[[one for one, _ in parts].index(label)]


def _merges(before: Snapshot, found: Discovery, themes: Mapping[int, Theme]) -> list[Wish]:
    """Return the pairs of held themes that lie in one cluster of what the graph says."""
    labels, least = engine.before_decisions(found), engine.least()
    members = before.members()
    rows = {one: row for row, one in enumerate(before.ids)}
    lying: dict[int, list[int]] = {}
    for theme_id in sorted(before.held & set(members)):
        own = members[theme_id]
        if len(own) < least or not themes[theme_id].is_live:
            continue
        [(label, count)] = Counter(int(labels[rows[one]]) for one in own).most_common(1)
        if count >= PARENT * len(own):
            lying.setdefault(label, []).append(theme_id)
    apart = _kept_apart()
    wishes = []
    for together in lying.values():
        together.sort(key=lambda theme_id: -len(members[theme_id]))
        for other in together[1:]:
            if (together[0], other) not in apart:
                title = f"{themes[together[0]].title} and {themes[other].title}"
                wishes.append(Wish(CandidateKind.MERGE, together[0], other, title, sorted(members[other])))
    return wishes


def _kept_apart() -> set[tuple[int, int]]:
    """Return the pairs of themes that a user split, or merged and un-merged: they are two on purpose."""
    query = select(ThemeCorrection.theme_id, ThemeCorrection.other_theme_id).where(
        ThemeCorrection.other_theme_id.is_not(None),
        or_(
            (ThemeCorrection.kind == CorrectionKind.SPLIT) & ThemeCorrection.undone_at.is_(None),
            (ThemeCorrection.kind == CorrectionKind.MERGE) & ThemeCorrection.undone_at.is_not(None),
        ),
    )
    pairs = {(row[0], row[1]) for row in db.session.execute(query) if row[1] is not None}
    return pairs | {(other, one) for one, other in pairs}


def _values(wish: Wish) -> dict[str, Any]:
    query = (
        select(Statement.id, FeedbackItem.account_id, FeedbackItem.said_at)
        .join(FeedbackItem)
        .where(among(Statement.id, wish.statement_ids))
        .order_by(Statement.id)
    )
    said = db.session.execute(query).all()
    accounts: Collection[int] = {row[1] for row in said if row[1] is not None}
    revenue = [line.revenue_amount for line in account_lines(accounts).values()]
    return {
        "title": wish.title[:300],
        "of_theme_id": wish.theme_id,
        "other_theme_id": wish.other_id,
        "statement_ids": wish.statement_ids,
        "quote_statement_ids": wish.statement_ids[:QUOTES],
        "account_count": len(accounts),
        "revenue_amount": sum(revenue, Decimal(0)),
        "first_said_at": min(row[2] for row in said),
        "last_said_at": max(row[2] for row in said),
        "seen_at": now(),
    }
