"""The one place that turns money into another currency: by the dated table, always told, never silently."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.market.exchange import Converted, Rate, Rates, Total, Unconverted
from ideaflow.market.models import ExchangeRate

__all__ = ["Converted", "Rates", "Total", "Unconverted", "convert", "rates_on", "total"]


def rates_on(on: date) -> Rates:
    """Return the rates that hold on a day; one question to the database, whatever is converted then."""
    latest = (
        select(ExchangeRate)
        .where(ExchangeRate.rate_on <= on)
        .order_by(ExchangeRate.base, ExchangeRate.currency, ExchangeRate.rate_on.desc())
        .distinct(ExchangeRate.base, ExchangeRate.currency)
    )
    found = db.session.scalars(latest)
    return Rates(on, (Rate(one.base, one.currency, one.rate_on, one.rate, one.source) for one in found))


def convert(amount: Decimal, currency: str, to: str, on: date) -> Converted | Unconverted:
    """Return an amount in another currency on a day; for many amounts ask :func:`rates_on` once."""
    return rates_on(on).convert(amount, currency, to)


def total(sums: Mapping[str, Decimal], to: str, on: date) -> Total:
    """Return amounts of several currencies as one sum on a day, with what could not be part of it."""
    return rates_on(on).total(sums, to)
