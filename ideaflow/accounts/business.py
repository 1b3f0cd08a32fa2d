"""Opportunities and cases as another system tells of them: updated or added, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ideaflow.accounts.facts import CaseData, OpportunityData
from ideaflow.accounts.imports import fill, known_by
from ideaflow.accounts.models import (
    Account,
    Case,
    CaseKind,
    Contact,
    Opportunity,
    OpportunityStage,
    OpportunityState,
)


def import_opportunities(
    session: Session, source: str, facts: Sequence[tuple[OpportunityData, Account | None]]
) -> list[Opportunity]:
    """Return the opportunity each entry tells of."""
    known = known_by(session, Opportunity, source, [fact.external_id for fact, _ in facts])
    found = []
    for fact, account in facts:
        opportunity = known.get(fact.external_id)
        if opportunity is None:
            opportunity = Opportunity(source=source, source_id=fact.external_id, name=fact.name)
            session.add(opportunity)
            known[fact.external_id] = opportunity
        fill(
            opportunity,
            {
                "account_id": account.id if account else None,
                "name": fact.name,
                "amount": fact.amount,
                "currency": fact.currency,
                "stage": fact.stage,
                "state": fact.outcome,
                "closes_on": fact.close_on,
                "reason": fact.reason,
                "owner_name": fact.owner,
            },
        )
        found.append(opportunity)
    session.flush()
    _note_stages(session, found)
    return found


def _note_stages(session: Session, opportunities: Sequence[Opportunity]) -> None:
    """Keep where open opportunities stand now: once they have ended, their last stage tells nothing."""
    seen = {(one.id, one.stage) for one in opportunities if one.stage and one.state == OpportunityState.OPEN}
    if seen:
        rows = [{"opportunity_id": number, "stage": stage} for number, stage in sorted(seen)]
        session.execute(insert(OpportunityStage).on_conflict_do_nothing(), rows)


def import_cases(
    session: Session, source: str, facts: Sequence[tuple[CaseData, Account | None, Contact | None]]
) -> list[Case]:
    """Return the case or call note each entry tells of."""
    known = known_by(session, Case, source, [fact.external_id for fact, _, _ in facts])
    found = []
    for fact, account, contact in facts:
        case = known.get(fact.external_id)
        if case is None:
            case = Case(source=source, source_id=fact.external_id, subject=fact.subject or "")
            session.add(case)
            known[fact.external_id] = case
        account_id = account.id if account else contact.account_id if contact else None
        fill(
            case,
            {
                "kind": CaseKind.CALL if fact.is_call else CaseKind.CASE,
                "account_id": account_id,
                "contact_id": contact.id if contact else None,
                "subject": fact.subject,
                "status": fact.status,
                "priority": fact.priority,
                "opened_at": fact.opened_at,
                "closed_at": fact.closed_at,
                "owner_name": fact.owner,
            },
        )
        found.append(case)
    session.flush()
    return found
