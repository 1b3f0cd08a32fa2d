"""Decisions are signed by who is there, moments after signing in again, and carried out with the last one."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ideaflow.audit import AuditEvent
from ideaflow.clock import now, stopped, today
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates import queries, service
from ideaflow.gates.models import Journey, Notice, ProcessVersion, Signature
from ideaflow.gates.process import definition
from ideaflow.gates.review import packing
from ideaflow.gates.review.keeping import keep_time
from ideaflow.outbox import OutgoingMail
from ideaflow.users import renewing
from ideaflow.users import service as users
from ideaflow.users.renewing import Renewal
from tests.gates.conftest import decide, renewed
from tests.gates.test_pages import browser_of as browser_of


def process_with(session, world, **gate):
    """Let the world's proposal run on a version whose gates all have these settings besides."""
    old = session.get_one(Journey, world.proposal.id).process_version
    document = json.loads(old.definition)
    for one in document["gates"]:
        one.update(gate)
    content = definition.canonical(document)
    if content == old.definition:
        return old
    version = ProcessVersion(
        process=old.process, number=old.number + 100, status="published", definition=content,
        content_hash=definition.digest(content), published_at=now(),
    )  # fmt: skip
    session.add(version)
    session.get_one(Journey, world.proposal.id).process_version = version
    session.commit()
    return version


TWO = [{"meaning": "decides"}, {"meaning": "releases the money"}]


def test_a_decision_is_carried_out_with_the_last_signature(session, world):
    process_with(session, world, signatures=TWO)
    review = world.to_gate()
    world.score(review)
    first, second = (keeper.actor for keeper in world.keepers)
    world.decide(review, service.Verdict("go", "Clear demand."))
    assert review.is_signing and queries.journey_of(world.proposal.id).state == "tallied"
    with pytest.raises(Conflict, match="You have signed"):
        service.sign(review.id, review.record_hash, by=first, renewed=renewed(first))
    with pytest.raises(Conflict, match="You read record"):
        service.sign(review.id, "0" * 64, by=second, renewed=renewed(second))
    with pytest.raises(Conflict, match="waits for its signatures"):
        world.decide(review, service.Verdict("hold", "No.", revisit_on=today() + timedelta(days=3)))
    with pytest.raises(Conflict, match="Take it back"):
        service.vote(review.id, "kill", by=second)
    service.sign(review.id, review.record_hash, by=second, renewed=renewed(second))
    assert review.decision == "go" and queries.journey_of(world.proposal.id).stage_key == "scoping"
    signed = session.scalars(select(Signature).order_by(Signature.id)).all()
    assert [(one.printed_name, one.meaning) for one in signed] == [
        (world.keepers[0].name, "decides"),
        (world.keepers[1].name, "releases the money"),
    ]
    assert {one.record_hash for one in signed} == {review.record_hash}


def test_a_decision_taken_back_keeps_its_signature_on_record(session, world):
    process_with(session, world, signatures=TWO)
    review = world.to_gate()
    world.score(review)
    world.decide(review, service.Verdict("go", "Clear demand."))
    record = review.record_hash
    service.take_back(review.id, "Not yet.", by=world.keepers[1].actor)
    assert not review.is_signing
    world.decide(review, service.Verdict("go", "Now."))
    assert review.record_hash != record
    assert [one.record_hash for one in session.scalars(select(Signature).order_by(Signature.id))] == [
        record, review.record_hash,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change", ["UPDATE gate_signatures SET meaning = 'no'", "DELETE FROM gate_signatures"]
)
def test_the_database_keeps_signatures(session, world, change):
    world.go()
    with pytest.raises(DBAPIError, match="never change"):
        session.execute(text(change))


def test_who_signs_has_signed_in_again_moments_ago(session, world):
    review = world.to_gate()
    world.score(review)
    by, verdict = world.keepers[0].actor, service.Verdict("go", "Yes.")
    old = Renewal(by.id, "password", now() - timedelta(minutes=6))
    for renewal in (None, old, renewed(world.keepers[1].actor)):
        with pytest.raises(Forbidden, match="Sign in again"):
            service.decide(review.id, verdict, by=by, renewed=renewal)
    assert review.verdict_draft is None or not review.is_signing
    assert queries.journey_of(world.proposal.id).state == "tallied"


def test_a_wrong_password_signs_nothing_and_is_not_tried_for_ever(session):
    user = users.add_user("ada@fernhall.example", "Ada Brink", ["gatekeeper"], "a long password")
    assert renewing.with_password(user.id, "a long password").is_good_for(user.id)
    for _ in range(renewing.MOST_WRONG):
        with pytest.raises(Invalid, match="not your password"):
            renewing.with_password(user.id, "guess")
    with pytest.raises(Invalid, match="Wait"):
        renewing.with_password(user.id, "a long password")


