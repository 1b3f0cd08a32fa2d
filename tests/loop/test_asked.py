"""Invitations to help design obey what a contact wishes, like every notice, and none comes in vain."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ideaflow.clock import stopped
from ideaflow.codesign import closing, inviting, queries
from ideaflow.loop import mailing, notices
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.pace import Wishes
from ideaflow.outbox import OutgoingMail
from ideaflow.portal import service as portal
from tests.codesign.answering import Round

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)  # A Friday, noon in Berlin.


@pytest.fixture
def asked(session, make):
    """An open session from Friday noon on, and three who are asked: nothing wished, no mail, weekly."""
    with stopped(NOON):
        ask = Round(make, session)
        held = ask.open(closes_at=NOON + timedelta(days=14))
        people = [make.contact(account_id=one.id) for one in ask.accounts(3)]
        for contact, pace in zip(people[1:], ("off", "weekly"), strict=True):
            choices = {"invitation": pace, "reminder": pace}
            notices.choose(contact.id, Wishes("Europe/Berlin", choices=choices), 0)
        inviting.invite(held.id, [one.id for one in people], "by hand", None, by=ask.by)
        return ask, held, people


def mails(session):
    return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def test_an_invitation_comes_as_each_wishes_and_stands_in_the_portal_for_all(asked, session):
    _, held, people = asked
    with stopped(NOON + timedelta(minutes=1)):
        assert (mailing.send_due(), mailing.send_due()) == (1, 0)
    (mail,) = mails(session)
    assert (mail.recipient, mail.subject) == (people[0].email, f"Help design: {held.title}")
    assert "/portal/sign-in/" in mail.text and "works once" in mail.text and "December 4, 2026" in mail.text
    assert "List-Unsubscribe" in mail.headers
    with stopped(NOON + timedelta(days=3)):
        assert mailing.send_due() == 1  # Monday morning.
    assert [mail.recipient for mail in mails(session)] == [people[0].email, people[2].email]
    told = session.scalars(select(ContactNotice.contact_id).where(ContactNotice.event == "invitation"))
    assert sorted(told) == [one.id for one in people]


def test_what_is_sent_at_night_waits_for_the_morning(asked, session):
    ask, held, _ = asked
    with stopped(NOON + timedelta(hours=10)):
        other = ask.make.contact(account_id=ask.make.account().id)
        inviting.invite(held.id, [other.id], "by hand", None, by=ask.by)
        mailing.send_due()
        assert other.email not in [mail.recipient for mail in mails(session)]
    with stopped(NOON + timedelta(hours=21)):
        mailing.send_due()
    assert other.email in [mail.recipient for mail in mails(session)]


def test_no_mail_asks_for_what_was_answered_or_is_over_and_none_twice_for_the_same(asked, session):
    ask, held, people = asked
    with stopped(NOON + timedelta(hours=1)):
        ask.cast(queries.participation(held.id, people[0].id))
        assert mailing.send_due() == 0
        assert inviting.remind(held.id, None, by=ask.by) == 2
    with stopped(NOON + timedelta(days=3)):
        assert mailing.send_due() == 1  # On Monday: invitation and reminder came together.
    (mail,) = mails(session)
    assert mail.recipient == people[2].email and mail.subject.startswith("Still open until December 4")
    with stopped(NOON + timedelta(days=4)):
        late = ask.make.contact(account_id=ask.make.account().id)
        inviting.invite(held.id, [late.id], "by hand", None, by=ask.by)
        closing.close(held.id, None, by=ask.by)
        assert mailing.send_due() == 0


def test_the_link_of_a_mail_signs_in_once_and_opens_the_question(asked, session, app):
    _, held, _ = asked
    with stopped(NOON + timedelta(minutes=1)):
        mailing.send_due()
        token = mails(session)[0].text.split("/portal/sign-in/")[1].split()[0]
        _, goal = portal.use_link(token, "a browser")
    assert goal == f"/portal/design/{held.id}"


def test_pressing_the_button_of_a_mail_program_ends_invitations_by_mail(asked, session, client):
    ask, _, people = asked
    with stopped(NOON + timedelta(minutes=1)):
        mailing.send_due()
        leave = mails(session)[0].headers["List-Unsubscribe"].strip("<>")
        path = leave[leave.index("/portal/") :]
        client.post(path, data={"List-Unsubscribe": "One-Click"})
        other = ask.open(closes_at=NOON + timedelta(days=14))
        inviting.invite(other.id, [people[0].id], "by hand", None, by=ask.by)
    with stopped(NOON + timedelta(minutes=5)):
        assert mailing.send_due() == 0
