"""Questions about themes: the one address for doors and other slices."""

from ideaflow.themes.asking.accounts import AccountLine, reference_day
from ideaflow.themes.asking.backing import Evidence, Quote, evidence_of, quotes_of
from ideaflow.themes.reading.filters import InboxFilters, View
from ideaflow.themes.reading.inbox import (
    ORDERS,
    Coverage,
    coverage,
    current_run,
    inbox,
    inbox_count,
    key_after,
    views_counts,
)
from ideaflow.themes.reading.past import Past, history
from ideaflow.themes.reading.pieces import (
    STATEMENT_ORDERS,
    Neighbour,
    StatementLine,
    WhyHere,
    accounts_of,
    echoes,
    living_id,
    similar,
    statement_lines,
    statements,
    theme,
    why_here,
)
from ideaflow.themes.reading.runs_past import past_runs, run

__all__ = [
    "ORDERS",
    "STATEMENT_ORDERS",
    "AccountLine",
    "Coverage",
    "Evidence",
    "InboxFilters",
    "Neighbour",
    "Past",
    "Quote",
    "StatementLine",
    "View",
    "WhyHere",
    "accounts_of",
    "coverage",
    "current_run",
    "echoes",
    "evidence_of",
    "history",
    "inbox",
    "inbox_count",
    "key_after",
    "living_id",
    "past_runs",
    "quotes_of",
    "reference_day",
    "run",
    "similar",
    "statement_lines",
    "statements",
    "theme",
    "views_counts",
    "why_here",
]
