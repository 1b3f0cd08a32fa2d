"""Whatever people decide, undo and run again, in whatever order: no statement is lost, no decision broken."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from ideaflow import audit
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid
from ideaflow.feedback.models import Statement
from ideaflow.themes import service
from ideaflow.themes.models import LIVE_STATES, PlacedBy, Theme, ThemeCorrection, ThemeMembership
from ideaflow.themes.offers import following
from ideaflow.themes.runs.figures import recount
from ideaflow.themes.tables.questions import Answer, ThemeQuestion
from tests.themes.test_corrections import lines, picture

VERBS = (
    "rename", "merge", "move", "exclude", "split", "split", "dismiss", "restore", "watch", "pin",
    "follow", "take back",
    "answer", "reopen", "learn",
    "undo", "undo", "run",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 30), st.integers(0, 30), st.integers(1, 4)),
    min_size=3,
    max_size=9,
)


def live():
    return db.session.scalars(select(Theme).where(Theme.state.in_(LIVE_STATES)).order_by(Theme.id)).all()


def take(step, by):
    """Take one step on themes chosen by number; what is refused changes nothing."""
    verb, first, second, count = step
    themes = live()
    one, other = themes[first % len(themes)], themes[second % len(themes)]
    if verb == "run":
        return service.refresh(seed=first)
    if verb == "undo":
        made = db.session.scalars(select(ThemeCorrection).order_by(ThemeCorrection.id)).all()
        return service.undo(made[first % len(made)].id, by=by) if made else None
    if verb == "rename":
        return service.rename(one.id, f"Named {first} {second}", by=by)
    if verb == "merge":
        return service.merge(one.id, other.id, by=by) if one is not other else None
    if verb == "move":
        chosen = lines(one, count)
        return (
            service.move_statements(one.id, chosen, other.id, by=by) if one is not other and chosen else None
        )
    if verb == "exclude":
        chosen = lines(one, count)
        return service.exclude_statements(one.id, chosen, by=by) if chosen else None
    if verb == "split":
        chosen = lines(one, count)
        return service.split(one.id, chosen, by=by) if 0 < len(chosen) < one.statement_count else None
    if verb in ("follow", "take back"):
        made = db.session.scalars(select(ThemeCorrection).order_by(ThemeCorrection.id)).all()
        if not made:
            return None
        chosen = made[first % len(made)].id
        if verb == "take back":
            return service.take_back(chosen, by=by)
        like = following.like_statements(chosen)
        return service.follow(chosen, like[:count], by=by) if like else None
    if verb in ("answer", "reopen"):
        asked = db.session.scalars(select(ThemeQuestion).order_by(ThemeQuestion.id)).all()
        if not asked:
            return service.prepare_questions()
        one = asked[first % len(asked)]
        if verb == "reopen":
            return service.reopen_question(one.id, by=by)
        said = (Answer.STAYS, Answer.ELSEWHERE, Answer.OWN, Answer.UNSURE)[count % 4]
        target = other.id if said == Answer.ELSEWHERE else None
        return service.answer_question(one.id, said, to_theme_id=target, by=by)
    if verb == "learn":
        return teach(one, other, first, by)
    if verb == "dismiss":
        return service.dismiss(one.id, "No.", by=by)
    if verb == "pin":
        return service.pin(one.id, by=by)
    return getattr(service, verb)(one.id, by=by)


def teach(one, other, seed, by):
    """Move one statement; what is like it follows in the next run, as if a run had found it so."""
    chosen = lines(one, 3)
    if one is other or len(chosen) < 3:
        return None
    made = service.move_statements(one.id, chosen[:1], other.id, by=by)
    db.session.execute(
        update(ThemeMembership)
        .where(ThemeMembership.statement_id.in_(chosen[1:]), ThemeMembership.placed_by == PlacedBy.ENGINE)
        .values(theme_id=other.id, placed_by=PlacedBy.LEARNED, correction_id=made.id)
    )
    recount([one.id, other.id])
    db.session.commit()
    return service.refresh(seed=seed)


def holds():
    """Every decision that was not undone can be seen in where things are."""
    db.session.expire_all()
    themes = {theme.id: theme for theme in db.session.scalars(select(Theme))}
    places = {row.statement_id: row for row in db.session.scalars(select(ThemeMembership))}
    counts = dict(
        db.session.execute(
            select(ThemeMembership.theme_id, func.count()).group_by(ThemeMembership.theme_id)
        ).all()
    )
    for theme in themes.values():
        assert theme.statement_count == counts.get(theme.id, 0)
        if theme.state not in LIVE_STATES:
            assert theme.statement_count == 0
    made = db.session.scalars(select(ThemeCorrection).order_by(ThemeCorrection.id)).all()
    standing = [one for one in made if not one.is_undone]
    for row in places.values():
        if row.correction_id is not None:
            assert row.correction_id in {one.id for one in standing}
        assert (row.placed_by == PlacedBy.ENGINE) == (row.correction_id is None)
    by_theme = {}
    for one in standing:
        if one.kind == "merge":
            gone = themes[one.other_theme_id]
            assert gone.state == "merged"
            assert gone.merged_into_id == one.theme_id
        if one.kind == "rename":
            by_theme[one.theme_id] = one.after["title"]
        for statement in one.statement_ids if one.kind in ("move", "exclude", "split") else ():
            assert places[statement].placed_by == "user"
    for theme_id, title in by_theme.items():
        assert themes[theme_id].title == title


def campaign(steps, by):
    statements = db.session.scalar(select(func.count(Statement.id)))
    for step in steps:
        before = picture()
        try:
            take(step, by)
        except (Conflict, Invalid):
            assert picture() == before
        holds()
        assert db.session.scalar(select(func.count(Statement.id))) == statements
    assert audit.first_broken() is None


CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=12, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(STEPS)
def test_no_order_of_decisions_and_runs_breaks_one(heard, maren, session, steps):
    nested(session, steps, maren)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=CHECKS)
@given(STEPS)
def test_no_order_of_decisions_and_runs_breaks_one_at_length(heard, maren, session, steps):
    nested(session, steps, maren)


def nested(session, steps, by):
    """Each example starts from the same company."""
    session.commit()
    point = db.engines[None].begin_nested()
    try:
        campaign(steps, by)
    finally:
        session.rollback()
        session.expunge_all()
        point.rollback()
