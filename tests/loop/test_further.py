"""Who uses the portal hears by themselves that their words came further, of each step once."""

from datetime import timedelta

from sqlalchemy import delete, select

from ideaflow.clock import now, stopped
from ideaflow.feedback.models import Statement
from ideaflow.loop import further, saying
from ideaflow.loop.models import ContactNotice
from ideaflow.portal import service as portal
from ideaflow.themes.models import ThemeMembership


def join(session, *people):
    for contact in people:
        portal.member_of(contact.id).joined_at = now() - timedelta(days=30)
    session.commit()


def lines(session, contact):
    query = select(ContactNotice).where(ContactNotice.contact_id == contact.id).order_by(ContactNotice.id)
    return [saying.line_of(one).words for one in session.scalars(query)]


def test_words_that_lie_beside_others_and_then_in_a_proposal_are_told_one_step_at_a_time(
    session, ways, people
):
    elina, stranger = people[0], people[1]
    join(session, elina)
    theme = ways.theme(*people[1:])
    item = ways.said(elina, theme, text="All halls stop.")
    assert (further.tell_further(), further.tell_further()) == (1, 0)
    assert lines(session, elina) == ["3 other companies say the same."]
    ways.proposal(theme)
    assert (further.tell_further(), further.tell_further()) == (1, 0)
    assert lines(session, elina)[1:] == ["3 other companies say the same. We weigh what to do about it."]
    assert lines(session, stranger) == []  # Who never came is not written to by a machine.
    notice = session.scalars(select(ContactNotice).order_by(ContactNotice.id.desc())).first()
    assert notice.path == f"/portal/yours/of/{item.id}" and notice.values["quote"] == "All halls stop."


def test_what_is_weighed_at_once_is_told_once_and_two_companies_are_no_news(session, ways, people):
    elina, jonas = people[:2]
    join(session, elina, jonas)
    theme = ways.theme(*people[2:])
    ways.proposal(theme)
    ways.said(elina, theme)
    pair = ways.theme(people[2], title="Only two")
    ways.said(jonas, pair)
    assert further.tell_further() == 1
    assert [len(lines(session, one)) for one in (elina, jonas)] == [1, 0]


def test_a_case_of_many_words_is_told_once_and_what_moved_long_ago_not_at_all(session, ways, people):
    elina, jonas = people[:2]
    join(session, elina, jonas)
    theme = ways.theme(*people[2:])
    case = ways.case(account_id=elina.account_id)
    for words in ("All halls stop.", "For hours."):
        ways.said(elina, theme, text=words, case_id=case.id)
    old = ways.said(jonas, theme)
    statement = select(Statement.id).where(Statement.item_id == old.id)
    session.execute(delete(ThemeMembership).where(ThemeMembership.statement_id.in_(statement)))
    with stopped(now() - timedelta(days=8)):
        ways._add(
            ThemeMembership(
                statement_id=session.scalar(statement), theme_id=theme.id, strength=0.9, likeness=0.9,
                placed_at=now(),
            )
        )  # fmt: skip
    assert further.tell_further() == 1
    assert [len(lines(session, one)) for one in (elina, jonas)] == [1, 0]
