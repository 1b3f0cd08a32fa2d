"""What the pages of the market share: the blueprint, the tabs, channels and regions to choose from."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import IdeaflowError
from ideaflow.market import places, queries
from ideaflow.market.hooks import Cell
from ideaflow.market.measured import unit_price
from ideaflow.market.models import Channel, Region
from ideaflow.web import render

bp = Blueprint("market", __name__, url_prefix="/market")
TABS = (
    ("Cells", "market.index"), ("Accounts", "market.accounts"), ("Price books", "market.prices"),
    ("Sellers", "market.sellers"), ("Training", "market.training"), ("Partners", "market.partners"),
    ("Exchange rates", "market.rates"),
)  # fmt: skip
bp.add_app_template_filter(unit_price, "unit_price")


@bp.app_template_filter("line_option")
def line_option(line: Channel | Region, before: str = "") -> tuple[int, str]:
    """Return a channel or region as an option of a field to choose from."""
    return line.id, f"{before}{line.name}"


@bp.app_template_filter("name_in")
def name_in(line_id: int, names: Mapping[int, str]) -> str:
    """Return the name behind a number."""
    return names.get(line_id, "?")


def page(
    template: str, tab: str, *, error: IdeaflowError | None = None, fragment: str = "", **values: Any
) -> ResponseReturnValue:
    """Show a page of the market with its tabs, and what went wrong in the form it answers."""
    tabs = [
        {"label": label, "url": url_for(endpoint), "is_current": endpoint == tab} for label, endpoint in TABS
    ]
    return render(
        template,
        fragment=fragment,
        status=error.status if error else 200,
        tabs=tabs,
        error=error,
        form=request.form,
        channels=places.current_channels(),
        regions=places.current_regions(),
        **values,
    )


def retired_cells(used: Iterable[Any]) -> set[Cell]:
    """Return the cells in use that no form offers: their channel or region is retired. Saving keeps them."""
    channels = {one.id for one in places.current_channels()}
    regions = {one.id for one in places.current_regions()}
    cells = {(one.channel_id, one.region_id) for one in used}
    return {cell for cell in cells if cell[0] not in channels or cell[1] not in regions}


def names() -> dict[str, dict[int, str]]:
    """Return the names of all channels and regions, also the retired ones, for cells in lists."""
    return {
        "channels": {one.id: one.name for one in queries.channels()},
        "regions": {one.id: one.name for one in queries.regions()},
    }
