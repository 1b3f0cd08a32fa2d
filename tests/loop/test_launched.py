"""What was launched is told to those who asked: where they can buy it, each with their own words, once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ideaflow.accounts import milestones, view
from ideaflow.clock import now, stopped
from ideaflow.errors import Invalid, NotFound
from ideaflow.feedback.models import FeedbackItem
from ideaflow.launch.models import LaunchCell, LaunchState
from ideaflow.loop import mailing, notices, service
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.outcomes import of_launch
from ideaflow.loop.pace import Wishes
from ideaflow.outbox import OutgoingMail
from tests.launch.scenes import Scenes

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)


@pytest.fixture
def asked(session):
    """Seven people asked: six where it is on sale, one of them without mail; the seventh buys elsewhere."""
    scenes = Scenes(session)
    theme = scenes.theme()
    regions = ["Germany"] * 6 + ["Norway"]
    people = [scenes.contact(account_id=scenes.account(region=region).id) for region in regions]
    for number, person in enumerate(people):
        scenes.said(person, theme, text=f"Own words {number}")
    notices.choose(people[0].id, Wishes(choices={"launched": "off"}, quiet_from=9, quiet_until=9), 0)
    launch = scenes.launched(theme, scenes.account())
    return scenes, launch, people


def release(session, launch):
    for cell in session.scalars(select(LaunchCell).where(LaunchCell.launch_id == launch.id)):
        cell.released_at = now()
    launch.launched_at, launch.state = now(), LaunchState.LAUNCHED
    session.flush()


def test_before_it_is_on_sale_there_is_nothing_to_tell(asked, client_of, make):
    _, launch, people = asked
    assert client_of("product_manager").get(f"/tell/launch/{launch.id}").status_code == 404
    with pytest.raises(NotFound):
        service.tell(of_launch(launch.id), [people[0].id], {}, 0, by=make.user().actor)


def test_those_who_can_buy_it_read_their_own_words_and_are_asked_whether_it_solved_it(
    asked, session, client_of, app
):
    _, launch, people = asked
    release(session, launch)
    browser = client_of("product_manager")
    address = f"/tell/launch/{launch.id}"
    page = browser.get(address).text
    assert "On sale to them: Direct, DACH and 1 more" in page
    assert "Where they buy is not known" in page and "6 of 7 contacts" in page
    assert page.count(" checked") == 0  # Nothing to send before there are words.
    browser.post(f"{address}/words", data={"words": "Book your own slot from today.", "version": 0})
    assert browser.get(address).text.count(" checked") == 6
    form = {"contact": [one.id for one in people[:6]], "version": 1}
    with stopped(NOON):
        for _ in range(2):
            assert browser.post(f"{address}/send", data=form).status_code == 303
        mailing.send_due()
    written = session.scalars(select(OutgoingMail).where(OutgoingMail.text.contains("Own words"))).all()
    assert {mail.recipient for mail in written} == {one.email for one in people[1:6]} and len(written) == 5
    for mail in written:
        number = [one.email for one in people].index(mail.recipient)
        assert f"Own words {number}" in mail.text and "Book your own slot from today." in mail.text
    assert len({mail.text for mail in written}) == 5
    assert sorted(session.scalars(select(ContactNotice.contact_id))) == [one.id for one in people[:6]]


def test_who_serves_the_customer_reads_that_they_were_told_of_the_launch(asked, session, make):
    _, launch, people = asked
    account_id = people[1].account_id

    def seen(key):
        return view.views_of([account_id], only=[key])[account_id].section(key).entries

    release(session, launch)
    assert [one.status for one in seen(view.ASKS)] == ["launched"]
    by = make.user().actor
    service.write_words(of_launch(launch.id), "Book your own slot from today.", 0, by=by)
    with stopped(now() + timedelta(hours=1)):
        service.tell(of_launch(launch.id), [people[1].id], {}, 1, by=by)
    assert [one.status_words for one in seen(view.ASKS)] == ["launched and told"]
    assert milestones.TOLD in {one.kind for one in seen(view.TIMELINE)}


def test_in_the_portal_it_is_there_when_its_launch_is_on_sale_and_not_before(asked, session, app, make):
    _, launch, people = asked
    item_id = session.scalar(select(FeedbackItem.id).where(FeedbackItem.contact_id == people[1].id))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{people[1].id}:0"
    assert "It is there" not in browser.get(f"/portal/yours/of/{item_id}", follow_redirects=True).text
    release(session, launch)
    service.write_words(of_launch(launch.id), "Book your own slot from today.", 0, by=make.user().actor)
    page = browser.get(f"/portal/yours/of/{item_id}", follow_redirects=True).text
    assert "It is there since" in page and "Book your own slot from today." in page
    assert "Did it solve it?" in page


def test_words_for_a_launch_are_asked_for_before_anything_is_sent(asked, session, make):
    _, launch, people = asked
    release(session, launch)
    with pytest.raises(Invalid, match="Write what customers read"):
        service.tell(of_launch(launch.id), [people[0].id], {}, 0, by=make.user().actor)


def test_who_drives_the_launch_is_reminded_to_tell_until_somebody_was_told(asked, session, client_of):
    _, launch, people = asked
    manager = client_of("product_manager")
    launch.owner_id = manager.user.id
    release(session, launch)
    assert "Customers wait to hear" in manager.get("/").text
    service.write_words(of_launch(launch.id), "It is there.", 0, by=manager.user.actor)
    service.tell(of_launch(launch.id), [people[1].id], {}, 1, by=manager.user.actor)
    assert "Customers wait to hear" not in manager.get("/").text
