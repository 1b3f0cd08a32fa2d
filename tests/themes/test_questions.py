"""Ten questions that help most: made after a run, answered with a key, never asked twice, undoable."""

import pytest
from sqlalchemy import delete, select, text

from ideaflow import queue
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.themes import queries, service
from ideaflow.themes.models import PlacedBy, ThemeCorrection, ThemeMembership
from ideaflow.themes.offers import questioning
from ideaflow.themes.tables.questions import Answer, QuestionKind, ThemeQuestion
from tests.themes.test_corrections import lines_of, picture


def question(kind, theme, other, statement_ids=None):
    """A question that the engine would not ask: these two lie far apart."""
    rows = statement_ids or lines_of(theme.id)
    return ThemeQuestion(
        kind=kind, theme_id=theme.id, candidate_ids=[other.id], statement_ids=rows,
        example_ids=rows[:3], beside_ids=lines_of(other.id)[:3], place=100, made_at=now(),
    )  # fmt: skip


@pytest.fixture
def asked(heard, about):
    """Questions of the engine, and one of each kind that is always there."""
    service.prepare_questions()
    one, other = about("wifi"), about("label")
    db.session.add(question(QuestionKind.SAME, other, one))
    db.session.add(question(QuestionKind.BELONGS, one, other, lines_of(one.id)[:2]))
    db.session.commit()
    return heard


def first(kind):
    query = select(ThemeQuestion).where(ThemeQuestion.kind == kind, ThemeQuestion.answer == Answer.OPEN)
    return db.session.scalars(query.order_by(ThemeQuestion.place.desc())).first()


ANSWERS = [
    ("same", Answer.ELSEWHERE, "merge"),
    ("belongs", Answer.ELSEWHERE, "move"),
    ("belongs", Answer.OWN, "split"),
    ("belongs", Answer.STAYS, "keep"),
]


@pytest.mark.parametrize("kind, said, correction", ANSWERS)
def test_an_answer_becomes_a_correction_and_is_undone(asked, maren, kind, said, correction):
    before, one = picture(), first(kind)
    target = one.candidate_ids[0] if said == Answer.ELSEWHERE else None
    done = service.answer_question(one.id, said, to_theme_id=target, by=maren)
    made = db.session.get(ThemeCorrection, done.correction_id)
    assert made.kind == correction and picture() != before
    with pytest.raises(Conflict, match="answered this already"):
        service.answer_question(one.id, Answer.STAYS, by=maren)
    service.reopen_question(one.id, by=maren)
    _, places = picture()
    assert places == before[1] and one.answer == Answer.OPEN and one.other_theme_id is None
    with pytest.raises(Conflict, match="is open"):
        service.reopen_question(one.id, by=maren)


def test_what_was_answered_holds_in_the_next_run(asked, maren):
    one = first("belongs")
    rows, target = set(one.statement_ids), one.candidate_ids[0]
    service.answer_question(one.id, Answer.ELSEWHERE, to_theme_id=target, by=maren)
    service.refresh(seed=5)
    assert rows <= set(lines_of(target))


def test_a_group_that_belongs_stays_in_every_later_run(asked, maren):
    one = first("belongs")
    done = service.answer_question(one.id, Answer.STAYS, by=maren)
    assert db.session.get(ThemeCorrection, done.correction_id).kind == "keep"
    rows = db.session.scalars(
        select(ThemeMembership).where(ThemeMembership.statement_id.in_(one.statement_ids))
    ).all()
    assert {(row.theme_id, row.placed_by) for row in rows} == {(one.theme_id, PlacedBy.USER)}
    service.refresh(seed=7)
    assert set(one.statement_ids) <= set(lines_of(one.theme_id))


@pytest.mark.parametrize("kind, said", [("same", "stays"), ("belongs", "unsure"), ("same", "unsure")])
def test_what_is_remembered_is_not_asked_again(asked, maren, kind, said):
    before, one = picture(), first(kind)
    theme_id, rows = one.theme_id, set(one.statement_ids)
    service.answer_question(one.id, Answer(said), by=maren)
    assert picture() == before
    service.refresh(seed=3)
    service.prepare_questions()
    again = db.session.scalars(select(ThemeQuestion).where(ThemeQuestion.answer == Answer.OPEN)).all()
    if kind == QuestionKind.SAME:
        assert theme_id not in [other.theme_id for other in again if other.kind == QuestionKind.SAME]
    else:
        assert rows not in [set(other.statement_ids) for other in again]


