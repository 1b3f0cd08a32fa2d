"""All launches, and the guided page that plans one."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import config
from ideaflow.clock import today
from ideaflow.errors import Invalid
from ideaflow.launch import planning, queries, service, templates, tiers
from ideaflow.launch.doors import bp
from ideaflow.launch.forms import Form, read_plan, read_points
from ideaflow.launch.items import FUNCTIONS
from ideaflow.launch.models import Offering
from ideaflow.launch.plans import KINDS
from ideaflow.proposals.policy import ProposalType
from ideaflow.users import queries as users
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "JPY")


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show launches, the latest day first, and proposals that wait for one."""
    page = queries.launches(request.args.get("after"))
    return render(
        "launch/index.html", fragment="rows", page=page,
        counts=queries.counts_of([one.id for one in page]),
        waiting=queries.waiting_proposals() if not request.args.get("after") else [],
    )  # fmt: skip


@bp.get("/new")
@requires(Right.LAUNCH)
def new() -> ResponseReturnValue:
    """Ask what a launch needs: what is sold, when, where, by whom, and how large it is."""
    return _guide(request.args)


@bp.get("/new/tier")
@requires(Right.LAUNCH)
def tier() -> ResponseReturnValue:
    """Say which tier these points give, and what it asks for."""
    return render("launch/_tier.html", **_tier_values(request.args))


@bp.post("/new")
@requires(Right.LAUNCH)
def open_launch() -> ResponseReturnValue:
    """Plan the launch."""
    try:
        plan = read_plan(request.form, cell_names(), config.read().currency)
        launch = service.open_launch(plan, by=actor())
    except Invalid as error:
        return _guide(request.form, error=error, status=422)
    flash(
        f"{launch.name} is planned. Every check that is shown by a file or a link waits for its owner.", "go"
    )
    return redirect(url_for(".show", launch_id=launch.id), 303)


def cell_names() -> dict[tuple[int, int], str]:
    """Return what each cell is called, by channel and region."""
    channels, regions = queries.places()
    return {(c.id, r.id): f"{c.name}, {r.name}" for c in channels for r in regions}


def people() -> list[tuple[Any, str]]:
    """Return who may carry a part of a launch, as a field offers them."""
    able = [one for one in users.active() if one.may(Right.PREPARE)]
    return [("", "nobody yet"), *((one.id, one.name) for one in able)]


def drivers() -> list[tuple[Any, str]]:
    """Return who may drive a launch."""
    return [(one.id, one.name) for one in users.active() if one.may(Right.LAUNCH)]


def currencies() -> list[tuple[str, str]]:
    """Return the currencies a target may be in, ours and those of regions first."""
    _channels, regions = queries.places()
    ours = [config.read().currency, *(one.currency for one in regions if one.currency)]
    return [(code, code) for code in dict.fromkeys([*ours, *CURRENCIES])]


def _guide(values: Form, *, error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    mark_current("launches.index")
    waiting = queries.waiting_proposals()
    channels, regions = queries.places()
    chosen = values.getlist("proposal_ids") or values.getlist("proposal")
    first = next((one for one in waiting if str(one.id) in chosen), None)
    return render(
        "launch/new.html", status=status, values=values, error=error, waiting=waiting, chosen=chosen,
        first=first, is_process=first is not None and first.type == ProposalType.PROCESS,
        offering_choices=[("", "a new one, named below"), *queries.offering_names()],
        kinds=KINDS, channels=channels, regions=regions, cell_rows=list(cell_names().items()),
        region_currencies={one.id: one.currency or config.read().currency for one in regions},
        people=people(), drivers=drivers(), currencies=currencies(), functions=FUNCTIONS,
        all_drivers=tiers.DRIVERS, today=today(), me=current_user.id,
        has_market="market.index" in current_app.view_functions, **_tier_values(values),
    )  # fmt: skip


def _tier_values(values: Form) -> dict[str, Any]:
    points = read_points(values)
    found = tiers.tier_of(points)
    sold = Offering(product_code=None if values.get("kind") == "process" else "-")
    asked = planning.asked(templates.items_of(templates.newest()), found, sold)
    return {
        "points": points, "total": sum(points.values()), "tier": found, "is_rated": len(points) == 5,
        "tier_words": tiers.TIER_WORDS, "asked": asked, "blocking": sum(one.is_blocking for one in asked),
    }  # fmt: skip
