"""What has changed between the numbers frozen at a moment and those of now. Pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow import wording

MOST_NAMES = 3


@dataclass(frozen=True)
class Delta:
    """One number of the evidence, frozen beside now.

    :param label: what it proves; ``source``: what it is counted from.
    :param words: what has happened since: “1 more: Atelier Gauthier”, “unchanged”, empty if never frozen.
    :param tone: up (better than frozen), down (worse), or none.
    """

    label: str
    source: str
    frozen: str
    now: str
    words: str
    tone: str = ""


def deltas(frozen: Mapping[str, Any] | None, current: Mapping[str, Any], currency: str) -> list[Delta]:
    """Return the rows of the evidence table.

    :param frozen: numbers as ``themes.queries.Evidence.snapshot`` gave them then; None: never frozen.
    :param current: the same, of now.
    """
    then = frozen or {}
    accounts = int(current.get("account_count", 0))
    return [
        _accounts(then, current, frozen is not None),
        _money("Revenue a year", _each_once(accounts), "revenue_amount", then, current, currency),
        _money("Pipeline open", _opportunities(current, "open"), "open_amount", then, current, currency),
        _money("Pipeline lost", _opportunities(current, "lost"), "lost_amount", then, current, currency),
        _trend(then, current),
    ]


def has_changed(frozen: Mapping[str, Any], account_count: int, revenue_amount: float) -> bool:
    """Return whether a list should mark a proposal: its accounts or their revenue are not as frozen."""
    return int(frozen.get("account_count", 0)) != account_count or (
        round(float(frozen.get("revenue_amount") or 0)) != round(revenue_amount)
    )


def _accounts(then: Mapping[str, Any], current: Mapping[str, Any], is_frozen: bool) -> Delta:
    before = {line["account_id"]: line["name"] for line in then.get("accounts", [])}
    after = {line["account_id"]: line["name"] for line in current.get("accounts", [])}
    come = [name for key, name in after.items() if key not in before]
    gone = [name for key, name in before.items() if key not in after]
    words, tone = "", ""
    if is_frozen:
        parts = [f"{len(come)} more: {_names(come)}"] if come else []
        parts += [f"{len(gone)} fewer: {_names(gone)}"] if gone else []
        words = "; ".join(parts) or "unchanged"
        tone = "down" if gone else "up" if come else ""
    shown = wording.count(int(then["account_count"])) if is_frozen else wording.NONE
    source = f"{wording.plural(int(current.get('statement_count', 0)), 'statement')} in their words"
    return Delta(
        "Accounts that ask", source, shown, wording.count(int(current.get("account_count", 0))), words, tone
    )


def _money(
    label: str, source: str, key: str, then: Mapping[str, Any], current: Mapping[str, Any], currency: str
) -> Delta:
    now = float(current.get(key) or 0)
    if not then:
        return Delta(label, source, wording.NONE, wording.money(now, currency), "")
    before = float(then.get(key) or 0)
    gain = round(now) - round(before)
    sign = "+" if gain > 0 else "−"
    words = f"{sign} {wording.money(abs(gain), currency)}" if gain else "unchanged"
    # More money lost is no better case for anybody; it is told, not cheered.
    tone = "" if not gain or key == "lost_amount" else "up" if gain > 0 else "down"
    return Delta(label, source, wording.money(before, currency), wording.money(now, currency), words, tone)


def _trend(then: Mapping[str, Any], current: Mapping[str, Any]) -> Delta:
    before, now = _trend_words(then.get("trend")), _trend_words(current.get("trend"))
    words = "" if not then else "unchanged" if before == now else f"was {before}"
    return Delta("Trend", "accounts a week, the last 4 against before", before, now, words)


def _trend_words(trend: object) -> str:
    return wording.TREND_WORDS.get(str(trend), str(trend)) if trend else wording.NONE


def _names(names: Sequence[str]) -> str:
    shown = sorted(names)[:MOST_NAMES]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} others" if rest > 1 else " and 1 other" if rest else "")


def _each_once(accounts: int) -> str:
    if accounts == 1:
        return "the same account"
    return f"the same {accounts:,} accounts, each once" if accounts else "no account yet"


def _opportunities(current: Mapping[str, Any], which: str) -> str:
    return wording.plural(int(current.get(f"{which}_count", 0)), "opportunity")
