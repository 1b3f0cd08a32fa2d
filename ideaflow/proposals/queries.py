"""Questions about proposals: the list, one page, who cites a theme, what may be cited."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ideaflow import config, typed
from ideaflow.accounts.models import Account, Opportunity
from ideaflow.audit import AuditEvent
from ideaflow.db import db
from ideaflow.errors import must_exist
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.feedback.queries import says
from ideaflow.proposals import deltas, history, policy, scoring
from ideaflow.proposals.kin import Asked, Kin, asked_about, kin_of
from ideaflow.proposals.lines import EvidenceLine, lines_of
from ideaflow.proposals.listing import (
    SORTS,
    Filters,
    Listing,
    ListRow,
    is_live,
    listing,
    live_rows,
    rivals_of,
)
from ideaflow.proposals.models import CompetitorMove, Evidence, EvidenceSnapshot, Proposal, Study
from ideaflow.proposals.numbers import Numbers, current, latest_snapshots, lineage_of, numbers_of
from ideaflow.proposals.policy import Origin
from ideaflow.proposals.proofs.wanted import Wanted, wanted
from ideaflow.themes.models import OPEN_STATES, Theme, ThemeMembership
from ideaflow.users.models import User

HISTORY = 8

__all__ = [
    "SORTS",
    "Candidates",
    "EvidenceLine",
    "Filters",
    "HistoryLine",
    "ListRow",
    "Listing",
    "Sheet",
    "candidates",
    "cited_by",
    "citing",
    "find",
    "listing",
    "live_count",
    "live_rows",
    "owners",
    "sheet_of",
]


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened to a proposal."""

    who: str
    what: str
    at: Any
    reason: str


@dataclass(frozen=True)
class Sheet:
    """Everything the page of a proposal shows."""

    proposal: Proposal
    numbers: Numbers
    frozen: EvidenceSnapshot | None
    deltas: list[deltas.Delta]
    lines: list[EvidenceLine]
    score: scoring.Score | None
    missing: list[str]
    rank: int
    ranked_count: int
    sensitivity: str
    contributor_count: int
    history: list[HistoryLine]
    kin: Kin
    asked: list[Asked]
    past: list[HistoryLine]
    benefit_missing: list[str] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)

    @property
    def origin_words(self) -> str:
        return Origin(self.proposal.origin).words

    @property
    def themes(self) -> list[EvidenceLine]:
        return [line for line in self.lines if line.evidence.theme is not None]


@dataclass(frozen=True)
class Candidates:
    """What fits some words and might be cited."""

    themes: Sequence[Theme] = ()
    statements: Sequence[Statement] = ()
    accounts: Sequence[Account] = ()
    opportunities: Sequence[Opportunity] = ()
    studies: Sequence[Study] = ()
    moves: Sequence[CompetitorMove] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def find(proposal_id: int) -> Proposal:
    """Return a proposal with its owner.

    :raises NotFound: there is none with this number.
    """
    query = select(Proposal).where(Proposal.id == proposal_id).options(joinedload(Proposal.owner))
    return must_exist(db.session.scalar(query))


def sheet_of(proposal_id: int) -> Sheet:
    """Return everything the page of a proposal shows, in a constant number of statements.

    :raises NotFound: there is none with this number.
    """
    proposal = find(proposal_id)
    numbers = numbers_of(proposal_id)
    frozen = latest_snapshots([proposal_id]).get(proposal_id)
    score = scoring.rice(numbers.account_count, proposal.impact, proposal.confidence, proposal.effort_months)
    rivals = rivals_of(proposal_id) if score is not None else []
    # What was merged rests as it was then: its evidence proves another now.
    live = frozen.numbers if frozen and proposal.merged_into_id else numbers.snapshot()
    return Sheet(
        proposal=proposal,
        numbers=numbers,
        frozen=frozen,
        deltas=deltas.deltas(frozen.numbers if frozen else None, live, config.read().currency),
        lines=lines_of(proposal_id),
        score=score,
        missing=scoring.missing_inputs(proposal.impact, proposal.confidence, proposal.effort_months),
        rank=scoring.rank(score.value, [rival.value for rival in rivals]) if score else 0,
        ranked_count=len(rivals) + 1,
        sensitivity=scoring.sensitivity(score, rivals) if score else "",
        contributor_count=_contributor_count(numbers.themes.theme_ids),
        history=_history_of(proposal_id),
        kin=kin_of(proposal),
        asked=asked_about(proposal_id) if proposal.is_live else [],
        past=_history_of(proposal.parent_id) if proposal.parent_tie == "revived" else [],
        benefit_missing=policy.benefit_missing(
            {name: getattr(proposal, name) for name in policy.BENEFIT_FIELDS}
        ),
        wanted=wanted(live, {name: getattr(proposal, name) for name in ("origin", *policy.EDITABLE)}),
    )


