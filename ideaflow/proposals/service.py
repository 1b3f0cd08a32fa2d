"""Verbs on proposals: the one address for doors and other slices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Forbidden, Invalid, Overtaken
from ideaflow.proposals import hooks, policy
from ideaflow.proposals.arenas import add_arena, check_choice, edit_arena
from ideaflow.proposals.change import begin, editable, get_for_change, owner_for
from ideaflow.proposals.dividing import Child, revive, split
from ideaflow.proposals.estimating import add_formula, edit_formula, set_estimates
from ideaflow.proposals.evidence import (
    add_account,
    add_document,
    add_move,
    add_opportunity,
    add_statement,
    add_study,
    add_theme,
    free_themes_of,
    freeze,
    remove_evidence,
    speak_to,
)
from ideaflow.proposals.hooks import guards_withdrawal, on_change, on_merge, on_split, on_withdraw
from ideaflow.proposals.merging import answer_merge, ask_merge
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.opening import add_rule, apply_rules, edit_rule, queue_look, switch_rule
from ideaflow.proposals.policy import Origin
from ideaflow.proposals.promoting import AlreadyProposed, promote
from ideaflow.proposals.records import edit_move, edit_study, keep_move, keep_study
from ideaflow.users.models import User

__all__ = [
    "AlreadyProposed",
    "Child",
    "Overtaken",
    "add_account",
    "add_arena",
    "add_blank",
    "add_document",
    "add_formula",
    "add_from_strategy",
    "add_move",
    "add_opportunity",
    "add_rule",
    "add_statement",
    "add_study",
    "add_theme",
    "answer_merge",
    "apply_rules",
    "ask_merge",
    "close",
    "edit",
    "edit_arena",
    "edit_formula",
    "edit_move",
    "edit_rule",
    "edit_study",
    "freeze",
    "guards_withdrawal",
    "hand_over",
    "keep_move",
    "keep_study",
    "lock",
    "on_change",
    "on_merge",
    "on_split",
    "on_withdraw",
    "promote",
    "queue_look",
    "remove_evidence",
    "revive",
    "set_estimates",
    "set_score",
    "speak_to",
    "split",
    "switch_rule",
    "unlock",
    "withdraw",
]


def add_blank(title: str, owner_id: int, *, by: Actor, parent_id: int | None = None) -> Proposal:
    """Begin a proposal without a theme: its origin is internal until evidence is added.

    :raises Invalid: the title is missing or too long, or nobody may own it.
    """
    title = " ".join(title.split())
    _refuse(policy.problems_of({"title": title}), "The proposal was not made.")
    with transaction() as session:
        proposal = begin(session, title, owner_id, by=by, parent_id=parent_id)
        audit.record(by, "proposals.add", proposal, after={"title": title, "owner_id": owner_id})
    return proposal


def add_from_strategy(title: str, arena: str, why: str, owner_id: int, *, by: Actor) -> Proposal:
    """Begin a proposal that our strategy asks for; it must hear customers before its business case.

    :param arena: the name of an open arena; ``why``: what the strategy wants there.
    :raises Invalid: title, arena or reason are missing, or nobody may own it.
    """
    title, why = " ".join(title.split()), why.strip()
    problems = policy.problems_of({"title": title, "problem": why})
    problems += [] if arena else [{"field": "arena", "reason": "Choose the arena it serves."}]
    problems += [] if why else [{"field": "problem", "reason": "Say what our strategy wants there, and why."}]
    _refuse(problems, "The proposal was not made.")
    with transaction() as session:
        check_choice(session, arena)
        proposal = begin(session, title, owner_id, by=by, origin=Origin.STRATEGY, arena=arena)
        proposal.problem = why
        after = {"title": title, "owner_id": owner_id, "arena": arena, "origin": Origin.STRATEGY.value}
        audit.record(by, "proposals.add", proposal, after=after)
    return proposal


def edit(proposal_id: int, changes: Mapping[str, Any], version: int, *, by: Actor) -> Proposal:
    """Change fields of a proposal. What is sent again unchanged is taken and changes nothing.

    :param changes: typed values by field, of ``policy.EDITABLE``; left-out fields stay.
    :param version: the one that was looked at.
    :raises Invalid: a value is out of its bounds.
    :raises Overtaken: it was saved by somebody else since.
    :raises Conflict: it is under review, withdrawn or closed.
    """
    return _change(proposal_id, changes, version, "proposals.edit", by)


def set_score(
    proposal_id: int,
    impact: float | None,
    confidence: float | None,
    effort_months: float | None,
    version: int,
    *,
    by: Actor,
) -> Proposal:
    """Set the three estimates of the score; reach comes from evidence. Raises as ``edit`` does."""
    changes = {"impact": impact, "confidence": confidence, "effort_months": effort_months}
    return _change(proposal_id, changes, version, "proposals.set_score", by)


def hand_over(proposal_id: int, owner_id: int, *, by: Actor) -> Proposal:
    """Give a proposal another owner.

    :raises Invalid: there is no such user, or their role does not include proposals.
    :raises Conflict: it is under review, withdrawn or closed.
    """
    with transaction() as session:
        proposal = editable(session, proposal_id)
        owner = owner_for(session, owner_id)
        before = session.get_one(User, proposal.owner_id)
        if owner.id == before.id:
            return proposal
        proposal.owner_id = owner.id
        proposal.version += 1
        audit.record(
            by, "proposals.hand_over", proposal, before={"owner": before.name}, after={"owner": owner.name}
        )
        hooks.tell_handed_over(proposal.id, owner, by)
    return proposal


def withdraw(proposal_id: int, reason: str, *, by: Actor) -> Proposal:
    """Take a proposal off the table; it stays readable, and its themes are free for another one.

    :raises Invalid: no reason is given.
    :raises Forbidden: it is not theirs: early its owner withdraws it, later who sits at its next gate.
    :raises Conflict: it is under review, withdrawn already or closed.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(
            "The proposal was not withdrawn.", [{"field": "reason", "reason": "Say why, in one sentence."}]
        )
    with transaction() as session:
        proposal = editable(session, proposal_id)
        refused = hooks.withdrawal_refused(proposal.id, proposal.owner_id, by.id)
        if refused:
            raise Forbidden(refused)
        proposal.withdrawn_at, proposal.withdrawn_reason = now(), reason
        proposal.version += 1
        session.flush()
        free_themes_of(proposal.id, by=by)
        hooks.tell_withdrawn(proposal.id, by)
        audit.record(by, "proposals.withdraw", proposal, after={"withdrawn": True}, reason=reason)
    return proposal


