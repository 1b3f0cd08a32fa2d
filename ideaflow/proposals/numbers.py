"""The numbers behind proposals: what evidence says now, over all its themes, each account once."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, func, or_, select, union
from sqlalchemy.orm import joinedload

from ideaflow import config
from ideaflow.accounts.models import Account, AccountKind, Opportunity, OpportunityState
from ideaflow.accounts.queries import our_revenue
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.proposals import seen
from ideaflow.proposals.models import Evidence, EvidenceSnapshot
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.themes.queries import Evidence as ThemeEvidence
from ideaflow.themes.queries import evidence_of

Plain = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class AddedAccount:
    """An account that evidence names by itself: no statement in a theme of the proposal is theirs."""

    account_id: int
    name: str
    revenue_amount: Decimal
    kind: str = ""


@dataclass(frozen=True)
class Numbers:
    """What proves a proposal now. Pipeline and trend speak of its themes alone."""

    themes: ThemeEvidence
    added: tuple[AddedAccount, ...]
    studies: tuple[dict[str, Any], ...] = ()
    moves: tuple[dict[str, Any], ...] = ()
    document_count: int = 0

    @property
    def account_count(self) -> int:
        return self.themes.account_count + len(self.added)

    @property
    def revenue_amount(self) -> Decimal:
        return self.themes.revenue_amount + sum((one.revenue_amount for one in self.added), Decimal(0))

    def snapshot(self) -> dict[str, Any]:
        """Return everything as values JSON can hold; amounts as text, moments in ISO form."""
        plain = self.themes.snapshot()
        plain["account_count"] = self.account_count
        plain["revenue_amount"] = str(self.revenue_amount)
        plain["accounts"] = [
            *plain["accounts"],
            *(
                {
                    "account_id": one.account_id,
                    "name": one.name,
                    "revenue_amount": str(one.revenue_amount),
                    "is_added": True,
                }
                for one in self.added
            ),
        ]
        plain["customer_count"] += sum(one.kind == AccountKind.CUSTOMER for one in self.added)
        plain["studies"], plain["moves"] = list(self.studies), list(self.moves)
        plain["document_count"] = self.document_count
        return plain


def numbers_of(proposal_id: int) -> Numbers:
    """Return what proves a proposal now, in a constant number of statements."""
    themes = evidence_of(theme_ids_of(proposal_id))
    known = {line.account_id for line in themes.accounts}
    rows = db.session.execute(
        select(Account.id, Account.name, our_revenue(), Account.kind)
        .where(Account.id.in_(_named_accounts(Evidence.serves_id == proposal_id)))
        .order_by(Account.name, Account.id)
    )
    added = tuple(AddedAccount(*row) for row in rows if row[0] not in known)
    return Numbers(themes, added, *_beside_themes(proposal_id))


def _beside_themes(proposal_id: int) -> tuple[Plain, Plain, int]:
    """Return studies and moves that prove a proposal, as plain values, and how many documents."""
    query = (
        select(Evidence)
        .where(Evidence.serves_id == proposal_id, Evidence.removed_at.is_(None))
        .where(Evidence.theme_id.is_(None), Evidence.statement_id.is_(None), Evidence.account_id.is_(None))
        .options(joinedload(Evidence.study), joinedload(Evidence.move))
        .order_by(Evidence.id)
    )
    found = db.session.scalars(query).all()
    return (
        tuple(seen.study(one.study) for one in found if one.study is not None),
        tuple(seen.move(one.move) for one in found if one.move is not None),
        sum(one.kind == EvidenceKind.DOCUMENT for one in found),
    )


def theme_ids_of(proposal_id: int) -> list[int]:
    """Return the themes a proposal rests on; a merged theme stands for the one it lives on in."""
    lineage = lineage_of(current().where(Evidence.serves_id == proposal_id))
    ends = select(lineage.c.now_id).join(Theme, Theme.id == lineage.c.now_id)
    return sorted(set(db.session.scalars(ends.where(Theme.merged_into_id.is_(None)))))


def latest_snapshots(proposal_ids: Collection[int]) -> dict[int, EvidenceSnapshot]:
    """Return the last frozen numbers of each proposal, by its id."""
    query = (
        select(EvidenceSnapshot)
        .where(EvidenceSnapshot.proposal_id.in_(proposal_ids))
        .distinct(EvidenceSnapshot.proposal_id)
        .order_by(EvidenceSnapshot.proposal_id, EvidenceSnapshot.id.desc())
    )
    return {snapshot.proposal_id: snapshot for snapshot in db.session.scalars(query)}


def current() -> Select[Any]:
    """Select the themes of evidence that has not been removed."""
    return select(Evidence.theme_id.label("theme_id")).where(
        Evidence.removed_at.is_(None), Evidence.theme_id.is_not(None)
    )


def lineage_of(themes: Select[Any], name: str = "lineage") -> CTE:
    """Return each theme of ``themes`` (column ``theme_id``) with every one it was merged into since.

    :param name: of the CTE, where one question asks for two.
    :returns: columns ``theme_id`` (as cited) and ``now_id``; the last in a line is not merged.
    """
    begin = themes.subquery()
    line = select(begin.c.theme_id, begin.c.theme_id.label("now_id")).cte(name, recursive=True)
    step = (
        select(line.c.theme_id, Theme.merged_into_id)
        .join(Theme, Theme.id == line.c.now_id)
        .where(Theme.merged_into_id.is_not(None))
    )
    return line.union(step)


def asking() -> Subquery:
    """Select ``proposal_id`` and ``account_id`` of those who ask for a proposal, each pair once."""
    lineage = lineage_of(current())
    said = (
        select(Evidence.serves_id.label("proposal_id"), FeedbackItem.account_id)
        .join(lineage, lineage.c.theme_id == Evidence.theme_id)
        .join(ThemeMembership, ThemeMembership.theme_id == lineage.c.now_id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(Evidence.removed_at.is_(None), FeedbackItem.counts, FeedbackItem.account_id.is_not(None))
    )
    return union(said, *_named()).subquery()


def totals() -> Subquery:
    """Select ``proposal_id``, ``account_count`` and ``revenue_amount`` of each proposal with evidence."""
    pairs = asking()
    return (
        select(
            pairs.c.proposal_id,
            func.count().label("account_count"),
            func.sum(our_revenue()).label("revenue_amount"),
        )
        .join(Account, Account.id == pairs.c.account_id)
        .group_by(pairs.c.proposal_id)
        .subquery()
    )


def pipelines() -> Subquery:
    """Select ``proposal_id``, ``open_amount`` and ``lost_amount`` of the accounts that ask, each once."""
    pairs = asking()
    ours = or_(Opportunity.currency.is_(None), Opportunity.currency == config.read().currency)

    def total(state: OpportunityState) -> Any:
        return func.coalesce(func.sum(Opportunity.amount).filter(Opportunity.state == state, ours), 0)

    return (
        select(
            pairs.c.proposal_id,
            total(OpportunityState.OPEN).label("open_amount"),
            total(OpportunityState.LOST).label("lost_amount"),
        )
        .join(Opportunity, Opportunity.account_id == pairs.c.account_id)
        .group_by(pairs.c.proposal_id)
        .subquery()
    )


def _named() -> tuple[Select[int, int | None], ...]:
    """Select (proposal, account) of evidence that names an account, by a statement, a sale or itself."""
    return (
        select(Evidence.serves_id.label("proposal_id"), Evidence.account_id).where(
            Evidence.removed_at.is_(None), Evidence.account_id.is_not(None)
        ),
        select(Evidence.serves_id.label("proposal_id"), FeedbackItem.account_id)
        .join(Statement, Statement.id == Evidence.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(Evidence.removed_at.is_(None), FeedbackItem.counts, FeedbackItem.account_id.is_not(None)),
        select(Evidence.serves_id.label("proposal_id"), Opportunity.account_id)
        .join(Opportunity, Opportunity.id == Evidence.opportunity_id)
        .where(Evidence.removed_at.is_(None), Opportunity.account_id.is_not(None)),
    )


def _named_accounts(condition: ColumnElement[bool]) -> Select[Any]:
    named = union(*(query.where(condition) for query in _named())).subquery()
    return select(named.c.account_id)
