"""Merged ideas: supports follow, each contact counts once, taking apart gives each what it had."""

import random

import pytest

from ideaflow.errors import Conflict, Invalid
from ideaflow.ideas import queries, service
from ideaflow.ideas.models import Idea
from ideaflow.ideas.policy import Importance, Status

NICE, IMPORTANT, MUST = Importance
KINDS = ("account", "must", "important", "nice", "proxy", "contact", "comment")


def _figures(session, *ideas):
    session.expire_all()
    return [tuple(getattr(session.get(Idea, idea.id), f"{kind}_count") for kind in KINDS) for idea in ideas]


@pytest.fixture
def maren(make):
    return make.user(name="Maren Holt").actor


def test_who_supported_both_counts_once(posted, visit, maren):
    one, other, who = posted(), posted(title="Plan counts"), visit()
    service.support(who, one.id, NICE)
    service.support(who, other.id, MUST)
    home = service.merge(one.id, other.id, one.version, by=maren)
    assert (home.account_count, home.contact_count) == (3, 3)
    assert queries.my_supports(who, [home.id]) == {home.id: MUST}  # What they said last.


def test_the_old_address_leads_to_where_the_idea_lives(posted, contact_of, maren):
    one, other = posted(), posted(title="Plan counts")
    service.merge(one.id, other.id, one.version, by=maren)
    browser = contact_of()
    assert browser.get(f"/portal/ideas/{one.id}").headers["Location"].endswith(f"/portal/ideas/{other.id}")
    page = browser.get(f"/portal/ideas/{other.id}").text
    assert "Others said it like this" in page and "Count one bin" in page
    browser.post(f"/portal/ideas/{one.id}/support", data={"importance": "must"})
    assert other.account_count == 3


def test_what_is_said_while_merged_stays_with_the_home(posted, visit, maren, session):
    one, other, who = posted(), posted(title="Plan counts"), visit()
    before = _figures(session, one)
    service.merge(one.id, other.id, one.version, by=maren)
    service.support(who, one.id, MUST)
    service.comment(who, one.id, "Yes, please.")
    service.unmerge(one.id, one.version, by=maren)
    assert _figures(session, one) == before
    assert (other.account_count, other.comment_count) == (2, 1)


def test_an_idea_is_merged_only_where_all_its_readers_may_follow(posted, visit, make, maren):
    pharma = service.add_category("Pharma", ["Pharma"], by=maren)
    open_one = posted()
    narrow = posted(visit(make.account(segment="Pharma")), title="One scan", category_id=pharma.id)
    with pytest.raises(Invalid, match="may not see"):
        service.merge(open_one.id, narrow.id, open_one.version, by=maren)
    assert service.merge(narrow.id, open_one.id, narrow.version, by=maren).id == open_one.id


def test_a_merge_from_an_old_page_is_refused(posted, maren):
    one, other = posted(), posted(title="Plan counts")
    service.answer(one.id, "We look at it.", Status.WEIGHED, "", one.version, by=maren)
    with pytest.raises(Conflict, match="changed meanwhile"):
        service.merge(one.id, other.id, one.version - 1, by=maren)


@pytest.mark.parametrize("seed", range(6))
def test_any_merges_taken_apart_give_every_idea_what_it_had(posted, visit, make, maren, session, seed):
    chance = random.Random(seed)
    accounts = [make.account() for _ in range(3)]
    people = [visit(chance.choice(accounts)) for _ in range(5)]
    ideas = [posted(chance.choice(people), title=f"Idea {number}") for number in range(5)]
    for who in people:
        for idea in chance.sample(ideas, 2):
            service.support(who, idea.id, chance.choice(list(Importance)))
    service.support_for(visit().contact_id, ideas[0].id, MUST, "", by=maren)
    before = _figures(session, *ideas)
    merged = []
    for _ in range(chance.randint(1, 4)):
        homes = [idea for idea in ideas if session.get(Idea, idea.id).merged_into_id is None]
        if len(homes) < 2:
            break
        one, other = chance.sample(homes, 2)
        service.merge(one.id, other.id, one.version, by=maren)
        merged.append(one)
    chance.shuffle(merged)  # In any order.
    for idea in merged:
        service.unmerge(idea.id, idea.version, by=maren)
    assert _figures(session, *ideas) == before