def test_an_answer_that_does_not_fit_the_question_is_refused(asked, maren):
    before = picture()
    for kind, said in (("same", Answer.OWN), ("same", Answer.ELSEWHERE), ("belongs", Answer.ELSEWHERE)):
        with pytest.raises(Invalid, match="Choose"):
            service.answer_question(first(kind).id, said, by=maren)
    assert picture() == before


def test_a_question_that_other_decisions_overtook_is_passed_over(asked, about, maren):
    one = first("belongs")
    service.move_statements(one.theme_id, one.statement_ids, about("count").id, by=maren)
    db.session.execute(delete(ThemeQuestion).where(ThemeQuestion.id != one.id))
    assert questioning.next_question().question is None
    with pytest.raises(Conflict, match="overtaken"):
        service.answer_question(one.id, Answer.STAYS, by=maren)
    with pytest.raises(NotFound):
        service.answer_question(10**9, Answer.STAYS, by=maren)


def test_a_theme_that_is_gone_is_not_offered(asked, maren):
    one = first("same")
    assert [theme.id for theme in questioning.candidates(one)] == one.candidate_ids
    service.dismiss(one.candidate_ids[0], "Not ours", by=maren)
    assert questioning.candidates(one) == []


def test_after_ten_answers_the_engine_looks_anew(heard, about, maren):
    one, other = about("wifi"), about("label")
    db.session.add_all(question(QuestionKind.SAME, other, one) for _ in range(12))
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    db.session.commit()
    for number in range(1, 11):
        assert not queue.is_waiting("themes.ask"), number
        service.answer_question(questioning.next_question().question.id, Answer.UNSURE, by=maren)
    assert queue.is_waiting("themes.ask")


def test_the_page_asks_one_after_the_other(asked, client_of):
    manager = client_of("product_manager")
    assert "1 of " in manager.get("/themes/questions").text
    one = questioning.next_question().question
    after = manager.post(f"/themes/questions/{one.id}", data={"answer": "unsure"}, follow_redirects=True)
    assert "not asked again" in after.text and f"/themes/questions/{one.id}/reopen" in after.text
    assert "2 of " in after.text
    back = manager.post(f"/themes/questions/{one.id}/reopen", follow_redirects=True)
    assert "The question is open again." in back.text
    assert manager.post(f"/themes/questions/{one.id}", data={"answer": "x"}).status_code == 422
    assert client_of("sales").get("/themes/questions").status_code == 403


def test_the_page_offers_the_nearest_themes_and_asks_before_it_takes_another(asked, about, client_of):
    one, wifi, count_theme = first("belongs"), about("wifi"), about("count")
    db.session.query(ThemeQuestion).filter(ThemeQuestion.id != one.id).delete()
    db.session.commit()
    manager = client_of("product_manager")
    page = manager.get("/themes/questions").text
    assert f'name="to" value="{one.candidate_ids[0]}"' in page and f'value="{count_theme.id}"' in page
    chosen = {"answer": "elsewhere", "target_id": str(count_theme.id)}
    doubted = manager.post(f"/themes/questions/{one.id}", data=chosen)
    assert "Do they really belong to" in doubted.text and set(one.statement_ids) <= set(lines_of(wifi.id))
    sure = {"to": str(count_theme.id), "sure": "1"}
    done = manager.post(f"/themes/questions/{one.id}", data=sure, follow_redirects=True)
    assert "Moved: 2 statements" in done.text and set(one.statement_ids) <= set(lines_of(count_theme.id))


def test_looking_for_questions_is_a_job_and_the_page_waits_for_it(heard, client_of):
    db.session.query(ThemeQuestion).delete()
    db.session.commit()
    manager = client_of("product_manager")
    page = manager.post("/themes/questions/more", follow_redirects=True).text
    assert "Looking for what helps most" in page and "every 1s" in page
    assert queue.is_waiting("themes.ask")


def test_without_themes_the_page_says_so(client_of):
    manager = client_of("product_manager")
    assert "There are no themes yet" in manager.get("/themes/questions").text
    assert queries.coverage().run is None
