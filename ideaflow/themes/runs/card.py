"""The card of a run: what was read, what was left out and why, and how far the themes can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from ideaflow.accounts.models import Account
from ideaflow.accounts.queries import our_revenue
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import engine
from ideaflow.themes.asking import languages
from ideaflow.themes.models import LIVE_STATES, PlacedBy, Theme, ThemeEvent, ThemeMembership, ThemeRun
from ideaflow.themes.statements.snapshot import Placement, Snapshot

if TYPE_CHECKING:
    from ideaflow.themes.engine import Discovery

ENGLISH = (engine.DEFAULT, f"{engine.QUICK}-1-{engine.DEFAULT}")
"""Versions of the model that was trained on English start with these."""
BY_PEOPLE = "excluded"
"""Why a statement is in no theme: somebody took it out."""


def describe(
    run: ThemeRun, before: Snapshot, placed: Mapping[int, Placement], found: Discovery
) -> dict[str, Any]:
    """Return the card of a run that is about to be made public, as plain values.

    Keys: ``items``, ``wordless_items`` (nothing but greetings and the like), ``uncounted_items``
    (withdrawn or replaced); ``statements``, ``copies``, ``left_out`` (reason → statements);
    ``accounts``, ``accounts_heard``, ``accounts_in_themes``, ``revenue_share`` (0–1, of those in themes);
    ``cohesion`` and ``stability`` (0–1), ``levels`` (name → number), ``events`` (kind → number),
    ``languages`` (two letters → statements), ``is_english`` (the model knows English only),
    ``by_people`` (statements that people placed).

    :param run: its figures are filled in already.
    """
    report = found.report
    outside = run.noise_count
    by_people = sum(
        1 for one in before.ids if (place := placed.get(one)) is not None and place.theme_id is None
    )
    return {
        **_items(),
        **_accounts(),
        "languages": languages.spoken(),
        "is_english": run.model.startswith(ENGLISH),
        "statements": run.statement_count,
        "copies": report.copies,
        "left_out": _reasons(
            {str(key): number for key, number in report.left_out.items()}, by_people, outside
        ),
        "cohesion": report.cohesion,
        "stability": report.stability,
        "levels": {"areas": len(found.areas), "themes": run.theme_count, "parts": len(found.parts)},
        "events": _events(run),
        "by_people": sum(1 for place in placed.values() if place.placed_by == PlacedBy.USER),
    }


def _reasons(left_out: dict[str, int], by_people: int, outside: int) -> dict[str, int]:
    """Return why statements are in no theme; the numbers add up to ``outside``.

    People may have brought some back in since, or taken more out while the run was under way, so the
    engine's own reasons are cut to what is really outside.
    """
    reasons = {BY_PEOPLE: by_people} if by_people else {}
    left = outside - by_people
    for reason, number in sorted(left_out.items(), key=lambda one: (-one[1], one[0])):
        if reason != BY_PEOPLE and (taken := min(number, left)) > 0:
            reasons[reason] = taken
            left -= taken
    if left > 0:
        reasons["alone"] = reasons.get("alone", 0) + left
    return reasons


def _items() -> dict[str, int]:
    counts = FeedbackItem.counts
    spoken = exists().where(Statement.item_id == FeedbackItem.id)
    read = FeedbackItem.read_at.is_not(None)
    items, wordless, uncounted = db.session.execute(
        select(
            func.count().filter(counts & read),
            func.count().filter(counts & read & ~spoken),
            func.count().filter(~counts),
        ).select_from(FeedbackItem)
    ).one()
    return {"items": items, "wordless_items": wordless, "uncounted_items": uncounted}


def _accounts() -> dict[str, Any]:
    heard = exists().where(FeedbackItem.account_id == Account.id, FeedbackItem.counts)
    inside = (
        select(FeedbackItem.account_id)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .join(Theme, Theme.id == ThemeMembership.theme_id)
        .where(FeedbackItem.counts, Theme.state.in_(LIVE_STATES), FeedbackItem.account_id.is_not(None))
    )
    in_themes = Account.id.in_(inside)
    revenue = func.coalesce(func.sum(our_revenue()), 0)
    covered = func.coalesce(func.sum(our_revenue()).filter(in_themes), 0)
    every, spoke, held, all_revenue, its_revenue = db.session.execute(
        select(
            func.count(Account.id), func.count(Account.id).filter(heard),
            func.count(Account.id).filter(in_themes), revenue, covered,
        )
    ).one()  # fmt: skip
    return {
        "accounts": every,
        "accounts_heard": spoke,
        "accounts_in_themes": held,
        "revenue_share": float(its_revenue or 0) / float(all_revenue) if all_revenue else None,
    }


def _events(run: ThemeRun) -> dict[str, int]:
    kinds = db.session.scalars(select(ThemeEvent.kind).where(ThemeEvent.run_id == run.id))
    return dict(Counter(str(kind) for kind in kinds))
