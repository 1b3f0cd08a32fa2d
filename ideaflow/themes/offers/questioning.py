"""Questions that the engine asks: the next one, and its answer, which is an ordinary correction."""

from dataclasses import dataclass

from sqlalchemy import func, select

from ideaflow import audit, queue
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, Invalid, must_exist
from ideaflow.themes.corrections.belonging import keep, merge, move_statements, split
from ideaflow.themes.corrections.undoing import undo
from ideaflow.themes.models import OPEN_STATES, Theme, ThemeCorrection, ThemeMembership
from ideaflow.themes.tables.questions import Answer, QuestionKind, ThemeQuestion
from ideaflow.themes.turns import take_turn

AT_ONCE = 10
"""Questions that one is asked in a row; after them the engine looks anew at what is open."""


@dataclass(frozen=True)
class Next:
    """The question to answer next, and how far one is."""

    question: ThemeQuestion | None
    place: int
    count: int
    answered_count: int


def next_question() -> Next:
    """Return the open question that helps most; those overtaken by other decisions are passed over."""
    answered = _answered_count()
    waiting = db.session.scalars(
        select(ThemeQuestion)
        .where(ThemeQuestion.answer == Answer.OPEN)
        .order_by(ThemeQuestion.place, ThemeQuestion.id)
    ).all()
    still = [one for one in waiting if not _is_overtaken(one)]
    place = answered % AT_ONCE
    return Next(still[0] if still else None, place + 1, min(AT_ONCE, place + len(still)), answered)


def _answered_count() -> int:
    """Return how many questions were answered since the engine looked last."""
    last_look = select(func.max(ThemeQuestion.made_at)).scalar_subquery()
    answered = (ThemeQuestion.answer != Answer.OPEN, ThemeQuestion.answered_at >= last_look)
    return db.session.scalar(select(func.count()).select_from(ThemeQuestion).where(*answered)) or 0


def open_count() -> int:
    """Return how many questions wait, ten at most."""
    query = select(ThemeQuestion.id).where(ThemeQuestion.answer == Answer.OPEN).limit(AT_ONCE)
    return len(db.session.scalars(query).all())


def _is_overtaken(one: ThemeQuestion) -> bool:
    if db.session.get_one(Theme, one.theme_id).state not in OPEN_STATES:
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


def candidates(one: ThemeQuestion) -> list[Theme]:
    """Return the themes it may belong to instead, the likeliest first."""
    query = select(Theme).where(among(Theme.id, one.candidate_ids), Theme.state.in_(OPEN_STATES))
    found = {theme.id: theme for theme in db.session.scalars(query)}
    return [found[theme_id] for theme_id in one.candidate_ids if theme_id in found]


def answer(
    question_id: int, said: Answer, *, to_theme_id: int | None = None, title: str = "", by: Actor
) -> ThemeQuestion:
    """Answer a question: what changes something becomes a correction, the rest is remembered.

    :param to_theme_id: the theme that what was asked about belongs to, if elsewhere.
    :param title: the name of a group that is a theme of its own.
    :raises NotFound: there is no such question any more.
    :raises Conflict: it was answered already, or other decisions overtook it.
    :raises Invalid: the answer does not fit the question.
    """
    with transaction():
        take_turn()
        one = _found(question_id)
        if one.answer != Answer.OPEN:
            raise Conflict(f"{one.answered_by_name} has answered this already. Go on with the next one.")
        if _is_overtaken(one):
            raise Conflict("Other decisions have overtaken this question. Go on with the next one.")
        made = _correct(one, said, to_theme_id, title, by)
        one.answer, one.answered_at, one.answered_by_name = said, now(), by.name
        one.correction_id, one.other_theme_id = made.id if made else None, to_theme_id
        theme = db.session.get_one(Theme, one.theme_id)
        told = {"question": one.kind, "answer": str(said), "other_theme_id": to_theme_id}
        audit.record(by, "themes.answer", theme, after=told)
        if _answered_count() % AT_ONCE == 0:
            queue.defer("themes.ask", alone="themes.ask")
    return one


def _correct(
    one: ThemeQuestion, said: Answer, to_theme_id: int | None, title: str, by: Actor
) -> ThemeCorrection | None:
    """Do what an answer says."""
    if said == Answer.ELSEWHERE:
        if to_theme_id is None:
            raise Invalid("Choose the theme it belongs to.")
        if one.kind == QuestionKind.SAME:
            return merge(to_theme_id, one.theme_id, reason="asked whether they say the same", by=by)
        reason = "asked where they belong"
        return move_statements(one.theme_id, _still_there(one), to_theme_id, reason=reason, by=by)
    if said == Answer.OWN and one.kind == QuestionKind.BELONGS:
        return split(one.theme_id, _still_there(one), title=title, by=by)
    if said == Answer.STAYS and one.kind == QuestionKind.BELONGS:
        return keep(one.theme_id, _still_there(one), reason="asked whether they belong", by=by)
    if said not in (Answer.STAYS, Answer.UNSURE):
        raise Invalid("Choose an answer.")
    return None


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
        one.answer, one.answered_at = Answer.OPEN, None
        one.correction_id = one.other_theme_id = None
        theme = db.session.get_one(Theme, one.theme_id)
        audit.record(by, "themes.reopen_question", theme, before=before)
    return one


def _found(question_id: int) -> ThemeQuestion:
    return must_exist(
        db.session.get(ThemeQuestion, question_id, with_for_update=True, populate_existing=True),
        "This question is gone: a run has asked anew.",
    )
