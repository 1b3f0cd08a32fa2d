"""What a contact reads of their words: each step of the way, and nothing of anybody else's."""

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ideaflow.clock import now
from ideaflow.errors import Conflict, NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import Journey
from ideaflow.loop import contributions, service
from ideaflow.loop.contributors import contributors_of
from ideaflow.loop.models import Confirmation
from ideaflow.loop.outcomes import of_review
from ideaflow.loop.steps import Facts, Reach, furthest, path_of, reach_of
from ideaflow.loop.words import Scope
from ideaflow.themes.models import Theme, ThemeMembership
from tests.loop.conftest import IN_MARCH


def scope(contact, **values):
    return Scope(contact.id, contact.account_id, **values)


def only(contact):
    (one,) = contributions.page(scope(contact)).rows
    return one


# The rule


def test_of_several_ways_the_furthest_counts():
    killed, weighed = Facts(theme_id=1, proposal_id=1, told="kill"), Facts(theme_id=2, proposal_id=2)
    assert furthest([Facts(), killed, weighed]) is weighed
    assert reach_of(furthest([])) is Reach.HEARD


def test_a_decision_nobody_told_is_still_being_weighed():
    assert reach_of(Facts(theme_id=1, proposal_id=1)) is Reach.WEIGHED


def test_what_was_there_already_does_not_answer_what_was_said_later():
    facts = Facts(said_at=now(), theme_id=1, proposal_id=1, is_built=True, launched_at=IN_MARCH)
    assert reach_of(facts) is Reach.GROUPED


def test_every_way_has_one_place_where_it_is_now_until_it_is_over():
    for reach in Reach:
        nows = [step for step, place in path_of(reach) if place == "now"]
        assert len(nows) == (0 if reach is Reach.SOLVED else 1)


# What is read


def test_words_go_from_heard_to_solved(ways, people):
    me = people[0]
    mine = ways.said(me, said_at=IN_MARCH)
    assert only(me).reach is Reach.HEARD
    theme = ways.theme(*people[1:])
    ways.put(mine, theme)
    assert (only(me).reach, only(me).other_count) == (Reach.GROUPED, 3)
    proposal = ways.proposal(theme)
    assert only(me).reach is Reach.WEIGHED
    review = ways.decided(proposal, "go")
    assert only(me).reach is Reach.WEIGHED  # Nobody has told them yet.
    service.write_words(of_review(review.id), "You count one bin from spring on.", 0, by=ways.user().actor)
    assert (only(me).reach, only(me).facts.told_words) == (Reach.DECIDED, "You count one bin from spring on.")
    proposal.closed_at = now()
    ways.session.get_one(Journey, proposal.id).state = "launched"
    ways.session.commit()
    assert only(me).reach is Reach.BUILT
    service.confirm(scope(me), mine.id, "partly", "The list is slow.", 0, by=ways.user().actor)
    assert only(me).reach is Reach.SOLVED


def test_a_killed_wish_has_its_reason_and_nothing_internal(ways, people, contact_of):
    browser = contact_of()
    theme = ways.theme(*people)
    item = ways.said(browser.contact, theme)
    proposal = ways.proposal(theme, title="SECRET NAME")
    ways.decided(
        proposal,
        "kill",
        "The headsets you use cannot do it yet.",
        reason_code="risk",
        salvage="INSIDE salvage",
    )
    for address in ("/portal/", "/portal/yours/", f"/portal/yours/{item.id}"):
        page = browser.get(address).text
        assert "We decided against it." in page and "The headsets you use cannot do it yet." in page
        assert "INSIDE" not in page and "SECRET" not in page and "Halls stop" not in page


def test_all_words_of_a_case_are_one_thing_told(ways, people):
    me = people[0]
    case = ways.case(account_id=me.account_id, contact_id=me.id, source_id="46120")
    theme = ways.theme(*people[1:])
    first = ways.said(me, text="Hello.", case_id=case.id)
    ways.said(me, theme, text="We stop two halls.", case_id=case.id)
    one = only(me)
    assert (one.item_id, one.number, one.words) == (first.id, "46120", "We stop two halls.")


def test_what_one_of_ours_wrote_about_a_sale_is_not_shown(ways, people):
    me = people[0]
    deal = ways.opportunity(account_id=me.account_id)
    ways.said(me, text="INSIDE: too dear", part="lost_reason", is_proxy=True, opportunity_id=deal.id)
    ways.said(me, text="INSIDE: guess", part="description", is_proxy=True)
    ways.said(me, text="Called about returns.", part="call_note", is_proxy=True)
    ways.said(me, text="Taken back.", withdrawn_at=now())
    assert [one.words for one in contributions.page(scope(me))] == ["Called about returns."]


def test_a_contact_who_moved_leaves_the_old_accounts_words_behind(ways, people):
    me = people[0]
    ways.said(me, text="Said at the old company.")
    me.account_id = ways.account().id
    ways.session.commit()
    assert contributions.page(scope(me)).rows == []


def test_colleagues_words_are_marked_and_can_be_switched_off(ways, contact_of, app, monkeypatch):
    browser = contact_of()
    colleague = ways.contact(name="Anke Mai", account_id=browser.contact.account_id)
    ways.said(browser.contact, text="Mine.")
    item = ways.said(colleague, text="Hers.")
    assert "Hers." not in browser.get("/portal/yours/").text
    page = browser.get("/portal/yours/?of=company").text
    assert "Hers." in page and "by Anke Mai" in page
    settings = replace(app.extensions["settings"], portal_shows_colleagues=False)
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert "Hers." not in browser.get("/portal/yours/?of=company").text
    assert browser.get(f"/portal/yours/{item.id}").status_code == 404


