"""The pages of the portfolio as they are for a scope, and any one number of them by its key."""

from ideaflow.clock import now
from ideaflow.errors import NotFound
from ideaflow.insights import queries
from ideaflow.insights.flow import FlowSheet, flow_sheet
from ideaflow.insights.mix import MixSheet, mix_sheet
from ideaflow.insights.pace import PaceSheet, pace_sheet
from ideaflow.insights.terms import Figure, Scope, figures_in

PAGES = ("flow", "time", "balance")
PACE_KEYS = frozenset({"stage", "flow", "latency", "decisions", "conditions"})
FLOW_KEYS = frozenset({"reached", "gate", "kills", "goes", "granted", "way"})


def flow(scope: Scope) -> FlowSheet:
    """Return what becomes of proposals."""
    at = now()
    ways = queries.ways(scope)
    return flow_sheet(queries.frame(scope), ways, queries.reviews(scope), scope.since(at), at)


def pace(scope: Scope) -> PaceSheet:
    """Return where the time goes."""
    at = now()
    return pace_sheet(
        queries.frame(scope), queries.ways(scope), queries.reviews(scope), queries.pledges(scope),
        scope.since(at), at,
    )  # fmt: skip


def mix(scope: Scope) -> MixSheet:
    """Return what work divides over, who carries it, what drifted."""
    live = queries.live_ways(scope)
    return mix_sheet(queries.frame(scope), live, queries.present(scope, [way.id for way in live]))


MAKERS = {"flow": flow, "time": pace, "balance": mix}


def page_of(key: str) -> str:
    """Return the page on which the number with this key stands."""
    head = key.split(".")[0]
    return "flow" if head in FLOW_KEYS else "time" if head in PACE_KEYS else "balance"


def find(scope: Scope, key: str) -> Figure:
    """Return one number by its key.

    :raises NotFound: there is none of this key in this scope.
    """
    sheet: object = MAKERS[page_of(key)](scope)
    figure = next((one for one in figures_in(sheet) if one.key == key), None)
    if figure is None:
        raise NotFound("The portfolio has no such number here. Choose other filters, or go back to it.")
    return figure


def every_figure(scope: Scope) -> list[tuple[str, Figure]]:
    """Return every number of every page, each with its page."""
    return [(page, figure) for page in PAGES for figure in figures_in(MAKERS[page](scope))]
