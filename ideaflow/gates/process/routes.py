"""The routing rules as they stand: edit them, put them in order, and ask which process a proposal takes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, cast, select, text
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Account
from ideaflow.audit import Actor
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.process import publishing, routing
from ideaflow.gates.process.drafting import newest_of
from ideaflow.gates.process.routing import Facts, Step
from ideaflow.gates.process.versions import Process, ProcessVersion, RoutingRule
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import asking

ORDER_LOCK = 7_310_031
SUGGESTED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Small and safe", "lite",
     {"types": ["improve", "process", "service"], "risk_at_most": "low", "spend_below": 50_000}),
    ("Extensions of moderate risk", "express",
     {"types": ["improve", "process", "service"], "risk_at_most": "moderate", "spend_below": 500_000}),
    ("Everything else", "full", {}),
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """The process a proposal takes, which rule said so, and what each rule before it said."""

    version: ProcessVersion
    rule: RoutingRule | None
    facts: Facts
    steps: tuple[Step, ...]

    @property
    def words(self) -> str:
        """Return why, in a sentence."""
        if self.rule is None:
            return f"No rule fits, so it takes {self.version.name}."
        return f"Rule “{self.rule.name}” fits: {routing.words_of(self.rule.conditions)}."

    def plain(self) -> dict[str, Any]:
        """Return the result as it is kept with the proposal."""
        return {
            "rule_id": self.rule.id if self.rule else None,
            "rule": self.rule.name if self.rule else "",
            "conditions": self.rule.conditions if self.rule else {},
            "process": self.version.process.key,
            "version": self.version.number,
            "facts": self.facts.plain(),
        }


def all_rules() -> Sequence[RoutingRule]:
    """Return the rules in their order."""
    return db.session.scalars(select(RoutingRule).order_by(RoutingRule.place, RoutingRule.id)).all()


def facts_of(proposal_ids: Collection[int]) -> dict[int, Facts]:
    """Return what rules look at, of proposals by their ids, in two statements."""
    asks = asking()
    reach: dict[int, tuple[set[str], set[str]]] = {}
    rows = db.session.execute(
        select(asks.c.proposal_id, Account.segment, Account.region)
        .join(Account, Account.id == asks.c.account_id)
        .where(among(asks.c.proposal_id, proposal_ids))
        .distinct()
    )
    for proposal_id, segment, region in rows:
        held = reach.setdefault(proposal_id, (set(), set()))
        held[0].update([segment] if segment else [])
        held[1].update([region] if region else [])
    own = (Proposal.type, Proposal.strategy, cast(Proposal.asked_amount, Float), Proposal.effort_months)
    query = select(Proposal.id, *own).where(among(Proposal.id, proposal_ids))
    found = {}
    for proposal_id, kind, strategy, *asked in db.session.execute(query):
        segments, regions = reach.get(proposal_id, (set(), set()))
        found[proposal_id] = Facts(kind, strategy, tuple(sorted(segments)), tuple(sorted(regions)), *asked)
    return found


def choose(facts: Facts) -> Choice:
    """Return the process for such a proposal: that of the first rule that fits, else the standard one."""
    return chooser()(facts)


def chooser() -> Callable[[Facts], Choice]:
    """Return a function that chooses, for many proposals at once: the rules are read one time."""
    rules, standard = all_rules(), publishing.standard()
    newest = {version.process_id: version for version in publishing.newest()}
    rules = [rule for rule in rules if rule.process_id in newest]
    asked = [(rule.name, _asked(rule, newest[rule.process_id])) for rule in rules]

    def choose(facts: Facts) -> Choice:
        place, steps = routing.choose(asked, facts)
        rule = None if place is None else rules[place]
        version = newest[rule.process_id] if rule else None
        return Choice(version or standard, rule, facts, tuple(steps))

    return choose


def choose_for(proposal_id: int) -> Choice:
    """Return the process a proposal takes now.

    :raises NotFound: there is no such proposal.
    """
    facts = facts_of([proposal_id]).get(proposal_id)
    if facts is None:
        raise NotFound(f"There is no proposal P-{proposal_id}.")
    return choose(facts)


def save_rule(
    rule_id: int | None, seen: int, name: str, process_key: str, conditions: Mapping[str, Any], *, by: Actor
) -> RoutingRule:
    """Write a rule; a new one comes last, yet before a last one without conditions.

    :raises Invalid: the name is missing, a condition makes no sense.
    :raises Conflict: it was changed meanwhile.
    """
    with transaction() as session:
        # Locked against being retired meanwhile.
        process = session.scalar(select(Process).where(Process.key == process_key).with_for_update(read=True))
        problems = list(routing.problems_of(conditions))
        if not name.strip() or len(name) > 300:
            problems.append({"field": "name", "reason": "Say what the rule is called, in up to 300 letters."})
        if process is None or not process.is_active or newest_of(process.id) is None:
            problems.append(
                {"field": "process", "reason": "Choose a process that is published and not retired."}
            )
        if problems or process is None:
            words = " ".join(str(one["reason"]) for one in problems)
            raise Invalid(f"The rule was not saved. {words}", problems)
        kept = {key: value for key, value in conditions.items() if value not in (None, "", [], ())}
        if rule_id is None:
            rule = RoutingRule(
                place=_room_for_next(session), name=name.strip(), conditions=kept, process=process
            )
            session.add(rule)
            audit.record(by, "gates.add_rule", rule, after=_plain(rule))
            publishing.routing_changed()
            return rule
        rule = _for_change(session, rule_id, seen)
        before = _plain(rule)
        rule.name, rule.conditions, rule.process = name.strip(), kept, process
        rule.version += 1
        audit.record(by, "gates.edit_rule", rule, before=before, after=_plain(rule))
        publishing.routing_changed()
    return rule


def move_rule(rule_id: int, steps: int, *, seen: int | None = None, by: Actor) -> None:
    """Ask a rule earlier (−1) or later (+1).

    :param seen: the place it had on the page.
    :raises Conflict: somebody put the rules in another order meanwhile.
    """
    with transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ORDER_LOCK})
        rules = list(all_rules())
        place = next((at for at, rule in enumerate(rules) if rule.id == rule_id), None)
        if place is None:
            raise NotFound("This rule is not there any more.")
        if seen is not None and rules[place].place != seen:
            order = ", ".join(rule.name for rule in rules)
            raise Conflict(
                f"The rules were put in another order meanwhile: {order}. “{rules[place].name}” is at place"
                f" {rules[place].place} now, you saw it at {seen}. Nothing of yours was saved."
            )
        goal = min(max(place + steps, 0), len(rules) - 1)
        rules.insert(goal, rules.pop(place))
        for at, rule in enumerate(rules):
            rule.place = at + 1
        if goal != place:
            audit.record(
                by, "gates.move_rule", rules[goal], before={"place": place + 1}, after={"place": goal + 1}
            )
            publishing.routing_changed()


def remove_rule(rule_id: int, seen: int, *, by: Actor) -> None:
    """Remove a rule; what it decided before stands.

    :raises Conflict: it was changed meanwhile.
    """
    with transaction() as session:
        rule = _for_change(session, rule_id, seen)
        audit.record(by, "gates.remove_rule", rule, before=_plain(rule))
        session.delete(rule)
        publishing.routing_changed()


def use_suggested(*, by: Actor) -> None:
    """Write the three rules that fit Lite, Express and Full; leaves existing rules alone.

    :raises Conflict: there are rules already.
    """
    with transaction():
        if all_rules():
            raise Conflict("There are rules already; the suggested ones are for an empty list.")
        for name, key, conditions in SUGGESTED:
            save_rule(None, 0, name, key, conditions, by=by)


def _room_for_next(session: Session) -> int:
    """Return the place of a new rule; a last rule without conditions makes room for it."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ORDER_LOCK})
    rules = all_rules()
    if not rules or rules[-1].conditions:
        return rules[-1].place + 1 if rules else 1
    rules[-1].place += 1
    return rules[-1].place - 1


def _asked(rule: RoutingRule, version: ProcessVersion) -> dict[str, Any]:
    """Return the conditions of a rule, and that its process is meant for such a proposal at all."""
    return {**rule.conditions, "meant_for": list(version.content.object_types)}


def _for_change(session: Session, rule_id: int, seen: int) -> RoutingRule:
    query = select(RoutingRule).where(RoutingRule.id == rule_id).with_for_update(of=RoutingRule)
    rule = session.scalar(query.execution_options(populate_existing=True))
    if rule is None:
        raise NotFound("This rule is not there any more.")
    if rule.version != seen:
        raise Conflict(
            f"The rule “{rule.name}” was changed meanwhile (it is at {rule.version}, you saw {seen}): now"
            f" {routing.words_of(rule.conditions)} takes {rule.process.name}. Nothing of yours was saved."
        )
    return rule


def _plain(rule: RoutingRule) -> dict[str, Any]:
    return {
        "place": rule.place, "name": rule.name, "process": rule.process.key, "conditions": rule.conditions
    }  # fmt: skip
