"""What records look like now, as plain values: kept when they become evidence, compared ever after."""

from collections.abc import Callable, Mapping
from typing import Any

from ideaflow.accounts.models import Account, Opportunity
from ideaflow.feedback.models import Statement
from ideaflow.proposals.models import CompetitorMove, Evidence, Study
from ideaflow.themes.models import Theme

Seen = dict[str, Any]


def theme(record: Theme) -> Seen:
    """Return a theme with its figures."""
    return {
        "name": record.title, "statement_count": record.statement_count,
        "account_count": record.account_count, "revenue_amount": str(record.revenue_amount),
        "trend": record.trend,
    }  # fmt: skip


def statement(record: Statement) -> Seen:
    """Return a statement with who said it; its item and account are loaded."""
    item = record.item
    return {
        "name": record.text, "said_at": item.said_at.isoformat(), "source": item.source,
        "account": item.account.name if item.account else "", "counts": item.counts,
    }  # fmt: skip


def account(record: Account) -> Seen:
    """Return an account with its revenue."""
    amount = record.revenue_amount
    return {
        "name": record.name, "kind": record.kind, "currency": record.currency,
        "revenue_amount": None if amount is None else str(amount),
    }  # fmt: skip


def opportunity(record: Opportunity) -> Seen:
    """Return a possible sale with its amount and how far it is."""
    return {
        "name": record.name, "state": record.state, "stage": record.stage, "currency": record.currency,
        "amount": None if record.amount is None else str(record.amount),
    }  # fmt: skip


def study(record: Study) -> Seen:
    """Return a study with who took part and what came out."""
    return {
        "name": record.title, "method": record.method, "outcome": record.outcome, "finding": record.finding,
        "participant_count": record.participant_count, "account_count": record.account_count,
        "held_on": record.held_on.isoformat(),
    }  # fmt: skip


def move(record: CompetitorMove) -> Seen:
    """Return a competitor's move with its days and how sure it is."""
    until = record.until_on
    return {
        "name": record.name, "kind": record.kind, "begins_on": record.begins_on.isoformat(),
        "until_on": None if until is None else until.isoformat(), "sureness": record.sureness,
    }  # fmt: skip


def now_of(evidence: Evidence, living: Mapping[int, Theme]) -> Seen | None:
    """Return what a piece of evidence points to as it is now; its records are loaded. None: it is gone.

    :param living: for each theme that lives on in another, that other one.
    """
    if evidence.theme is not None:
        other = living.get(evidence.theme.id)
        if other is None:
            return theme(evidence.theme)
        return {**theme(other), "name": evidence.theme.title, "lives_in": other.id}
    looks: tuple[tuple[Any, Callable[[Any], Seen]], ...] = (
        (evidence.statement, statement), (evidence.account, account), (evidence.opportunity, opportunity),
        (evidence.study, study), (evidence.move, move),
    )  # fmt: skip
    for record, look in looks:
        if record is not None:
            return look(record)
    return {"name": evidence.title, "url": evidence.url}
