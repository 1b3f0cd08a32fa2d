"""What the demo company did before one signs in: ten proposals on their way, told through the same services.

The clock is turned back for each step, so that times in stages and histories read as they would.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ideaflow.audit import Actor
from ideaflow.clock import now, stopped
from ideaflow.db import db, transaction
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates import queries as gate_queries
from ideaflow.gates import service as gates
from ideaflow.gates.meeting import agenda, planning
from ideaflow.gates.policy import State
from ideaflow.gates.process import routes
from ideaflow.gates.process.versions import RoutingRule
from ideaflow.insights import service as portfolio
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.scores.ranges import Span
from ideaflow.themes import service as theme_service
from ideaflow.themes.models import ThemeCorrection, ThemeMembership
from ideaflow.users.models import User
from ideaflow.users.renewing import Renewal

EDITED = (
    "title", "value", "problem", "type", "strategy", "arena", "benefit_who", "benefit_metric",
    "benefit_baseline", "benefit_target", "benefit_by", "impact", "confidence", "effort_months",
    "asked_amount", "asked_people",
)  # fmt: skip
CHAIR = "Idris Bakker"
ADMINISTRATOR, STRATEGY_DAYS = "Tom Wrona", 430
GOES = ("go", "conditional_go")
Step = tuple[float, Callable[[], None]]


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Make the proposals of ``proposals.json`` and take each through its gates; return how many were made.

    :param users: by name.
    """
    if db.session.scalar(select(func.count()).select_from(Proposal)):
        return 0
    story = [
        part
        for name in ("past", "proposals")
        for part in json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    ]
    themes = _themes_of_needs(folder / "truth.csv")
    taken: set[int] = set()
    strategy = json.loads((folder / "strategy.json").read_text(encoding="utf-8"))
    steps: list[Step] = []
    for part in story:
        part["estimates"] = strategy["estimates"].get(part["need"], {})
        part["estimated"] = strategy["estimated"].get(part["need"], [])
        theme_id = next((one for one in themes.get(part["need"], ()) if one not in taken), None)
        if theme_id is not None:
            taken.add(theme_id)
            steps += _Way(part, users).steps(theme_id)
    today = now()
    with transaction():  # All of it or nothing, so that a demo that was cut off is whole the next time.
        with stopped(today - timedelta(days=STRATEGY_DAYS)):
            first_rules = _agree(strategy, users[ADMINISTRATOR].actor)
        for days, act in sorted(steps, key=lambda step: -step[0]):
            with stopped(today - timedelta(days=days)):
                act()
        _watch(strategy["rules"], users)
        # What starts from now on goes the way its risk asks for; what runs stays on its process.
        for rule in first_rules:
            routes.remove_rule(rule.id, rule.version, by=users[ADMINISTRATOR].actor)
        routes.use_suggested(by=users[ADMINISTRATOR].actor)
        _call_meeting(users[CHAIR])
    return len(taken)


def merge_themes(folder: Path, users: Mapping[str, User]) -> int:
    """Put themes together that belong together, as the strategy says; return how many were merged.

    Nothing is merged where somebody has decided about themes already.
    """
    if db.session.scalar(select(func.count()).select_from(ThemeCorrection)):
        return 0
    homes = _themes_of_needs(folder / "truth.csv")
    merged = 0
    with transaction():
        for one in json.loads((folder / "strategy.json").read_text(encoding="utf-8"))["merged"]:
            ids = list(dict.fromkeys(homes[need][0] for need in one["needs"] if need in homes))
            if len(ids) > 1:
                others = [(theme_id, None) for theme_id in ids[1:]]
                theme_service.merge_all(ids[0], others, title=one["title"], by=users[one["by"]].actor)
                merged += 1
    return merged


def _agree(strategy: Mapping[str, Any], by: Actor) -> list[RoutingRule]:
    """Name arenas, targets and formulas; return the rules by which small proposals went a shorter way."""
    for arena in strategy["arenas"]:
        proposals.add_arena(**arena, by=by)
    for dimension, shares in strategy["targets"].items():
        portfolio.set_targets(dimension, shares, 0, by=by)
    for formula in strategy["formulas"]:
        proposals.add_formula(formula, by=by)
    gates.ship()
    return [routes.save_rule(None, 0, **rule, by=by) for rule in strategy["routing"]]


