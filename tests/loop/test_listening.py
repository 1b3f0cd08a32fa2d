"""What happens to ideas and in co-design reaches those it concerns, and nobody who may not see it."""

import pytest
from sqlalchemy import select

from ideaflow.accounts.models import Contact
from ideaflow.codesign import closing, queries
from ideaflow.ideas import service as ideas
from ideaflow.ideas.policy import Importance, Status
from ideaflow.loop import contributions, saying
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.steps import Reach
from ideaflow.loop.words import Scope
from ideaflow.portal import queries as portal
from tests.codesign.answering import Round


@pytest.fixture
def visit(make):
    """Return a contact as the one who visits."""

    def visiting(account=None, **values):
        contact = make.contact(account_id=(account or make.account()).id, **values)
        return portal.visitor(contact_id=contact.id)

    return visiting


def post(who, **values):
    draft = {"title": "Pick by voice", "text": "In Turkish.", "importance": Importance.MUST, **values}
    return ideas.post(who, ideas.Draft(**draft))


def told(session):
    return {(one.contact_id, one.event) for one in session.scalars(select(ContactNotice))}


def test_an_idea_is_a_contribution_and_a_killed_one_has_its_reason(session, make, visit):
    me = visit()
    idea = post(me)
    scope = Scope(me.contact_id, me.account_id)
    (one,) = contributions.page(scope).rows
    assert (one.kind, one.reach) == ("idea", Reach.HEARD)
    answer = "The headsets you use cannot do it yet."
    ideas.answer(idea.id, answer, Status.NOT_NOW, "", idea.version, by=make.user().actor)
    (one,) = contributions.page(scope).rows
    assert (one.reach, one.facts.told_words) == (Reach.NOT_NOW, answer)


def test_who_stands_behind_an_idea_hears_of_its_answer_and_who_spoke_is_not_told_of_it(session, make, visit):
    author, supporter, stranger = visit(), visit(), visit()
    idea = post(author)
    ideas.support(supporter, idea.id, Importance.NICE)
    ideas.comment(supporter, idea.id, "Ours as well.")
    assert told(session) == {(author.contact_id, "comment")}
    version = fresh(session, idea).version
    ideas.answer(idea.id, "From **spring** on.", Status.PLANNED, "", version, by=make.user().actor)
    events = told(session) - {(author.contact_id, "comment")}
    assert {who for who, _ in events} == {author.contact_id, supporter.contact_id}
    assert stranger.contact_id not in {who for who, _ in told(session)}
    lines = [saying.line_of(one).words for one in session.scalars(select(ContactNotice))]
    assert "From spring on." in lines


def test_who_may_not_see_an_idea_any_more_is_not_told_of_it(session, make, visit):
    account = make.account()
    author, colleague = visit(account), visit(account)
    idea = post(author, is_private=True)
    ideas.support(colleague, idea.id, Importance.NICE)
    session.get(Contact, colleague.contact_id).account_id = make.account().id
    session.commit()
    ideas.comment_as_us(idea.id, "Which halls?", by=make.user().actor)
    assert {who for who, _ in told(session)} == {author.contact_id}


def test_a_ballot_is_a_contribution_and_its_result_is_told(session, make, contact_of):
    ask = Round(make, session)
    held = ask.open()
    people = ask.invite(held, *ask.accounts(5))
    for number, one in enumerate(people):
        ask.cast(one, number)
    me = session.get(Contact, people[0].contact_id)
    (one,) = contributions.page(Scope(me.id, me.account_id)).rows
    assert (one.kind, one.reach, one.words) == ("ballot", Reach.WEIGHED, held.title)
    ask.result(held)
    held = queries.find(held.id)
    closing.publish(held.id, held.version, by=ask.by)
    heard = {(who, event) for who, event in told(session) if event == "heard"}
    assert heard == {(person.contact_id, "heard") for person in people}
    browser = contact_of()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{me.id}:0"
    page = browser.get("/portal/yours/").text
    assert held.title in page and f"/portal/design/{held.id}" in page
    assert f"What came out: {held.title}" in browser.get("/portal/news").text


def fresh(session, record):
    session.refresh(record)
    return record
