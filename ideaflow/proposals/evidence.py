"""What is done with evidence: add and remove, say what it speaks to, freeze the numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ideaflow import audit
from ideaflow.accounts.models import Account, Opportunity
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.proposals import policy, seen
from ideaflow.proposals.change import editable, get_for_change
from ideaflow.proposals.models import CompetitorMove, Evidence, EvidenceSnapshot, Proposal, Study
from ideaflow.proposals.numbers import numbers_of, theme_ids_of
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.proposals.queries import citing
from ideaflow.themes import service as themes
from ideaflow.themes.models import Theme

LONGEST_KEY = 60


def add_theme(proposal_id: int, theme_id: int, *, note: str = "", criterion: str = "", by: Actor) -> Evidence:
    """Let a theme prove a proposal. Adding what is there already changes nothing.

    :raises NotFound: there is no such theme.
    :raises Conflict: the proposal cannot be changed now, or the theme lives on in another.
    """

    def make(session: Session, proposal: Proposal) -> Evidence:
        theme = open_theme(session, theme_id)
        themes.mark_proposed([theme.id], by=by)
        return tie_theme(proposal, theme, by)

    return _add(proposal_id, {"theme_id": theme_id}, note, criterion, make, by)


def add_statement(
    proposal_id: int, statement_id: int, *, note: str = "", criterion: str = "", by: Actor
) -> Evidence:
    """Let one statement prove a proposal. Adding what is there already changes nothing."""

    def make(session: Session, proposal: Proposal) -> Evidence:
        statement = session.scalar(
            select(Statement)
            .where(Statement.id == statement_id)
            .options(joinedload(Statement.item).joinedload(FeedbackItem.account))
        )
        if statement is None or not statement.item.counts:
            raise NotFound(f"There is no statement {statement_id} that still counts.")
        looks = seen.statement(statement)
        return tie(proposal, EvidenceKind.STATEMENT, by, looks, statement_id=statement.id)

    return _add(proposal_id, {"statement_id": statement_id}, note, criterion, make, by)


def add_account(proposal_id: int, account_id: int, *, by: Actor, **said: str) -> Evidence:
    """Let an account that asks prove a proposal. Adding what is there already changes nothing."""
    return _add_record(proposal_id, EvidenceKind.ACCOUNT, account_id, by, **said)


def add_opportunity(proposal_id: int, opportunity_id: int, *, by: Actor, **said: str) -> Evidence:
    """Let a possible sale prove a proposal. Adding what is there already changes nothing."""
    return _add_record(proposal_id, EvidenceKind.OPPORTUNITY, opportunity_id, by, **said)


def add_study(proposal_id: int, study_id: int, *, by: Actor, **said: str) -> Evidence:
    """Let a study with customers prove a proposal. Adding what is there already changes nothing."""
    return _add_record(proposal_id, EvidenceKind.STUDY, study_id, by, **said)


def add_move(proposal_id: int, move_id: int, *, by: Actor, **said: str) -> Evidence:
    """Let a competitor's move prove a proposal. Adding what is there already changes nothing."""
    return _add_record(proposal_id, EvidenceKind.COMPETITOR_MOVE, move_id, by, **said)


_RECORDS: dict[EvidenceKind, tuple[Any, str, Any]] = {
    EvidenceKind.ACCOUNT: (Account, "account_id", seen.account),
    EvidenceKind.OPPORTUNITY: (Opportunity, "opportunity_id", seen.opportunity),
    EvidenceKind.STUDY: (Study, "study_id", seen.study),
    EvidenceKind.COMPETITOR_MOVE: (CompetitorMove, "move_id", seen.move),
}


def _add_record(
    proposal_id: int, kind: EvidenceKind, record_id: int, by: Actor, note: str = "", criterion: str = ""
) -> Evidence:
    table, column, look = _RECORDS[kind]

    def make(session: Session, proposal: Proposal) -> Evidence:
        record = session.get(table, record_id)
        if record is None:
            raise NotFound(f"There is no {kind.words} {record_id}.")
        return tie(proposal, kind, by, look(record), **{column: record_id})

    return _add(proposal_id, {column: record_id}, note, criterion, make, by)


