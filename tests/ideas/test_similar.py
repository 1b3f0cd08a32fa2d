"""Ideas like what is being typed: read by a worker, found by meaning, within what one may see."""

import pytest

from ideaflow.ideas import likeness, service
from ideaflow.ideas.models import IdeaVector, Look


@pytest.fixture
def worded(posted):
    """Three ideas about three things."""
    return [
        posted(title="Count one bin while we keep picking", text="Counting locks the whole bay in December."),
        posted(title="Let hauliers book a dock slot themselves", text="We ring every haulier twice a day."),
        posted(title="Keep the pick list on the handheld when the network drops"),
    ]


def test_other_words_for_the_same_thing_are_found(worded, visit, session):
    service.read()
    who = visit()
    look = likeness.look_of(who, service.ask(who, "Booking of loading slots by carriers").id)
    assert service.read() == 1
    session.refresh(look)
    assert likeness.like(who, look)[:1] == [worded[1]]
    # What no word has in common with any of them is like none.
    other = likeness.look_of(who, service.ask(who, "Please send the invoice in Polish").id)
    service.read()
    session.refresh(other)
    assert likeness.like(who, other) == []


def test_what_the_same_contact_types_in_another_window_takes_nothing_from_under_a_page(worded, visit):
    who = visit()
    first = service.ask(who, "Count the bins")
    service.ask(who, "Booking of loading slots")
    assert likeness.like(who, likeness.wait_for(first)) == [worded[0]]


def test_a_page_asks_until_the_worker_has_read_and_shows_shared_words_when_it_does_not(worded, contact_of):
    browser = contact_of()
    first = browser.post("/portal/ideas/similar", data={"title": "Count the bins", "text": ""})
    assert "hx-get" in first.text and "seen" not in first.text
    address = first.text.split('hx-get="')[1].split('"')[0]
    waiting = browser.get(address)
    assert "hx-get" in waiting.text
    last = browser.get(address.replace("tries=0", "tries=20"))
    assert "hx-get" not in last.text and "Count one bin" in last.text and 'name="seen"' in last.text
    assert "hx-get" not in browser.post("/portal/ideas/similar", data={"title": "Co"}).text


def test_what_was_typed_is_forgotten(visit, session):
    who = visit()
    for words in ("Count one", "Count one bin", "Count one bin, please"):
        service.ask(who, words)
    assert [look.text for look in session.query(Look)] == ["Count one bin, please"]


def test_every_idea_has_a_vector_of_the_model_in_use(worded, session):
    assert service.read() == 3 and service.read() == 0
    session.query(IdeaVector).update({"model": "of-yesterday"})
    session.commit()
    assert service.read() == 3
