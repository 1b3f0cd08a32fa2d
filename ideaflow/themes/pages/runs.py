"""Pages of the runs that found the themes: what each read, what it left out, how far to trust it."""

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.clock import today
from ideaflow.themes import queries, service
from ideaflow.themes.asking import languages
from ideaflow.themes.models import RunState, ThemeRun
from ideaflow.themes.pages.parts import back_url, bp, known, may_triage
from ideaflow.themes.runs import nights
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import in_background, render, wants_fragment

REASONS = {
    "excluded": "taken out of every theme by people",
    "wordless": "without a word in them",
    "alone": "far from everything else, among texts no nearer than chance, or said too seldom for a theme",
}
EVENTS = {
    "born": "New themes",
    "continued": "Themes that changed",
    "split": "Themes out of a split",
    "merged": "Themes merged into others",
    "retired": "Themes that nothing is left of",
}
STEADY, SHAKY = 0.9, 0.75
"""From which agreement between two seeds a cut is called steady, and below which shaky."""


@bp.get("/runs")
@requires(Right.READ)
def runs() -> ResponseReturnValue:
    """Show the runs that ended, newest first."""
    page, covered, night = (
        queries.past_runs(request.args.get("after")),
        queries.coverage(),
        nights.next_night(),
    )
    return render(
        "themes/runs.html",
        fragment="rows",
        page=page,
        run=sentences.run_words(covered.current, covered.failed),
        night=sentences.night_words(night.at, today(), night.statement_count, night.decision_count),
        may_triage=may_triage(),
    )


@bp.get("/run")
@requires(Right.READ)
def run_strip() -> ResponseReturnValue:
    """Say how the run goes on; asked again each second while it does."""
    if not wants_fragment():
        return redirect(url_for(".index"), 303)
    in_background()
    covered = queries.coverage()
    if covered.current:
        words = sentences.run_words(covered.current, None)
        return render("themes/_run.html", fragment="going", run=words)
    answer = make_response(_strip())
    # What stands there goes as a whole: the button that stops it too.
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#run", "innerHTML"
    return answer


@bp.post("/runs/<int:run_id>/stop")
@requires(Right.TRIAGE)
def stop_run(run_id: int) -> ResponseReturnValue:
    """Stop a run that waits or is under way; the themes stay as they are."""
    run = service.stop_run(known(run_id), by=actor())
    if wants_fragment():
        return _strip()
    flash(sentences.run_stopped(run).words)
    return redirect(back_url(), 303)


def _strip() -> ResponseReturnValue:
    covered = queries.coverage()
    if covered.current or covered.failed:
        words = sentences.run_words(covered.current, covered.failed)
    elif covered.stopped:
        words = sentences.run_stopped(covered.stopped)
    else:
        words = sentences.run_done(covered.run)
    return render("themes/_run.html", run=words, may_triage=may_triage())


@bp.get("/runs/<int:run_id>")
@requires(Right.READ)
def run_card(run_id: int) -> ResponseReturnValue:
    """Show what a run read, what it left out and why, and how far it can be trusted."""
    run = queries.run(run_id)
    return render("themes/run.html", run=run, card=_told(run) if run.state == RunState.DONE else None)


def _told(run: ThemeRun) -> dict[str, Any]:
    """Return the card with its keys turned into words; runs of an earlier release have none."""
    card = dict(run.card)
    left_out = sorted(card.get("left_out", {}).items(), key=lambda one: -one[1])
    events = card.get("events", {})
    inside = run.statement_count - run.noise_count
    return {
        **card,
        "is_kept": bool(card),
        "in_themes": inside,
        "share": inside / run.statement_count if run.statement_count else None,
        "left_out": [(REASONS.get(reason, reason), number) for reason, number in left_out],
        "events": [(word, events[kind]) for kind, word in EVENTS.items() if events.get(kind)],
        "foreign": languages.foreign(card.get("languages", {})) if card.get("is_english") else None,
        "steadiness": _steadiness(card.get("stability")),
        "seconds": (run.finished_at - run.started_at).total_seconds()
        if run.finished_at and run.started_at
        else None,
    }


def _steadiness(stability: float | None) -> str:
    if stability is None:
        return "Too little was said to try a second seed."
    if stability >= STEADY:
        return "Another seed cuts nearly the same themes: the borders are where the words put them."
    if stability >= SHAKY:
        return "Another seed cuts most themes alike; statements between two themes may change sides."
    return "Another seed cuts many themes differently: read these as a first look, and correct what matters."