def _call_meeting(chair: User) -> None:
    """Call the next gate meeting over what stands at a gate, the day after tomorrow."""
    at = (now() + timedelta(days=2)).replace(hour=14, minute=0, second=0, microsecond=0)
    at_gates = [proposal.id for proposal in agenda.candidates()]
    planning.call_meeting(planning.Plan("Gate meeting", at, 60, "Room Elbe"), at_gates, by=chair.actor)


def _watch(rules: Sequence[Mapping[str, Any]], users: Mapping[str, User]) -> None:
    """Make the rules that watch the themes, and let them open what they ask for."""
    for rule in rules:
        owner = users[rule["owner"]]
        values = {name: value for name, value in rule.items() if name != "owner"}
        made = proposals.add_rule({**values, "owner_id": owner.id}, by=owner.actor)
        proposals.switch_rule(made.id, True, made.version, by=owner.actor)
    proposals.apply_rules()


class _Way:
    """One proposal, from its theme to where it is now."""

    def __init__(self, part: Mapping[str, Any], users: Mapping[str, User]) -> None:
        self.part = part
        self.users = users
        self.owner = users[part["owner"]]
        self.today = now()
        self.proposal_id = 0
        self.moves: dict[str, tuple[int, dict[str, Any]]] = {}

    def steps(self, theme_id: int) -> list[Step]:
        """Return what happened, each with how many days ago."""
        steps: list[Step] = [(self.part["begun_days_ago"], partial(self._begin, theme_id))]
        for gate in self.part["gates"]:
            days = gate["days_ago"]
            ready = days + gate.get("ready_days", 1)
            steps += [(ready + 1, partial(self._deliver, only_named=False)), (ready, self._hand_in)]
            if "scores" in gate:
                opened = days + gate.get("open_days", 0.75 if "decision" in gate else 0)
                steps += [(opened, self._open), (days, partial(self._review, gate))]
        if "revised" in self.part:
            steps.append((self.part["revised"]["days_ago"], self._revise))
        for later in self.part["estimated"]:
            steps.append((later["days_ago"], partial(self._estimate, later["estimates"])))
        for proof in self.part.get("proofs", ()):
            steps.append((proof["days_ago"], partial(self._prove, proof)))
            if "then" in proof:
                steps.append((proof["then"]["days_ago"], partial(self._moved, proof)))
        last = self.part["gates"][-1]
        if last.get("decision") in {"go", "conditional_go"}:
            steps.append((last["days_ago"] / 2, partial(self._deliver, only_named=True)))
        return steps

    def _begin(self, theme_id: int) -> None:
        proposal = proposals.promote([theme_id], self.owner.id, by=self.owner.actor)
        self.proposal_id = proposal.id
        first = {**self.part, **self.part.get("revised", {}).get("before", {})}
        changes = {name: first[name] for name in EDITED if name in self.part}
        proposals.edit(proposal.id, changes, proposal.version, by=self.owner.actor)
        self._estimate(self.part["estimates"])
        gates.start(proposal.id, by=self.owner.actor)

    def _estimate(self, estimates: Mapping[str, Sequence[float]]) -> None:
        """Say what it is taken to be worth by then; what is not said again stays."""
        proposal = db.session.get_one(Proposal, self.proposal_id)
        spans = {key: Span(*numbers) for key, numbers in estimates.items()}
        proposals.set_estimates(proposal.id, spans, proposal.version, by=self.owner.actor)

    def _prove(self, proof: Mapping[str, Any]) -> None:
        """Keep a study or a competitor's move of that day, and cite it."""
        by, said = self.owner.actor, {"criterion": proof["criterion"]}
        if proof["kind"] == "study":
            study = proposals.keep_study({**proof["fields"], "held_on": now().date()}, by=by)
            proposals.add_study(self.proposal_id, study.id, by=by, **said)
            return
        days = self._days(proof)
        move = proposals.keep_move({**proof["fields"], **days}, by=by)
        self.moves[proof["fields"]["title"]] = (move.id, days)
        proposals.add_move(self.proposal_id, move.id, by=by, **said)

    def _days(self, proof: Mapping[str, Any]) -> dict[str, date | None]:
        """Return when a competitor comes: on that day, or from when to when as counted from today."""
        if "in_days" not in proof:
            return {"begins_on": now().date(), "until_on": None}
        first, last = (self.today.date() + timedelta(days=one) for one in proof["in_days"])
        return {"begins_on": first, "until_on": last}

    def _moved(self, proof: Mapping[str, Any]) -> None:
        """Let a competitor go further than when the proposal cited it."""
        move_id, days = self.moves[proof["fields"]["title"]]
        values = {**proof["fields"], **days, **proof["then"]["fields"]}
        proposals.edit_move(move_id, values, 1, by=self.owner.actor)

    def _revise(self) -> None:
        """Say what is asked for now; until then it was what the story calls before."""
        proposal = db.session.get_one(Proposal, self.proposal_id)
        changes = {name: self.part[name] for name in self.part["revised"]["before"]}
        proposals.edit(proposal.id, changes, proposal.version, by=self.owner.actor)

    def _hand_in(self) -> None:
        gates.declare_ready(self.proposal_id, by=self.owner.actor)

    def _open(self) -> None:
        gates.open_review(self.proposal_id, by=self._actor(CHAIR))

    def _review(self, gate: Mapping[str, Any]) -> None:
        review = gate_queries.open_review_of(self.proposal_id)
        assert review is not None  # noqa: S101 - The step before opened it.
        keys = [criterion.key for criterion in review.gate.should]
        answers = {criterion.key: True for criterion in review.gate.manual_must}
        for name, points in gate["scores"].items():
            gates.submit(
                review.id, dict(zip(keys, points, strict=True)), answers,
                gate.get("notes", {}).get(name, {}), gate.get("decision", "go"), by=self._actor(name),
            )  # fmt: skip
        if "decision" in gate:
            chair = self._actor(CHAIR)
            renewed = Renewal(self.users[CHAIR].id, "password", now())
            gates.decide(review.id, self._verdict(gate), by=chair, renewed=renewed)

    def _verdict(self, gate: Mapping[str, Any]) -> gates.Verdict:
        day = self.today.date()
        revisit = gate.get("revisit_in_days")
        return gates.Verdict(
            gate["decision"],
            gate["reason"],
            revisit_on=day + timedelta(days=revisit) if revisit else None,
            target_stage=gate.get("target"),
            changes=gate.get("changes", ()),
            granted_amount=Decimal(gate.get("granted_amount", 0)) if gate["decision"] in GOES else None,
            granted_people=gate.get("granted_people", 1) if gate["decision"] in GOES else None,
            reason_code=gate.get("reason_code", ""),
            salvage=gate.get("salvage", ""),
            notice=self._notice(gate),
            conditions=[
                gates.Wanted(
                    one["text"], self.users[one["owner"]].id, day + timedelta(days=one["due_in_days"])
                )
                for one in gate.get("conditions", ())
            ],
        )

    def _notice(self, gate: Mapping[str, Any]) -> gates.NoticePlan | None:
        if "notice" not in gate:
            return None
        day = self.today.date() - timedelta(days=gate["days_ago"] - gate["notice"]["in_days"])
        return gates.NoticePlan(self.users[gate["notice"]["by"]].id, day, gate["notice"]["words"])

    def _deliver(self, *, only_named: bool) -> None:
        """Lay the stage's deliverables on the table."""
        notes = self.part["deliverables"]
        journey = gate_queries.journey_of(self.proposal_id)
        if journey is None or journey.where is not State.WORKING:
            return
        for rule in journey.stage.deliverables:
            if rule.key in notes or (rule.is_required and not only_named):
                note = notes.get(rule.key, "")
                gates.set_deliverable(self.proposal_id, rule.key, "done", note, by=self.owner.actor)

    def _actor(self, name: str) -> Actor:
        return self.users[name].actor


def _themes_of_needs(truth: Path) -> dict[str, Sequence[int]]:
    """Return for each need the themes that hold its words, the one with most of them first."""
    needs: dict[tuple[str, str], str] = {}
    with truth.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            needs[row["source"], row["source_id"]] = row["need"].split(";")[0]
    rows = db.session.execute(
        select(FeedbackItem.source, FeedbackItem.source_id, ThemeMembership.theme_id)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
    )
    found: dict[str, Counter[int]] = {}
    for source, source_id, theme_id in rows:
        need = needs.get((source, _record_id(source_id)))
        if need and theme_id:
            found.setdefault(need, Counter())[theme_id] += 1
    return {need: [theme_id for theme_id, _ in counts.most_common(3)] for need, counts in found.items()}


def _record_id(source_id: str) -> str:
    """Return the record's own id of an item's: “ticket 48213#comment-2” → “48213”."""
    return source_id.split("#")[0].rsplit(" ", 1)[-1]
