"""Who sees which idea: the own account's, what is for everybody, for one's segment, and no more."""

import re

import pytest

from ideaflow.errors import NotFound
from ideaflow.ideas import likeness, queries, service
from ideaflow.ideas.models import Look
from ideaflow.ideas.policy import Importance

CANARY = "CNR a7 idea 93"


@pytest.fixture
def pharma(make):
    return service.add_category("Regulated goods", ["Pharma"], by=make.user().actor)


@pytest.fixture(params=["private", "board", "idea"])
def hidden_from_others(request, posted, visit, make, pharma):
    """An idea of another account that a 3PL contact must not see, for one of three reasons."""
    who = visit(make.account(segment="Pharma", name="Canary Pharma", name_key="canary pharma"))
    idea = posted(
        who, title=CANARY, text=CANARY, is_private=request.param == "private",
        category_id=pharma.id if request.param == "board" else None,
    )  # fmt: skip
    if request.param == "idea":
        service.set_audience(idea.id, None, ["Pharma"], idea.version, by=make.user().actor)
    return idea


def test_another_accounts_idea_reads_as_if_there_were_none(hidden_from_others, contact_of, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)  # A form's token holds the second it was made.
    browser, idea_id, absent = contact_of(), hidden_from_others.id, 987_654_321
    for method, path in (
        ("get", ""), ("post", "/support"), ("post", "/comments"), ("post", "/withdraw-support"),
        ("post", "/report"), ("post", "/withdraw"),
    ):  # fmt: skip
        data = {"importance": "must", "text": "Yes."} if method == "post" else None
        theirs, none = (
            getattr(browser, method)(f"/portal/ideas/{one}{path}", **({"data": data} if data else {}))
            for one in (idea_id, absent)
        )
        assert theirs.status_code == none.status_code == 404, path
        assert theirs.text.replace(f"ideas/{idea_id}", "") == none.text.replace(f"ideas/{absent}", ""), path


def test_no_page_of_another_account_holds_a_word_of_it(hidden_from_others, contact_of, visit):
    browser = contact_of()
    for path in ("/portal/", "/portal/ideas/", "/portal/ideas/?sort=newest", "/portal/ideas/?words=CNR"):
        page = browser.get(path).text
        assert CANARY not in page and "Regulated goods" not in page
    similar = browser.post("/portal/ideas/", data={"title": CANARY, "text": CANARY})
    assert similar.status_code == 303  # Nothing like it that they may see: it is posted at once.


def test_like_ideas_are_only_those_one_may_see(hidden_from_others, visit, make, session):
    stranger, friend = visit(), visit(make.account(segment="Pharma"))
    look = Look(text=CANARY, contact_id=stranger.contact_id)
    assert likeness.like(stranger, look) == []
    seen = [] if hidden_from_others.is_private else [hidden_from_others]
    assert likeness.like(friend, look) == seen


def test_who_changes_to_another_account_sees_what_that_one_sees(
    hidden_from_others, contact_of, make, session
):
    browser = contact_of(make.account(segment="Pharma"))
    before = browser.get(f"/portal/ideas/{hidden_from_others.id}").status_code
    assert before == (404 if hidden_from_others.is_private else 200)
    browser.contact.account_id = hidden_from_others.account_id
    session.commit()
    assert browser.get(f"/portal/ideas/{hidden_from_others.id}").status_code == 200
    browser.contact.account_id = make.account(segment="Retail").id
    session.commit()
    assert browser.get(f"/portal/ideas/{hidden_from_others.id}").status_code == 404


def test_nobody_posts_into_a_board_that_is_not_theirs(pharma, contact_of, session):
    answer = contact_of().post(
        "/portal/ideas/", data={"title": "One scan", "category": pharma.id, "seen": "1"}
    )
    assert answer.status_code == 422 and "not open" in answer.text


def test_an_anonymous_idea_names_its_author_to_colleagues_and_us_alone(posted, visit, make, contact_of):
    account = make.account(name="Corvo Alimentos", name_key="corvo", segment="Food", region="Iberia")
    idea = posted(visit(account, name="Marta Lopes"), is_anonymous=True)
    stranger, colleague = contact_of(), contact_of(account)
    for page in (f"/portal/ideas/{idea.id}", "/portal/ideas/"):
        text = stranger.get(page).text
        assert not re.search("Marta|Corvo|Food|Iberia", text) and "A customer" in text
        assert "Marta" in colleague.get(page).text
    for _ in range(2):
        make.account(segment="Food", region="Iberia")
    assert "A company in Food, Iberia" in stranger.get(f"/portal/ideas/{idea.id}").text


def test_others_read_a_first_name_and_no_more(posted, visit, contact_of):
    idea = posted(visit(name="Marta Lopes", email="marta@corvo.example"))
    page = contact_of().get(f"/portal/ideas/{idea.id}").text
    assert "Marta" in page and "Lopes" not in page and "marta@corvo" not in page


def test_a_look_of_another_contact_is_none(visit, contact_of, session):
    look = service.ask(visit(), "Count one bin while we pick")
    browser = contact_of()
    assert "similar" not in browser.get(f"/portal/ideas/similar/{look.id}").text
    assert likeness.look_of(visit(), look.id) is None


def test_a_contact_without_an_account_sees_what_is_for_everybody(posted, visit, make, pharma):
    public = posted()
    posted(visit(make.account(segment="Pharma")), title="One scan", category_id=pharma.id)
    from ideaflow.portal import queries as portal

    alone = portal.visitor(contact_id=make.contact(account_id=None).id)
    assert [row.id for row in queries.listed(alone, queries.Filters()).rows] == [public.id]
    assert service.support(alone, public.id, Importance.MUST).account_count == 1
    with pytest.raises(NotFound):
        queries.find(alone, 987_654_321)