def add_document(
    proposal_id: int, title: str, url: str, *, note: str = "", criterion: str = "", by: Actor
) -> Evidence:
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
        return tie(proposal, EvidenceKind.DOCUMENT, by, {"name": title, "url": url}, title=title, url=url)

    return _add(proposal_id, {"url": url}, note, criterion, make, by)


def remove_evidence(evidence_id: int, *, of: int | None = None, by: Actor) -> Evidence:
    """Take a piece of evidence away; frozen numbers keep it. Removing it twice changes nothing.

    :param of: the proposal it must belong to; None: any.
    :raises NotFound: there is no such evidence.
    :raises Conflict: the proposal cannot be changed now.
    """
    with transaction() as session:
        evidence = session.get(Evidence, evidence_id)
        if evidence is None or of not in (None, evidence.serves_id):
            raise NotFound(f"There is no evidence {evidence_id}.")
        proposal = editable(session, evidence.serves_id)
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


def speak_to(evidence_id: int, criterion: str, *, of: int, by: Actor) -> Evidence:
    """Say to which criterion of a gate a piece of evidence speaks; empty: to the case as a whole.

    :param of: the proposal it must belong to.
    :raises NotFound: there is no such evidence.
    :raises Conflict: the proposal cannot be changed now.
    """
    key = criterion.strip() or None
    if key and len(key) > LONGEST_KEY:
        raise Invalid("There is no such criterion. Reload the page and choose one.")
    with transaction() as session:
        proposal = editable(session, of)
        evidence = session.get(Evidence, evidence_id, populate_existing=True)
        if evidence is None or evidence.serves_id != of or evidence.removed_at is not None:
            raise NotFound(f"There is no evidence {evidence_id}.")
        before = evidence.criterion_key
        if before != key:
            evidence.criterion_key = key
            name = str((evidence.snapshot or {}).get("name", ""))[: policy.LONGEST_LINE]
            told = {"kind": evidence.kind, "name": name}
            audit.record(
                by, "proposals.speak_to", proposal, before={"criterion": before},
                after={**told, "criterion": key},
            )  # fmt: skip
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
    criterion: str,
    make: Callable[[Session, Proposal], Evidence],
    by: Actor,
) -> Evidence:
    if len(criterion) > LONGEST_KEY:
        raise Invalid("There is no such criterion. Reload the page and choose one.")
    if len(note) > policy.LONGEST_LINE:
        reason = f"A note has at most {policy.LONGEST_LINE} characters."
        raise Invalid(reason, [{"field": "note", "reason": reason}])
    with transaction() as session:
        proposal = editable(session, proposal_id)
        same = select(Evidence).filter_by(serves_id=proposal_id, removed_at=None, **pointer)
        there = session.scalar(same.limit(1))
        if there is not None:
            return there
        evidence = make(session, proposal)
        evidence.note, evidence.criterion_key = note.strip(), criterion.strip() or None
        session.add(evidence)
        name = str((evidence.snapshot or {}).get("name", ""))[: policy.LONGEST_LINE]
        audit.record(by, "proposals.add_evidence", proposal, after={"kind": evidence.kind, "name": name})
    return evidence


def tie_theme(proposal: Proposal, theme: Theme, by: Actor) -> Evidence:
    """Return the tie of a proposal to a theme, with what the theme looks like now."""
    return tie(proposal, EvidenceKind.THEME, by, seen.theme(theme), theme_id=theme.id)


def tie(proposal: Proposal, kind: EvidenceKind, by: Actor, seen: dict[str, Any], **pointer: Any) -> Evidence:
    """Return a tie of a proposal to a record, not saved yet."""
    return Evidence(
        proposal_id=proposal.id, kind=kind, snapshot=seen, snapshot_at=now(), added_by_id=by.id,
        added_at=now(), **pointer,
    )  # fmt: skip


def open_theme(session: Session, theme_id: int) -> Theme:
    """Return a theme that may be proposed.

    :raises NotFound: there is none with this number.
    :raises Conflict: it lives on in another, or was dismissed or retired.
    """
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise NotFound(f"There is no theme {theme_id}.")
    if theme.merged_into_id is not None:
        raise Conflict(f"Theme {theme_id} was merged into theme {theme.merged_into_id}. Use that one.")
    if not theme.is_open:
        raise Conflict(f"Theme {theme_id} “{theme.title}” is {theme.state}. Restore it first.")
    return theme
