"""Rules look at themes after each run and open drafts: one for each rule and lineage, never twice."""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from ideaflow import audit, config, queue
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import IdeaflowError, Invalid
from ideaflow.proposals.arenas import check_choice
from ideaflow.proposals.change import begin, owner_for
from ideaflow.proposals.evidence import freeze, open_theme, tie_theme
from ideaflow.proposals.models import Proposal, TriggerOpening, TriggerRule
from ideaflow.proposals.policy import Origin
from ideaflow.proposals.promoting import take_turn
from ideaflow.proposals.triggers.terms import Conditions, ThemeFacts, problems_of, words_of
from ideaflow.proposals.watching import look
from ideaflow.saving import locked, refuse, save
from ideaflow.themes import service as themes
from ideaflow.users.models import User
from ideaflow.users.policy import Right

log = logging.getLogger(__name__)
RULES_LOCK = 7_310_021


def add_rule(values: Mapping[str, Any], *, by: Actor) -> TriggerRule:
    """Make a rule, switched off until somebody switches it on.

    :param values: ``name``, ``conditions`` (see ``triggers.terms``), ``owner_id``, ``type``, ``strategy``,
        ``arena``.
    :raises Invalid: it asks for nothing, or a value makes no sense.
    """
    with transaction() as session:
        rule = TriggerRule(**_checked(session, values, "The rule was not made."))
        session.add(rule)
        audit.record(by, "proposals.add_rule", rule, after=_plain(rule))
    return rule


def edit_rule(rule_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> TriggerRule:
    """Change a rule; drafts it has opened stay, and their themes are not opened again.

    :raises Invalid: it asks for nothing, or a value makes no sense.
    :raises Overtaken: it was saved by somebody else since.
    """
    with transaction() as session:
        rule: TriggerRule = locked(session, TriggerRule, rule_id, "rule")
        save(
            rule, _checked(session, values, "The rule was not saved."), version, "proposals.edit_rule", by=by
        )
        if rule.is_on:
            queue_look()
    return rule


def switch_rule(rule_id: int, is_on: bool, version: int, *, by: Actor) -> TriggerRule:
    """Let a rule open drafts, at once and after each run, or let it rest.

    :raises Overtaken: it was saved by somebody else since.
    """
    with transaction() as session:
        rule: TriggerRule = locked(session, TriggerRule, rule_id, "rule")
        save(rule, {"is_on": is_on, "problem": ""}, version, "proposals.switch_rule", by=by)
        if is_on:
            queue_look()
    return rule


def queue_look() -> None:
    """Ask for a look by all rules; one that waits already is enough."""
    queue.defer("proposals.apply_rules", alone="proposals.apply_rules")


def apply_rules() -> list[int]:
    """Let every rule that is switched on open what it asks for; returns the new proposals' numbers.

    One that cannot (its owner has left) says so on its page; the others go on. May be repeated and may run
    twice at once: a theme and all that came of it is opened by a rule once.
    """
    rule_ids = list(
        db.session.scalars(select(TriggerRule.id).where(TriggerRule.is_on).order_by(TriggerRule.id))
    )
    opened: list[int] = []
    for rule_id in rule_ids:
        problem = ""
        try:
            while (proposal_id := _open_next(rule_id)) is not None:
                opened.append(proposal_id)
        except IdeaflowError as error:
            problem = str(error)
            log.warning("Rule %s opened nothing: %s", rule_id, problem)
        with transaction() as session:
            told = update(TriggerRule).where(TriggerRule.id == rule_id)
            session.execute(told.values(looked_at=now(), problem=problem[:600]))
    return opened


def _open_next(rule_id: int) -> int | None:
    """Open a draft for the first theme that meets a rule, in a transaction of its own; None: none does."""
    with transaction() as session:
        # Two workers that look at once take turns; what the first opened the second one sees.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RULES_LOCK})
        take_turn(session)
        session.expire_all()
        rule = session.get(TriggerRule, rule_id, with_for_update=True)
        if rule is None or not rule.is_on:
            return None
        found = look(rule.asks, rule.id).meeting
        return _open(session, rule, found[0]).id if found else None


def _open(session: Session, rule: TriggerRule, facts: ThemeFacts) -> Proposal:
    theme = open_theme(session, facts.theme_id)
    keeper = session.get(User, theme.owner_id) if theme.owner_id else None
    is_theirs = keeper is not None and keeper.is_active and keeper.may(Right.PROPOSE)
    owner_id = keeper.id if keeper is not None and is_theirs else rule.owner_id
    proposal = begin(session, theme.title, owner_id, by=SYSTEM, origin=Origin.TRIGGER, arena=rule.arena)
    proposal.type, proposal.strategy = rule.type, rule.strategy
    session.add(tie_theme(proposal, theme, SYSTEM))
    seen = {"trend": facts.trend, "there": facts.there, **facts.numbers}
    session.add(
        TriggerOpening(
            rule_id=rule.id, theme_id=theme.id, proposal_id=proposal.id, rule_version=rule.version,
            facts=seen, opened_at=now(),
        )
    )  # fmt: skip
    session.flush()
    themes.mark_proposed([theme.id], by=SYSTEM)
    because = f"{rule.name}: {words_of(rule.asks, config.read().currency)}"
    after = {"rule_id": rule.id, "rule_version": rule.version, "theme_ids": [theme.id], "facts": seen}
    audit.record(SYSTEM, "proposals.open_by_rule", proposal, after=after, reason=because[:600])
    freeze(proposal.id, f"when the rule “{rule.name[:200]}” opened it", by=SYSTEM)
    return proposal


def _checked(session: Session, values: Mapping[str, Any], what: str) -> dict[str, Any]:
    conditions = Conditions.of(values.get("conditions") or {})
    kept = {
        "name": " ".join(str(values.get("name") or "").split()), "conditions": conditions.plain(),
        "owner_id": values.get("owner_id"), "type": values.get("type"),
        "strategy": values.get("strategy"), "arena": values.get("arena") or None,
    }  # fmt: skip
    refuse(problems_of(kept, conditions), what)
    if not isinstance(kept["owner_id"], int):
        reason = "Choose who gets its drafts."
        raise Invalid(f"{what} {reason}", [{"field": "owner_id", "reason": reason}])
    owner_for(session, kept["owner_id"])
    if kept["arena"]:
        check_choice(session, str(kept["arena"]))
    return kept


def _plain(rule: TriggerRule) -> dict[str, Any]:
    names = ("name", "conditions", "owner_id", "type", "strategy", "arena", "is_on")
    return {name: getattr(rule, name) for name in names}
