"""Scores: one proposal's by every method with their inputs, and the order of all."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import config
from ideaflow.errors import Invalid
from ideaflow.proposals import queries, ranked, service
from ideaflow.proposals.forms import read_budget, read_estimates, read_number
from ideaflow.proposals.page_parts import bp
from ideaflow.proposals.scores import telling
from ideaflow.proposals.scores.methods import Input, Method
from ideaflow.proposals.scores.ranges import Span
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/ranking")
@requires(Right.READ)
def ranking() -> ResponseReturnValue:
    """Show the order of all live proposals by one method, and what would change it."""
    currency = config.read().currency
    key, text = request.args.get("by", "rice"), request.args.get("budget", "").strip()
    most = None if request.args.get("all") else ranked.SHOWN
    found = ranked.ranking(key, read_budget(text) if text else None, most)
    ends = [end for place in found.places for end in (place.low, place.high, place.value) if end is not None]
    return render(
        "proposals/ranking.html",
        fragment="order",
        ranking=found,
        methods=ranked.methods(),
        budget=text,
        turns=_turns(found, currency),
        least=min([0.0, *ends]),
        most=max([0.0, *ends]),
        **_words(currency),
    )


@bp.get("/<int:proposal_id>/scores")
@requires(Right.READ)
def scores(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal's score by every method, and the inputs to be estimated."""
    return _page(proposal_id)


@bp.post("/<int:proposal_id>/scores")
@requires(Right.PROPOSE)
def set_estimates(proposal_id: int) -> ResponseReturnValue:
    """Set what the inputs are taken to be; when somebody saved meanwhile, show both versions."""
    form = request.form
    version = read_number(form.get("version"), "The version of the page")
    try:
        wanted = read_estimates(form, _asked(ranked.methods()))
        service.set_estimates(proposal_id, wanted, version, by=actor())
    except service.Overtaken as error:
        return _page(proposal_id, form, error.version, status=409, error=error, theirs=error.theirs)
    except Invalid as error:
        return _page(proposal_id, form, version, status=422, error=error)
    flash("The estimates are saved, and the scores follow.", "go")
    return redirect(url_for(".scores", proposal_id=proposal_id), 303)


def _page(
    proposal_id: int,
    values: Any = None,
    version: int = 0,
    *,
    status: int = 200,
    error: Any = None,
    theirs: Any = None,
) -> ResponseReturnValue:
    currency = config.read().currency
    proposal = queries.find(proposal_id)
    lines = ranked.scores_of(proposal_id)
    (one,) = ranked.scored(proposal_id=proposal_id)
    asked = _asked([line.method for line in lines])
    return render(
        "proposals/scores.html",
        status=status,
        proposal=proposal,
        lines=lines,
        one=one,
        asked=asked,
        values=values if values is not None else _shown(asked, ranked.estimates_of(proposal_id)),
        version=version or proposal.version,
        error=error,
        theirs=theirs or {},
        **_words(currency),
    )


def _asked(methods: list[Method]) -> list[Input]:
    """Return what people estimate for scores, each once."""
    return list({one.key: one for method in methods for one in method.own}.values())


def _shown(asked: list[Input], spans: dict[str, Span]) -> dict[str, str]:
    values: dict[str, str] = {}
    for one in asked:
        span = spans.get(one.key)
        if span is not None:
            values[one.key] = f"{span.likely:.12g}"
            if span.high > span.low:
                values[f"{one.key}_low"], values[f"{one.key}_high"] = f"{span.low:.12g}", f"{span.high:.12g}"
    return values


def _turns(found: ranked.Ranking, currency: str) -> list[dict[str, Any]]:
    """Return the three smallest changes that would turn the order, in words."""
    turns = sorted((place.turn for place in found.places if place.turn), key=lambda turn: turn.share)[:3]
    return [{"words": telling.turn_words(turn, currency), "is_doubtful": turn.is_doubtful} for turn in turns]


def _words(currency: str) -> dict[str, Any]:
    return {
        "value_words": lambda method, value: telling.value_words(method, value, currency),
        "input_words": lambda one, value: telling.input_words(one, value, currency),
        "turn_words": lambda turn: telling.turn_words(turn, currency),
        "holds_words": telling.holds_words,
    }
