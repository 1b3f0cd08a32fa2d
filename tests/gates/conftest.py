"""A proposal with evidence, and people who decide about it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.gates import service
from ideaflow.proposals.models import Arena, Evidence, Proposal
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.users.renewing import Renewal

BENEFIT = {
    "benefit_who": "pickers", "benefit_metric": "hours a bay is locked", "benefit_baseline": "6.5",
    "benefit_target": "0.5", "benefit_by": "6 months after launch",
}  # fmt: skip
SEGMENTS = ("3PL", "Grocery", "Pharma")
WORDS = "Nobody counts in December because counting locks the bay."


def add_evidence(make: Any, proposal: Proposal, accounts: int = 7, revenue: int = 100_000) -> Theme:
    """Let a theme with statements of some accounts, in up to three segments, prove a proposal."""
    theme = make._add(Theme(title="Count while picking goes on", account_count=accounts))
    for number in range(accounts):
        account = make.account(segment=SEGMENTS[number % 3], revenue_amount=revenue)
        statement = make.statement(make.item(account_id=account.id, text=f"{WORDS} ({number})"))
        make._add(
            ThemeMembership(
                statement_id=statement.id, theme_id=theme.id, strength=0.8, likeness=0.9 - number / 100
            )
        )
    make._add(Evidence(proposal_id=proposal.id, kind="theme", theme_id=theme.id, added_at=now()))
    return theme


@dataclass
class World:
    """An owner, keepers, a colleague, and a proposal with evidence, started on its way."""

    make: Any
    owner: Any
    colleague: Any
    keepers: list[Any]
    proposal: Proposal
    theme: Theme

    def finish_stage(self) -> None:
        """Mark every deliverable of the present stage as done."""
        from ideaflow.gates.queries import journey_of

        journey = journey_of(self.proposal.id)
        assert journey is not None
        for rule in journey.stage.deliverables:
            service.set_deliverable(self.proposal.id, rule.key, "done", by=self.owner.actor)

    def to_gate(self) -> Any:
        """Finish the stage, hand the proposal over and open its review."""
        self.finish_stage()
        service.declare_ready(self.proposal.id, by=self.owner.actor)
        return service.open_review(self.proposal.id, by=self.keepers[0].actor)

    def card(
        self, review: Any, points: int = 8, is_met: bool = True
    ) -> tuple[dict[str, int], dict[str, bool]]:
        """Return points and answers for a review, the same for all criteria."""
        gate = review.gate
        return dict.fromkeys(gate.weights, points), {one.key: is_met for one in gate.manual_must}

    def score(
        self, review: Any, points: int = 8, is_met: bool = True, keepers: Any = None, vote: str | None = "go"
    ) -> None:
        """Let all keepers hand in the same scorecard, with the same vote."""
        for keeper in keepers or self.keepers:
            service.submit(review.id, *self.card(review, points, is_met), None, vote, by=keeper.actor)

    def decide(self, review: Any, verdict: service.Verdict, keeper: Any = None) -> Any:
        """Decide and sign, as the first keeper or another."""
        return decide(review.id, verdict, by=(keeper or self.keepers[0]).actor)

    def go(self) -> Any:
        """Pass the next gate."""
        review = self.to_gate()
        self.score(review)
        return self.decide(review, service.Verdict("go", "Clear demand."))


def decide(review_id: int, verdict: service.Verdict, *, by: Any) -> Any:
    """Decide and sign, signed in again just now; a kill says what it has to say where the test does not."""
    if verdict.decision == "kill" and not verdict.salvage:
        plan = service.NoticePlan(by.id, today() + timedelta(days=7), "We looked, and we do not build it.")
        verdict = replace(verdict, reason_code="no_demand", salvage="The interviews.", notice=plan)
    return service.decide(review_id, verdict, by=by, renewed=renewed(by))


def renewed(by: Any) -> Renewal:
    """Return that somebody signed in again just now."""
    return Renewal(by.id, "password", now())


def fill(
    version_id: int, owner_id: int, count: int, state: str = "working", stage_key: str = "business_case",
    **columns: Any,
) -> None:  # fmt: skip
    """Write many running proposals at once, all alike; ``columns`` are of their journeys."""
    names = "".join(f", {name}" for name in columns)
    values = "".join(f", :{name}" for name in columns).replace(":routed", "CAST(:routed AS jsonb)")
    db.session.execute(
        text(
            "WITH made AS (INSERT INTO proposals (title, value, type, strategy, owner_id, asked_amount)"
            " SELECT 'Number ' || n, 'Runs.', 'improve', 'satisfy', :owner_id, 1000 * n"
            " FROM generate_series(1, :count) AS n"
            " RETURNING id), begun AS (INSERT INTO stage_runs (proposal_id, stage_key, iteration, entered_at)"
            " SELECT id, :stage_key, 1, now() FROM made)"
            " INSERT INTO journeys (proposal_id, process_version_id, state, stage_key, started_at,"
            f" state_since{names}) SELECT id, :version_id, :state, :stage_key, now(), now(){values} FROM made"
        ),
        {
            "owner_id": owner_id, "count": count, "version_id": version_id, "state": state,
            "stage_key": stage_key, **columns,
        },
    )  # fmt: skip
    db.session.commit()


def build_world(make: Any, keepers: int = 2, accounts: int = 7) -> World:
    """Make a world of the size asked for."""
    owner = make.user(name="Maren Holt", roles=["product_manager"])
    colleague = make.user(name="Jon Abel", roles=["product_manager"])
    people = [make.user(name=f"Idris Bakker {number}", roles=["gatekeeper"]) for number in range(keepers)]
    if make.session.scalar(select(Arena).filter_by(name="Inventory truth")) is None:
        make._add(Arena(name="Inventory truth"))
    proposal = make._add(
        Proposal(
            title="Live cycle count", owner_id=owner.id, arena="Inventory truth",
            value="Count while others pick.",
            problem="Counting locks the bay.", asked_amount=480_000, asked_people=5, **BENEFIT,
        )
    )  # fmt: skip
    theme = add_evidence(make, proposal, accounts)
    service.start(proposal.id, by=owner.actor)
    return World(make, owner, colleague, people, proposal, theme)


def another_world(first: World) -> World:
    """Return a second proposal of the same people, with evidence of its own."""
    proposal = first.make._add(
        Proposal(
            title="Christmas extra users", owner_id=first.owner.id, value="Users by the day.",
            problem="A licence lasts a year.", arena=first.proposal.arena, asked_amount=20_000,
            asked_people=1, **BENEFIT,
        )
    )  # fmt: skip
    theme = add_evidence(first.make, proposal)
    service.start(proposal.id, by=first.owner.actor)
    return World(first.make, first.owner, first.colleague, first.keepers, proposal, theme)


@pytest.fixture
def world(make: Any) -> World:
    return build_world(make)
