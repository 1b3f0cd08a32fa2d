"""What might be new themes: dense groups in the pool of statements that are in no theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from ideaflow import queue
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.intake.failpoint import reach
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import account_lines
from ideaflow.themes.asking.people import known_names
from ideaflow.themes.models import LIVE_STATES, CandidateKind, StatementVector, Theme
from ideaflow.themes.reading.pool import candidate_count, in_pool
from ideaflow.themes.runs.candidates import put_down
from ideaflow.themes.statements import rereading
from ideaflow.themes.statements.vectors import packed, unpacked
from ideaflow.themes.turns import LOOK_LOCK, alone, take_turn

MOST = 20_000
"""So many statements are looked at, the newest."""
LEAST_ACCOUNTS = 2
"""Who speaks in a new theme; records without an account speak for one each."""
WEAK = 0.1
"""A pocket must be as tight as the theme at this quantile."""
QUOTES = 5
SOON_SECONDS = 20


@dataclass(frozen=True)
class _Voice:
    """One statement of the pool."""

    statement_id: int
    text: str
    item_id: int
    account_id: int | None
    said_at: datetime


def queue_look(*, soon: bool = False) -> None:
    """Ask for a look at the pool; several wishes shortly after one another are one."""
    wait = 0 if soon else SOON_SECONDS
    queue.defer("themes.look_for_new", alone="themes.look_for_new", after_seconds=wait)


def look_for_new() -> int:
    """Look for dense groups in the pool and keep what might be new themes.

    The same group keeps its number from look to look; one that a user rejected comes back only when it has
    grown by half.

    :returns: how many groups and questions wait for somebody.
    :raises Unavailable: the model is missing; says what to do.
    """
    with alone(LOOK_LOCK), rereading.with_model_in_use() as is_open:
        if not is_open:
            return candidate_count()  # The run with the model that comes looks at everything anew.
        voices, vectors = _pool()
        tight, forbidden = _tightness(), known_names()
        taken = list(db.session.scalars(select(Theme.title).where(Theme.state.in_(LIVE_STATES))))
        db.session.rollback()  # Nothing is held open while the engine works.
        texts = [one.text for one in voices]
        pockets = engine.pockets(texts, vectors, tight, forbidden=forbidden, taken=taken)
        groups = [(found, [voices[row] for row in found.rows]) for found in pockets]
        groups = [one for one in groups if len(_speakers(one[1])) >= LEAST_ACCOUNTS]
        with transaction():
            take_turn()
            _keep(groups)
            reach("themes.look_before_commit")
    return candidate_count()


def _pool() -> tuple[list[_Voice], Any]:
    query = in_pool(
        select(
            Statement.id,
            Statement.text,
            FeedbackItem.id,
            FeedbackItem.account_id,
            FeedbackItem.said_at,
            packed(StatementVector.mean),
        )
    ).where(StatementVector.model == engine.model())
    rows = db.session.execute(query.order_by(Statement.id.desc()).limit(MOST)).all()
    return [_Voice(*row[:5]) for row in rows], unpacked([row[5] for row in rows])


def _tightness() -> float:
    """Return how tight a weak theme is; without themes there is no measure, and the next run finds them."""
    weak = func.percentile_cont(WEAK).within_group(Theme.cohesion)
    query = select(weak).where(Theme.state.in_(LIVE_STATES), Theme.statement_count > 0)
    return float(db.session.scalar(query) or 1.0)


def _speakers(voices: Sequence[_Voice]) -> set[tuple[str, int]]:
    return {
        ("item", one.item_id) if one.account_id is None else ("account", one.account_id) for one in voices
    }


def _keep(groups: Sequence[tuple[Any, list[_Voice]]]) -> None:
    accounts = account_lines({one.account_id for _, own in groups for one in own if one.account_id})
    revenue = {one: line.revenue_amount for one, line in accounts.items()}
    put_down(CandidateKind.NEW, [_values(found, own, revenue) for found, own in groups])


def _values(found: Any, own: Sequence[_Voice], revenue: dict[int, Decimal]) -> dict[str, Any]:
    ids = [one.statement_id for one in own]
    heard = {one.account_id for one in own if one.account_id is not None}
    spoken: set[tuple[str, int]] = set()
    quotes = []
    for one in own:  # One quote an account, the most typical first.
        speaker = _speakers([one])
        if not speaker & spoken:
            spoken |= speaker
            quotes.append(one.statement_id)
    return {
        "title": (found.title.strip() or own[0].text.strip() or "Group")[:300],
        "statement_ids": ids,
        "quote_statement_ids": quotes[:QUOTES],
        "account_count": len(heard),
        "revenue_amount": sum((revenue[one] for one in heard), Decimal(0)),
        "likeness": found.likeness,
        "pool_likeness": found.apart,
        "first_said_at": min(one.said_at for one in own),
        "last_said_at": max(one.said_at for one in own),
        "seen_at": now(),
    }
