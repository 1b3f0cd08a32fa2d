"""Held proposals: take one up again, let it rest longer, and what wakes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates.models import Journey
from ideaflow.gates.moving import journey_for_change, move
from ideaflow.gates.policy import Event, State
from ideaflow.gates.working import needed
from ideaflow.proposals.change import editable
from ideaflow.proposals.models import Proposal
from ideaflow.wording import plural

MOST_EXPIRIES = 2


def resume(proposal_id: int, reason: str = "", *, by: Actor) -> Journey:
    """Take a held proposal up again, in the stage it was held in.

    :raises Forbidden: the owner does not release their own proposal.
    :raises Conflict: it is not on hold.
    """
    with transaction() as session:
        journey = journey_for_change(session, proposal_id)
        if by.id == session.get_one(Proposal, proposal_id).owner_id:
            raise Forbidden("You own this proposal; a gatekeeper takes it off hold.")
        editable(session, proposal_id)
        before = {"revisit_on": journey.revisit_on, "woken_by": journey.woken_by}
        move(session, journey, Event.RESUME)
        forget(journey)
        audit.record(
            by, "gates.resume", journey, before=before, after={"state": journey.state}, reason=reason.strip()
        )
    return journey


def hold_on(proposal_id: int, revisit_on: date | None, reason: str, *, by: Actor) -> Journey:
    """Let a proposal that woke rest until another day. The second time in a row the gate decides instead.

    :raises Invalid: no reason, or no day after today.
    :raises Forbidden: one owns it.
    :raises Conflict: it is not on hold, or has been put off too often.
    """
    reason = needed(reason, "It stays as it is.")
    if revisit_on is None or revisit_on <= today():
        words = "Name a day after today when it is looked at again."
        raise Invalid(f"It stays as it is. {words}", [{"field": "revisit_on", "reason": words}])
    with transaction() as session:
        journey = journey_for_change(session, proposal_id)
        if by.id == session.get_one(Proposal, proposal_id).owner_id:
            raise Forbidden("You own this proposal; a gatekeeper puts it off.")
        if journey.where is not State.ON_HOLD:
            raise Conflict(f"P-{proposal_id} is “{journey.where.words.lower()}” and not on hold.")
        if journey.hold_expiries + 1 >= MOST_EXPIRIES:
            raise Conflict(
                f"P-{proposal_id} has been put off before. Take it up again, or let its gate decide."
            )
        before = {"revisit_on": journey.revisit_on}
        journey.revisit_on, journey.woken_at, journey.woken_by = revisit_on, None, ""
        journey.hold_expiries += 1
        journey.version += 1
        audit.record(
            by, "gates.hold_on", journey, before=before, after={"revisit_on": revisit_on}, reason=reason
        )
    return journey


def forget(journey: Journey) -> None:
    """Clear what a hold had noted down."""
    journey.revisit_on, journey.woken_at, journey.woken_by = None, None, ""
    journey.wake_rule, journey.hold_expiries = {}, 0


def wakes(rule: Mapping[str, Any], revisit_on: date | None, numbers: Mapping[str, Any], day: date) -> str:
    """Return what wakes a held proposal today, in words; empty while it sleeps.

    >>> wakes({"accounts": 9}, None, {"account_count": 10, "trend": "usual"}, date(2027, 1, 4))
    '10 accounts ask for it by now'
    """
    if revisit_on is not None and revisit_on <= day:
        return "its day has come"
    if rule.get("trend") and str(numbers.get("trend") or "") in ("growing", "bursting", "step_change"):
        return "what customers say about it is growing"
    if rule.get("accounts") and int(numbers.get("account_count") or 0) >= int(rule["accounts"]):
        count = int(numbers["account_count"])
        return f"{plural(count, 'account')} {'asks' if count == 1 else 'ask'} for it by now"
    return ""


def rule_words(rule: Mapping[str, Any]) -> str:
    """Say what wakes a proposal before its day: “or when it grows, or at 12 accounts”."""
    words = ["when what customers say is growing"] if rule.get("trend") else []
    words += [f"at {plural(int(rule['accounts']), 'account')}"] if rule.get("accounts") else []
    return " or ".join(words)
