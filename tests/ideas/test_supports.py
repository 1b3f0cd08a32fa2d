"""Standing behind an idea: once each, by company, proxies apart, however often and fast one presses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from ideaflow.audit import AuditEvent
from ideaflow.errors import Conflict, NotFound
from ideaflow.ideas import hooks, queries, service
from ideaflow.ideas.models import Support
from ideaflow.ideas.policy import Importance, Voice, tally

NICE, IMPORTANT, MUST = Importance


def test_who_posts_stands_behind_it(posted, visit):
    who = visit()
    idea = posted(who, importance=MUST)
    assert (idea.account_count, idea.must_count) == (1, 1)
    assert queries.my_supports(who, [idea.id]) == {idea.id: MUST}


def test_a_support_is_given_changed_and_withdrawn(posted, visit):
    idea, who = posted(), visit()
    service.support(who, idea.id, NICE)
    home = service.support(who, idea.id, MUST)
    assert (home.account_count, home.must_count, home.nice_count) == (2, 1, 0)
    service.withdraw_support(who, idea.id)
    assert service.withdraw_support(who, idea.id).account_count == 1


def test_thirty_aliases_of_one_account_are_one_company(posted, make, visit):
    idea, account = posted(), make.account()
    for number in range(30):
        service.support(visit(account, email=f"a+{number}@brinkmann.example"), idea.id, IMPORTANT)
    assert (idea.account_count, idea.contact_count) == (2, 31)


def test_a_company_counts_with_the_most_it_is_to_one_of_its_people(posted, make, visit):
    idea, account = posted(), make.account()
    service.support(visit(account), idea.id, NICE)
    service.support(visit(account), idea.id, MUST)
    assert (idea.must_count, idea.nice_count) == (1, 0)


def test_what_one_of_ours_says_for_a_contact_stands_apart(posted, visit, make, session):
    idea, who, yuki = posted(), visit(), make.user(name="Yuki Aldana", roles=["sales"])
    service.support_for(who.contact_id, idea.id, MUST, "Said so in the call.", by=yuki.actor)
    assert (idea.account_count, idea.proxy_count) == (1, 1)
    assert (
        session.scalar(select(Support.captured_by).where(Support.contact_id == who.contact_id)) == yuki.name
    )
    service.support(who, idea.id, NICE)  # Their own word takes its place.
    assert (idea.account_count, idea.proxy_count, idea.nice_count) == (2, 0, 1)
    with pytest.raises(Conflict, match="already"):
        service.support_for(who.contact_id, idea.id, MUST, "", by=yuki.actor)


def test_only_what_was_said_for_a_contact_can_be_taken_back_by_ours(posted, visit, make, session):
    idea, who, yuki = posted(), visit(), make.user(roles=["sales"])
    service.support(who, idea.id, NICE)
    own = session.scalar(select(Support.id).where(Support.contact_id == who.contact_id))
    with pytest.raises(NotFound):
        service.withdraw_for(own, by=yuki.actor)


def test_pressing_again_changes_nothing_and_is_told_once(posted, visit, session, monkeypatch):
    idea, who = posted(), visit()
    heard = []
    monkeypatch.setattr(hooks, "on_event", [lambda event: heard.append(event.kind)])
    for _ in range(3):
        service.support(who, idea.id, MUST)
    events = select(func.count()).where(AuditEvent.action == "ideas.support")
    assert session.scalar(events) == 1 and heard.count("supported") == 1


def test_a_hidden_idea_takes_no_support_and_says_so(posted, visit, make):
    idea, who = posted(), visit()
    service.hide(idea.id, "Advertising", idea.version, by=make.user().actor)
    with pytest.raises(NotFound):
        service.support(who, idea.id, MUST)


@given(
    st.lists(
        st.builds(
            Voice,
            contact_id=st.integers(1, 6),
            account_id=st.one_of(st.none(), st.integers(1, 3)),
            importance=st.sampled_from(Importance),
            is_proxy=st.booleans(),
        )
    )
)
def test_no_number_of_voices_counts_a_company_twice(voices):
    found = tally(voices)
    direct = {voice.account_id for voice in voices if voice.account_id and not voice.is_proxy}
    spoken_for = {voice.account_id for voice in voices if voice.account_id and voice.is_proxy}
    assert found.accounts == len(direct) and found.proxies == len(spoken_for - direct)
    assert tally(voices * 2) == found