def test_what_one_decided_on_is_what_is(session, world):
    review = world.to_gate()
    world.score(review)
    seen = review.version
    service.vote(review.id, None, by=world.keepers[1].actor)
    by = world.keepers[0].actor
    with pytest.raises(Conflict, match=f"version {seen} of this review, it is version {seen + 1}"):
        service.decide(review.id, service.Verdict("go", "Yes."), by=by, renewed=renewed(by), seen=seen)


def tamper(session):
    """Write to the database past the product: the pack is not what was frozen."""
    session.execute(text("ALTER TABLE gate_reviews DISABLE TRIGGER gate_reviews_stand"))
    session.execute(text("UPDATE gate_reviews SET pack = jsonb_set(pack, '{proposal,title}', '\"Other\"')"))
    session.execute(text("ALTER TABLE gate_reviews ENABLE TRIGGER gate_reviews_stand"))
    session.commit()


def test_a_pack_that_no_longer_fits_its_hash_is_refused_everywhere(session, world):
    review = world.to_gate()
    tamper(session)
    with pytest.raises(Conflict, match="not what was frozen"):
        world.score(review)
    with pytest.raises(Conflict, match="not what was frozen"):
        packing.check_seal(review)
    service.cancel(review.id, "Tampered with.", by=world.keepers[0].actor)


def test_scores_on_a_broken_seal_are_hidden_and_only_cancelling_is_left(session, world, browser_of):
    process_with(session, world, signatures=TWO)
    first, second = world.keepers
    review = world.to_gate()
    world.score(review)
    world.decide(review, service.Verdict("go", "Yes."))
    record = review.record_hash
    assert keep_time() == 0
    tamper(session)
    with pytest.raises(Conflict):
        service.sign(review.id, record, by=second.actor, renewed=renewed(second.actor))
    assert keep_time() == 1 and keep_time() == 0
    assert queries.journey_of(world.proposal.id).state == "in_review"
    assert not review.is_revealed and review.verdict_draft is None
    mails = session.scalars(select(OutgoingMail)).all()
    told = {mail.recipient for mail in mails if "not what was frozen" in mail.subject}
    assert told == {first.email, second.email}
    for act in (
        lambda: service.submit(review.id, *world.card(review), None, "go", by=first.actor),
        lambda: service.reveal(review.id, by=first.actor),
        lambda: world.decide(review, service.Verdict("kill", "No.")),
    ):
        with pytest.raises(Conflict):
            act()
    page = browser_of(first).get(f"/gates/reviews/{review.id}").text
    assert "Nothing can be scored or decided on it" in page and "Hand in my scorecard" not in page
    service.cancel(review.id, "Tampered with.", by=first.actor)
    assert queries.journey_of(world.proposal.id).state == "working"


def test_going_against_the_rule_takes_two_and_is_counted(session, world):
    review = world.to_gate()
    world.score(review, points=4)
    go = service.Verdict("go", "The chairman of our largest customer asked.", is_override=True)
    with pytest.raises(Conflict, match="score is below"):
        world.decide(review, replace(go, is_override=False))
    world.decide(review, go)
    assert review.is_signing
    second = world.keepers[1].actor
    service.sign(review.id, review.record_hash, by=second, renewed=renewed(second))
    assert review.decision == "go" and review.is_override


@pytest.mark.parametrize("votes", [("go", "kill"), (None, None)])
def test_no_override_helps_against_a_tie(session, world, votes):
    review = world.to_gate()
    for keeper, vote in zip(world.keepers, votes, strict=True):
        world.score(review, keepers=[keeper], vote=vote)
    with pytest.raises(Conflict, match="Go is closed"):
        world.decide(review, service.Verdict("go", "Anyway.", is_override=True))


@pytest.mark.parametrize(
    ("rule", "votes", "refusal"),
    [
        ("majority", ("go", "go", "kill"), ""),
        ("majority", ("go", None, None), ""),
        ("unanimous", ("go", "go", "hold"), "all have to agree"),
        ("unanimous", ("go", "go", None), ""),
        ("consent", ("go", None, "recycle"), "one objection is enough"),
        ("consent", ("go", None, None), ""),
        ("weighted", ("go", "kill", "kill"), ""),
        ("weighted", ("kill", "go", "go"), "only 2 of 5"),
        ("chair", ("kill", "go", "go"), "the chair would kill"),
        ("chair", ("go", "kill", "kill"), ""),
        ("chair", (None, "go", "go"), "the chair has not voted"),
    ],
)
def test_each_vote_rule_says_whether_it_goes(session, make, rule, votes, refusal):
    from tests.gates.conftest import build_world

    world = build_world(make, keepers=3)
    version = process_with(session, world, vote_rule=rule)
    admin = make.user(roles=["administrator"]).actor
    for number, keeper in enumerate(world.keepers):
        wish = service.SeatWish(keeper.id, is_chair=number == 0, weight=3 if number == 0 else 1)
        service.add_seat(version, "gate_1", wish, by=admin)
    review = world.to_gate()
    for keeper, vote in zip(world.keepers, votes, strict=True):
        world.score(review, keepers=[keeper], vote=vote)
    if refusal:
        with pytest.raises(Conflict, match=refusal):
            world.decide(review, service.Verdict("go", "Yes."))
    else:
        assert world.decide(review, service.Verdict("go", "Yes.")).decision == "go"


