"""The race: moves of competitors, what of ours each touches, and the sales that name them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.launch import moves
from ideaflow.launch.matrix import coming, reading, rivalry, telling
from ideaflow.launch.matrix.rivalry import Touched
from ideaflow.launch.models import Launch
from ideaflow.launch.race import Lead
from ideaflow.proposals import service as proposals
from ideaflow.proposals.forms import read_move, read_number
from ideaflow.proposals.models import CompetitorMove
from ideaflow.proposals.page_parts import record_choices
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

bp = Blueprint("race", __name__, url_prefix="/race")


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show the moves of competitors, the newest first; with ``launch``, which of them it races."""
    mark_current("launches.index")
    launch = _launch()
    page = rivalry.newest(request.args.get("words", ""), after=request.args.get("after"))
    touched = rivalry.touched([one.id for one in page])
    return render(
        "launch/rivals.html",
        fragment="rows",
        page=page,
        launch=launch,
        words=request.args.get("words", ""),
        touched=touched,
        leads=_leads(page.rows, touched),
        raced={one.id for one in moves.moves_of(launch)} if launch else set(),
        tied=rivalry.tied(launch.id) if launch else set(),
        exposed=moves.exposed({one.competitor for one in page}),
        span_words=telling.span_words,
    )


@bp.get("/new")
@requires(Right.PROPOSE)
def new() -> ResponseReturnValue:
    """Ask for a competitor's move."""
    return _form({})


@bp.post("/new")
@requires(Right.PROPOSE)
def add() -> ResponseReturnValue:
    """Write a competitor's move down, and let a launch race it."""
    launch = _launch()
    try:
        move = proposals.keep_move(read_move(request.form), by=actor())
    except Invalid as error:
        return _form(request.form, error=error, status=422)
    if launch is not None:
        moves.tie(launch.id, move.id, by=actor())
        flash(f"{launch.name} races it now.", "go")
        return redirect(url_for("launches.show", launch_id=launch.id, _anchor="race"), 303)
    flash("It is written down. Tie it to a launch, or cite it in a proposal.", "go")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:move_id>/launches/<int:launch_id>")
@requires(Right.PROPOSE)
def tie(move_id: int, launch_id: int) -> ResponseReturnValue:
    """Let a launch race a move."""
    move = moves.tie(launch_id, move_id, by=actor())
    undo = {
        "words": f"It races {move.name} now.",
        "undo_url": url_for(".untie", move_id=move_id, launch_id=launch_id),
        "undo": {},
    }
    flash(undo, "go")  # type: ignore[arg-type]
    return redirect(url_for("launches.show", launch_id=launch_id, _anchor="race"), 303)


@bp.post("/<int:move_id>/launches/<int:launch_id>/end")
@requires(Right.PROPOSE)
def untie(move_id: int, launch_id: int) -> ResponseReturnValue:
    """Let a launch race a move no more."""
    move = moves.untie(launch_id, move_id, by=actor())
    undo = {
        "words": f"It races {move.name} no more.",
        "undo_url": url_for(".tie", move_id=move_id, launch_id=launch_id),
        "undo": {},
    }
    flash(undo)  # type: ignore[arg-type]
    return redirect(url_for("launches.show", launch_id=launch_id, _anchor="race"), 303)


@bp.get("/exposed")
@requires(Right.READ)
def exposed() -> ResponseReturnValue:
    """Show the open opportunities that name a competitor, the largest first, with the words that do."""
    mark_current("launches.index")
    competitor = " ".join(request.args.get("competitor", "").split())[:300]
    page = rivalry.sales_naming(competitor, after=request.args.get("after"))
    return render(
        "launch/exposed.html",
        fragment="rows",
        competitor=competitor,
        page=page,
        whole=moves.exposed([competitor]).get(competitor),
        said=rivalry.said_of([one.id for one in page], competitor),
    )


def _leads(known: Sequence[CompetitorMove], touched: Mapping[int, Touched]) -> dict[int, Lead]:
    """Return the lead of each proposal on its way that moves of this page touch."""
    racing: dict[int, list[CompetitorMove]] = defaultdict(list)
    for move in known:
        for proposal_id, _ in touched[move.id].proposals if move.id in touched else ():
            racing[proposal_id].append(move)
    claims = {number: [one.claim for one in moves.rivals(found)] for number, found in racing.items()}
    return coming.leads_of({number: found for number, found in claims.items() if found})


def _launch() -> Launch | None:
    number = request.values.get("launch", "")
    return reading.find(read_number(number, "The launch")) if number else None


def _form(values: object, *, error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    mark_current("launches.index")
    return render(
        "launch/new_move.html",
        status=status,
        values=values,
        error=error,
        launch=_launch(),
        choices=record_choices(),
    )
