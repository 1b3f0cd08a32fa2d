"""Whatever people and the clock do in whatever order, the rules of the gates hold.

A step is one verb of the service layer tried by somebody. After each that was allowed the invariants are
looked at, by one statement; the audit chain and the published bytes at the end of an example.
"""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select, text, update

from ideaflow.audit import first_broken
from ideaflow.clock import stopped, today
from ideaflow.db import db
from ideaflow.errors import IdeaflowError
from ideaflow.gates import queries, service
from ideaflow.gates.models import Condition, GateReview, Journey, ProcessVersion
from ideaflow.gates.policy import CLOCKS, LOCKED
from ideaflow.gates.process.definition import digest
from ideaflow.gates.review import freezing
from ideaflow.gates.review.keeping import keep_time
from ideaflow.gates.review.models import UNSETTLED
from ideaflow.gates.review.weighing import cards_of, tally_of
from ideaflow.proposals import service as proposals
from tests.factories import Factory
from tests.gates.conftest import World, another_world, build_world, decide, renewed
from tests.gates.ground import Ground
from tests.gates.test_signing import process_with

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
WHICH = st.integers(0, 1)
DECISIONS = ["go", "conditional_go", "hold", "recycle", "kill"]
VOTES = [None, *DECISIONS]
VERBS = [
    "declare_ready", "recall", "open_review", "submit", "recuse", "step_in", "reveal", "score_again",
    "cancel", "vote", "take_back", "resume", "hold_on", "claim", "verify", "release", "decide", "sign",
]  # fmt: skip
NEVER_THE_OWNER = set(VERBS) - {"declare_ready", "recall", "claim"}
# Somebody, a verb, points and a vote: drawn as one number, because drawing four costs as much as a step.
MANY = list(product(range(5), VERBS, range(11), VOTES))
TRIES = st.lists(st.integers(0, len(MANY) - 1).map(lambda one: MANY[one]), min_size=30, max_size=60)
ELSE = ["hold", "recycle", "kill_review"]
STEPS_OF_A_RULE = 6  # On average: most rules take several steps.
RULES = ["majority", "unanimous", "weighted", "consent", "chair"]
FACTS = text(
    "SELECT j.state, j.stage_key, extract(epoch FROM j.state_since - j.started_at), p.is_locked,"
    " (SELECT count(*) FROM gate_reviews r WHERE r.proposal_id = p.id AND r.state = 'open'),"
    " (SELECT coalesce(sum(active_seconds + wait_seconds + hold_seconds), 0) FROM stage_runs s"
    "  WHERE s.proposal_id = p.id),"
    " (SELECT count(*) FROM stage_runs s WHERE s.proposal_id = p.id AND s.exited_at IS NULL),"
    " (SELECT count(*) FROM scorecards c JOIN gate_reviews r ON r.id = c.review_id"
    "  WHERE r.proposal_id = p.id AND c.gatekeeper_id = p.owner_id),"
    " (SELECT count(*) FROM gate_reviews r WHERE r.proposal_id = p.id AND r.state = 'decided'"
    "  AND (SELECT count(*) FROM gate_signatures g WHERE g.review_id = r.id"
    "       AND g.record_hash = r.record_hash) < :signatures),"
    " l.id, l.state, l.revealed_at, l.record_hash, l.gate_key, l.decision, l.is_override,"
    " (SELECT count(*) FROM conditions c WHERE c.proposal_id = p.id AND c.state = 'lapsed'"
    "  AND c.lapsed_at IS NULL)"
    " FROM journeys j JOIN proposals p ON p.id = j.proposal_id LEFT JOIN LATERAL"
    " (SELECT * FROM gate_reviews r WHERE r.proposal_id = p.id ORDER BY r.id DESC LIMIT 1) l ON true"
    " WHERE p.id = ANY(:ids) ORDER BY p.id"
)


