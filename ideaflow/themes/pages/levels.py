"""What is done to areas and sub-themes: an area gets a name, a sub-theme becomes a theme."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import NotFound
from ideaflow.themes import forms, service
from ideaflow.themes.levels import areas
from ideaflow.themes.pages.parts import back_url, bp, known, tell
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/areas/<int:area_id>/rename")
@requires(Right.TRIAGE)
def rename_area(area_id: int) -> ResponseReturnValue:
    """Give an area a name that no run changes; the notice takes it back."""
    before = areas.known_area(known(area_id))
    if before is None:
        raise NotFound("There is no such area any more.")
    undo = {"title": before.title, "is_named": str(int(before.is_named)), "back": back_url()}
    is_named = request.form.get("is_named", "1") == "1"
    area = service.rename_area(area_id, request.form.get("title", ""), by=actor(), is_named=is_named)
    told = {"words": f"The area is called “{area.title}” now."}
    told |= {"undo_url": url_for(".rename_area", area_id=area_id), "undo": undo}  # type: ignore[dict-item]
    flash(told)  # type: ignore[arg-type]
    return redirect(back_url(), 303)


@bp.post("/<int:theme_id>/sub-themes/<int:part_id>/split")
@requires(Right.TRIAGE)
def split_part(theme_id: int, part_id: int) -> ResponseReturnValue:
    """Make a theme of its own from a sub-theme; it takes its title along."""
    part = areas.sub_theme(known(theme_id), known(part_id))
    chosen = areas.statements_of_part(part)
    seen = forms.version_of(request.form)
    made = service.split(theme_id, chosen, title=part.title, version=seen, by=actor())
    words = f"“{part.title}” is a theme of its own now: {sentences.number_of(len(chosen), 'statement')}."
    tell(words, [made], url_for(".show", theme_id=theme_id))
    return redirect(url_for(".show", theme_id=made.theme_id), 303)
