"""Who of an account asked for what is launched, in their words."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ideaflow.accounts.models import Case, CaseKind, Contact
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.launch.models import Launch, LaunchState
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import PlacedBy, ThemeMembership

ACCOUNT = bindparam("account_id", type_=BigInteger)
NEAR = 0.5
"""The strength from which words are taken to say what their theme says."""


@dataclass(frozen=True)
class Asked:
    """One person of an account who asked, with the passage of theirs that says it best.

    :ivar contact_id: None where only a name is known, or nobody's.
    :ivar item_id: where it was said; ``case_id``, ``case_label``: its case or call, if it has one.
    :ivar heard_at: when they were told of the decision or the launch; None: not yet.
    """

    contact_id: int | None
    name: str
    title: str
    words: str
    said_at: datetime
    item_id: int
    case_id: int | None = None
    case_label: str = ""
    heard_at: datetime | None = None

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else ""


def asked_at(account_id: int, proposal_ids: Collection[int]) -> dict[int, list[Asked]]:
    """Return who of an account asked for each proposal, each person once, who said it last first."""
    asked = {"account_id": account_id, "proposal_ids": sorted(proposal_ids)}
    found: dict[int, list[Asked]] = defaultdict(list)
    for row in db.session.execute(_who(), asked):
        kind = "call note" if row.kind == CaseKind.CALL else "case"
        found[row.proposal_id].append(
            Asked(
                row.contact_id,
                row.name or row.speaker_name or "",
                row.title or "",
                row.text,
                row.said_at,
                row.item_id,
                row.case_id,
                f"{kind} {row.source_id}" if row.case_id else "",
            )
        )
    return found


@cache
def _who() -> Select[Any]:
    """Select who of ``:account_id`` asked for ``:proposal_ids``; written once, as cards ask often."""
    passages = _passages().subquery()
    person = func.coalesce(passages.c.contact_id, 0)
    best = (
        select(passages)
        .distinct(passages.c.proposal_id, person, passages.c.speaker_name)
        .order_by(
            passages.c.proposal_id, person, passages.c.speaker_name, passages.c.near.desc(),
            passages.c.said_at.desc(), passages.c.item_id,
        )
        .subquery()
    )  # fmt: skip
    return (
        select(best, Contact.name, Contact.title, Case.kind, Case.source_id)
        .outerjoin(Contact, Contact.id == best.c.contact_id)
        .outerjoin(Case, Case.id == best.c.case_id)
        .order_by(best.c.contact_id.is_(None), best.c.said_at.desc(), best.c.item_id)
    )


def contact_count(account_id: int) -> int:
    """Return how many contacts an account has."""
    return int(db.session.scalar(select(func.count()).where(Contact.account_id == account_id)) or 0)


def undecided(account_id: int, most: int = 4) -> list[Proposal]:
    """Return live proposals that an account asked for and that no launch brings: not to be promised."""
    return list(db.session.scalars(_undecided(), {"account_id": account_id, "most": most}))


@cache
def _undecided() -> Select[Any]:
    launched = select(Launch.proposal_id).where(Launch.state != LaunchState.CANCELLED)
    lineage = lineage_of(current())
    return (
        select(Proposal)
        .join(Evidence, Evidence.serves_id == Proposal.id)
        .join(lineage, lineage.c.theme_id == Evidence.theme_id)
        .where(lineage.c.now_id.in_(_themes()), Evidence.removed_at.is_(None))
        .where(Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None), Proposal.id.not_in(launched))
        .distinct()
        .order_by(Proposal.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


def _themes() -> Select[Any]:
    return (
        select(ThemeMembership.theme_id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(FeedbackItem.account_id == ACCOUNT, FeedbackItem.counts, _is_near())
    )


def _is_near() -> Any:
    return or_(ThemeMembership.strength >= NEAR, ThemeMembership.placed_by == PlacedBy.USER)


def _passages() -> Any:
    """Select what ``:account_id`` said that ``:proposal_ids`` rest on: through a theme, or cited."""
    lineage = lineage_of(current().where(among(Evidence.serves_id, "proposal_ids")))
    said = (
        FeedbackItem.contact_id, FeedbackItem.speaker_name, FeedbackItem.case_id, FeedbackItem.said_at,
        FeedbackItem.id.label("item_id"), Statement.text,
    )  # fmt: skip
    placed = case((ThemeMembership.placed_by == PlacedBy.USER, 1.0), else_=ThemeMembership.typicality)
    through_themes = (
        select(Evidence.serves_id.label("proposal_id"), *said, func.coalesce(placed, 0.0).label("near"))
        .join(lineage, lineage.c.theme_id == Evidence.theme_id)
        .join(ThemeMembership, ThemeMembership.theme_id == lineage.c.now_id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(_is_near())
    )
    cited = (
        select(Evidence.serves_id.label("proposal_id"), *said, literal(1.0).label("near"))
        .join(Statement, Statement.id == Evidence.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
    )
    mine = and_(
        FeedbackItem.account_id == ACCOUNT, FeedbackItem.counts, Evidence.removed_at.is_(None),
        among(Evidence.serves_id, "proposal_ids"),
    )  # fmt: skip
    return union_all(*(query.where(mine) for query in (through_themes, cited)))
