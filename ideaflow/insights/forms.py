"""What an address asks of the portfolio, as typed values."""

from collections.abc import Mapping

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
