"""The loop in numbers: of what was said, how much came back to who said it, each number with its words."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ideaflow.clock import now
from ideaflow.feedback.models import FeedbackItem
from ideaflow.gates.models import Journey
from ideaflow.loop import closing, service
from ideaflow.loop.closing import Stage
from ideaflow.loop.models import Confirmation
from ideaflow.loop.outcomes import of_review


@pytest.fixture
def told(ways, session):
    """Eight people asked for what was refused; six were told; one asked for something else, too."""
    theme, other = ways.theme(), ways.theme(title="Else")
    people = [ways.contact(account_id=ways.account().id) for _ in range(8)]
    for number, person in enumerate(people):
        ways.said(person, theme, text=f"Own words {number}", said_at=now() - timedelta(days=30))
    ways.said(people[0], other, text="Something else", said_at=now() - timedelta(days=3))
    ways.said(people[0], None, text="Nobody else says so", said_at=now() - timedelta(days=700))
    proposal = ways.proposal(theme)
    review = ways.decided(proposal, "kill", "No.", decided_at=now() - timedelta(days=10))
    by = ways.user().actor
    service.tell(of_review(review.id), [one.id for one in people[:6]], {}, 0, by=by)
    return proposal, people


def test_each_stage_counts_what_reached_it_and_the_rate_has_its_interval(told):
    loop = closing.measure("52w")
    assert [loop.counts[stage] for stage in Stage] == [9, 9, 8, 0, 6, 0, 2]
    assert (loop.reachable, loop.rate) == (8, 0.75)
    assert [round(bound, 3) for bound in loop.interval] == [0.409, 0.929]
    assert round(loop.days_said) == 30 and round(loop.days_decided) == 10
    assert closing.measure("all").counts[Stage.HEARD] == 10


def test_an_answer_confirms_and_what_was_said_after_it_came_asks_for_something_else(told, ways, session):
    proposal, people = told
    item_id = session.scalar(select(FeedbackItem.id).where(FeedbackItem.contact_id == people[1].id))
    ways._add(
        Confirmation(
            contact_id=people[1].id, proposal_id=proposal.id, item_id=item_id, answer="yes", version=1,
            answered_at=now(),
        )
    )  # fmt: skip
    assert closing.measure().counts[Stage.CONFIRMED] == 1
    proposal.closed_at = now() - timedelta(days=5)
    session.execute(update(FeedbackItem).where(FeedbackItem.id == item_id).values(said_at=now()))
    session.get(Journey, proposal.id).state = "launched"
    session.flush()
    loop = closing.measure()
    assert loop.counts[Stage.DELIVERED] == 7 and loop.counts[Stage.TOLD] == 5


def test_below_five_there_is_no_rate(ways, session, client_of):
    theme = ways.theme()
    person = ways.contact(account_id=ways.account().id)
    ways.said(person, theme)
    ways.decided(ways.proposal(theme), "kill", "No.")
    loop = closing.measure("all")
    assert loop.reachable == 1 and loop.rate is None
    assert "Too few for a rate" in client_of("sales").get("/loop/?span=all").text


def test_every_number_opens_the_words_behind_it(told, client_of):
    browser = client_of("product_manager")
    page = browser.get("/loop/").text
    assert "75 % came back" in page.replace("\u202f", " ").replace("\u2009", " ").replace("\xa0", " ")
    for stage in Stage:
        shown = browser.get(f"/loop/{stage}").text
        count = closing.measure().counts[stage]
        assert shown.count('class="if-src"') == count
    assert "Own words 7" in browser.get("/loop/untold").text
    assert browser.get("/loop/nowhere").status_code == 404


def test_the_loop_is_counted_in_one_question_however_much_was_said(told, client_of, count_queries):
    browser = client_of("product_manager")
    browser.get("/loop/")
    with count_queries() as asked:
        browser.get("/loop/")
    assert sum("WITH" in one and "ways" in one for one in asked) == 1


def test_an_empty_house_says_how_to_begin(client_of):
    assert "Nothing was said in this time" in client_of("product_manager").get("/loop/").text
