"""The page of the loop: of what we were told, how much came back to who said it, and what has not."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import NotFound
from ideaflow.loop import closing
from ideaflow.loop.closing import Stage
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("closing", __name__, url_prefix="/loop")
WORDS = {
    Stage.HEARD: "Heard", Stage.THEMED: "In a theme", Stage.DECIDED: "Decided about",
    Stage.DELIVERED: "Delivered", Stage.TOLD: "Told", Stage.CONFIRMED: "Confirmed",
    Stage.UNTOLD: "Not told yet",
}  # fmt: skip
SPAN_WORDS = {"12w": "12 weeks", "52w": "52 weeks", "all": "Ever"}


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show how far what was said came, and how much of it came back."""
    span = _span()
    return render(
        "loop/closing.html",
        counted=closing.measure(span),
        stages=WORDS,
        span=span,
        tabs=_tabs(span),
        least=closing.LEAST,
    )


@bp.get("/<stage>")
@requires(Right.READ)
def show(stage: str) -> ResponseReturnValue:
    """Show the items at one stage, in their own words."""
    if stage not in set(Stage):
        raise NotFound()
    at, span = Stage(stage), _span()
    page = closing.items_at(at, span, after=request.args.get("after"))
    return render("loop/closing_items.html", fragment="rows", page=page, at=at, word=WORDS[at], span=span)


def _span() -> str:
    span = request.args.get("span", "52w")
    return span if span in closing.SPANS else "52w"


def _tabs(current: str) -> list[dict[str, object]]:
    return [
        {"label": word, "url": url_for(".index", span=span), "is_current": span == current}
        for span, word in SPAN_WORDS.items()
    ]
