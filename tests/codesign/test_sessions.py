"""Sessions from draft to evidence: what is counted, what is hidden, who is told."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from ideaflow.audit import AuditEvent
from ideaflow.clock import now, stopped
from ideaflow.codesign import casting, choosing, closing, inviting, queries, service
from ideaflow.codesign.casting import Outcome
from ideaflow.codesign.models import Ballot
from ideaflow.errors import Conflict, Invalid, Overtaken
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.pace import Event
from ideaflow.proposals.lines import lines_of
from tests.codesign.answering import answers_of, definition_of


def _told(session, event):
    """Return the contacts who were told of this, in the order in which they were asked."""
    query = select(ContactNotice.contact_id).where(ContactNotice.event == event)
    return list(session.scalars(query.order_by(ContactNotice.contact_id)))


def test_a_draft_opens_when_nothing_is_missing_and_says_what_is(ask):
    held = service.begin(ask.proposal.id, "maxdiff", "What first?", by=ask.by)
    with pytest.raises(Invalid, match=r"Write 5 to 20 options.*Say until when"):
        service.open_session(held.id, held.version, by=ask.by)


def test_of_two_editors_the_second_sees_what_the_first_saved(ask):
    held = service.begin(ask.proposal.id, "maxdiff", "What first?", by=ask.by)
    values = {name: getattr(held, name) for name in service.EDITED}
    service.edit(held.id, {**values, "title": "What comes first?"}, 1, by=ask.by)
    with pytest.raises(Overtaken):
        service.edit(held.id, {**values, "title": "What last?"}, 1, by=ask.by)


def test_what_is_asked_does_not_change_once_it_is_open(ask):
    held = ask.open()
    values = {name: getattr(held, name) for name in service.EDITED}
    with pytest.raises(Conflict):
        service.edit(held.id, values, held.version, by=ask.by)


def test_the_tally_counts_an_account_once_and_freezes_with_a_seal(ask):
    held = ask.open()
    for n, one in enumerate(ask.invite(held, *ask.accounts(6))):
        ask.cast(one, n, best="o1")
    loud = ask.invite(held, *ask.accounts(1), people=30)
    for n, one in enumerate(loud):
        ask.cast(one, 50 + n, best="o8")
    frozen = ask.result(held)
    assert frozen.whole["order"][0] == "o1" and frozen.whole["order_by_person"][0] == "o8"
    assert frozen.result["care"]["accounts"] == 7 and frozen.result["care"]["persons"] == 36
    assert closing.holds(held, frozen)
    frozen.result = {**frozen.result, "parts": ["changed"]}
    assert not closing.holds(held, frozen)


@pytest.mark.parametrize("key", ["maxdiff", "kano"])
def test_the_seal_holds_for_what_the_database_gives_back(ask, session, key):
    held = ask.open(key)
    for n, one in enumerate(ask.invite(held, *ask.accounts(6))):
        ask.cast(one, n)
    frozen = ask.result(held)
    session.commit()
    session.expire_all()
    assert closing.holds(queries.find(held.id), frozen)


def test_closing_and_tallying_again_changes_nothing(ask):
    held = ask.open()
    first = ask.result(held)
    closing.close(held.id, None, by=ask.by)
    assert closing.tally(held.id, secret="x").id == first.id


def test_under_five_accounts_there_is_no_number(ask):
    held = ask.open()
    for n, one in enumerate(ask.invite(held, *ask.accounts(4), people=3)):
        ask.cast(one, n)
    frozen = ask.result(held)
    assert frozen.whole == {"not_enough": {"accounts": 4, "persons": 12, "needed": 5}}
    assert frozen.result["segments"] == {} and frozen.result["comments"] == []
    with pytest.raises(Invalid, match="Too few accounts"):
        closing.cite(held.id, "", "for", None, by=ask.by)


def test_a_small_segment_is_hidden_and_the_one_that_would_give_it_away(ask):
    held = ask.open()
    made = ask.accounts(8, "3PL") + ask.accounts(6, "Retail") + ask.accounts(2, "Pharma")
    for n, one in enumerate(ask.invite(held, *made)):
        ask.cast(one, n)
    segments = ask.result(held).result["segments"]
    assert segments["Pharma"] == {"hidden": True} and segments["Retail"] == {"hidden": True}
    assert segments["3PL"]["order"]


def test_ballots_by_our_staff_stand_apart(ask):
    held = ask.open()
    made = ask.accounts(6)
    for n, one in enumerate(ask.invite(held, *made)):
        ask.cast(one, n, best="o1")

    for n in range(5):
        answers = answers_of("maxdiff", held.definition, Random(n), best="o8")
        casting.cast_for(held.id, ask.make.account().id, answers, by=ask.by)
    result = ask.result(held).result
    assert result["care"]["proxies"] == 5 and result["whole"]["order"][0] == "o1"
    assert ["5 cast by our staff, apart", "“Count by voice” first"] in result["changes"]


def test_whoever_answers_faster_than_one_can_read_is_flagged_and_shown_without(ask):
    held = ask.open()
    for n, one in enumerate(ask.invite(held, *ask.accounts(7))):
        answers = answers_of("maxdiff", held.definition, Random(n))
        seconds = dict.fromkeys(answers, 0.4 if n < 2 else 9.0)
        casting.cast(one.id, casting.Draft(n, answers, seconds), "A", secret="x")
    result = ask.result(held).result
    assert result["care"]["speeding"] == 2
    assert any(label == "Without 2 fast or straight-lined" for label, _ in result["changes"])


def test_a_confidential_ballot_can_be_changed_until_the_close_and_counts_once(ask, session):
    held = ask.open()
    one = ask.invite(held, *ask.accounts(1))[0]
    assert ask.cast(one, 1) is Outcome.CAST
    assert ask.cast(one, 2) is Outcome.CHANGED
    assert len(session.scalars(select(Ballot)).all()) == 1
    closing.close(held.id, None, by=ask.by)
    with pytest.raises(Conflict):
        ask.cast(one, 3)


def test_an_answer_after_the_close_is_kept_and_not_counted(ask):
    held = ask.open()
    people = ask.invite(held, *ask.accounts(6))
    for n, one in enumerate(people[:5]):
        ask.cast(one, n)
    with stopped(now() + timedelta(days=15)):  # The clock closes before the job does.
        assert ask.cast(people[5], 9) is Outcome.LATE
        closing.keep_time()
        frozen = closing.tally(held.id, secret="x")
    assert frozen.result["care"]["persons"] == 5 and frozen.result["response"]["late"] == 1


def test_invitations_go_out_when_it_opens_each_once_and_one_reminder(ask, session):
    held = service.begin(ask.proposal.id, "maxdiff", "What first?", by=ask.by)
    people = [ask.make.contact(account_id=ask.make.account().id) for _ in range(3)]
    assert inviting.invite(held.id, [one.id for one in people], "by hand", None, by=ask.by) == 3
    assert inviting.invite(held.id, [one.id for one in people], "by hand", None, by=ask.by) == 0
    assert _told(session, Event.INVITATION) == []
    values = {name: getattr(held, name) for name in service.EDITED}
    values |= {"definition": definition_of("maxdiff"), "closes_at": now() + timedelta(days=9)}
    held = service.edit(held.id, values, held.version, by=ask.by)
    service.open_session(held.id, held.version, by=ask.by)
    assert _told(session, Event.INVITATION) == [one.id for one in people]
    ask.cast(queries.participation(held.id, people[0].id))
    assert inviting.remind(held.id, None, by=ask.by) == 2
    assert _told(session, Event.REMINDER) == [one.id for one in people[1:]]
    with pytest.raises(Conflict):
        inviting.remind(held.id, None, by=ask.by)


def test_of_two_who_decide_the_second_reads_how_it_stands_now(ask, client_of):
    held = ask.open()
    ask.invite(held, *ask.accounts(2))
    seen, staff, address = held.version, client_of("product_manager"), f"/co-design/{held.id}"
    service.extend(held.id, now() + timedelta(days=20), seen, by=ask.by)
    for verb, data in (("close", {}), ("remind", {}), ("invite", {"by": "segment", "segment": "3PL"})):
        refused = staff.post(f"{address}/{verb}", data={"version": seen, **data})
        assert refused.status_code == 409, verb
        assert f"it is open now (version {seen + 1}; you saw {seen})" in refused.text
    for verb, data in (("remind", {}), ("close", {})):
        version = queries.find(held.id).version
        assert staff.post(f"{address}/{verb}", data={"version": version, **data}).status_code == 303
    closing.tally(held.id, secret="x")
    assert staff.post(f"{address}/cite", data={"version": seen}).status_code == 422  # Too few for any proof.


def test_the_clock_closes_and_reminds(ask, session):
    held = ask.open()
    ask.invite(held, *ask.accounts(2))
    with stopped(now() + timedelta(days=12)):
        closing.keep_time()
    assert session.scalar(select(AuditEvent).where(AuditEvent.action == "codesign.remind")) is not None
    with stopped(now() + timedelta(days=15)):
        closing.keep_time()
    assert queries.find(held.id).state == "closed"
    assert queries.find(held.id).closed_at == queries.find(held.id).closes_at


def test_who_spoke_in_the_themes_can_be_asked(ask, session):
    from ideaflow.proposals import service as proposals
    from ideaflow.themes.models import Theme, ThemeMembership, ThemeState

    account = ask.make.account()
    speaker, other = (ask.make.contact(account_id=account.id) for _ in range(2))
    statement = ask.make.statement(ask.make.item(account_id=account.id, contact_id=speaker.id))
    theme = Theme(title="Count while picking continues")
    session.add(theme)
    session.commit()
    session.add(ThemeMembership(theme_id=theme.id, statement_id=statement.id, strength=0.9, likeness=0.9))
    session.commit()
    proposals.add_theme(ask.proposal.id, theme.id, by=ask.by)
    held = ask.open()
    assert choosing.invitable(held.id, choosing.speakers_of(held)) == [speaker.id]
    assert other.id in choosing.invitable(held.id, choosing.of_segment("3PL"))
    near = choosing.near_item(statement.item_id, speaker.id)
    assert [(one.session.id, one.is_of_theme, one.participant) for one in near] == [(held.id, True, None)]

    into = Theme(title="Count as you pick")
    session.add(into)
    session.flush()
    session.get(ThemeMembership, statement.id).theme_id = into.id
    theme.state, theme.merged_into_id = ThemeState.MERGED, into.id
    session.flush()
    assert choosing.near_item(statement.item_id, speaker.id)[0].is_of_theme  # It lives on in the other.


def test_a_result_becomes_evidence_with_one_verb_and_contributors_are_told_once(ask, session):
    held = ask.open()
    people = ask.invite(held, *ask.accounts(6))
    for n, one in enumerate(people[:5]):
        ask.cast(one, n, best="o1")
    ask.result(held)
    closing.cite(held.id, "importance", "for", None, by=ask.by)
    line = lines_of(ask.proposal.id)[0]
    assert line.evidence.criterion_key == "importance" and "5 people of 5 accounts" in line.then
    held = queries.find(held.id)
    closing.publish(held.id, held.version, by=ask.by)
    assert _told(session, Event.HEARD) == [one.contact_id for one in people[:5]]
