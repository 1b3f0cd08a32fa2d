"""The theme of a captured wish: suggested as soon as it is read, confirmed or changed by who captured it."""

import pytest
from sqlalchemy import select

from ideaflow.errors import Conflict
from ideaflow.feedback import capturing
from ideaflow.feedback.models import Capture, FeedbackItem, Statement
from ideaflow.feedback.sentences import Span
from ideaflow.themes import service
from ideaflow.themes.models import ThemeCorrection, ThemeMembership
from ideaflow.themes.statements import recurring


@pytest.fixture
def wish(heard, client_of, session):
    """A wish about the scanner that an agent captured and the engine has read."""
    agent = client_of("service")
    said = capturing.Heard(key="k", words="The wifi drops again", is_verbatim=True)
    made = capturing.write_down(said, by=agent.user.actor)
    with pytest.raises(Conflict, match="not been read"):
        service.place_capture(made.id, 1, may_others=False, by=agent.user.actor)
    assert "Looking for its theme" in agent.get(f"/themes/captures/{made.id}").text
    service.take_in_new()
    return agent, session.get(Capture, made.id)


def where(session, wish):
    return session.get(ThemeMembership, wish.statement_id, populate_existing=True)


def test_the_theme_is_suggested_at_once_and_one_click_confirms_it(wish, about, session):
    agent, made = wish
    theme = about("wifi")
    page = agent.get(f"/feedback/{made.item_id}").text
    assert "suggested theme" in page and theme.title in page
    agent.post(f"/themes/captures/{made.id}", data={"target_id": theme.id})
    place = where(session, made)
    assert (place.theme_id, place.placed_by, place.strength) == (theme.id, "user", 1)
    assert "its theme" in agent.get(f"/themes/captures/{made.id}").text
    assert session.scalars(select(ThemeCorrection.kind)).all() == ["keep"]


def test_a_case_says_which_theme_its_words_are_in_and_one_stays(wish, about, session, make, count_queries):
    agent, made = wish
    theme, case = about("wifi"), make.case()
    item = session.get(FeedbackItem, made.item_id)
    item.case_id = case.id
    session.commit()
    address = f"/cases/{case.id}"
    agent.get(address)
    with count_queries() as few:
        page = agent.get(address).text
    assert theme.title in page and "suggested theme" not in page
    assert "suggested theme" in agent.get(f"{address}?wish={made.id}").text
    said = {"target_id": theme.id, "at": "record"}
    home = agent.post(f"/themes/captures/{made.id}", data=said).location
    assert home == f"{address}?wish={made.id}#wish-{made.id}"
    for _ in range(5):
        more = make.statement(make.item(case_id=case.id))
        session.add(ThemeMembership(statement_id=more.id, theme_id=theme.id, strength=0.9, likeness=0.9))
    session.commit()
    with count_queries() as many:
        agent.get(address)
    assert len(many) == len(few)


def test_another_theme_can_be_chosen_and_holds_in_every_later_run(wish, about, session):
    agent, made = wish
    theme = about("label")
    agent.post(f"/themes/captures/{made.id}", data={"target_id": theme.id})
    service.refresh()
    assert where(session, made).theme_id == theme.id


def test_who_did_not_capture_it_and_does_not_triage_cannot_place_it(wish, about, client_of):
    _, made = wish
    data = {"target_id": about("label").id}
    address = f"/themes/captures/{made.id}"
    assert client_of("sales").post(address, data=data).status_code == 403
    assert client_of("gatekeeper").post(address, data=data).status_code == 403
    assert client_of("product_manager").post(address, data=data).status_code == 303


def test_a_marked_sentence_lives_through_a_new_drawing_of_its_item(heard, session, make):
    text = "The scanner is slow. " * 3 + "Could it hold the list?"
    item = make.item(text=text)
    by = make.user().actor
    capturing.capture(item.id, [Span(len(text) - 23, len(text))], by=by)
    service.take_in_new()
    assert session.scalars(select(FeedbackItem.read_at).where(FeedbackItem.id == item.id)).one()
    made = session.scalars(select(Capture)).one()
    recurring._draw_again()
    query = select(Statement.text).join(Capture, Capture.statement_id == Statement.id)
    assert session.scalars(query.where(Capture.id == made.id)).one() == "Could it hold the list?"
