"""A theme that people hold stays whole in every run, and a run says where its words say otherwise."""

import pytest
from sqlalchemy import select, update

from ideaflow.feedback.models import Statement
from ideaflow.themes import service
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.themes.reading import pool
from tests.embeddings.corpus import NEEDS
from tests.themes.test_model_commands import encoder, home
from tests.themes.test_odd_items import read

__all__ = ["encoder", "home", "read"]


@pytest.fixture
def of_two_needs(read, session, maren):
    """A pinned theme in which an earlier run, with less to read, left two needs together."""
    read(*(text for texts in NEEDS.values() for text in texts))
    stays, goes = theme_of(session, NEEDS["dark"][0]), theme_of(session, NEEDS["invoice"][0])
    session.execute(update(ThemeMembership).where(ThemeMembership.theme_id == goes).values(theme_id=stays))
    session.execute(update(Theme).where(Theme.id == goes).values(state="retired"))
    session.commit()
    service.pin(stays, by=maren)
    return stays


def theme_of(session, text):
    query = select(ThemeMembership.theme_id).join(Statement).where(Statement.text == text)
    return session.scalars(query).one()


def texts_of(session, ids):
    return set(session.scalars(select(Statement.text).where(Statement.id.in_(ids))))


def in_theme(session, theme_id):
    query = select(Statement.text).join(ThemeMembership).where(ThemeMembership.theme_id == theme_id)
    return set(session.scalars(query))


def test_a_pinned_theme_of_two_needs_stays_whole_and_the_run_asks_where_to_cut_it(
    of_two_needs, session, maren
):
    both = set(NEEDS["dark"]) | set(NEEDS["invoice"])
    service.refresh()
    assert both <= in_theme(session, of_two_needs)
    [question] = [one.candidate for one in pool.groups() if one.candidate.kind == "split"]
    said = texts_of(session, question.statement_ids)
    assert question.of_theme_id == of_two_needs
    assert said in (set(NEEDS["dark"]), set(NEEDS["invoice"]))
    made = service.split_off(question.id, by=maren)
    assert in_theme(session, made.theme_id) == said and in_theme(session, of_two_needs) == both - said
    service.refresh()
    assert in_theme(session, made.theme_id) == said and pool.groups() == []


def test_who_leaves_it_whole_is_not_asked_again(of_two_needs, session, maren):
    service.refresh()
    [question] = [one.candidate for one in pool.groups()]
    service.reject_group(question.id, by=maren)
    service.refresh(seed=3)
    assert pool.groups() == []
    assert len(in_theme(session, of_two_needs)) == 16
