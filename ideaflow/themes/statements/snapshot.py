"""Everything a run looks at, read once: statements, vectors, where each one is, and who decided so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import (
    LIVE_STATES,
    CorrectionKind,
    PlacedBy,
    StatementVector,
    Theme,
    ThemeCorrection,
    ThemeMembership,
)
from ideaflow.themes.statements import rereading
from ideaflow.themes.statements.vectors import packed, unpacked

if TYPE_CHECKING:
    from ideaflow.themes.engine import Encoded, Known

ANCHORS = 3
"""So many of its most typical statements stay with a theme that a human has a stake in: it can neither
vanish in another theme nor lose its number."""


@dataclass(frozen=True)
class Placement:
    """Where a statement is; ``theme_id`` None: a user said that it belongs to no theme."""

    theme_id: int | None
    strength: float
    likeness: float
    placed_by: str
    correction_id: int | None

    @property
    def is_by_user(self) -> bool:
        return self.placed_by == PlacedBy.USER


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All statements that count, in the order of their ids, and what holds for them.

    :ivar placed: statement id → where it is; absent: in no theme.
    :ivar held: themes that a human has a stake in.
    :ivar sources: decision that moved statements or split a theme → theme they were taken out of.
    :ivar whole: themes that others were merged into by a human.
    """

    ids: list[int]
    texts: list[str]
    vectors: Encoded
    placed: dict[int, Placement]
    held: frozenset[int]
    whole: frozenset[int]
    sources: dict[int, int] = field(default_factory=dict)

    @cached_property
    def known_ids(self) -> frozenset[int]:
        """Return the statements the run looked at; others came while it was under way."""
        return frozenset(self.ids)

    def members(self) -> dict[int, set[int]]:
        """Return the statements of each theme."""
        return self._members

    @cached_property
    def _members(self) -> dict[int, set[int]]:
        return by_theme(self.placed, self.ids)

    def known(self) -> tuple[list[Known], list[int]]:
        """Return what the engine must obey: its themes, and the rows that belong to none."""
        row_of = {one: row for row, one in enumerate(self.ids)}
        excluded = [
            row_of[one] for one, place in self.placed.items() if place.theme_id is None and one in row_of
        ]
        themes = []
        for theme_id, members in sorted(self.members().items()):
            fixed = {one for one in members if self.placed[one].is_by_user}
            if theme_id in self.held:
                fixed |= set(self.anchors(members))
            rows = [row_of[one] for one in members]
            lessons: dict[tuple[int, int], list[int]] = defaultdict(list)
            for one in fixed:
                place = self.placed[one]
                if place.is_by_user and (source := self.sources.get(place.correction_id or 0)):
                    lessons[place.correction_id or 0, source].append(row_of[one])
            fixed_rows = [row_of[one] for one in fixed]
            themes.append(engine.known(theme_id, rows, fixed_rows, theme_id in self.whole, lessons))
        return themes, excluded

    def anchors(self, members: Iterable[int]) -> list[int]:
        """Return the most typical of some statements."""
        return sorted(members, key=lambda one: (-self.placed[one].likeness, one))[:ANCHORS]


def by_theme(placed: dict[int, Placement], ids: Collection[int]) -> dict[int, set[int]]:
    """Return the statements of each theme among ``ids``."""
    known = set(ids)
    members: dict[int, set[int]] = defaultdict(set)
    for one, place in placed.items():
        if place.theme_id is not None and one in known:
            members[place.theme_id].add(one)
    return dict(members)


def placements() -> dict[int, Placement]:
    """Return where every statement is."""
    columns = (
        ThemeMembership.statement_id,
        ThemeMembership.theme_id,
        ThemeMembership.strength,
        ThemeMembership.likeness,
        ThemeMembership.placed_by,
        ThemeMembership.correction_id,
    )
    return {row[0]: Placement(*row[1:]) for row in db.session.execute(select(*columns))}


def take_snapshot() -> Snapshot:
    """Read all statements that count and have their vectors, with what holds for them."""
    kept = rereading.keeps()
    rows = db.session.execute(
        counting(select(Statement.id, Statement.text, packed(kept.mean), packed(kept.mean4)), kept)
        .where(kept.model == engine.model())
        .order_by(Statement.id)
    ).all()
    return Snapshot(
        ids=[row[0] for row in rows],
        texts=[row[1] for row in rows],
        vectors=engine.encoded(unpacked([row[2] for row in rows]), unpacked([row[3] for row in rows])),
        placed=placements(),
        held=_held(),
        whole=_whole(),
        sources=_sources(),
    )


def undone_among(correction_ids: Collection[int]) -> set[int]:
    """Return which of these decisions were undone."""
    query = select(ThemeCorrection.id).where(
        among(ThemeCorrection.id, correction_ids), ThemeCorrection.undone_at.is_not(None)
    )
    return set(db.session.scalars(query))


def mean_vectors(ids: Collection[int]) -> tuple[list[int], Any]:
    """Return the ids that still count, and their ``mean`` vectors; shape ``(ids, dimensions)``."""
    rows = db.session.execute(
        counting(select(Statement.id, packed(StatementVector.mean)), StatementVector)
        .where(among(Statement.id, ids))
        .order_by(Statement.id)
    ).all()
    return [row[0] for row in rows], unpacked([row[1] for row in rows])


def still_counting(ids: Collection[int]) -> set[int]:
    """Return those statements whose items are neither withdrawn nor superseded."""
    query = select(Statement.id).join(FeedbackItem).where(among(Statement.id, ids))
    return set(db.session.scalars(query.where(FeedbackItem.counts)))


def _held() -> frozenset[int]:
    """Return the live themes that a human touched in any way, undone or not."""
    themes = db.session.scalars(select(Theme).where(Theme.state.in_(LIVE_STATES))).all()
    touched = set(db.session.scalars(select(ThemeCorrection.theme_id)))
    touched |= set(db.session.scalars(select(ThemeCorrection.other_theme_id)))
    return frozenset(theme.id for theme in themes if theme.is_held or theme.id in touched)


def _whole() -> frozenset[int]:
    """Return the themes that hold what users merged, under the number they live on with."""
    into = dict(
        db.session.execute(
            select(Theme.id, Theme.merged_into_id).where(
                or_(Theme.merged_into_id.is_not(None), Theme.state.in_(LIVE_STATES))
            )
        ).all()
    )
    survivors = db.session.scalars(
        select(ThemeCorrection.theme_id).where(
            ThemeCorrection.kind == CorrectionKind.MERGE, ThemeCorrection.undone_at.is_(None)
        )
    )
    return frozenset(living(one, into) for one in survivors)


def _sources() -> dict[int, int]:
    into = dict(db.session.execute(select(Theme.id, Theme.merged_into_id)).all())
    made = db.session.execute(
        select(ThemeCorrection.id, ThemeCorrection.other_theme_id).where(
            ThemeCorrection.kind.in_((CorrectionKind.MOVE, CorrectionKind.SPLIT)),
            ThemeCorrection.undone_at.is_(None),
        )
    )
    return {row[0]: living(row[1], into) for row in made if row[1] is not None}


def living(theme_id: int, into: dict[int, int | None]) -> int:
    """Follow merges (theme → theme it went into) to the theme that lives."""
    seen: set[int] = set()
    while theme_id not in seen and (target := into.get(theme_id)) is not None:
        seen.add(theme_id)
        theme_id = target
    return theme_id
