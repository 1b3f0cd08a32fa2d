"""Ten questions that help most: made after a run, answered with a key, never asked twice, undoable."""

import pytest
from sqlalchemy import select

from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.errors import Conflict, NotFound
from ideaflow.themes import queries, service
from ideaflow.themes.models import ThemeCorrection
from ideaflow.themes.offers import questioning
from ideaflow.themes.tables.questions import Answer, QuestionKind, ThemeQuestion
from tests.themes.test_corrections import lines_of, picture


@pytest.fixture
def asked(heard, about):
    """Questions of the engine, and one that it would not ask: these two lie far apart."""
    service.prepare_questions()
    one, other = about("wifi"), about("label")
    rows = lines_of(other.id)
    pair = ThemeQuestion(
        kind=QuestionKind.SAME, theme_id=one.id, other_theme_id=other.id, statement_ids=rows,
        example_ids=rows[:3], beside_ids=lines_of(one.id)[:3], gain=0.1, made_at=now(),
    )  # fmt: skip
    db.session.add(pair)
    db.session.commit()
    return heard


def first(kind):
    query = select(ThemeQuestion).where(ThemeQuestion.kind == kind, ThemeQuestion.answer == Answer.OPEN)
    return db.session.scalars(query.order_by(ThemeQuestion.gain.desc())).first()


def test_each_question_names_what_it_would_move(asked):
    one = questioning.next_question().question
    assert one is not None and one.example_ids and one.beside_ids
    whole = lines_of(one.other_theme_id or one.theme_id)
    assert set(one.statement_ids) <= set(whole)


@pytest.mark.parametrize("kind, said", [("same", "yes"), ("belongs", "no")])
def test_an_answer_becomes_a_correction_and_is_undone(asked, maren, kind, said):
    before, one = picture(), first(kind)
    done = service.answer_question(one.id, Answer(said), by=maren)
    made = db.session.get(ThemeCorrection, done.correction_id)
    assert made.kind == {"same": "merge", "belongs": "split"}[kind]
    with pytest.raises(Conflict, match="answered this already"):
        service.answer_question(one.id, Answer.YES, by=maren)
    service.reopen_question(one.id, by=maren)
    _, places = picture()
    assert places == before[1] and one.answer == Answer.OPEN
    with pytest.raises(Conflict, match="is open"):
        service.reopen_question(one.id, by=maren)


@pytest.mark.parametrize("kind, said", [("same", "no"), ("belongs", "yes"), ("same", "unsure")])
def test_what_is_remembered_is_not_asked_again(asked, maren, kind, said):
    before, one = picture(), first(kind)
    pair, rows = {one.theme_id, one.other_theme_id}, set(one.statement_ids)
    service.answer_question(one.id, Answer(said), by=maren)
    assert picture() == before
    service.refresh(seed=3)
    service.prepare_questions()
    again = db.session.scalars(select(ThemeQuestion).where(ThemeQuestion.answer == Answer.OPEN)).all()
    if kind == QuestionKind.SAME:
        assert pair not in [{other.theme_id, other.other_theme_id} for other in again]
    else:
        assert rows not in [set(other.statement_ids) for other in again]


def test_a_question_that_other_decisions_overtook_is_passed_over(asked, about, maren):
    one = first("same")
    service.merge(one.theme_id, one.other_theme_id, by=maren)
    shown = questioning.next_question().question
    assert shown is None or shown.id != one.id
    with pytest.raises(Conflict, match="overtaken"):
        service.answer_question(one.id, Answer.YES, by=maren)
    with pytest.raises(NotFound):
        service.answer_question(10**9, Answer.YES, by=maren)


def test_the_page_asks_one_after_the_other(asked, client_of):
    manager = client_of("product_manager")
    page = manager.get("/themes/questions").text
    assert "1 of 10" in page or "1 of " in page
    one = questioning.next_question().question
    after = manager.post(f"/themes/questions/{one.id}", data={"answer": "unsure"}, follow_redirects=True)
    assert "not asked again" in after.text and f"/themes/questions/{one.id}/reopen" in after.text
    assert "2 of " in after.text
    back = manager.post(f"/themes/questions/{one.id}/reopen", follow_redirects=True)
    assert "The question is open again." in back.text
    assert manager.post(f"/themes/questions/{one.id}", data={"answer": "x"}).status_code == 422
    assert client_of("sales").get("/themes/questions").status_code == 403


def test_without_themes_the_page_says_so(client_of):
    manager = client_of("product_manager")
    assert "There are no themes yet" in manager.get("/themes/questions").text
    assert queries.coverage().run is None
