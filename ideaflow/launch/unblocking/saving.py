"""What humans say of gaps: a sale waits for this, so much, or it does not."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ideaflow import audit, typed
from ideaflow.accounts.models import Opportunity, OpportunityState
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.launch.models import Offering
from ideaflow.launch.unblocking.gaps import Severity
from ideaflow.launch.unblocking.models import GapState, OpportunityGap
from ideaflow.proposals.models import Proposal
from ideaflow.themes.models import Theme

KINDS: dict[str, Any] = {"proposal": Proposal, "theme": Theme, "offering": Offering}


def set_gap(
    opportunity_id: int, what: str, severity: str, seen: int, *, is_suggested: bool = False, by: Actor
) -> OpportunityGap:
    """Say that a sale waits for something, and how much; said the same again, nothing changes.

    :param what: kind and number, ``theme:12``.
    :param seen: the version of what one looked at; 0 where nothing was said yet.
    :raises NotFound: there is no such opportunity.
    :raises Invalid: there is nothing of that kind and number, or no such severity.
    :raises Conflict: the sale has ended, or somebody said something else meanwhile.
    """
    if severity not in set(Severity):
        raise Invalid(
            "Say how much it matters: deal-breaker, challenge or nice to have. Nothing was changed."
        )
    return _say(opportunity_id, what, seen, {"severity": severity, "state": GapState.WAITS}, is_suggested, by)


def refuse_gap(opportunity_id: int, what: str, seen: int, *, by: Actor) -> OpportunityGap:
    """Say that a sale does not wait for something; the engine does not suggest it again.

    :raises NotFound: there is no such opportunity.
    :raises Conflict: the sale has ended, or somebody said something else meanwhile.
    """
    return _say(opportunity_id, what, seen, {"state": GapState.REFUSED}, True, by)


def _say(
    opportunity_id: int, what: str, seen: int, values: dict[str, str], is_suggested: bool, by: Actor
) -> OpportunityGap:
    kind, _, number = what.partition(":")
    with transaction() as session:
        opportunity = session.get(Opportunity, opportunity_id, with_for_update=True, populate_existing=True)
        if opportunity is None:
            raise NotFound()
        if opportunity.state != OpportunityState.OPEN:
            raise Conflict(f"{opportunity.name} is {opportunity.state}; what it waited for stays as it was.")
        gap = _gap(session, opportunity, kind, number)
        told = {name: str(getattr(gap, name)) for name in values} if gap.version else {}
        if gap.version != seen and told != values:
            raise Conflict(_meanwhile(gap, seen))
        if told == values:
            return gap
        for name, value in values.items():
            setattr(gap, name, value)
        gap.is_suggested = gap.is_suggested or (is_suggested and not gap.version)
        gap.version, gap.said_by_id, gap.said_at = gap.version + 1, by.id, now()
        session.add(gap)
        audit.record(by, "launch.set_gap", opportunity, before=told or None, after={"what": what, **values})
    return gap


def follow_merge(source_id: int, target_id: int, by: Actor) -> None:
    """Let what waited for a proposal wait for the one it lives on in."""
    with transaction() as session:
        there = select(OpportunityGap.opportunity_id).where(OpportunityGap.proposal_id == target_id)
        mine = OpportunityGap.proposal_id == source_id
        session.execute(delete(OpportunityGap).where(mine, OpportunityGap.opportunity_id.in_(there)))
        session.execute(
            update(OpportunityGap)
            .where(mine)
            .values(proposal_id=target_id, version=OpportunityGap.version + 1)
        )


def _gap(session: Session, opportunity: Opportunity, kind: str, number: str) -> OpportunityGap:
    """Return what is known of this gap, or a new one."""
    table = KINDS.get(kind)
    target = session.get(table, typed.number(number)) if table and typed.number(number) else None
    if target is None:
        reason = "Choose what the sale waits for: an offering, a proposal or a theme. Nothing was changed."
        raise Invalid(reason, [{"field": "what", "reason": reason}])
    pointer = {f"{kind}_id": target.id}
    known = session.scalar(select(OpportunityGap).filter_by(opportunity_id=opportunity.id, **pointer))
    if known is not None:
        return known
    # Refused at once, its weight was never asked; the lightest stands there.
    return OpportunityGap(
        opportunity_id=opportunity.id, severity=Severity.NICE, version=0, is_suggested=False, **pointer
    )


def _meanwhile(gap: OpportunityGap, seen: int) -> str:
    theirs = Severity(gap.severity).words if gap.state == GapState.WAITS else "not a gap"
    return (
        f"Somebody said “{theirs}” of it meanwhile (version {gap.version}; you saw {seen}). "
        "Yours was not kept. Look at theirs, then say it again."
    )
