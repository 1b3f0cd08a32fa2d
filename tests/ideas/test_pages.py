"""The pages of ideas: for a contact with and without JavaScript, for staff with their rights."""

import pytest
from sqlalchemy import select

from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.ideas import service
from ideaflow.ideas.models import Category, Comment, Idea, Report, Support
from ideaflow.ideas.policy import Importance, Status
from ideaflow.themes.models import Theme, ThemeMembership
from tests.conftest import HTMX

FIRST = {"title": "Count one bin", "text": "Counting locks the bay.", "importance": "must"}


@pytest.fixture
def maren(client_of):
    return client_of("product_manager")


def _only(session, table):
    return session.scalars(select(table)).one()


def test_a_thought_becomes_an_idea_and_a_feedback_item(contact_of, session):
    browser = contact_of()
    form = browser.post("/portal/ideas/begin", data={"text": "Counting locks the bay. Lock the bin instead."})
    assert 'value="Counting locks the bay"' in form.text
    answer = browser.post("/portal/ideas/", data={**FIRST, "seen": "1"}, follow_redirects=True)
    assert "Your idea is posted" in answer.text and "1 company stands behind this" in answer.text
    idea, item = _only(session, Idea), _only(session, FeedbackItem)
    assert (item.source, item.id, item.contact_id) == ("portal", idea.item_id, browser.contact.id)
    assert item.account_id == browser.contact.account_id and "Counting locks the bay." in item.text


def test_ideas_like_it_are_shown_once_and_stop_nobody(posted, contact_of, session):
    known, browser = posted(title="Count one bin while we pick"), contact_of()
    second = browser.post("/portal/ideas/", data=FIRST)
    assert "Is it one of these?" in second.text and "Stand behind this instead" in second.text
    assert 'name="seen" value="1"' in second.text and session.query(Idea).count() == 1
    assert browser.post("/portal/ideas/", data={**FIRST, "seen": "1"}).status_code == 303
    instead = browser.post(f"/portal/ideas/{known.id}/support", data={**FIRST, "seen": "1"})
    assert instead.headers["Location"].endswith(f"/portal/ideas/{known.id}") and known.must_count == 1


def test_a_form_that_cannot_be_taken_comes_back_with_its_words(contact_of):
    answer = contact_of().post("/portal/ideas/", data={"title": " ", "text": "Counting locks the bay."})
    assert answer.status_code == 422
    assert "Say in one line" in answer.text and "Counting locks the bay." in answer.text


def test_my_support_is_seen_in_every_list(posted, contact_of):
    idea, browser = posted(), contact_of()
    row = browser.post(
        f"/portal/ideas/{idea.id}/support", data={"importance": "must", "at": "row"}, headers=HTMX
    )
    assert "<html" not in row.text and 'aria-pressed="true"' in row.text and "you: must have" in row.text
    for path in ("/portal/", "/portal/ideas/", "/portal/ideas/?mine=supported"):
        page = browser.get(path).text
        assert 'aria-pressed="true"' in page and "you: must have" in page


def test_the_list_sorts_filters_and_pages_by_key(posted, visit, contact_of, make):
    authors = [visit(), visit()]
    ideas = [posted(authors[number % 2], title=f"Idea number {number}") for number in range(23)]
    service.support(visit(), ideas[4].id, Importance.NICE)
    service.answer(ideas[9].id, "", Status.PLANNED, "for spring", ideas[9].version, by=make.user().actor)
    browser = contact_of()
    first = browser.get("/portal/ideas/").text
    assert first.index("Idea number 4<") < first.index("Idea number 22<") and "Show more" in first
    assert "Planned: for spring" in browser.get("/portal/ideas/?status=planned").text
    assert "Idea number 22" not in browser.get("/portal/ideas/?words=number+7").text
    assert "No idea fits" in browser.get("/portal/ideas/?mine=posted").text


@pytest.mark.parametrize("path", ["/portal/ideas/", "/ideas/", "/portal/"])
def test_a_list_of_many_asks_as_often_as_a_list_of_few(
    posted, visit, contact_of, client_of, count_queries, session, path
):
    first = posted()
    for _ in range(3):
        service.support(visit(), first.id, Importance.MUST)
    browser = contact_of() if path.startswith("/portal") else client_of("product_manager")
    with count_queries() as few:
        browser.get(path)
    rows = [
        {"title": f"Idea {number}", "contact_id": first.contact_id, "account_id": first.account_id}
        | {"posted_at": first.posted_at, "account_count": number % 9}
        for number in range(1_000)
    ]
    session.bulk_insert_mappings(Idea, rows)
    session.execute(Idea.__table__.update().values(home_id=Idea.id))
    session.commit()
    with count_queries() as many:
        assert "Idea 9" in browser.get(path).text
    assert len(many) == len(few)


