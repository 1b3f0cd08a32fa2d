"""What stands behind themes when somebody proposes to act on them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from ideaflow.accounts.models import Account, AccountKind, Contact
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.asking.accounts import AccountLine, Ask, account_lines, asks, counting
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.themes.trends.terms import Trend

QUOTES = 6


@dataclass(frozen=True)
class Quote:
    """One statement worth showing, in the customer's words."""

    statement_id: int
    theme_id: int
    text: str
    account_name: str
    speaker_name: str
    said_at: datetime
    strength: float


@dataclass(frozen=True)
class Evidence:
    """Who asks for what these themes say; each account counts once however many themes it is in.

    Amounts are in the configured currency; ``other_currency_count`` amounts in others are left out.

    :ivar top_account_share: the largest account's share of the revenue, 0–1.
    :ivar trend: the strongest trend among the themes.
    """

    theme_ids: tuple[int, ...]
    statement_count: int
    account_count: int
    customer_count: int
    prospect_count: int
    segment_count: int
    revenue_amount: Decimal
    open_amount: Decimal
    open_count: int
    lost_amount: Decimal
    lost_count: int
    other_currency_count: int
    top_account_name: str
    top_account_share: float
    trend: str
    accounts: tuple[AccountLine, ...]
    quotes: tuple[Quote, ...]

    def snapshot(self) -> dict[str, Any]:
        """Return everything as values JSON can hold; amounts as text, moments in ISO form."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def evidence_of(theme_ids: Collection[int]) -> Evidence:
    """Return what stands behind themes now; none gives an empty evidence."""
    ids = tuple(sorted(set(theme_ids)))
    found = asks(ids)
    lines = lines_of(found)
    revenue = sum((line.revenue_amount for line in lines), Decimal(0))
    top = lines[0] if lines and lines[0].revenue_amount else None
    kinds = Counter(line.kind for line in lines)
    return Evidence(
        theme_ids=ids,
        statement_count=sum(ask.times for ask in found),
        account_count=len(lines),
        customer_count=kinds[AccountKind.CUSTOMER],
        prospect_count=kinds[AccountKind.PROSPECT],
        segment_count=len({line.segment for line in lines if line.segment}),
        revenue_amount=revenue,
        open_amount=sum((line.open_amount for line in lines), Decimal(0)),
        open_count=sum(line.open_count for line in lines),
        lost_amount=sum((line.lost_amount for line in lines), Decimal(0)),
        lost_count=sum(line.lost_count for line in lines),
        other_currency_count=sum(line.other_currency_count for line in lines),
        top_account_name=top.name if top else "",
        top_account_share=float(top.revenue_amount / revenue) if top and revenue else 0.0,
        trend=_trend_of(ids),
        accounts=tuple(lines),
        quotes=quotes_of(ids),
    )


def lines_of(found: Sequence[Ask]) -> list[AccountLine]:
    """Return the accounts behind ``found``, each once, the largest revenue first."""
    by_account: dict[int, list[Ask]] = defaultdict(list)
    for ask in found:
        if ask.account_id is not None:
            by_account[ask.account_id].append(ask)
    known = account_lines(by_account)
    lines = [
        replace(
            known[account_id],
            times=sum(ask.times for ask in own),
            last_said_at=max(ask.last_at for ask in own),
            theme_ids=tuple(sorted(ask.theme_id for ask in own)),
        )
        for account_id, own in by_account.items()
    ]
    return sorted(
        lines, key=lambda line: (-line.revenue_amount, -line.open_amount, -line.times, line.name.lower())
    )


def quotes_of(theme_ids: Collection[int], limit: int = QUOTES) -> tuple[Quote, ...]:
    """Return the most typical statements, one an account."""
    order = (ThemeMembership.likeness.desc(), ThemeMembership.statement_id)
    place = func.row_number().over(
        partition_by=func.coalesce(FeedbackItem.account_id, -FeedbackItem.id), order_by=order
    )
    best = (
        counting(select(ThemeMembership.statement_id, place.label("place")))
        .where(among(ThemeMembership.theme_id, theme_ids))
        .subquery()
    )
    query = (
        counting(
            select(
                Statement.id,
                ThemeMembership.theme_id,
                Statement.text,
                func.coalesce(Account.name, ""),
                func.coalesce(FeedbackItem.speaker_name, Contact.name, ""),
                FeedbackItem.said_at,
                ThemeMembership.strength,
            )
        )
        .join(best, best.c.statement_id == ThemeMembership.statement_id)
        .outerjoin(Account, Account.id == FeedbackItem.account_id)
        .outerjoin(Contact, Contact.id == FeedbackItem.contact_id)
        .where(best.c.place == 1)
        .order_by(*order)
        .limit(limit)
    )
    return tuple(Quote(*row) for row in db.session.execute(query))


def _trend_of(theme_ids: Collection[int]) -> str:
    query = select(Theme.trend).where(Theme.id.in_(theme_ids))
    trend = db.session.scalar(query.order_by(Theme.signal_rank.desc(), Theme.account_count.desc()).limit(1))
    return str(trend or Trend.TOO_FEW)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