def citing(theme_ids: Collection[int]) -> dict[int, Proposal]:
    """Return the live proposal that cites each theme, or one merged into it; the oldest if several do."""
    lineage = lineage_of(current())
    rows = db.session.execute(
        select(lineage.c.now_id, Proposal)
        .join(Evidence, Evidence.theme_id == lineage.c.theme_id)
        .join(Proposal, Proposal.id == Evidence.serves_id)
        .where(lineage.c.now_id.in_(theme_ids), Evidence.removed_at.is_(None), is_live())
        .order_by(Proposal.id.desc())
    )
    return {row[0]: row[1] for row in rows}


def cited_by(proposal_id: int) -> set[tuple[str, int]]:
    """Return (kind, id) of every record that proves a proposal; documents elsewhere have none."""
    record = func.coalesce(
        Evidence.theme_id, Evidence.statement_id, Evidence.account_id, Evidence.opportunity_id,
        Evidence.study_id, Evidence.move_id,
    )  # fmt: skip
    rows = db.session.execute(
        select(Evidence.kind, record).where(
            Evidence.serves_id == proposal_id, Evidence.removed_at.is_(None), record.is_not(None)
        )
    )
    return {(row[0], row[1]) for row in rows}


def live_count() -> int:
    """Return how many proposals are still worked on."""
    return int(db.session.scalar(select(func.count()).select_from(Proposal).where(is_live())) or 0)


def owners() -> Sequence[User]:
    """Return everybody who owns a proposal, by name."""
    owning = select(Proposal.owner_id)
    return db.session.scalars(select(User).where(User.id.in_(owning)).order_by(User.name, User.id)).all()


def _contributor_count(theme_ids: Collection[int]) -> int:
    """Return how many people said what the themes hold; one without a contact counts by name and account."""
    unnamed = func.concat(FeedbackItem.account_id, ":", FeedbackItem.speaker_name)
    who = func.coalesce("c" + cast(FeedbackItem.contact_id, String), unnamed)
    query = (
        select(func.count(who.distinct()))
        .select_from(ThemeMembership)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(ThemeMembership.theme_id.in_(theme_ids), FeedbackItem.counts)
        .where(or_(FeedbackItem.contact_id.is_not(None), FeedbackItem.speaker_name.is_not(None)))
    )
    return int(db.session.scalar(query) or 0)


def _history_of(proposal_id: int | None) -> list[HistoryLine]:
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_type == "proposals", AuditEvent.subject_id == proposal_id)
        .order_by(AuditEvent.id.desc())
        .limit(HISTORY)
    )
    return [
        HistoryLine(
            event.actor_name,
            history.words_of(event.action, event.before, event.after),
            event.at,
            event.reason,
        )
        for event in db.session.scalars(query)
    ]


def candidates(words: str, limit: int = 8) -> Candidates:
    """Return what might be cited: themes by number or words, everything else by words."""
    words = words.strip()
    if not words:
        return Candidates()
    number = typed.number(words.removeprefix("#"))
    named = Theme.title.icontains(words, autoescape=True)
    themes = select(Theme).where(
        or_(named, Theme.id == number) if number is not None else named, Theme.state.in_(OPEN_STATES)
    )
    statements = (
        select(Statement)
        .join(Statement.item)
        .where(says(words), FeedbackItem.counts)
        .options(contains_eager(Statement.item).joinedload(FeedbackItem.account))
    )
    accounts = select(Account).where(Account.name.icontains(words, autoescape=True))
    sales = (
        select(Opportunity)
        .where(Opportunity.name.icontains(words, autoescape=True))
        .options(joinedload(Opportunity.account))
    )
    return Candidates(
        db.session.scalars(themes.order_by(Theme.account_count.desc(), Theme.id).limit(limit)).all(),
        db.session.scalars(statements.order_by(FeedbackItem.said_at.desc(), Statement.id).limit(limit)).all(),
        db.session.scalars(accounts.order_by(Account.name, Account.id).limit(limit)).all(),
        db.session.scalars(sales.order_by(Opportunity.name, Opportunity.id).limit(limit)).all(),
        *_candidates_beside(words, limit),
    )


def _candidates_beside(words: str, limit: int) -> tuple[Sequence[Study], Sequence[CompetitorMove]]:
    def has(*columns: Any) -> Any:
        return or_(*(column.icontains(words, autoescape=True) for column in columns))

    studies = select(Study).where(has(Study.title, Study.finding)).order_by(Study.held_on.desc(), Study.id)
    moves = (
        select(CompetitorMove)
        .where(has(CompetitorMove.competitor, CompetitorMove.title))
        .order_by(CompetitorMove.begins_on.desc(), CompetitorMove.id)
    )
    return db.session.scalars(studies.limit(limit)).all(), db.session.scalars(moves.limit(limit)).all()