def test_a_reported_comment_is_looked_at_hidden_and_shown_again(posted, contact_of, maren, session):
    idea, author, other = posted(), contact_of(), contact_of()
    author.post(f"/portal/ideas/{idea.id}/comments", data={"text": "Buy cheap watches."})
    said = _only(session, Comment)
    for _ in range(2):
        other.post(f"/portal/ideas/{idea.id}/report", data={"comment": said.id, "reason": "Advertising"})
    assert session.query(Report).count() == 1
    assert "1 idea reported by customers" in maren.get("/").text
    assert idea.title in maren.get("/ideas/?view=reported").text
    refused = maren.post(f"/ideas/comments/{said.id}/hide", data={"reason": " "})
    assert refused.status_code == 422 and "who wrote it reads your reason" in refused.text
    maren.post(f"/ideas/comments/{said.id}/hide", data={"reason": "Advertising"})
    assert "cheap watches" not in other.get(f"/portal/ideas/{idea.id}").text
    assert "We hid it: Advertising" in author.get(f"/portal/ideas/{idea.id}").text
    assert idea.comment_count == 0 and "Nothing is reported" in maren.get("/ideas/?view=reported").text
    maren.post(f"/ideas/comments/{said.id}/show")
    assert "cheap watches" in other.get(f"/portal/ideas/{idea.id}").text


def test_a_hidden_idea_is_gone_for_all_but_its_author_and_counts_nowhere(contact_of, maren, session):
    browser, stranger = contact_of(), contact_of()
    browser.post("/portal/ideas/", data={**FIRST, "seen": "1"})
    idea = _only(session, Idea)
    maren.post(f"/ideas/{idea.id}/hide", data={"reason": "A test", "version": idea.version})
    assert stranger.get(f"/portal/ideas/{idea.id}").status_code == 404
    assert "We took this from the list: A test" in browser.get(f"/portal/ideas/{idea.id}").text
    assert _only(session, FeedbackItem).withdrawn_at is not None
    maren.post(f"/ideas/{idea.id}/show")
    assert stranger.get(f"/portal/ideas/{idea.id}").status_code == 200
    assert _only(session, FeedbackItem).withdrawn_at is None


def test_an_author_takes_an_idea_back_while_nobody_else_stands_behind_it(contact_of, visit, session):
    browser = contact_of()
    browser.post("/portal/ideas/", data={**FIRST, "seen": "1"})
    idea = _only(session, Idea)
    service.support(visit(), idea.id, Importance.NICE)
    refused = browser.post(f"/portal/ideas/{idea.id}/withdraw")
    assert refused.status_code == 409 and "Others stand behind this idea" in refused.text
    other = browser.post("/portal/ideas/", data={"title": "Second", "seen": "1"}).headers["Location"]
    browser.post(f"{other}/withdraw")
    assert browser.get(other).status_code == 404
    gone = session.scalar(select(FeedbackItem).where(FeedbackItem.text == "Second"))
    assert gone.withdrawn_at is not None


def test_the_official_answer_is_pinned_and_an_old_page_is_shown_both_versions(posted, contact_of, maren):
    idea = posted()
    mine = {"status": "weighed", "note": "", "answer": "We decide on Friday.", "version": idea.version}
    maren.post(f"/ideas/{idea.id}/answer", data={**mine, "answer": "We look at it."})
    late = maren.post(f"/ideas/{idea.id}/answer", data=mine)
    assert late.status_code == 409
    assert "We look at it." in late.text and "We decide on Friday." in late.text
    page = contact_of().get(f"/portal/ideas/{idea.id}").text
    assert "We look at it." in page and "official answer" in page and "Being weighed" in page
    why = maren.post(f"/ideas/{idea.id}/answer", data={**mine, "status": "not_now", "answer": ""})
    assert why.status_code == 422 and "Say why not" in why.text


