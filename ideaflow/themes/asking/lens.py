"""What accounts stand for, each once: customers and prospects apart, revenue beside pipeline, not blended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ideaflow.accounts.models import AccountKind
from ideaflow.themes.asking.accounts import AccountLine

RENEWAL_DAYS = 180
ZERO = Decimal(0)


@dataclass(frozen=True)
class Worth:
    """Some accounts together; amounts in the configured currency.

    :ivar renewal_count: those whose contract renews within ``RENEWAL_DAYS``, with their revenue a year.
    :ivar other_currency_count: amounts in other currencies, which are in no sum.
    """

    account_count: int
    revenue_amount: Decimal
    open_amount: Decimal
    open_count: int
    lost_amount: Decimal
    lost_count: int
    renewal_count: int
    renewal_amount: Decimal
    other_currency_count: int


@dataclass(frozen=True)
class Lens:
    """The same of all accounts, of customers and of prospects."""

    whole: Worth
    customers: Worth
    prospects: Worth


def lens_of(lines: Iterable[AccountLine], today: date) -> Lens:
    """Return what accounts stand for; each line is one account."""
    known = list(lines)
    buys = [line for line in known if line.kind == AccountKind.CUSTOMER]
    others = [line for line in known if line.kind != AccountKind.CUSTOMER]
    return Lens(worth_of(known, today), worth_of(buys, today), worth_of(others, today))


def worth_of(lines: Iterable[AccountLine], today: date) -> Worth:
    """Add accounts up, each line once."""
    known = list(lines)
    renewing = [line for line in known if renews_soon(line.renews_on, today)]
    return Worth(
        account_count=len(known),
        revenue_amount=sum((line.revenue_amount for line in known), ZERO),
        open_amount=sum((line.open_amount for line in known), ZERO),
        open_count=sum(line.open_count for line in known),
        lost_amount=sum((line.lost_amount for line in known), ZERO),
        lost_count=sum(line.lost_count for line in known),
        renewal_count=len(renewing),
        renewal_amount=sum((line.revenue_amount for line in renewing), ZERO),
        other_currency_count=sum(line.other_currency_count for line in known),
    )


def renews_soon(renews_on: date | None, today: date) -> bool:
    """Return whether a contract renews within ``RENEWAL_DAYS``, today and the last day included.

    >>> renews_soon(date(2027, 1, 14), date(2026, 11, 19)), renews_soon(date(2027, 6, 1), date(2026, 11, 19))
    (True, False)
    """
    return renews_on is not None and today <= renews_on <= today + timedelta(days=RENEWAL_DAYS)
