"""What an address asks of the portfolio, as typed values."""

from collections.abc import Mapping, Sequence
from math import isfinite

from ideaflow.errors import Invalid
from ideaflow.insights.terms import PERIODS, Scope
from ideaflow.proposals.policy import ProposalType

LONGEST = 300


def read_scope(values: Mapping[str, str]) -> Scope:
    """Return the filters of an address; what it does not know shows all, as no filter does."""
    kind, period = values.get("type", ""), values.get("period", "")
    return Scope(
        arena=values.get("arena", "")[:LONGEST],
        type=kind if kind in set(ProposalType) else "",
        process=values.get("process", "")[:LONGEST],
        period=period if period in PERIODS else "",
    )


def read_targets(values: Mapping[str, str], parts: Sequence[str]) -> dict[str, float]:
    """Return the share of each part that has one: 30 %, 30 and 0.3 are the same.

    :raises Invalid: one is no number; names each.
    """
    shares: dict[str, float] = {}
    problems: list[dict[str, object]] = []
    for part in parts:
        text = values.get(part, "").strip()
        share = _share(text)
        if text and share is None:
            reason = f"“{text[:40]}” is no number. Write it like 0.3 or 30 %."
            problems.append({"field": part, "reason": reason})
        elif share is not None:
            shares[part] = share
    if problems:
        raise Invalid(f"The targets were not saved. {problems[0]['reason']}", problems)
    return shares


def _share(text: str) -> float | None:
    has_sign = text.endswith("%")
    try:
        value = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    if not isfinite(value):
        return None
    # 30 without a sign can only mean 30 %.
    return round(value / 100 if has_sign or value > 1 else value, 6)
