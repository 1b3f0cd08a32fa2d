"""What is done with evidence: promote themes, add and remove, freeze the numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from ideaflow import audit
from ideaflow.accounts.models import Account, Opportunity
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.proposals import policy
from ideaflow.proposals.change import begin, editable, get_for_change
from ideaflow.proposals.models import Evidence, EvidenceSnapshot, Proposal
from ideaflow.proposals.numbers import numbers_of, theme_ids_of
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.proposals.queries import citing
from ideaflow.themes import service as themes
from ideaflow.themes.models import Theme

PROMOTE_LOCK = 7_310_020


class AlreadyProposed(Conflict):
    """A theme is in a live proposal already; it may be added to that one instead.

    :param proposal: the one that cites it; ``theme_ids``: all that were to be promoted.
    """

    def __init__(self, theme: Theme, proposal: Proposal, theme_ids: Sequence[int]) -> None:
        super().__init__(
            f"Theme {theme.id} “{theme.title}” is in {proposal.label} “{proposal.title}” already. "
            "Nothing was promoted."
        )
        self.proposal, self.theme_ids = proposal, list(theme_ids)


def promote(theme_ids: Sequence[int], owner_id: int, *, by: Actor) -> Proposal:
    """Make a proposal of themes: named after the one most accounts are in, its numbers live and frozen.

    :raises Invalid: no theme is given, or nobody may own it.
    :raises NotFound: one of the themes does not exist.
    :raises Conflict: a theme was dismissed or lives on in another.
    :raises AlreadyProposed: a live proposal cites one of them.
    """
    ids = sorted(set(theme_ids))
    if not ids:
        raise Invalid("Choose at least one theme to promote.")
    with transaction() as session:
        # Two people who promote the same theme at once take turns, so the second one sees the first.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PROMOTE_LOCK})
        found = [_theme(session, theme_id) for theme_id in ids]
        taken = citing(ids)
        for theme in found:
            if theme.id in taken:
                raise AlreadyProposed(theme, taken[theme.id], ids)
        largest = max(found, key=lambda theme: (theme.account_count, theme.statement_count, -theme.id))
        proposal = begin(session, largest.title, owner_id, by=by)
        for theme in found:
            session.add(_tie(proposal, EvidenceKind.THEME, by, _seen_theme(theme), theme_id=theme.id))
        themes.mark_proposed(ids, by=by)
        audit.record(by, "proposals.promote", proposal, after={"theme_ids": ids, "owner_id": owner_id})
        freeze(proposal.id, "promoted", by=by)
    return proposal


def add_theme(proposal_id: int, theme_id: int, *, note: str = "", by: Actor) -> Evidence:
    """Let a theme prove a proposal. Adding what is there already changes nothing.

    :raises NotFound: there is no such theme.
    :raises Conflict: the proposal cannot be changed now, or the theme lives on in another.
    """

    def make(session: Session, proposal: Proposal) -> Evidence:
        theme = _theme(session, theme_id)
        themes.mark_proposed([theme.id], by=by)
        return _tie(proposal, EvidenceKind.THEME, by, _seen_theme(theme), theme_id=theme.id)

    return _add(proposal_id, {"theme_id": theme_id}, note, make, by)


def add_statement(proposal_id: int, statement_id: int, *, note: str = "", by: Actor) -> Evidence:
    """Let one statement prove a proposal. Adding what is there already changes nothing."""

    def make(session: Session, proposal: Proposal) -> Evidence:
        statement = session.scalar(
            select(Statement)
            .where(Statement.id == statement_id)
            .options(joinedload(Statement.item).joinedload(FeedbackItem.account))
        )
        if statement is None or not statement.item.counts:
            raise NotFound(f"There is no statement {statement_id} that still counts.")
        item = statement.item
        seen = {"name": statement.text, "said_at": item.said_at.isoformat(), "source": item.source}
        seen["account"] = item.account.name if item.account else ""
        return _tie(proposal, EvidenceKind.STATEMENT, by, seen, statement_id=statement.id)

    return _add(proposal_id, {"statement_id": statement_id}, note, make, by)


def add_account(proposal_id: int, account_id: int, *, note: str = "", by: Actor) -> Evidence:
    """Let an account that asks prove a proposal. Adding what is there already changes nothing."""

    def make(session: Session, proposal: Proposal) -> Evidence:
        account = session.get(Account, account_id)
        if account is None:
            raise NotFound(f"There is no account {account_id}.")
        seen = {"name": account.name, "kind": account.kind, "currency": account.currency}
        seen["revenue_amount"] = None if account.revenue_amount is None else str(account.revenue_amount)
        return _tie(proposal, EvidenceKind.ACCOUNT, by, seen, account_id=account.id)

    return _add(proposal_id, {"account_id": account_id}, note, make, by)


def add_opportunity(proposal_id: int, opportunity_id: int, *, note: str = "", by: Actor) -> Evidence:
    """Let a possible sale prove a proposal. Adding what is there already changes nothing."""

    def make(session: Session, proposal: Proposal) -> Evidence:
        sale = session.get(Opportunity, opportunity_id)
        if sale is None:
            raise NotFound(f"There is no opportunity {opportunity_id}.")
        seen = {"name": sale.name, "state": sale.state, "stage": sale.stage, "currency": sale.currency}
        seen["amount"] = None if sale.amount is None else str(sale.amount)
        return _tie(proposal, EvidenceKind.OPPORTUNITY, by, seen, opportunity_id=sale.id)

    return _add(proposal_id, {"opportunity_id": opportunity_id}, note, make, by)


def add_document(proposal_id: int, title: str, url: str, *, note: str = "", by: Actor) -> Evidence:
    """Let a document elsewhere prove a proposal. Adding the same address again changes nothing.

    :raises Invalid: the title is missing, or the address is no https link.
    """
    title, url = " ".join(title.split()), url.strip()
    problems: list[dict[str, object]] = []
    if not title or len(title) > policy.LONGEST_LINE:
        problems.append(
            {
                "field": "title",
                "reason": f"A title is missing, or longer than {policy.LONGEST_LINE} characters.",
            }
        )
    if not policy.is_web_address(url) or len(url) > policy.LONGEST_ADDRESS:
        reason = "The address begins with https:// and names a host, for instance https://wiki.example/spike."
        problems.append({"field": "url", "reason": reason})
    if problems:
        raise Invalid(
            "The document was not added. " + " ".join(str(one["reason"]) for one in problems), problems
        )

    def make(_session: Session, proposal: Proposal) -> Evidence:
        return _tie(proposal, EvidenceKind.DOCUMENT, by, {"name": title, "url": url}, title=title, url=url)

    return _add(proposal_id, {"url": url}, note, make, by)


def remove_evidence(evidence_id: int, *, of: int | None = None, by: Actor) -> Evidence:
    """Take a piece of evidence away; frozen numbers keep it. Removing it twice changes nothing.

    :param of: the proposal it must belong to; None: any.
    :raises NotFound: there is no such evidence.
    :raises Conflict: the proposal cannot be changed now.
    """
    with transaction() as session:
        evidence = session.get(Evidence, evidence_id)
        if evidence is None or of not in (None, evidence.proposal_id):
            raise NotFound(f"There is no evidence {evidence_id}.")
        proposal = editable(session, evidence.proposal_id)
        session.refresh(evidence)  # Somebody else may have removed it while this waited for its turn.
        if evidence.removed_at is not None:
            return evidence
        evidence.removed_at = now()
        session.flush()
        if evidence.theme_id is not None:
            free([evidence.theme_id], by=by)
        name = (evidence.snapshot or {}).get("name", "")
        audit.record(
            by, "proposals.remove_evidence", proposal, before={"kind": evidence.kind, "name": str(name)[:300]}
        )
    return evidence


def freeze(proposal_id: int, reason: str, *, by: Actor) -> EvidenceSnapshot:
    """Keep the numbers of this moment beside the live ones.

    :param reason: “promoted”, “for gate 1”.
    :raises Invalid: no reason is given.
    :raises Conflict: the proposal was withdrawn or closed.
    """
    reason = reason.strip()
    if not reason or len(reason) > policy.LONGEST_LINE:
        detail = f"Say for what the numbers are frozen, in at most {policy.LONGEST_LINE} characters."
        raise Invalid(detail, [{"field": "reason", "reason": detail}])
    with transaction() as session:
        proposal = get_for_change(session, proposal_id)
        if not proposal.is_live:
            raise Conflict(f"{proposal.label} is not worked on any more; its numbers stay as they are.")
        snapshot = EvidenceSnapshot(
            proposal_id=proposal.id, reason=reason, numbers=numbers_of(proposal.id).snapshot(),
            taken_at=now(), taken_by_id=by.id,
        )  # fmt: skip
        session.add(snapshot)
        audit.record(by, "proposals.freeze", proposal, after={"reason": reason})
    return snapshot


def free_themes_of(proposal_id: int, *, by: Actor) -> None:
    """Give the themes of an ended proposal back to triage, unless another live proposal cites them."""
    free(theme_ids_of(proposal_id), by=by)


def free(theme_ids: Sequence[int], *, by: Actor) -> None:
    """Unmark those of ``theme_ids`` that no live proposal cites."""
    taken = citing(theme_ids)
    left = [theme_id for theme_id in theme_ids if theme_id not in taken]
    if left:
        themes.unmark_proposed(left, by=by)


def _add(
    proposal_id: int,
    pointer: dict[str, Any],
    note: str,
    make: Callable[[Session, Proposal], Evidence],
    by: Actor,
) -> Evidence:
    if len(note) > policy.LONGEST_LINE:
        reason = f"A note has at most {policy.LONGEST_LINE} characters."
        raise Invalid(reason, [{"field": "note", "reason": reason}])
    with transaction() as session:
        proposal = editable(session, proposal_id)
        same = select(Evidence).filter_by(proposal_id=proposal_id, removed_at=None, **pointer)
        there = session.scalar(same)
        if there is not None:
            return there
        evidence = make(session, proposal)
        evidence.note = note.strip()
        session.add(evidence)
        name = str((evidence.snapshot or {}).get("name", ""))[: policy.LONGEST_LINE]
        audit.record(by, "proposals.add_evidence", proposal, after={"kind": evidence.kind, "name": name})
    return evidence


def _tie(proposal: Proposal, kind: EvidenceKind, by: Actor, seen: dict[str, Any], **pointer: Any) -> Evidence:
    return Evidence(
        proposal_id=proposal.id, kind=kind, snapshot=seen, snapshot_at=now(), added_by_id=by.id,
        added_at=now(), **pointer,
    )  # fmt: skip


def _theme(session: Session, theme_id: int) -> Theme:
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise NotFound(f"There is no theme {theme_id}.")
    if theme.merged_into_id is not None:
        raise Conflict(f"Theme {theme_id} was merged into theme {theme.merged_into_id}. Use that one.")
    if not theme.is_open:
        raise Conflict(f"Theme {theme_id} “{theme.title}” is {theme.state}. Restore it first.")
    return theme


def _seen_theme(theme: Theme) -> dict[str, Any]:
    return {
        "name": theme.title, "statement_count": theme.statement_count, "account_count": theme.account_count,
        "revenue_amount": str(theme.revenue_amount), "trend": theme.trend,
    }  # fmt: skip
