"""Ideas as people and assistive programs meet them: on a phone in four minutes, and at a desk."""

import pytest
from playwright.sync_api import expect

from ideaflow.db import db
from ideaflow.ideas import service
from ideaflow.ideas.policy import Importance, Status
from ideaflow.portal import queries as portal
from tests.browser.looking import LOOKS, Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory

pytestmark = pytest.mark.browser
LONG = "Lagerplatzbestandsdifferenzenanzeigegeräteverwaltung for every hall of ours, wherever it stands"


@pytest.fixture(scope="module")
def people(site: Site):
    """Jonas, Maren, and three ideas of which one is answered, commented and reported."""
    with site.app.app_context():
        make = Factory(db.session)
        contacts = [
            make.contact(account_id=make.account().id, name=name)
            for name in ("Marta Lopes", "Jonas Petersen")
        ]
        marta = portal.visitor(contact_id=contacts[0].id)
        jonas = portal.visitor(contact_id=contacts[1].id)
        maren = make.user(roles=["product_manager"], name="Maren Holt")
        titles = ("Count one bin while we keep picking", LONG, "Plan counts by value")
        first, *_ = (
            service.post(marta, service.Draft(title, "Counting locks the whole bay.", Importance.MUST))
            for title in titles
        )
        service.comment(jonas, first.id, "One bin would do.")
        said = service.comment(marta, first.id, "The auditor wants to see who counted.", is_anonymous=True)
        service.report(jonas, first.id, said.id, "")
        version = first.version
        service.answer(first.id, "We decide on Friday.", Status.WEIGHED, "", version, by=maren.actor)
        service.read()
        db.session.commit()
        first_id = first.id
        for one in (contacts[1], maren):
            db.session.refresh(one)
            db.session.expunge(one)
    return contacts[1], maren, first_id


def test_jonas_finds_his_thought_stands_behind_it_and_says_how_much(site, people):
    jonas, _, _ = people
    page, errors = site.open("/portal/ideas/new", as_contact=jonas, width=390, theme="dark")
    page.get_by_label("What would you like, in one line?").press_sequentially("Counting bins during picking")
    expect(page.locator("#similar [hx-get]")).to_be_attached()
    with site.app.app_context():
        service.read()  # What the worker does.
    box = page.get_by_role("region", name="Ideas like yours")
    expect(box).to_be_visible()
    assert_sound(page, errors, "ideas-form-390")
    page.get_by_text("must have").click()
    known = box.get_by_role("listitem").filter(has_text="Count one bin")
    known.get_by_role("button", name="Stand behind this instead").click()
    expect(page.get_by_role("heading", name="2 companies stand behind this")).to_be_visible()
    expect(page.get_by_role("radio", name="must have")).to_be_checked()
    # By keyboard: the focus stays where it was.
    page.get_by_role("radio", name="must have").press("ArrowLeft")
    expect(page.get_by_text("1 must have, 1 important.")).to_be_visible()
    expect(page.get_by_role("radio", name="important")).to_be_focused()
    assert_sound(page, errors, "ideas-show-390")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("heading", name="1 company stands behind this")).to_be_visible()
    page.get_by_role("link", name="All ideas").click()
    row = page.locator("#rows li").filter(has_text="Count one bin")
    row.get_by_role("button").click()
    expect(row.get_by_text("you: important")).to_be_visible()
    assert_sound(page, errors, "ideas-list-390")


def test_without_javascript_like_ideas_come_on_a_second_page(site, people):
    jonas, _, _ = people
    page, _ = site.open("/portal/ideas/new", as_contact=jonas, width=390, java_script_enabled=False)
    page.get_by_label("What would you like, in one line?").fill("Plan the counts by value of the goods")
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    page.get_by_role("button", name="Post as a new idea").click()
    expect(page.get_by_text("Your idea is posted")).to_be_visible()


def test_the_desk_of_ideas_is_sound(site, people):
    _, maren, idea_id = people
    paths = (
        "/ideas/",
        f"/ideas/{idea_id}?who=jonas",
        f"/ideas/{idea_id}/merge?with={idea_id + 2}",
        "/ideas/categories",
    )
    for number, path in enumerate(paths):
        page, errors = site.open(path, as_user=maren)
        assert_sound_in_all_looks(page, errors, f"desk-{number}", LOOKS)
