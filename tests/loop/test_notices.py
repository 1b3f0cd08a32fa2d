"""Contacts are told: once, in their language, when they wish, in mail one can leave by one press."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from ideaflow.clock import now, stopped
from ideaflow.errors import Conflict, Invalid
from ideaflow.loop import mailing, notices, service
from ideaflow.loop.models import ContactNotice, NoticeWishes
from ideaflow.loop.notices import Message
from ideaflow.loop.outcomes import of_review
from ideaflow.loop.pace import Event, Pace, Wishes, mail_at
from ideaflow.outbox import OutgoingMail, post
from ideaflow.portal import service as portal

BERLIN = "Europe/Berlin"
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)  # A Friday, noon in Berlin.


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def mails(session):
    return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


# When


@pytest.mark.parametrize(
    ("moment", "pace", "leaves"),
    [
        ("2026-11-20 11:00", Pace.NOW, "2026-11-20 11:00"),
        ("2026-11-20 18:59", Pace.NOW, "2026-11-20 18:59"),  # 19:59 in Berlin.
        ("2026-11-20 19:00", Pace.NOW, "2026-11-21 06:00"),  # Quiet from 20:00 to 07:00.
        ("2026-11-21 02:00", Pace.NOW, "2026-11-21 06:00"),
        ("2026-11-20 11:00", Pace.DAILY, "2026-11-21 07:00"),
        ("2026-11-20 05:00", Pace.DAILY, "2026-11-20 07:00"),
        ("2026-11-20 11:00", Pace.WEEKLY, "2026-11-23 07:00"),
        ("2026-11-23 07:00", Pace.WEEKLY, "2026-11-30 07:00"),
        ("2026-03-28 20:00", Pace.NOW, "2026-03-29 05:00"),  # The night the clock goes forward.
        ("2026-10-24 20:00", Pace.NOW, "2026-10-25 06:00"),  # And back.
    ],
)
def test_a_mail_leaves_when_it_is_wished_and_never_in_quiet_hours(moment, pace, leaves):
    assert mail_at(at(moment), pace, Wishes(BERLIN)) == at(leaves)


def test_no_mail_is_wished_and_none_comes():
    assert mail_at(NOON, Pace.OFF, Wishes(BERLIN)) is None


def test_the_same_hour_twice_means_no_quiet_hours():
    assert mail_at(at("2026-11-20 23:00"), Pace.NOW, Wishes(BERLIN, 9, 9)) == at("2026-11-20 23:00")


# Told


def test_of_one_thing_a_contact_is_told_once(session, make):
    contact = make.contact(account_id=make.account().id)
    message = Message(contact.id, "/portal/", {"title": "x"})
    assert notices.tell(Event.COMMENT, "idea:1", [message]) == [contact.id]
    assert notices.tell(Event.COMMENT, "idea:1", [message]) == []
    assert session.scalar(select(func.count()).select_from(ContactNotice)) == 1


def test_what_comes_at_night_leaves_in_the_morning(session, make):
    contact = make.contact(account_id=make.account().id)
    notices.choose(contact.id, Wishes(BERLIN), 0)
    night = at("2026-11-20 22:00")
    with stopped(night):
        notices.tell(Event.DECISION, "review:1", [Message(contact.id, "/portal/", {"decision": "go"})])
        assert mailing.send_due() == 0
    with stopped(night + timedelta(hours=8)):
        assert mailing.send_due() == 1
        assert mailing.send_due() == 0


def test_a_digest_gathers_what_came_since_and_leaves_out_what_was_read(session, make):
    contact = make.contact(account_id=make.account().id)
    with stopped(NOON):
        for number in range(3):
            values = {"title": f"Idea {number}", "words": f"Words {number}"}
            notices.tell(Event.COMMENT, f"comment:{number}", [Message(contact.id, "/portal/", values)])
        first = session.scalar(select(func.min(ContactNotice.id)))
        notices.mark_seen(contact.id, first)
        assert mailing.send_due() == 0
    with stopped(NOON + timedelta(days=1)):
        assert mailing.send_due() == 1
    (mail,) = mails(session)
    assert mail.subject == "2 things are new at Fernhall"
    assert "Words 0" not in mail.text and "Words 1" in mail.text and "Words 2" in mail.html


def test_who_is_let_in_no_more_gets_no_mail(session, make):
    contact = make.contact(account_id=make.account().id)
    portal.close_door(contact.id, by=make.user().actor)
    with stopped(NOON):
        notices.tell(Event.DECISION, "review:1", [Message(contact.id, "/portal/", {})])
        assert mailing.send_due() == 0
    assert mails(session) == []


def test_a_mail_speaks_the_readers_language_and_escapes_their_words(session, make):
    contact = make.contact(account_id=make.account().id)
    portal.choose_language(contact.id, "de")
    values = {
        "decision": "kill",
        "words": "Weil es <b>nicht</b> geht.",
        "quote": "<script>x</script>",
        "said_at": NOON.isoformat(),
    }
    with stopped(NOON):
        notices.tell(Event.DECISION, "review:1", [Message(contact.id, "/portal/yours/1", values)])
        mailing.send_due()
    (mail,) = mails(session)
    assert mail.subject == "Sie haben gefragt, und wir haben uns dagegen entschieden"
    assert "Sie sagten am 20. November:" in mail.text and "<script>x" in mail.text
    assert "<script" not in mail.html and "&lt;b&gt;nicht" in mail.html
    assert "<img" not in mail.html and "src=" not in mail.html  # Nothing tells who opened it.


def test_a_subject_is_one_line(session):
    assert post("a@b.example", "One\r\nBcc: evil@x.example", "").subject == "One Bcc: evil@x.example"


# Wishes


def test_what_waits_follows_what_is_wished_now(session, make):
    contact = make.contact(account_id=make.account().id)
    with stopped(NOON):
        notices.tell(Event.DECISION, "review:1", [Message(contact.id, "/portal/", {})])
        notices.choose(contact.id, Wishes(BERLIN, choices={"decision": "off"}), 0)
        assert mailing.send_due() == 0


def test_wishes_are_kept_and_a_second_window_is_told(contact_of, session):
    browser = contact_of()
    page = browser.get("/portal/you/mail").text
    assert "Quiet hours" in page
    form = {event.value: "daily" for event in Event}
    form |= {"time_zone": BERLIN, "quiet_from": "22", "quiet_until": "6", "version": "0"}
    assert browser.post("/portal/you/mail", data=form).status_code == 303
    assert browser.post("/portal/you/mail", data=form).status_code == 409
    kept = session.get(NoticeWishes, browser.contact.id)
    assert (kept.time_zone, kept.quiet_from, kept.choices["decision"]) == (BERLIN, 22, "daily")
    for wrong in ({"time_zone": "Middle/Earth"}, {"quiet_from": "25"}, {"decision": "hourly"}):
        assert browser.post("/portal/you/mail", data={**form, "version": "1", **wrong}).status_code == 422


# The way out


def test_one_press_ends_exactly_these_mails_without_signing_in(client, session, make):
    contact, other = (make.contact(account_id=make.account().id) for _ in range(2))
    with stopped(NOON):
        for who in (contact, other):
            notices.tell(Event.DECISION, "review:1", [Message(who.id, "/portal/", {})])
        mailing.send_due()
    mail = mails(session)[0]
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (address,) = re.findall(r"^<http://[^/]+(/portal/unsubscribe/\S+)>$", mail.headers["List-Unsubscribe"])
    assert "Send me these no more" in client.get(address).text
    assert session.get(NoticeWishes, contact.id) is None  # Looking at it ends nothing.
    for _ in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "You get these no more" in answer.text
        assert session.get(NoticeWishes, contact.id).choices == {"decision": "off"}
    assert session.get(NoticeWishes, other.id) is None
    assert client.post("/portal/unsubscribe/forged.token").status_code == 404
    forged = mailing.token_of(contact.id, "decision")[:-2] + "xx"
    assert client.get(f"/portal/unsubscribe/{forged}").status_code == 404


def test_leaving_digests_leaves_what_comes_at_once(session, make):
    contact = make.contact(account_id=make.account().id)
    notices.unsubscribe(contact.id, "digest")
    wishes = session.get(NoticeWishes, contact.id).wishes
    assert wishes.pace_of(Event.ANNOUNCEMENT) is Pace.OFF and wishes.pace_of(Event.DECISION) is Pace.NOW


# In the portal


def test_the_bell_counts_what_is_new_until_it_is_read(contact_of, make):
    browser = contact_of()
    other = make.contact(account_id=browser.contact.account_id)
    for number, who in enumerate((browser.contact, browser.contact, other)):
        notices.tell(
            Event.ANNOUNCEMENT,
            f"announcement:{number}",
            [Message(who.id, "/portal/", {"title": f"News {number}"})],
        )
    assert "2 new notices" in browser.get("/portal/").text
    page = browser.get("/portal/news").text
    assert "News 0" in page and "News 1" in page and "News 2" not in page
    up_to = re.search(r'name="up_to" value="(\d+)"', page).group(1)
    browser.post("/portal/news/seen", data={"up_to": up_to})
    assert "new notices" not in browser.get("/portal/").text


# A decision is told


@pytest.fixture
def decided(ways):
    """A decision against, with seven contributors of which two have no wish for mail or no address."""
    theme = ways.theme()
    people = [ways.contact(account_id=ways.account().id) for _ in range(7)]
    for number, person in enumerate(people):
        ways.said(person, theme, text=f"Own words {number}")
    notices.choose(people[0].id, Wishes(choices={"decision": "off"}, quiet_from=9, quiet_until=9), 0)
    review = ways.decided(ways.proposal(theme), "kill", "The headset maker does it.")
    return review, people


def test_seven_contributors_read_seven_different_messages_and_none_twice(decided, session, client_of):
    review, people = decided
    browser = client_of("product_manager")
    page = browser.get(f"/tell/{review.id}").text
    assert all(f"Own words {number}" in page for number in range(7)) and "Wants no mail" in page
    form = {
        "contact": [one.id for one in people],
        "version": 0,
        f"personal-{people[3].id}": "Thank you for the call.",
    }
    with stopped(NOON):
        assert browser.post(f"/tell/{review.id}/send", data=form).status_code == 303
        browser.post(f"/tell/{review.id}/send", data=form)
        mailing.send_due()
    written = mails(session)
    assert len(written) == 6 and people[0].email not in {mail.recipient for mail in written}
    for mail in written:
        number = [one.email for one in people].index(mail.recipient)
        assert f"Own words {number}" in mail.text and "The headset maker does it." in mail.text
        assert ("Thank you for the call." in mail.text) == (number == 3)
        assert "INSIDE" not in mail.text + mail.html
    assert session.scalar(select(func.count()).select_from(ContactNotice)) == 7


def test_words_changed_after_reading_are_read_again_before_they_go_out(decided, make, session):
    review, people = decided
    by = make.user().actor
    service.write_words(of_review(review.id), "Others do it.", 0, by=by)
    with pytest.raises(Conflict, match=r"“Others do it\.” \(version 1; you read 0"):
        service.tell(of_review(review.id), [people[0].id], {}, 0, by=by)
    with pytest.raises(Invalid, match="Tick at least one"):
        service.tell(of_review(review.id), [987654321], {}, 1, by=by)
    assert session.scalars(select(ContactNotice)).all() == []


def test_the_notice_leads_to_the_words_it_answers(decided, app, session, make):
    review, people = decided
    service.tell(of_review(review.id), [people[2].id], {}, 0, by=make.user().actor)
    (notice,) = session.scalars(select(ContactNotice))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{people[2].id}:0"
    page = browser.get(notice.path, follow_redirects=True)
    assert (
        page.status_code == 200 and "Own words 2" in page.text and "The headset maker does it." in page.text
    )
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{people[3].id}:0"
    assert browser.get(notice.path).status_code == 404
    assert now() > notice.happened_at