def test_a_seller_speaks_for_a_contact_and_is_named(posted, visit, client_of, session):
    idea, who, yuki = posted(), visit(name="Elina Koski"), client_of("sales")
    assert "Elina Koski" in yuki.get(f"/ideas/{idea.id}?who=koski").text
    data = {"contact": who.contact_id, "importance": "must", "note": "In the call."}
    yuki.post(f"/ideas/{idea.id}/supports", data=data)
    page = yuki.get(f"/ideas/{idea.id}").text
    assert f"told to {yuki.user.name}: In the call." in page and idea.proxy_count == 1
    given = session.scalar(select(Support).where(Support.contact_id == who.contact_id))
    yuki.post(f"/ideas/supports/{given.id}/withdraw")
    assert idea.proxy_count == 0
    assert yuki.post(f"/ideas/{idea.id}/answer", data={"status": "planned"}).status_code == 403


def test_customers_read_how_many_are_told_through_their_contact(posted, visit, contact_of, make):
    idea = posted()
    service.support_for(visit().contact_id, idea.id, Importance.MUST, "", by=make.user().actor)
    page = contact_of().get(f"/portal/ideas/{idea.id}").text
    assert "1 company stands behind this" in page and "1 more through their contact at Fernhall" in page


def test_ideas_are_merged_side_by_side_and_taken_apart(posted, visit, maren):
    one, other = posted(), posted(title="Plan counts by value")
    service.support(visit(), other.id, Importance.MUST)
    assert "Plan counts" in maren.get(f"/ideas/{one.id}/merge?words=plan").text
    page = maren.get(f"/ideas/{one.id}/merge?with={other.id}").text
    assert "Together 3 companies" in page and "“Plan counts by value” stays" in page
    maren.post(f"/ideas/{one.id}/merge", data={"into": other.id, "version": one.version})
    assert other.account_count == 3 and "Lives in it" in maren.get(f"/ideas/{other.id}").text
    maren.post(f"/ideas/{one.id}/unmerge", data={"version": one.version})
    assert (one.account_count, other.account_count) == (1, 2)


def test_a_theme_shows_its_ideas_and_an_idea_its_theme(posted, maren, session, make):
    idea = posted(text="Counting locks the bay.")
    statement = make.statement(session.get(FeedbackItem, idea.item_id))
    theme = make._add(Theme(title="Count while picking continues", account_count=3))
    session.add(ThemeMembership(statement_id=statement.id, theme_id=theme.id, strength=1, likeness=1))
    session.commit()
    assert isinstance(statement, Statement)
    assert theme.title in maren.get(f"/ideas/{idea.id}").text
    assert f"/ideas/{idea.id}" in maren.get(f"/themes/{theme.id}").text
    assert f"/ideas/{idea.id}" in maren.get(f"/feedback/{idea.item_id}").text
    assert f"/ideas/{idea.id}" in maren.get(f"/accounts/{idea.account_id}").text


def test_a_contact_reads_how_many_say_the_like_only_from_three_accounts_on(posted, contact_of, session, make):
    idea = posted(text="Counting locks the bay.")
    statement = make.statement(session.get(FeedbackItem, idea.item_id))
    theme = make._add(Theme(title="Count while picking continues", account_count=2))
    session.add(ThemeMembership(statement_id=statement.id, theme_id=theme.id, strength=1, likeness=1))
    session.commit()
    browser = contact_of()
    assert "Grouped with" not in browser.get(f"/portal/ideas/{idea.id}").text
    theme.account_count = 3
    session.commit()
    page = browser.get(f"/portal/ideas/{idea.id}").text
    assert "Grouped with 3 companies" in page and theme.title not in page


def test_a_board_is_for_its_segments_and_a_late_change_is_refused(maren, contact_of, make, session):
    maren.post("/ideas/categories", data={"name": "Regulated goods", "segments": ["Pharma"]})
    assert "Regulated goods" in contact_of(make.account(segment="Pharma")).get("/portal/ideas/new").text
    assert "Regulated goods" not in contact_of().get("/portal/ideas/new").text
    category_id = _only(session, Category).id
    change = {"name": "Regulated", "version": 1}
    assert maren.post(f"/ideas/categories/{category_id}", data=change).status_code == 303
    late = maren.post(f"/ideas/categories/{category_id}", data={**change, "name": "Pharma"})
    assert late.status_code == 409 and "called “Regulated”" in late.text and "“Pharma”" in late.text


def test_too_much_for_one_day_is_refused_with_a_way_on(contact_of, monkeypatch):
    monkeypatch.setattr("ideaflow.ideas.posting.IDEAS_A_DAY", 2)
    browser = contact_of()
    answers = [
        browser.post("/portal/ideas/", data={"title": f"Idea {number}", "seen": "1"}) for number in range(3)
    ]
    assert [one.status_code for one in answers] == [303, 303, 422]
    assert "Go on tomorrow" in answers[-1].text
