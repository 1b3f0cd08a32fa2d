"""Exchange rates: brought by a file or said on a page; the day's last word counts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.market.facts import RatesData
from ideaflow.market.hooks import Said
from ideaflow.market.models import ExchangeRate


def take_rates(session: Session, source: str, facts: Sequence[RatesData], said: Said) -> None:
    """Keep the rates of some days inside the caller's transaction; one known for the day gives way."""
    by_key = {
        (fact.base, currency, fact.day): rate
        for fact in facts
        for currency, rate in fact.rates
        if currency != fact.base
    }
    rows = [
        {
            "base": base,
            "currency": currency,
            "rate_on": day,
            "rate": rate,
            "source": source,
            "said_at": said.at,
        }
        for (base, currency, day), rate in by_key.items()
    ]
    if not rows:
        return
    new = insert(ExchangeRate)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["base", "currency", "rate_on"],
            set_={name: new.excluded[name] for name in ("rate", "source", "said_at")},
            where=or_(ExchangeRate.rate != new.excluded.rate, ExchangeRate.source != new.excluded.source),
        ),
        rows,
    )


def say_rate(base: str, currency: str, day: date, rate: Decimal, *, by: Actor) -> ExchangeRate:
    """Say what one unit of the base buys on a day; an earlier word on that day gives way."""
    with transaction() as session:
        known = session.query(ExchangeRate).filter_by(base=base, currency=currency, rate_on=day).one_or_none()
        before = {"rate": known.rate, "source": known.source} if known else None
        row = known or ExchangeRate(base=base, currency=currency, rate_on=day)
        row.rate, row.source, row.said_at = rate, by.name, now()
        session.add(row)
        audit.record(by, "market.say_rate", row, before=before, after={"day": day, "rate": rate})
    return row
