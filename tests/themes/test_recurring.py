"""A company's own form text is recognised and makes no statements."""

import pytest
from sqlalchemy import select

from ideaflow.feedback.models import Statement
from ideaflow.themes import queries, service
from ideaflow.themes.elsewhere import left_out
from ideaflow.themes.queries import InboxFilters
from ideaflow.themes.statements import recurring

FORM = """Request from the partner portal

Your role here: planner
Which of our halls: {hall}
What may we do for you today?
{words}
How soon do you need an answer from us?
Thank you for your trust, we will be in touch within two working days."""
WORDS = (
    "The wifi in hall one is gone again and nobody there can scan a single pallet since Tuesday.",
    "Our handhelds drop out of the wifi behind the freezer and every pick is lost with it.",
    "Wifi reaches the dock only when the door is open, in winter we would rather keep it shut.",
    "Since the new access points the wifi asks for a password twenty times in a shift.",
    "The wifi lets go of forklifts that drive fast, which all of them do after four.",
    "Half the yard has no wifi, so drivers walk back to the gate to book a container.",
)


@pytest.fixture
def filled_in(by_hand, say):
    """Return a form that six accounts filled in, read before anybody knew that it is one."""
    items = [
        say(
            "wifi",
            account=at,
            days_ago=3 * at,
            text=FORM.format(hall=at + 1, words=words),
        )
        for at, words in enumerate(WORDS)
    ]
    service.take_in_new()
    return items


def statements_of(session, item):
    query = select(Statement.text).where(Statement.item_id == item.id).order_by(Statement.position)
    return list(session.scalars(query))


def test_a_form_is_known_after_the_next_full_run(filled_in, session):
    service.refresh()
    for at, item in enumerate(filled_in):
        assert statements_of(session, item) == [WORDS[at]]
        assert item.text.startswith("Request from the partner portal")
    assert recurring.known() and recurring.learn() == 0


def test_items_that_come_later_never_bring_the_form_in(filled_in, say, session):
    service.refresh()
    words = "Our pallets are never where the screen says that they are, three times this week alone."
    later = say("wifi", account=2, days_ago=0, text=FORM.format(hall=9, words=words))
    service.take_in_new()
    assert statements_of(session, later) == [words]


def test_the_item_s_page_says_what_was_left_out_and_why(filled_in, client_of):
    service.refresh()
    assert "template" in {reason for reason, _ in left_out(filled_in[0])}
    page = client_of("product_manager").get(f"/feedback/{filled_in[0].id}").text
    assert "Left out:" in page


def test_what_a_user_placed_stays_as_it_was(filled_in, session, maren):
    service.refresh()
    theme = queries.inbox(InboxFilters()).rows[0]
    line = queries.statements(theme.id).rows[0]
    service.exclude_statements(theme.id, [line.id], by=maren)
    before = statements_of(session, next(item for item in filled_in if item.id == line.item_id))
    session.execute(recurring.RecurringPassage.__table__.delete())
    session.commit()
    recurring.learn()
    assert statements_of(session, next(item for item in filled_in if item.id == line.item_id)) == before