def lock(proposal_id: int, reason: str, *, by: Actor) -> Proposal:
    """Keep a proposal as it is while gatekeepers look at it; called by gates.

    :raises Conflict: it is locked already, withdrawn or closed.
    """
    with transaction() as session:
        proposal = editable(session, proposal_id)
        proposal.is_locked = True
        audit.record(by, "proposals.lock", proposal, after={"locked": True}, reason=reason)
    return proposal


def unlock(proposal_id: int, reason: str, *, by: Actor) -> Proposal:
    """Let a proposal be edited again; called by gates. Unlocking twice changes nothing."""
    with transaction() as session:
        proposal = get_for_change(session, proposal_id)
        if proposal.is_locked:
            proposal.is_locked = False
            audit.record(by, "proposals.unlock", proposal, after={"locked": False}, reason=reason)
    return proposal


def close(proposal_id: int, reason: str, *, by: Actor) -> Proposal:
    """End work on a proposal, after a kill or a launch; called by gates. Closing twice changes nothing.

    Its themes go back to triage: what customers still say can be proposed again.
    """
    with transaction() as session:
        proposal = get_for_change(session, proposal_id)
        if proposal.closed_at is None:
            proposal.closed_at, proposal.is_locked = now(), False
            session.flush()
            free_themes_of(proposal.id, by=by)
            audit.record(by, "proposals.close", proposal, after={"closed": True}, reason=reason)
    return proposal


def _change(proposal_id: int, changes: Mapping[str, Any], version: int, action: str, by: Actor) -> Proposal:
    changes = {name: value or None if name == "arena" else value for name, value in changes.items()}
    _refuse(policy.problems_of(changes), "The proposal was not saved.")
    with transaction() as session:
        proposal = editable(session, proposal_id)
        after = {name: value for name, value in changes.items() if getattr(proposal, name) != value}
        if not after:
            return proposal
        before = {name: getattr(proposal, name) for name in after}
        if proposal.version != version:
            raise Overtaken(proposal.label, proposal.version, before, after)
        if after.get("arena"):
            check_choice(session, after["arena"])
        for name, value in after.items():
            setattr(proposal, name, value)
        proposal.version += 1
        audit.record(by, action, proposal, before=_plain(before), after=_plain(after))
        session.flush()
        hooks.tell_changed(proposal.id, by)
    return proposal


def _refuse(problems: Sequence[dict[str, object]], what: str) -> None:
    if problems:
        raise Invalid(f"{what} " + " ".join(str(problem["reason"]) for problem in problems), problems)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}