def base_of():
    """Save people and two proposals on their way, return them as plain values: all examples begin there."""
    with stopped(START):
        make = Factory(db.session)
        first = build_world(make, keepers=4)
        deputy = first.keepers.pop()
        worlds = [first, another_world(first)]
        versions = {}
        for vote_rule, count in product(RULES, (1, 2)):
            meanings = [{"meaning": f"signs as number {one}"} for one in range(count)]
            versions[vote_rule, count] = process_with(
                db.session, first, signatures=meanings, vote_rule=vote_rule
            )
        admin = make.user(roles=["administrator"]).actor
        any_of_them = versions["majority", 1]
        for gate in any_of_them.content.gates:
            for place, keeper in enumerate(first.keepers):
                wish = service.SeatWish(
                    keeper.id, is_chair=place == 0, weight=1 + place,
                    deputy_id=deputy.id if place == 0 else None,
                )  # fmt: skip
                service.add_seat(any_of_them, gate.key, wish, by=admin)
    people = [first.owner, *first.keepers, deputy]
    owner = SimpleNamespace(actor=first.owner.actor)
    return SimpleNamespace(
        ids=[world.proposal.id for world in worlds],
        worlds=[
            World(None, owner, None, [], SimpleNamespace(id=world.proposal.id), None) for world in worlds
        ],
        actors=[user.actor for user in people],
        cookies=[user.get_id() for user in people],
        versions={key: (version.id, version.content) for key, version in versions.items()},
        bytes={version.id: version.definition for version in db.session.scalars(select(ProcessVersion))},
    )