def test_another_accounts_words_and_missing_ones_answer_the_same_bytes(ways, people, contact_of):
    browser = contact_of()
    theirs = ways.said(people[0], ways.theme(*people))
    foreign, missing = browser.get(f"/portal/yours/{theirs.id}"), browser.get("/portal/yours/987654321")
    assert foreign.status_code == missing.status_code == 404
    plain = [re.sub(r'(content|value)="[\w.-]{60,}"', "", one.text) for one in (foreign, missing)]
    assert plain[0].replace(f"yours/{theirs.id}", "") == plain[1].replace("yours/987654321", "")
    answer = browser.post(f"/portal/yours/{theirs.id}/solved", data={"answer": "yes"})
    assert answer.status_code == 404


def test_pages_go_on_where_the_last_one_ended(ways, people):
    me = people[0]
    for number in range(7):
        ways.said(me, text=f"Word {number}", said_at=IN_MARCH + timedelta(days=number // 2))
    seen, after = [], None
    while True:
        page = contributions.page(scope(me), after=after, size=3)
        seen += [one.item_id for one in page]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_page_asks_the_same_number_of_questions_however_much_was_said(
    ways, people, contact_of, count_queries
):
    browser = contact_of()
    counts = []
    for _ in range(2):
        for _ in range(15):
            theme = ways.theme(*people[:3])
            ways.proposal(theme)
            ways.said(browser.contact, theme)
        asked = []
        for address in ("/portal/", "/portal/yours/"):
            with count_queries() as statements:
                browser.get(address)
            asked.append(len(statements))
        counts.append(asked)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("corpora", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_no_number_and_no_word_tells_of_fewer_than_three_accounts(ways, contact_of, corpora):
    """Random small corpora: counts only from three accounts up, other accounts' words never."""
    rng = random.Random(7)
    browser = contact_of()
    me = browser.contact
    accounts = [ways.account(name=f"CANARY{n}", name_key=f"canary {n}").id for n in range(4)]
    contacts = [me, me, *(ways.contact(account_id=one, name=f"CANARY {one}") for one in accounts)]
    themes = [ways.theme(title=f"CANARY theme {n}").id for n in range(3)]
    who_said = {}
    for number in range(12):
        who = contacts[number % len(contacts)]
        text = "Mine" if who is me else "CANARY words"
        who_said[ways.said(who, ways.session.get(Theme, themes[0]), text=text).id] = who
    statements = dict(ways.session.execute(select(Statement.item_id, Statement.id)).all())
    for number in range(corpora):
        corpus = [
            {
                "id": item_id,
                "account_id": who.account_id if who is me else rng.choice(accounts),
                "withdrawn_at": now() if rng.random() < 0.3 else None,
            }
            for item_id, who in who_said.items()
        ]
        placed = {item_id: rng.choice(themes) for item_id in who_said}
        ways.session.execute(update(FeedbackItem), corpus)
        ways.session.execute(
            update(ThemeMembership),
            [{"statement_id": statements[item], "theme_id": theme} for item, theme in placed.items()],
        )
        real = {theme: set() for theme in themes}
        for row in corpus:
            if row["withdrawn_at"] is None:
                real[placed[row["id"]]].add(row["account_id"])
        for one in contributions.page(scope(me)):
            count = len(real[one.facts.theme_id])
            assert one.other_count == (count - 1 if count >= 3 else 0)
            assert one.words == "Mine"
        if number % (corpora // 5) == 0:
            assert "CANARY" not in browser.get("/portal/yours/").text


# What is said of it


def test_two_windows_answer_once_and_the_second_sees_the_first(ways, people):
    me = people[0]
    theme = ways.theme(*people)
    (item,) = contributions.page(scope(me)).rows
    proposal = ways.proposal(theme, closed_at=now())
    ways.journey(proposal, "launched")
    service.confirm(scope(me), item.item_id, "yes", "", 0, by=ways.user().actor)
    with pytest.raises(Conflict, match=r"“Yes, solved” meanwhile.*“No” was not kept"):
        service.confirm(scope(me), item.item_id, "no", "", 0, by=ways.user().actor)
    service.confirm(scope(me), item.item_id, "no", "", 1, by=ways.user().actor)
    assert [one.answer for one in ways.session.scalars(select(Confirmation))] == ["no"]


def test_nobody_judges_what_is_not_built(ways, people):
    item = ways.said(people[0])
    with pytest.raises(NotFound):
        service.confirm(scope(people[0]), item.id, "yes", "", 0, by=ways.user().actor)


def test_words_for_customers_say_whose_was_kept(ways, people, client_of):
    review = ways.decided(ways.proposal(ways.theme(*people)), "hold")
    browser = client_of("product_manager")
    assert "Tell those who asked" in browser.get(f"/tell/{review.id}").text
    assert (
        browser.post(
            f"/tell/{review.id}/words", data={"words": "We look again in spring.", "version": 0}
        ).status_code
        == 303
    )
    answer = browser.post(f"/tell/{review.id}/words", data={"words": "Other words", "version": 0})
    assert answer.status_code == 409
    assert "We look again in spring." in answer.text and "Other words" in answer.text
    assert browser.post(f"/tell/{review.id}/words", data={"words": " ", "version": 1}).status_code == 422
    assert client_of("gatekeeper").post(f"/tell/{review.id}/words", data={"words": "x"}).status_code == 403


def test_each_contributor_is_found_once_with_their_own_words(ways, people):
    theme = ways.theme()
    for number, person in enumerate(people):
        ways.said(person, theme, text=f"Words of {number}")
        ways.said(person, theme, text=f"More of {number}")
    found = contributors_of(ways.proposal(theme).id)
    assert sorted(one.contact_id for one in found) == sorted(person.id for person in people)
    assert len({one.words for one in found}) == 4
