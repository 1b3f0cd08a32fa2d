"""No green without evidence and a second person; what shows it may expire, be withdrawn or be waived."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from ideaflow.audit import Actor
from ideaflow.clock import now, stopped, today
from ideaflow.db import db
from ideaflow.errors import Conflict, Forbidden, Invalid, Overtaken
from ideaflow.launch import jobs, service
from ideaflow.launch.items import Item
from ideaflow.launch.models import CheckEvidence, CheckStanding, CheckTurn, LaunchCell, ReadinessCheck
from ideaflow.launch.preparing import Proof
from ideaflow.launch.standings import told

LINK = Proof(url="https://files.fernhall.example/order.pdf", note="Test order 4711 went through")


@pytest.fixture
def launch(make):
    return make.launch([make.channel()], [make.region(), make.region()], points=0)


def _check(session, launch, key):
    query = select(ReadinessCheck).where(ReadinessCheck.launch_id == launch.id, ReadinessCheck.key == key)
    return session.scalars(query).one()


def _standings(session, check):
    query = select(CheckStanding).where(CheckStanding.check_id == check.id).order_by(CheckStanding.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _greens(session, check):
    return [one.is_passed for one in _standings(session, check)]


def test_evidence_counts_once_a_second_person_confirmed_it(session, make, launch):
    check, mine, other = _check(session, launch, "order_code"), make.user(), make.user(roles=["sales"])
    evidence = service.add_evidence(check.id, LINK, by=mine.actor)
    assert _greens(session, check) == [False, False]
    assert _standings(session, check)[0].words == "evidence waits for a second person"
    with pytest.raises(Forbidden, match="somebody else looks at it"):
        service.confirm(evidence.id, by=mine.actor)
    service.confirm(evidence.id, by=other.actor)
    assert _greens(session, check) == [True, True]
    with pytest.raises(Conflict, match="confirmed already"):
        service.confirm(evidence.id, by=other.actor)
    turns = select(CheckTurn.is_passed).where(
        CheckTurn.standing_id.in_([one.id for one in _standings(session, check)])
    )
    assert session.scalars(turns).all() == [True, True]


def test_the_database_knows_no_green_without_confirmed_evidence(session, make, launch):
    check, mine, other = _check(session, launch, "order_code"), make.user(), make.user()
    evidence = service.add_evidence(check.id, LINK, by=mine.actor)
    standing = _standings(session, check)[0]

    def refused(statement, **values):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(statement), values)

    green = "UPDATE check_standings SET is_passed = true, evidence_id = :proof WHERE id = :id"
    refused(green, id=standing.id, proof=None)
    refused(green, id=standing.id, proof=evidence.id)  # Nobody confirmed it.
    refused(
        "UPDATE check_evidence SET confirmed_at = now(), confirmed_by_id = :me WHERE id = :id",
        id=evidence.id, me=mine.id,
    )  # fmt: skip
    service.confirm(evidence.id, by=other.actor)
    foreign = _standings(session, _check(session, launch, "message"))[0]
    refused(green, id=foreign.id, proof=evidence.id)  # It shows another check.
    refused("UPDATE check_evidence SET withdrawn_at = now() WHERE id = :id", id=evidence.id)


def test_evidence_for_one_cell_or_half_of_it_shows_no_more_than_that(session, make, launch):
    check, mine, other = _check(session, launch, "message"), make.user(), make.user()
    first, second = _standings(session, check)
    one = service.add_evidence(check.id, Proof(first.cell_id, url=LINK.url), by=mine.actor)
    half = service.add_evidence(check.id, Proof(second.cell_id, 0.5, url=LINK.url), by=mine.actor)
    for evidence in (one, half):
        service.confirm(evidence.id, by=other.actor)
    assert [(row.share, row.is_passed) for row in _standings(session, check)] == [(1, True), (0.5, False)]


def test_expired_evidence_is_red_on_reading_and_by_the_clock(session, make, launch):
    check, mine, other = _check(session, launch, "order_code"), make.user(), make.user()
    until = today() + timedelta(days=3)
    proof = Proof(url=LINK.url, valid_until_on=until)
    service.confirm(service.add_evidence(check.id, proof, by=mine.actor).id, by=other.actor)
    standing = _standings(session, check)[0]
    assert standing.holds_on(until) and not standing.holds_on(until + timedelta(days=1))
    with stopped(now() + timedelta(days=4)):
        assert standing.is_passed and standing.share_on(today()) == 0
        assert told(standing, now()).startswith("expired on")
        jobs.measure_all()
        standing = _standings(session, check)[0]
        assert not standing.is_passed and standing.words.startswith("evidence expired on")
        with pytest.raises(Invalid, match="has expired shows nothing"):
            service.add_evidence(check.id, proof, by=mine.actor)


def test_withdrawn_evidence_takes_its_green_along(session, make, launch):
    check, mine, other = _check(session, launch, "order_code"), make.user(), make.user()
    evidence = service.add_evidence(check.id, LINK, by=mine.actor)
    service.confirm(evidence.id, by=other.actor)
    with pytest.raises(Forbidden, match="Somebody else carries"):
        service.withdraw(evidence.id, "Mine is better", by=make.user(roles=["sales"]).actor)
    with pytest.raises(Invalid, match="Say why"):
        service.withdraw(evidence.id, " ", by=mine.actor)
    service.withdraw(evidence.id, "That was the old code", by=mine.actor)
    assert _greens(session, check) == [False, False]
    with pytest.raises(Conflict, match="withdrawn meanwhile"):
        service.confirm(evidence.id, by=other.actor)


def test_a_check_is_waived_for_a_reason_that_a_second_planner_agrees_to(session, make, launch):
    check, boss, mate = _check(session, launch, "price_entry"), make.user(), make.user()
    cell_id = _standings(session, check)[0].cell_id
    with pytest.raises(Invalid, match="why it may be left out"):
        service.ask_waiver(check.id, cell_id, "", None, by=boss.actor)
    waiver = service.ask_waiver(
        check.id, cell_id, "Sold by letter until the list is out", None, by=boss.actor
    )
    with pytest.raises(Forbidden):
        service.confirm(waiver.id, by=boss.actor)
    with pytest.raises(Forbidden, match="plans launches"):
        service.confirm(waiver.id, by=make.user(roles=["sales"]).actor)
    service.confirm(waiver.id, by=mate.actor)
    assert [(row.is_passed, row.is_waived) for row in _standings(session, check)] == [
        (True, True),
        (False, False),
    ]


def test_what_is_measured_takes_no_file_and_what_is_none_is_no_evidence(session, make, launch):
    with pytest.raises(Conflict, match="measured from records"):
        service.add_evidence(_check(session, launch, "price_entry").id, LINK, by=make.user().actor)
    check = _check(session, launch, "order_code")
    with pytest.raises(Invalid, match="without evidence nothing turns green"):
        service.add_evidence(check.id, Proof(note="trust me"), by=make.user().actor)
    with pytest.raises(Invalid, match="begins with https"):
        service.add_evidence(check.id, Proof(url="javascript:alert(1)"), by=make.user().actor)


def test_a_check_without_a_rule_is_refused_and_two_who_edit_take_turns(session, make, launch):
    boss = make.user()
    with pytest.raises(Invalid) as refused:
        service.add_check(launch.id, Item("", "Crane test", "support"), None, [], by=boss.actor)
    assert refused.value.of("words") == "“Crane test” has no rule. Say what must be shown for it to pass."
    item = Item("", "Crane test", "support", words="the crane lifts it")
    cell = session.scalars(select(LaunchCell).where(LaunchCell.launch_id == launch.id)).first()
    check = service.add_check(launch.id, item, boss.id, [cell.id], by=boss.actor)
    assert len(_standings(session, check)) == 1
    service.assign(check.id, make.user().id, check.version, by=boss.actor)
    with pytest.raises(Overtaken):
        service.assign(check.id, None, check.version - 1, by=boss.actor)
    with pytest.raises(Invalid, match="cannot carry this"):
        service.assign(check.id, make.user(left_at=now()).id, check.version, by=boss.actor)


def test_no_sequence_of_verbs_gives_a_green_without_evidence_and_a_second_person(session, make):
    people = [Actor(user.id, user.name) for user in (make.user(), make.user(), make.user())]
    check = SimpleNamespace(id=_check(session, make.launch(points=0), "order_code").id)
    begun = datetime(2026, 11, 23, 9, tzinfo=UTC)

    class Preparing(RuleBasedStateMachine):
        """People add, confirm, withdraw and waive as they like, while days pass."""

        @initialize()
        def begin(self):
            session.remove()  # Each example stands on a savepoint below the session's own.
            self.nested, self.days, self.made = db.engines[None].begin_nested(), 0, []

        def teardown(self):
            session.remove()
            self.nested.rollback()

        def _try(self, verb, *arguments, by):
            with stopped(begun + timedelta(days=self.days)):
                try:
                    return verb(*arguments, by=people[by])
                except (Conflict, Forbidden, Invalid):
                    return None

        @rule(by=st.integers(0, 2), lasts=st.one_of(st.none(), st.integers(0, 3)))
        def add(self, by, lasts):
            until = None if lasts is None else begun.date() + timedelta(days=self.days + lasts)
            made = self._try(service.add_evidence, check.id, Proof(url=LINK.url, valid_until_on=until), by=by)
            self.made += [made.id] if made else []

        @rule(by=st.integers(0, 2))
        def waive(self, by):
            made = self._try(service.ask_waiver, check.id, None, "Not sold by code", None, by=by)
            self.made += [made.id] if made else []

        @rule(by=st.integers(0, 2), which=st.integers(0, 5))
        def confirm(self, by, which):
            if self.made:
                self._try(service.confirm, self.made[which % len(self.made)], by=by)

        @rule(by=st.integers(0, 2), which=st.integers(0, 5))
        def withdraw(self, by, which):
            if self.made:
                self._try(service.withdraw, self.made[which % len(self.made)], "Wrong file", by=by)

        @rule(days=st.integers(1, 3))
        def wait(self, days):
            self.days += days

        @invariant()
        def green_is_shown_and_seen_by_two(self):
            day = begun.date() + timedelta(days=self.days)
            for standing in _standings(session, check):
                if not standing.holds_on(day):
                    continue
                proof = session.get(CheckEvidence, standing.evidence_id, populate_existing=True)
                assert proof.url or (proof.is_waiver and proof.note)
                assert proof.withdrawn_at is None and proof.valid_until_on in (None, *_from(day))
                assert proof.confirmed_by_id not in (None, proof.added_by_id)

    quick = settings(max_examples=25, stateful_step_count=10, deadline=None,
                     suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(Preparing, settings=quick)


def _from(day):
    return [day + timedelta(days=n) for n in range(8)]
