"""Which question should a human answer next: made after a run, answered by ordinary corrections."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import among, counting
from ideaflow.themes.corrections.belonging import merge, split
from ideaflow.themes.corrections.undoing import undo
from ideaflow.themes.models import OPEN_STATES, PlacedBy, Theme, ThemeCorrection, ThemeMembership
from ideaflow.themes.statements.snapshot import mean_vectors
from ideaflow.themes.tables.questions import Answer, QuestionKind, ThemeQuestion
from ideaflow.themes.turns import take_turn

AT_ONCE = 10
"""Questions that one is asked in a row."""
ALIKE = 0.5
"""A group that shares so much (Jaccard) with one asked about before is the same group."""


@dataclass(frozen=True)
class Next:
    """The question to answer next, and how far one is."""

    question: ThemeQuestion | None
    place: int
    count: int
    answered_count: int


def prepare() -> int:
    """Look for the questions that help most; those still open make room, answers are remembered.

    :returns: how many there are.
    """
    places = db.session.execute(
        counting(select(ThemeMembership.statement_id, ThemeMembership.theme_id, ThemeMembership.placed_by))
        .join(Theme, Theme.id == ThemeMembership.theme_id)
        .where(Theme.state.in_(OPEN_STATES))
    ).all()
    home = {row[0]: row[1] for row in places}
    by_user = {row[0] for row in places if row[2] == PlacedBy.USER}
    ids, vectors = mean_vectors(home)
    themes = sorted({home[one] for one in ids})
    number = {theme_id: label for label, theme_id in enumerate(themes)}
    settled = [row for row, one in enumerate(ids) if one in by_user]
    labels = engine.labels([number[home[one]] for one in ids])
    found = [
        ThemeQuestion(
            kind=QuestionKind(one.kind),
            theme_id=themes[one.label],
            other_theme_id=None if one.other is None else themes[one.other],
            statement_ids=[ids[row] for row in one.rows],
            example_ids=[ids[row] for row in one.examples],
            beside_ids=[ids[row] for row in one.beside],
            gain=one.gain,
            made_at=now(),
        )
        for one in engine.questions(vectors, labels, settled)
    ]
    with transaction() as session:
        take_turn()
        answered = session.scalars(select(ThemeQuestion).where(ThemeQuestion.answer != Answer.OPEN)).all()
        fresh = [one for one in found if not any(_is_same(one, before) for before in answered)]
        session.execute(delete(ThemeQuestion).where(ThemeQuestion.answer == Answer.OPEN))
        session.add_all(fresh)
    return len(fresh)


def _is_same(one: ThemeQuestion, before: ThemeQuestion) -> bool:
    if one.kind != before.kind:
        return False
    if one.kind == QuestionKind.SAME:
        return {one.theme_id, one.other_theme_id} == {before.theme_id, before.other_theme_id}
    mine, theirs = set(one.statement_ids), set(before.statement_ids)
    return len(mine & theirs) > ALIKE * len(mine | theirs)


def next_question() -> Next:
    """Return the open question that helps most; those overtaken by other decisions are passed over."""
    answered = db.session.scalar(
        select(func.count()).select_from(ThemeQuestion).where(
            ThemeQuestion.answer != Answer.OPEN,
            ThemeQuestion.answered_at >= select(func.max(ThemeQuestion.made_at)).scalar_subquery(),
        )
    ) or 0  # fmt: skip
    waiting = db.session.scalars(
        select(ThemeQuestion)
        .where(ThemeQuestion.answer == Answer.OPEN)
        .order_by(ThemeQuestion.gain.desc(), ThemeQuestion.id)
    ).all()
    still = [one for one in waiting if not _is_overtaken(one)]
    place = answered % AT_ONCE
    return Next(still[0] if still else None, place + 1, min(AT_ONCE, place + len(still)), answered)


def open_count() -> int:
    """Return how many questions wait, ten at most."""
    query = select(ThemeQuestion.id).where(ThemeQuestion.answer == Answer.OPEN).limit(AT_ONCE)
    return len(db.session.scalars(query).all())


def _is_overtaken(one: ThemeQuestion) -> bool:
    themes = [one.theme_id, *([one.other_theme_id] if one.other_theme_id else [])]
    states = db.session.scalars(select(Theme.state).where(Theme.id.in_(themes))).all()
    if any(state not in OPEN_STATES for state in states):
        return True
    return one.kind == QuestionKind.BELONGS and len(_still_there(one)) < len(one.statement_ids) / 2


def _still_there(one: ThemeQuestion) -> list[int]:
    return list(
        db.session.scalars(
            select(ThemeMembership.statement_id).where(
                among(ThemeMembership.statement_id, one.statement_ids),
                ThemeMembership.theme_id == one.theme_id,
            )
        )
    )


def answer(question_id: int, said: Answer, *, title: str = "", by: Actor) -> ThemeQuestion:
    """Answer a question: yes or no becomes a correction where it changes something, else it is remembered.

    :param title: the name of a group that does not belong and is split off.
    :raises NotFound: there is no such question any more.
    :raises Conflict: it was answered already, or other decisions overtook it.
    """
    with transaction():
        take_turn()
        one = _found(question_id)
        if one.answer != Answer.OPEN:
            raise Conflict(f"{one.answered_by_name} has answered this already. Go on with the next one.")
        if _is_overtaken(one):
            raise Conflict("Other decisions have overtaken this question. Go on with the next one.")
        made: ThemeCorrection | None = None
        if one.kind == QuestionKind.SAME and said == Answer.YES:
            made = merge(
                one.theme_id, one.other_theme_id or 0, reason="asked whether they say the same", by=by
            )
        elif one.kind == QuestionKind.BELONGS and said == Answer.NO:
            made = split(one.theme_id, _still_there(one), title=title, by=by)
        one.answer, one.answered_at, one.answered_by_name = said, now(), by.name
        one.correction_id = made.id if made else None
        theme = db.session.get_one(Theme, one.theme_id)
        told = {"question": one.kind, "answer": str(said), "other_theme_id": one.other_theme_id}
        audit.record(by, "themes.answer", theme, after=told)
    return one


def reopen(question_id: int, *, by: Actor) -> ThemeQuestion:
    """Take an answer back, with the correction it became.

    :raises NotFound: there is no such question any more.
    :raises Conflict: it is open, or a later decision builds on its correction: says which.
    """
    with transaction():
        take_turn()
        one = _found(question_id)
        if one.answer == Answer.OPEN:
            raise Conflict("This question is open.")
        made = db.session.get(ThemeCorrection, one.correction_id) if one.correction_id else None
        if made is not None and not made.is_undone:
            undo(made.id, by=by)
        before = {"answer": one.answer}
        one.answer, one.answered_at, one.correction_id = Answer.OPEN, None, None
        theme = db.session.get_one(Theme, one.theme_id)
        audit.record(by, "themes.reopen_question", theme, before=before)
    return one


def _found(question_id: int) -> ThemeQuestion:
    one = db.session.get(ThemeQuestion, question_id, with_for_update=True, populate_existing=True)
    if one is None:
        raise NotFound("This question is gone: a run has asked anew.")
    return one
