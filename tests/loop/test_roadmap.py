"""The roadmap and announcements: what customers read of them, and only they."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from ideaflow.clock import now
from ideaflow.errors import Conflict, Invalid
from ideaflow.loop import announcing, markdown, road
from ideaflow.loop.announcing import Draft
from ideaflow.loop.models import Announcement, ContactNotice
from ideaflow.loop.road import EntryWish
from ideaflow.portal.models import PortalMember
from tests.loop.conftest import IN_MARCH

HOSTILE = (
    "<script>window.x=1</script>",
    "[x](javascript:alert(1))",
    '[x](https://a.example/" onmouseover="alert(1))',
    "**<img src=x onerror=alert(1)>**",
    "[<b>](https://a.example)",
    "# <svg onload=alert(1)>",
    "- \u202egnp.exe",
    "https://a.example/<script>",
    "[a](https://a.example/'onx='1)",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_typed_becomes_markup_of_its_own(words):
    made = markdown.render(words)
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", made))
    assert tags <= {"p", "h2", "ul", "li", "a", "strong", "em", "br"}
    for attributes in re.findall(r"<a ([^>]*)>", made):
        assert re.fullmatch(r'href="https://[^"<>\s]*" rel="noopener nofollow"', attributes)


def test_words_are_set_as_they_are_written():
    made = markdown.render(
        "## Returns\nNo paper.\n\n- one\n- **two**\n\n1. *a*\n2. [b](https://b.example/?x=1&y=2)"
    )
    assert made == (
        "<h2>Returns</h2><p>No paper.</p>\n<ul><li>one</li><li><strong>two</strong></li></ul>\n"
        "<ol><li><em>a</em></li><li>"
        '<a href="https://b.example/?x=1&amp;y=2" rel="noopener nofollow">b</a></li></ol>'
    )


def test_twenty_thousand_characters_take_no_longer_than_their_number():
    for words in ("*" * 20_000, "[" * 20_000, "**a " * 5_000, "[a](https://" * 1_600):
        assert len(markdown.render(words)) >= 20_000 * 0.9


@pytest.fixture
def by(make):
    return make.user().actor


def put(by, title, column="now", **values):
    return road.save_entry(None, EntryWish(column, title, **values), 0, by=by)


def test_a_reader_sees_when_they_asked_and_nothing_of_the_inside(ways, by, contact_of):
    browser = contact_of()
    colleague = ways.contact(account_id=browser.contact.account_id)
    theme, other = ways.theme(), ways.theme()
    ways.said(browser.contact, theme, said_at=IN_MARCH)
    ways.said(colleague, other, said_at=IN_MARCH - timedelta(days=40))
    put(
        by, "Count one bin", proposal_id=ways.proposal(theme, title="SECRET P").id, words="While others pick."
    )
    put(by, "Docks that book themselves", "next", proposal_id=ways.proposal(other, title="SECRET Q").id)
    page = browser.get("/portal/roadmap/").text
    assert (
        "Count one bin" in page and "you asked in March" in page and "your company asked in January" in page
    )
    assert "SECRET" not in page
    stranger = contact_of().get("/portal/roadmap/").text
    assert "Count one bin" in stranger and "asked in" not in stranger


def test_columns_are_named_ordered_and_hidden(session, by, contact_of, client_of):
    put(by, "Visible thing")
    put(by, "Unsure thing", "later")
    wanted = [
        {"key": "next", "name": "This spring", "is_hidden": False},
        {"key": "now", "name": "Now", "is_hidden": False},
        {"key": "later", "name": "Later", "is_hidden": True},
    ]  # fmt: skip
    road.arrange(wanted, False, 0, by=by)
    page = contact_of().get("/portal/roadmap/").text
    assert page.index("This spring") < page.index("Visible thing") and "Unsure thing" not in page
    with pytest.raises(Conflict, match="This spring, Now"):
        road.arrange(wanted, False, 0, by=by)
    with pytest.raises(Invalid, match="stands in a column that would go"):
        road.arrange(wanted[:2], False, 1, by=by)
    road.arrange(wanted, True, 1, by=by)
    assert "Visible thing" not in contact_of().get("/portal/roadmap/").text
    assert "Visible thing" not in contact_of().get("/portal/").text
    assert "Customers do not see it" in client_of("sales").get("/roadmap/").text


def test_two_who_change_an_entry_learn_of_each_other(session, by):
    entry = put(by, "First")
    road.save_entry(entry.id, EntryWish("now", "Second"), 1, by=by)
    with pytest.raises(Conflict, match=r"“Second” \(version 2; you saw 1\)"):
        road.save_entry(entry.id, EntryWish("now", "Third"), 1, by=by)
    below = put(by, "Below")
    road.move_up(below.id, 1, by=by)
    first, second = road.columns(road.roadmap())[0].entries
    assert (first.title, second.title) == ("Below", "Second")


def test_staff_write_the_roadmap_in_the_browser(session, client_of):
    browser = client_of("product_manager")
    form = {"title": "Returns without paper", "column": "next", "words": "", "planned_on": "2027-03-31"}
    assert browser.post("/roadmap/entries", data=form).status_code == 303
    assert "Returns without paper" in browser.get("/roadmap/").text
    for wrong in ({"title": ""}, {"column": "nowhere"}, {"planned_on": "soon"}, {"proposal": "987654321"}):
        answer = browser.post("/roadmap/entries", data={**form, **wrong})
        assert answer.status_code == 422
    assert client_of("gatekeeper").post("/roadmap/entries", data=form).status_code == 403
    columns = {
        "version": "0",
        "key": ["now", "next", "later", ""],
        "name": ["Now", "Next", "Later", "Done"],
        "rank": ["1", "2", "3", "0"],
    }
    assert browser.post("/roadmap/", data=columns).status_code == 303
    assert [column.name for column in road.columns(road.roadmap())] == ["Done", "Now", "Next", "Later"]


@pytest.fixture
def members(ways, session):
    """Contacts in the portal: one in pharma, one in retail, one who never came in."""
    people = [
        ways.contact(account_id=ways.account(segment=segment).id)
        for segment in ("Pharma", "Retail", "Retail")
    ]
    for person in people[:2]:
        session.add(PortalMember(contact_id=person.id, joined_at=now()))
    session.commit()
    return people


def test_what_an_announcement_is_tied_to_is_asked_at_once_and_named_where_missing(make, by, count_queries):
    made = [make.passed_proposal().id for _ in range(4)]
    with count_queries() as questions:
        announcing.save(None, Draft("Returns", "Now", (), made), 0, by=by)
    assert sum("FROM proposals" in one for one in questions) == 1
    with pytest.raises(Invalid, match=r"There is no proposal 987654321\. There is no idea 987654321\."):
        announcing.save(None, Draft("Returns", "Now", (), [made[0], 987654321], [987654321]), 0, by=by)


def test_an_announcement_reaches_its_segment_once(session, by, members, app):
    draft = announcing.save(None, Draft("Returns", "**Now** without paper", ["Pharma"]), 0, by=by)
    assert announcing.publish(draft.id, 1, by=by) == 1
    again = announcing.withdraw(draft.id, 2, by=by)
    assert announcing.publish(draft.id, again.version, by=by) == 0
    (notice,) = session.scalars(select(ContactNotice))
    assert (notice.contact_id, notice.values["words"]) == (members[0].id, "Now without paper")
    answers = []
    for person in members[:2]:
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["contact"] = f"{person.id}:0"
        answers.append(browser.get(f"/portal/roadmap/announcements/{draft.id}"))
        assert ("Returns" in browser.get("/portal/roadmap/").text) == (person is members[0])
    assert "<strong>Now</strong>" in answers[0].text and answers[1].status_code == 404


def test_drafts_and_what_was_withdrawn_nobody_reads(session, by, contact_of):
    browser = contact_of()
    draft = announcing.save(None, Draft("Not yet", "x"), 0, by=by)
    address = f"/portal/roadmap/announcements/{draft.id}"
    assert browser.get(address).status_code == 404
    announcing.publish(draft.id, 1, by=by)
    assert browser.get(address).status_code == 200
    announcing.withdraw(draft.id, 2, by=by)
    assert browser.get(address).status_code == 404


def test_the_feed_is_for_everybody_and_about_nobody(session, by, client, make):
    for title, segments in (("For <all> & more", ()), ("CANARY for some", ("Pharma",))):
        kept = announcing.save(None, Draft(title, "Now **here**\n\n<script>", segments), 0, by=by)
        announcing.publish(kept.id, 1, by=by)
    announcing.save(None, Draft("CANARY draft", "x"), 0, by=by)
    answer = client.get("/portal/roadmap/announcements.atom")
    assert answer.mimetype == "application/atom+xml" and "CANARY" not in answer.text
    root = ElementTree.fromstring(answer.text)
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = root.findall(f"{atom}entry")
    assert entry.find(f"{atom}title").text == "For <all> & more"
    assert entry.find(f"{atom}content").text.startswith("<p>Now <strong>here</strong></p>")
    assert "<script>" not in entry.find(f"{atom}content").text
    assert (
        client.get(
            "/portal/roadmap/announcements.atom", headers={"If-None-Match": answer.headers["ETag"]}
        ).status_code
        == 304
    )


def test_staff_see_how_customers_will_read_it_before_it_is_out(session, client_of):
    browser = client_of("product_manager")
    form = {"title": "Returns", "words": "Now **here**", "do": "preview"}
    page = browser.post("/announcements/new", data=form).text
    assert "As customers read it" in page and "<strong>here</strong>" in page
    assert session.scalar(select(func.count()).select_from(Announcement)) == 0
    address = browser.post("/announcements/new", data={**form, "do": "save"}).headers["Location"]
    assert "Publish and tell" in browser.get(address).text
    assert browser.post(address, data={**form, "do": "publish", "version": "1"}).status_code == 303
    stale = browser.post(address, data={**form, "title": "Mine", "do": "save", "version": "1"})
    assert stale.status_code == 409 and "Mine" in stale.text and "“Returns”" in stale.text
    assert (
        browser.post("/announcements/new", data={"title": "", "words": "", "do": "save"}).status_code == 422
    )
    assert client_of("gatekeeper").get("/announcements/new").status_code == 403


def test_the_roadmap_asks_the_same_number_of_questions_however_long_it_is(
    ways, by, contact_of, count_queries
):
    browser = contact_of()
    counts = []
    for _ in range(2):
        for number in range(6):
            theme = ways.theme()
            ways.said(browser.contact, theme)
            put(by, f"Thing {number}", proposal_id=ways.proposal(theme).id)
            kept = announcing.save(None, Draft(f"News {number}", "x"), 0, by=by)
            announcing.publish(kept.id, 1, by=by)
        with count_queries() as statements:
            browser.get("/portal/roadmap/")
        counts.append(len(statements))
    assert counts[0] == counts[1]
