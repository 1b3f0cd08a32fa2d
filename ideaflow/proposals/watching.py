"""Which themes meet a rule now, which nearly do, and which opens nothing since it was proposed before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from ideaflow import config
from ideaflow.accounts.models import Account
from ideaflow.db import db
from ideaflow.errors import must_exist
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.proposals.models import Evidence, Proposal, TriggerOpening, TriggerRule
from ideaflow.proposals.triggers.lineage import descendants
from ideaflow.proposals.triggers.terms import Conditions, ThemeFacts, lacking
from ideaflow.themes.models import (
    OPEN_STATES,
    CorrectionKind,
    EventKind,
    Theme,
    ThemeCorrection,
    ThemeEvent,
    ThemeMembership,
)

NEAR = 5


@dataclass(frozen=True)
class Kept:
    """A theme that meets a rule and opens nothing: it, or what it came of, is or was in a proposal."""

    facts: ThemeFacts
    proposal: Proposal


@dataclass(frozen=True)
class Found:
    """What a rule would do now.

    :param near: those that lack one thing only, with what it is.
    """

    meeting: list[ThemeFacts] = field(default_factory=list)
    near: list[tuple[ThemeFacts, str]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def look(conditions: Conditions, rule_id: int | None = None) -> Found:
    """Return which themes meet conditions now; those with most revenue first.

    :param rule_id: the rule they belong to; themes of a lineage it opened a draft for are kept from it.
    """
    currency = config.read().currency
    found = Found()
    proposed = proposed_before(rule_id)
    for facts in _facts(conditions):
        missing = lacking(conditions, facts, currency)
        if facts.theme_id in proposed:
            if not missing:
                found.kept.append(Kept(facts, proposed[facts.theme_id]))
        elif not missing:
            found.meeting.append(facts)
        elif len(missing) == 1:
            found.near.append((facts, missing[0]))
    # A number that is short says more than another trend; both keep their order.
    found.near.sort(key=lambda one: bool(conditions.trends) and one[0].trend not in conditions.trends)
    del found.near[NEAR:]
    return found


def proposed_before(rule_id: int | None = None) -> dict[int, Proposal]:
    """Return each theme that is or was evidence of a proposal, or came of one that was, with the proposal.

    What a rule opened stays proposed for it even when the evidence was taken away again.
    """
    cited = select(Evidence.theme_id, Evidence.proposal_id).where(
        Evidence.theme_id.is_not(None), Evidence.removed_at.is_(None)
    )
    opened = select(TriggerOpening.theme_id, TriggerOpening.proposal_id).where(
        TriggerOpening.rule_id == (rule_id or 0)
    )
    pairs = sorted({(row[0], row[1]) for query in (cited, opened) for row in db.session.execute(query)})
    if not pairs:
        return {}
    steps = _steps()
    proposals = {
        proposal.id: proposal
        for proposal in db.session.scalars(
            select(Proposal).where(Proposal.id.in_({proposal_id for _, proposal_id in pairs}))
        )
    }
    found: dict[int, Proposal] = {}
    for theme_id, proposal_id in pairs:
        for one in descendants([theme_id] if theme_id else [], steps):
            found[one] = proposals[proposal_id]
    return found


def _steps() -> list[tuple[int, int]]:
    """Return (from, to) of every merge and split that still holds, by people and by runs."""
    merged = select(Theme.id, Theme.merged_into_id).where(Theme.merged_into_id.is_not(None))
    by_people = select(ThemeCorrection.other_theme_id, ThemeCorrection.theme_id).where(
        ThemeCorrection.kind == CorrectionKind.SPLIT,
        ThemeCorrection.undone_at.is_(None),
        ThemeCorrection.other_theme_id.is_not(None),
    )
    by_runs = select(ThemeEvent.theme_id, ThemeEvent.other_theme_id).where(
        ThemeEvent.kind == EventKind.SPLIT, ThemeEvent.other_theme_id.is_not(None)
    )
    rows: Iterable[Any] = (
        row for query in (merged, by_people, by_runs) for row in db.session.execute(query).all()
    )
    return [(row[0], row[1]) for row in rows]


def _facts(conditions: Conditions) -> list[ThemeFacts]:
    query = (
        select(Theme)
        .where(Theme.state.in_(OPEN_STATES))
        .order_by(Theme.revenue_amount.desc(), Theme.account_count.desc(), Theme.id)
    )
    themes = db.session.scalars(query).all()
    there = _accounts_there(conditions) if conditions.place else {}
    return [_facts_of(theme, there.get(theme.id, 0)) for theme in themes]


def _facts_of(theme: Theme, there: int) -> ThemeFacts:
    numbers: dict[str, float] = {
        "accounts": theme.account_count, "customers": theme.customer_count,
        "prospects": theme.prospect_count, "statements": theme.statement_count,
        "renewals": theme.renewal_count, "revenue": float(theme.revenue_amount),
        "open": float(theme.open_amount), "lost": float(theme.lost_amount),
    }  # fmt: skip
    trend = "as_usual" if theme.is_quiet else str(theme.trend)
    return ThemeFacts(theme.id, theme.title, trend, numbers, there)


def _accounts_there(conditions: Conditions) -> dict[int, int]:
    """Return for each theme how many accounts of the segment and region ask, in one statement."""
    query = (
        select(ThemeMembership.theme_id, func.count(Account.id.distinct()))
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .join(Account, Account.id == FeedbackItem.account_id)
        .where(FeedbackItem.counts, ThemeMembership.theme_id.is_not(None))
        .group_by(ThemeMembership.theme_id)
    )
    if conditions.segment:
        query = query.where(Account.segment == conditions.segment)
    if conditions.region:
        query = query.where(Account.region == conditions.region)
    return {int(row[0]): row[1] for row in db.session.execute(query) if row[0] is not None}


def all_rules() -> list[TriggerRule]:
    """Return every rule, those that are switched on first, by name."""
    query = select(TriggerRule).order_by(TriggerRule.is_on.desc(), TriggerRule.name, TriggerRule.id)
    return list(db.session.scalars(query))


def find_rule(rule_id: int) -> TriggerRule:
    """Return a rule.

    :raises NotFound: there is none with this number.
    """
    return must_exist(db.session.get(TriggerRule, rule_id))


def openings_of(rule_ids: Collection[int]) -> dict[int, list[tuple[TriggerOpening, Proposal]]]:
    """Return what each rule has opened, the latest first."""
    query = (
        select(TriggerOpening, Proposal)
        .join(Proposal, Proposal.id == TriggerOpening.proposal_id)
        .where(TriggerOpening.rule_id.in_(rule_ids))
        .order_by(TriggerOpening.id.desc())
    )
    found: dict[int, list[tuple[TriggerOpening, Proposal]]] = {rule_id: [] for rule_id in rule_ids}
    for row in db.session.execute(query):
        found[row[0].rule_id].append((row[0], row[1]))
    return found
