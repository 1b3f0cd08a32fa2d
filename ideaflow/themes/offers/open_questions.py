"""What the engine would ask now: found on the graph of everything said, in the themes as they are."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select

from ideaflow import queue
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.themes import engine
from ideaflow.themes.models import OPEN_STATES, CorrectionKind, Theme, ThemeCorrection
from ideaflow.themes.statements.snapshot import Snapshot, take_snapshot
from ideaflow.themes.tables.questions import Answer, QuestionKind, ThemeQuestion
from ideaflow.themes.turns import take_turn

KEPT = 30
"""Questions kept ready."""
ALIKE = 0.5
"""A group that shares so much (Jaccard) with one asked about before is the same group."""


def prepare() -> int:
    """Look for the questions that help most; those still open make room, answers are remembered.

    :returns: how many there are.
    """
    answered = _answered()
    found = _found(take_snapshot(), answered)
    with transaction() as session:
        take_turn()
        # Somebody may have answered while the graph was made.
        fresh = [one for one in found if not any(_is_same(one, before) for before in _answered())][:KEPT]
        session.execute(delete(ThemeQuestion).where(ThemeQuestion.answer == Answer.OPEN))
        session.add_all(fresh)
    return len(fresh)


def look() -> None:
    """Let a job look for questions now."""
    with transaction():
        queue.defer("themes.ask", alone="themes.ask")


def _answered() -> Sequence[ThemeQuestion]:
    query = select(ThemeQuestion).where(ThemeQuestion.answer != Answer.OPEN)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _found(some: Snapshot, answered: Sequence[ThemeQuestion]) -> list[ThemeQuestion]:
    """Return questions about open themes, the best first; some may have been answered."""
    ids = some.ids
    asked_about = set(db.session.scalars(select(Theme.id).where(Theme.state.in_(OPEN_STATES))))
    placed = [some.placed.get(one) for one in ids]
    home = [one.theme_id if one else None for one in placed]
    themes = sorted({theme_id for theme_id in home if theme_id in asked_about})
    number = {theme_id: label for label, theme_id in enumerate(themes)}
    # Of a large group that belongs, a part may still not: only what was moved is never asked about again.
    keeping = select(ThemeCorrection.id).where(ThemeCorrection.kind == CorrectionKind.KEEP)
    kept = set(db.session.scalars(keeping))
    settled = [
        row for row, one in enumerate(placed) if one and one.is_by_user and one.correction_id not in kept
    ]
    told = Counter((one.theme_id, one.answer) for one in answered if one.kind == QuestionKind.BELONGS)
    asked = engine.questions(
        some.texts,
        some.vectors,
        [number.get(theme_id) if theme_id is not None else None for theme_id in home],
        settled,
        {
            number[theme_id]: (
                told[theme_id, Answer.STAYS],
                told[theme_id, Answer.ELSEWHERE] + told[theme_id, Answer.OWN],
            )
            for theme_id in themes
        },
        limit=KEPT + len(answered),
    )
    return [
        ThemeQuestion(
            kind=QuestionKind(one.kind),
            theme_id=themes[one.label],
            candidate_ids=[themes[label] for label in one.candidates],
            statement_ids=[ids[row] for row in one.rows],
            example_ids=[ids[row] for row in one.examples],
            beside_ids=[ids[row] for row in one.beside],
            place=place,
            made_at=now(),
        )
        for place, one in enumerate(asked)
    ]


def _is_same(one: ThemeQuestion, before: ThemeQuestion) -> bool:
    if one.kind != before.kind:
        return False
    if one.kind == QuestionKind.SAME:
        return one.theme_id == before.theme_id
    mine, theirs = set(one.statement_ids), set(before.statement_ids)
    return len(mine & theirs) > ALIKE * len(mine | theirs)
