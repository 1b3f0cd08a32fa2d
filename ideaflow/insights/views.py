"""Pages of the portfolio: what becomes of proposals, where the time goes, what work divides over."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import config
from ideaflow.errors import Invalid, NotFound
from ideaflow.insights import downloads, queries, service, sheets, telling
from ideaflow.insights.forms import read_scope, read_targets
from ideaflow.insights.mix import DIMENSION_WORDS, PARTS, Dimension, words_of
from ideaflow.insights.terms import LEAST, PERIODS, Case, Scope
from ideaflow.proposals import parts
from ideaflow.proposals.policy import ProposalType
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

bp = Blueprint("portfolio", __name__, url_prefix="/portfolio")
bp.add_app_template_filter(telling.value_words, "figure_words")
bp.add_app_template_filter(telling.doubt_words, "doubt_words")
bp.add_app_template_filter(telling.change_words, "change_words")
MOST_SHOWN = 500


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show how many proposals get how far, what gates decide, who goes on and who is stopped."""
    scope = read_scope(request.args)
    sheet = sheets.flow(scope)
    wanted = (request.args.get("from", ""), request.args.get("to", ""))
    passage = telling.chosen_passage(sheet.passages, *wanted)
    return _page(
        "flow", scope, sheet=sheet, lead=telling.flow_lead(sheet), passage=passage,
        curves=telling.curves_picture(passage) if passage and passage.advanced.value is not None else None,
        attrition=telling.attrition_picture(sheet), gates=telling.gates_picture(sheet),
        rows=telling.by_start(sheet.passages), goals=telling.goals_of(sheet.passages),
    )  # fmt: skip


@bp.get("/time")
@requires(Right.READ)
def time() -> ResponseReturnValue:
    """Show how long stages take, what is work and what is waiting, how fast gates decide."""
    scope = read_scope(request.args)
    sheet = sheets.pace(scope)
    return _page(
        "time", scope, sheet=sheet, lead=telling.pace_lead(sheet), divided=telling.divided_picture(sheet)
    )


@bp.get("/balance")
@requires(Right.READ)
def balance() -> ResponseReturnValue:
    """Show what work divides over beside what was meant, who carries it, what has drifted."""
    scope = read_scope(request.args)
    sheet = sheets.mix(scope)
    return _page(
        "balance", scope, sheet=sheet, lead=telling.mix_lead(sheet, config.read().currency),
        words=DIMENSION_WORDS,
        pictures={one.dimension: telling.balance_picture(one) for one in sheet.balances},
    )  # fmt: skip


@bp.get("/behind")
@requires(Right.READ)
def behind() -> ResponseReturnValue:
    """Show the proposals behind one number, those it counts first."""
    scope = read_scope(request.args)
    figure = sheets.find(scope, request.args.get("figure", ""))
    page = sheets.page_of(figure.key)
    mark_current("portfolio.index")
    return render(
        "portfolio/behind.html", figure=figure, scope=scope.plain(), back=_address(page, scope),
        counted=_proposals(figure.counted), rest=_proposals(figure.rest), most=MOST_SHOWN,
    )  # fmt: skip


@bp.get("/numbers.csv")
@requires(Right.READ)
def numbers_csv() -> ResponseReturnValue:
    """Answer every number of the portfolio as a table."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(downloads.COLUMNS)
    rows = downloads.rows_of(sheets.every_figure(read_scope(request.args)))
    writer.writerows(downloads.cells_of(row) for row in rows)
    response = Response(buffer.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="portfolio.csv"'
    return response


@bp.get("/numbers.json")
@requires(Right.READ)
def numbers_json() -> ResponseReturnValue:
    """Answer every number of the portfolio as JSON, with the scope it is counted in."""
    scope = read_scope(request.args)
    return jsonify(scope=scope.plain(), numbers=downloads.rows_of(sheets.every_figure(scope)))


@bp.get("/targets/<dimension>")
@requires(Right.ADMINISTER)
def targets(dimension: str) -> ResponseReturnValue:
    """Show the targets of a dimension to be edited."""
    shares, version = queries.targets_of(_dimension(dimension))
    return _form(dimension, {part: f"{100 * share:g} %" for part, share in shares.items()}, version)


@bp.post("/targets/<dimension>")
@requires(Right.ADMINISTER)
def set_targets(dimension: str) -> ResponseReturnValue:
    """Save the targets of a dimension; when somebody saved meanwhile, show both versions."""
    form, version = request.form, request.form.get("version", 0, type=int)
    try:
        shares = read_targets(form, PARTS[_dimension(dimension)])
        target = service.set_targets(dimension, shares, version, by=actor())
    except service.Overtaken as error:
        return _form(dimension, form, error.version, status=409, error=error, theirs=error.theirs)
    except Invalid as error:
        return _form(dimension, form, version, status=422, error=error)
    flash(f"{target.name} are saved.", "go")
    return redirect(url_for(".balance"), 303)


def _dimension(name: str) -> Dimension:
    if name not in PARTS:
        raise NotFound("There are no such targets. Those of arenas are kept with the arenas.")
    return Dimension(name)


def _form(
    dimension: str, values: Any, version: int, *, status: int = 200, error: Any = None, theirs: Any = None
) -> ResponseReturnValue:
    mark_current("portfolio.index")
    known = Dimension(dimension)
    return render(
        "portfolio/targets.html", status=status, dimension=dimension, words=DIMENSION_WORDS[known],
        parts=[(part, words_of(part)) for part in PARTS[known]], values=values, version=version,
        error=error, theirs=theirs,
    )  # fmt: skip


def _page(page: str, scope: Scope, **values: Any) -> ResponseReturnValue:
    mark_current("portfolio.index")
    known = queries.choices()
    return render(
        f"portfolio/{page}.html", page=page, scope=scope.plain(), least=LEAST,
        tabs=[
            {"label": label, "url": _address(one, scope), "is_current": one == page}
            for one, label in TABS.items()
        ],
        here=_address(page, Scope()),
        arenas=[("", "Every arena"), *((name, name) for name in known.arenas)],
        types=[("", "Every type"), *((one.value, one.words.capitalize()) for one in ProposalType)],
        processes=[("", "Every process"), *known.processes],
        periods=list(PERIODS.items()), **values,
    )  # fmt: skip


TABS = {
    "flow": "What becomes of them", "time": "Where the time goes", "balance": "What work divides over",
}  # fmt: skip
ENDPOINTS = {"flow": ".index", "time": ".time", "balance": ".balance"}


def _address(page: str, scope: Scope) -> str:
    return url_for(ENDPOINTS[page], **scope.plain())  # type: ignore[arg-type]


def _proposals(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return each proposal of these cases once, with its state and all it has to do with the number."""
    details: dict[int, list[str]] = {}
    for case in cases:
        details.setdefault(case.proposal_id, []).append(case.detail)
    found = queries.states_of(list(details)[:MOST_SHOWN])
    states = parts.states_of(found)
    return [
        {"proposal": one, "state": states[one.id], "details": details[one.id], "count": len(details)}
        for one in found
    ]