def machine_of(ground, vote_rule, counted):
    """Return the state machine; each example stands on the ground's base, ``counted`` collects its steps."""
    base = ground.base

    class Gates(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.moment, self.example = START, ground.example()
            self.ids, self.worlds, self.actors = base.ids, base.worlds, base.actors
            self.by_id = {actor.id: actor for actor in self.actors}
            self.stages, self.latest = ["discovery", "discovery"], [None, None]
            counted["examples"] += 1

        @initialize(needed=st.integers(1, 2))
        def set_out(self, needed):
            self.needed = needed
            version_id, content = base.versions[vote_rule, needed]
            db.session.execute(update(Journey).values(process_version_id=version_id))
            db.session.commit()
            self.gates = {gate.key: gate for gate in content.gates}
            self.set_out_together()

        def set_out_together(self):
            """Do what is to be in every example."""

        def teardown(self):
            try:
                self.look()
                assert first_broken() is None
                for version in db.session.scalars(select(ProcessVersion)):
                    assert version.definition == base.bytes[version.id]
                    assert digest(version.definition) == version.content_hash
            finally:
                self.example.close()

        def person(self, number):
            return self.actors[number]

        def review(self, at):
            """Return the latest review as the last look at the invariants found it, without asking again."""
            return self.latest[at]

        def journey(self, at):
            return queries.journey_of(self.ids[at])

        def try_to(self, at, act, may_move=False):
            """Let time pass, act, learn whether the domain allowed it, and look at the invariants."""
            self.moment += timedelta(minutes=7)
            counted["steps"] += 1
            try:
                with stopped(self.moment):
                    act()
            except IdeaflowError:
                # Whatever a refused step left behind is found by the next look, before any other is allowed.
                db.session.rollback()
                return False
            counted["allowed"] += 1
            self.look(moved=at if may_move else None)
            return True

        def look(self, moved=None):
            """Look at the invariants of both proposals by one statement.

            :param moved: which of them may stand in another stage now.
            """
            rows = db.session.execute(FACTS, {"ids": self.ids, "signatures": self.needed}).all()
            for at, found in enumerate(rows):
                self.check(at, found, may_move=at == moved)

        def check(self, at, found, may_move):
            state, stage, calendar, is_locked, is_open, counted_time, runs, own_seats, unsigned, *last = found
            late = last.pop()
            if may_move:
                counted["moves"] += self.stages[at] != stage
                self.stages[at] = stage
            names = ("id", "state", "revealed_at", "record_hash", "gate_key", "decision", "is_override")
            self.latest[at] = SimpleNamespace(**dict(zip(names, last, strict=True))) if last[0] else None
            assert is_open <= 1, "one open review a proposal"
            assert stage == self.stages[at], "only a signed tally moves a stage"
            assert abs(float(calendar) - counted_time) < 1e-3, "active + waiting + held is the calendar"
            assert runs == (state in CLOCKS), "a stay is open exactly while a clock runs"
            assert is_locked == (state in LOCKED), "locked exactly under review"
            assert own_seats == 0, "the owner has no seat"
            assert unsigned == 0, "what is decided is signed by all"
            assert late == 0, "what lapsed says when"

        def card(self, review, points):
            gate = self.gates[review.gate_key]
            answers = {one.key: points != 3 for one in gate.manual_must}
            return dict.fromkeys(gate.weights, points), answers

        def condition(self, number):
            query = select(Condition.id).where(
                Condition.proposal_id == number, Condition.state.in_(UNSETTLED)
            )
            return db.session.scalar(query.order_by(Condition.id).limit(1)) or 0

        def go_on(self, at):
            """Do what comes next, so that random steps start from everywhere, not from the first stage."""
            world, state = self.worlds[at], self.journey(at).state
            review = self.review(at)
            if state == "working":
                self.try_to(at, world.finish_stage)
                for one in queries.conditions_of(self.ids[at]):
                    if one.is_unsettled:
                        self.settle(at, one)
                self.try_to(at, lambda: service.declare_ready(self.ids[at], by=self.person(0)))
            elif state == "gate_ready":
                self.try_to(at, lambda: service.open_review(self.ids[at], by=self.person(1)))
            elif state == "in_review":
                for card in cards_of(db.session.get_one(GateReview, review.id)):
                    if card.waits:
                        by, given = self.by_id[card.gatekeeper_id], self.card(review, 9)
                        self.try_to(at, lambda by=by, given=given: service.submit(
                            review.id, *given, None, "go", by=by
                        ))  # fmt: skip
            elif state == "tallied":
                self.end(at, 2, "go", False)
                self.put_a_name(at, 3)
            elif state == "on_hold":
                self.try_to(at, lambda: service.resume(self.ids[at], by=self.person(1)))

        def settle(self, at, condition):
            by = self.person(0)
            self.try_to(at, lambda: service.claim_condition(condition.id, "Done.", by=by))
            other = self.person(2 if condition.owner_id != self.person(2).id else 3)
            self.try_to(at, lambda: service.verify_condition(condition.id, True, "", by=other))

        @rule(at=WHICH, steps=st.integers(1, 4))
        def go_on_a_little(self, at, steps):
            for _ in range(steps):
                self.go_on(at)

        @rule(at=WHICH, steps=st.integers(3, 9))
        def go_on_for_long(self, at, steps):
            for _ in range(steps):
                self.go_on(at)

        @rule(at=WHICH, tries=TRIES)
        def everybody_tries_something(self, at, tries):
            for by, verb, points, vote in tries:
                self.do(at, by, verb, points, vote)

        def do(self, at, by, verb, points, vote):
            review = self.review(at)
            if review is None and verb in ("decide", "sign"):
                return
            if verb == "decide":
                self.end(at, by, vote or "go", points > 5 and vote == "go")
            elif verb == "sign":
                self.put_a_name(at, by)
            elif self.try_to(at, self.act(at, by, verb, points, vote)) and verb in NEVER_THE_OWNER:
                assert by != 0, f"the owner never does this: {verb}"

        def act(self, at, by, verb, points, vote):
            number, person, review = self.ids[at], self.person(by), self.review(at)
            review_id = review.id if review else 0
            card = self.card(review, points) if verb == "submit" and review else ({}, {})
            condition_id = self.condition(number) if verb in ("claim", "verify", "release") else 0
            later = (self.moment + timedelta(days=9)).date()
            holder = self.person(1).id
            return {
                "declare_ready": lambda: service.declare_ready(number, by=person),
                "recall": lambda: service.recall(number, "Wait.", by=person),
                "open_review": lambda: service.open_review(number, by=person),
                "submit": lambda: service.submit(review_id, *card, None, vote, by=person),
                "recuse": lambda: service.recuse(review_id, "Mine.", by=person),
                "step_in": lambda: service.step_in(review_id, holder, "Ill.", by=person),
                "reveal": lambda: service.reveal(review_id, by=person),
                "score_again": lambda: service.score_again(review_id, by=person),
                "cancel": lambda: service.cancel(review_id, "No.", by=person),
                "vote": lambda: service.vote(review_id, vote, by=person),
                "take_back": lambda: service.take_back(review_id, "No.", by=person),
                "resume": lambda: service.resume(number, by=person),
                "hold_on": lambda: service.hold_on(number, later, "Not yet.", by=person),
                "claim": lambda: service.claim_condition(condition_id, "Done.", by=person),
                "verify": lambda: service.verify_condition(condition_id, points > 5, "Seen.", by=person),
                "release": lambda: service.release_condition(condition_id, "Moot.", by=person),
            }[verb]

        def tally(self, review):
            if review.state != "open" or review.revealed_at is None:
                return None
            return tally_of(db.session.get_one(GateReview, review.id))

        def end(self, at, by, decision, is_override):
            review = self.review(at)
            result = self.tally(review)
            act = self.decision_of(at, by, review, decision, is_override)
            self.check_end(at, by, result, self.try_to(at, act, may_move=True))

        def decision_of(self, at, by, review, decision, is_override):
            due = (self.moment + timedelta(days=9)).date()
            wanted = [service.Wanted("Proof", self.person(1).id, due, ELSE[by % 3])]

            def act():
                verdict = service.Verdict(
                    decision, "So be it.", today() + timedelta(days=9), self.stages[at], ["Change"],
                    wanted if decision == "conditional_go" else [], is_override=is_override,
                )  # fmt: skip
                decide(review.id, verdict, by=self.person(by))

            return act

        def signature_of(self, by, review):
            person, record = self.person(by), review.record_hash
            return lambda: service.sign(review.id, record, by=person, renewed=renewed(person))

        def put_a_name(self, at, by):
            review = self.review(at)
            result = self.tally(review)
            is_done = self.try_to(at, self.signature_of(by, review), may_move=True)
            self.check_end(at, by, result, is_done)

        def check_end(self, at, by, result, is_done):
            if not is_done:
                return
            assert by != 0
            decided = self.review(at)
            if decided.decision in ("go", "conditional_go"):
                counted["goes"] += 1
                assert result.has_quorum and not result.against, "tie or no quorum is never go"
                if not decided.is_override and decided.decision == "go":
                    assert all(must.is_met for must in result.musts)

        @rule(days=st.integers(1, 20))
        def let_days_pass(self, days):
            self.moment += timedelta(days=days)
            self.try_to(0, keep_time)

        @rule(is_meant=st.integers(0, 30))
        def withdraw(self, is_meant):
            if is_meant == 30:
                self.try_to(1, lambda: proposals.withdraw(self.ids[1], "No.", by=self.person(0)))

    return Gates


@pytest.fixture(scope="module")
def ground(app, make_database, worker_id):
    """Return people and proposals in a database of this test process alone."""
    with app.app_context(), pytest.MonkeyPatch.context() as undo:
        # Printing is half of what an opening costs, and has tests of its own.
        undo.setattr(freezing.pdf, "pdf_of", lambda _paper, pack_hash: pack_hash.encode())
        with closing(Ground(make_database(f"machine_{worker_id}"), base_of)) as ground:
            yield ground


def go_until(enough, machine, counted, seed, rules=50):
    """Run examples of so many rules until so many steps were made; the seed says which."""
    while counted["steps"] < enough:
        examples = max(4, (enough - counted["steps"]) // (rules * STEPS_OF_A_RULE))
        run_state_machine_as_test(
            with_seed(seed * 1_000 + counted["rounds"])(machine),
            settings=settings(
                max_examples=examples, stateful_step_count=rules, deadline=None, database=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
            ),
        )  # fmt: skip
        counted["rounds"] += 1
    print(f"seed {seed}: {dict(counted)}")


def campaign(ground, vote_rule, steps, seed):
    """Run the machine for so many steps; return what was counted."""
    counted = Counter()
    go_until(steps, machine_of(ground, vote_rule, counted), counted, seed)
    assert counted["steps"] >= steps
    assert counted["goes"] > 0 and counted["moves"] > 0


@pytest.mark.parametrize("vote_rule", RULES)
def test_the_rules_hold_for_twenty_thousand_steps(ground, vote_rule):
    campaign(ground, vote_rule, 20_000 // len(RULES), seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, 51))
def test_the_rules_hold_for_half_a_million_steps(ground, part):
    """Fifty parts of ten thousand steps, each with its own seed, so that they can be run one by one."""
    campaign(ground, RULES[part % len(RULES)], 10_000, seed=part)