def test_a_vote_may_change_after_talking(session, world):
    review = world.to_gate()
    world.score(review, vote="kill")
    with pytest.raises(Invalid):
        service.vote(review.id, "perhaps", by=world.keepers[0].actor)
    for keeper in world.keepers:
        service.vote(review.id, "go", by=keeper.actor)
    assert world.decide(review, service.Verdict("go", "Talked about.")).decision == "go"


def test_a_go_names_what_it_grants(session, world):
    world.proposal.asked_amount = world.proposal.asked_people = None
    session.commit()
    review = world.to_gate()
    world.score(review)
    with pytest.raises(Invalid, match="Name the money it grants"):
        world.decide(review, service.Verdict("go", "Yes."))
    world.decide(review, service.Verdict("go", "Yes.", granted_amount=Decimal(160_000), granted_people=3))
    assert (review.granted_amount, review.granted_people) == (160_000, 3)


def test_a_go_grants_what_was_asked_unless_it_says_otherwise(session, world):
    assert (world.go().granted_amount, queries.reviews_of(world.proposal.id)[0].granted_people) == (
        480_000,
        5,
    )


def test_a_kill_leaves_a_reason_what_to_keep_and_who_tells_the_customers(session, world, make):
    contact = make.contact(name="Ada Brink")
    statement = session.execute(text("SELECT item_id FROM statements ORDER BY id LIMIT 1")).scalar_one()
    session.execute(
        text("UPDATE feedback_items SET contact_id = :c WHERE id = :i"), {"c": contact.id, "i": statement}
    )
    review = world.to_gate()
    world.score(review, points=2)
    by = world.keepers[0].actor
    with pytest.raises(Invalid, match=r"Choose why.*worth keeping.*what the customers"):
        service.decide(review.id, service.Verdict("kill", "No."), by=by, renewed=renewed(by))
    decide(review.id, service.Verdict("kill", "No."), by=by)
    notice = session.scalars(select(Notice)).one()
    assert review.reason_code == "no_demand" and [one["name"] for one in notice.contacts] == ["Ada Brink"]
    with pytest.raises(Forbidden, match="Somebody else"):
        service.told(notice.id, by=world.owner.actor)
    service.told(notice.id, by=by)
    assert notice.done_at is not None


def test_an_unsigned_decision_lapses_and_scores_are_asked_again(session, world):
    from ideaflow.gates.review.keeping import keep_time

    process_with(session, world, signatures=TWO)
    review = world.to_gate()
    world.score(review)
    world.decide(review, service.Verdict("go", "Clear demand."))
    assert keep_time() == 0
    with stopped(now() + timedelta(days=8)):
        assert keep_time() == 1 and keep_time() == 0
    assert not review.is_signing and queries.journey_of(world.proposal.id).state == "in_review"
    events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(3)).all()
    assert "gates.expire_decision" in events


def test_who_has_no_password_signs_by_a_link_without_losing_a_word(browser_of, session, world):
    keeper = world.keepers[0]
    keeper.password_hash = ""
    session.commit()
    review = world.to_gate()
    world.score(review)
    browser = browser_of(keeper)
    with browser.session_transaction() as cookie:
        del cookie["signed_in_again"]
    where = f"/gates/reviews/{review.id}"
    page = browser.get(where).text
    assert "Mail me a link to sign with" in page and 'type="password"' not in page
    form = {"decision": "go", "reason": "Clear demand."}
    refused = browser.post(f"{where}/decide", data=form)
    assert refused.status_code == 403 and "by a link sent to you" in refused.text
    ask = f"/you/again?next={where}"
    assert browser.post(ask, data=form).headers["Location"] == where
    told = browser.post(ask, headers={"HX-Request": "true"}).text
    assert "then sign here" in told and "<html" not in told
    stranger = browser_of(world.keepers[1])
    assert stranger.post(f"/you/again/{mailed(browser, session, ask)}").status_code == 403
    token = mailed(browser, session, ask)
    assert "Welcome back" in browser.get(f"/you/again/{token}").text
    assert browser.post(f"/you/again/{token}").headers["Location"] == where
    assert browser.post(f"/you/again/{token}").status_code == 404
    assert "by link" in browser.get(where).text
    assert browser.post(f"{where}/decide", data=form).status_code == 303
    signature = session.scalars(select(Signature)).one()
    assert (signature.method, signature.printed_name) == ("link", keeper.name)
    assert "Clear demand." in browser.get(where).text


def mailed(browser, session, ask):
    """Ask for a link and return the token in the mail."""
    browser.post(ask)
    mail = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()[-1]
    return re.search(r"/you/again/(\S+)", mail.text).group(1)
