"""Names that a model proposed, on the page of their theme: ask for one, accept it, reject it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ideaflow import config
from ideaflow.db import db
from ideaflow.themes import forms, queries, service
from ideaflow.themes.models import Theme
from ideaflow.themes.offers.endpoint import configured
from ideaflow.themes.pages.parts import bp, known, may_triage, tell
from ideaflow.themes.tables.suggestions import SuggestionState, ThemeSuggestion
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/<int:theme_id>/suggestion")
@requires(Right.TRIAGE)
def ask_for_name(theme_id: int) -> ResponseReturnValue:
    """Ask the model of the settings for a name of this theme."""
    theme = queries.theme(known(theme_id))
    if service.queue_suggestions(theme.id):
        flash("The model is asked. What it proposes appears here if quotes of this theme support it.")
    return redirect(url_for(".show", theme_id=theme.id), 303)


@bp.post("/<int:theme_id>/suggestion/<int:suggestion_id>/accept")
@requires(Right.TRIAGE)
def accept_name(theme_id: int, suggestion_id: int) -> ResponseReturnValue:
    """Give the theme the proposed name."""
    made = service.accept_suggestion(known(suggestion_id), version=forms.version_of(request.form), by=actor())
    home = url_for(".show", theme_id=made.theme_id)
    tell(f"Renamed to “{made.after['title']}”.", [made], home)
    return redirect(home, 303)


@bp.post("/<int:theme_id>/suggestion/<int:suggestion_id>/reject")
@requires(Right.TRIAGE)
def reject_name(theme_id: int, suggestion_id: int) -> ResponseReturnValue:
    """Keep the name the theme has."""
    rejected = service.reject_suggestion(known(suggestion_id), by=actor())
    flash(f"“{rejected.title}” is not its name.")
    return redirect(url_for(".show", theme_id=rejected.theme_id), 303)


def suggestion_of(theme: Theme) -> dict[str, Any] | None:
    """Return what the page shows of proposed names; None where no endpoint is set."""
    endpoint = configured(config.read())
    if endpoint is None or not theme.is_live:
        return None
    last = db.session.scalar(
        select(ThemeSuggestion)
        .where(ThemeSuggestion.theme_id == theme.id)
        .order_by(ThemeSuggestion.id.desc())
        .limit(1)
    )
    is_open = last is not None and last.state == SuggestionState.PROPOSED
    return {
        "model": endpoint.model,
        "proposed": last if is_open else None,
        "quotes": queries.statement_lines(last.cited_ids) if last is not None and is_open else [],
        "why_not": last.reason if last is not None else "",
        "may_triage": may_triage(),
    }
