"""The trends kept beside themes: judged anew whenever who belongs to them changes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from ideaflow.accounts.models import Account
from ideaflow.db import among, db
from ideaflow.themes.asking.accounts import reference_day
from ideaflow.themes.asking.listening import kin_of, listening, spoken
from ideaflow.themes.models import LIVE_STATES, Theme
from ideaflow.themes.trends.expecting import Spread
from ideaflow.themes.trends.judging import find
from ideaflow.themes.trends.terms import SIGNALS, WEEKS_CHARTED, Finding, Listening, Mention, weekly


@dataclass(frozen=True)
class Lately:
    """To whom one listened, up to the day that trends refer to."""

    reference: date
    heard: Listening


def lately() -> Lately:
    """Return to whom one listened so far: the same for all themes, read from everything ever said."""
    reference = reference_day()
    return Lately(reference, listening(reference))


def judge(
    theme_ids: Collection[int] | None = None,
    beside: Lately | None = None,
    before_saving: Callable[[], None] = lambda: None,
) -> None:
    """Judge the trends of these themes (None: of all), beside what is known of the others.

    :param beside: to whom one listened, where it was read before.
    :param before_saving: called when all is judged; who takes a turn only then holds nobody up.
    """
    live = select(Theme.id, Theme.trend_detail, Theme.quieted_ratio).where(Theme.state.in_(LIVE_STATES))
    db.session.flush()
    rows = db.session.execute(live).all()
    known = {row[0]: row[1] for row in rows}
    quieted = {row[0]: row[2] for row in rows}
    ids = sorted(known) if theme_ids is None else sorted(set(theme_ids) & set(known))
    if not ids:
        return
    rest = [detail for one, detail in known.items() if one not in set(ids) and "p_up" in detail]
    beside = beside or lately()
    reference, heard = beside.reference, beside.heard
    said = spoken(ids, heard, reference)
    findings = find(
        said,
        heard,
        _names(said),
        others=[(detail["p_up"], detail["p_down"]) for detail in rest],
        kin=kin_of(ids, reference),
        spread=_spread(rest),
    )
    values = [_row(one, findings[one], said[one], heard, reference, quieted[one]) for one in ids]
    before_saving()
    db.session.execute(update(Theme), values)
    db.session.expire_all()


def _names(said: dict[int, list[Mention]]) -> dict[int, str]:
    speaking = {mention.account_id for own in said.values() for mention in own}
    query = select(Account.id, Account.name).where(among(Account.id, speaking))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _spread(rest: Sequence[dict[str, Any]]) -> Spread | None:
    """Return how much the themes of the run swing, as it was found with all of them."""
    kept = next((detail["spread"] for detail in rest if "spread" in detail), None)
    return Spread(*kept) if kept else None


def _row(
    theme_id: int,
    finding: Finding,
    own: Sequence[Mention],
    heard: Listening,
    reference: date,
    quieted: float | None,
) -> dict[str, Any]:
    # An alarm that somebody dismissed stays quiet until the theme exceeds what was dismissed (``is_quiet``).
    is_quiet = finding.trend in SIGNALS and quieted is not None and finding.ratio <= quieted
    detail = {
        **finding.detail,
        "reference_on": reference.isoformat(),
        "weeks": weekly(own, WEEKS_CHARTED),
        "active": list(heard.active[:WEEKS_CHARTED])[::-1],
    }
    return {
        "id": theme_id,
        "weekly": weekly(own),
        "trend": finding.trend,
        "signal_rank": 0 if is_quiet else finding.signal_rank,
        "trend_ratio": finding.ratio,
        "trend_low": finding.low,
        "trend_high": finding.high,
        "trend_q": finding.q,
        "trend_detail": detail,
    }
