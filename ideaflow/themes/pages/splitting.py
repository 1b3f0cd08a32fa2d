"""A theme cut in two: by a suggested part or by hand-picked statements, with both halves shown before."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ideaflow import typed
from ideaflow.errors import Conflict, IdeaflowError
from ideaflow.themes import forms, queries, service
from ideaflow.themes.levels import areas
from ideaflow.themes.models import Theme
from ideaflow.themes.pages.conflicts import Wish, show_both, was_overtaken
from ideaflow.themes.pages.parts import back_url, bp, known, tell
from ideaflow.themes.reading import parting
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render, show_error

SHOWN = 60
HALF = "half"


@dataclass(frozen=True)
class Choice:
    """What is to go: a suggested part with what was ticked and unticked by hand, and the name it has.

    :ivar wanted_count: how many were chosen, those among them that have left the theme since.
    """

    key: str
    title: str
    statement_ids: list[int]
    wanted_count: int


@bp.get("/<int:theme_id>/split")
@requires(Right.TRIAGE)
def split_form(theme_id: int) -> ResponseReturnValue:
    """Show what could go, and what both halves would stand for."""
    theme = queries.theme(known(theme_id))
    choice = _choice(theme, request.args)
    lines = queries.statements(theme.id, "typical", size=SHOWN).rows
    back = request.args.get("back", "")
    chosen = set(choice.statement_ids)
    return render(
        "themes/split.html",
        theme=theme,
        choice=choice,
        suggestions=_suggestions(theme, choice, back),
        rows=[(line, line.id in chosen) for line in lines],
        hidden_count=theme.statement_count - len(lines),
        found=parting.parting(theme.id, chosen) if chosen else None,
        title=request.args.get("title", "") or choice.title,
        goes_back=back,
        back=back_url() if back else url_for(".show", theme_id=theme.id),
    )


@bp.post("/<int:theme_id>/split-in-two")
@requires(Right.TRIAGE)
def split_in_two(theme_id: int) -> ResponseReturnValue:
    """Make a theme of its own of what was chosen."""
    theme, form = queries.theme(known(theme_id)), request.form
    choice = _choice(theme, form)
    seen, title = forms.version_of(form), form.get("title", "")
    try:
        made = service.split(theme.id, choice.statement_ids, title=title, version=seen, by=actor())
    except IdeaflowError as error:
        again = url_for(".split_form", theme_id=theme.id, back=form.get("back") or None)
        if isinstance(error, Conflict) and was_overtaken(theme.id):
            left = f"{len(choice.statement_ids):,} of the {choice.wanted_count:,} you chose are still here"
            wish = Wish(
                f"to split {sentences.number_of(choice.wanted_count, 'statement')} off", {"Statements": left}
            )
            return show_both(theme.id, wish, home=back_url() if form.get("back") else "", beside=again)
        return show_error(error, next_url=again, next_word="Look at it again")
    home = back_url() if form.get("back") else url_for(".show", theme_id=made.theme_id)
    tell(sentences.split_off(len(choice.statement_ids), queries.theme(theme.id)), [made], home)
    return redirect(home, 303)


def _choice(theme: Theme, values: MultiDict[str, str]) -> Choice:
    """Read what goes: the part or half that is named, but of the statements shown those that are ticked."""
    key, title, base = values.get("by", ""), "", []
    if key == HALF:
        base = parting.other_half(theme.id)
    elif (number := typed.number(key)) is not None:
        part = areas.sub_theme(theme.id, known(number))
        title, base = part.title, list(areas.statements_of_part(part))
    if "shown" in values:
        shown = set(_numbers(values.getlist("shown")))
        ticked = set(_numbers(values.getlist("statement_ids")))
        base = sorted((set(base) - shown) | ticked)
    return Choice(key, title, parting.still_in(theme.id, base) if base else [], len(base))


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in ",".join(texts).split(",") if forms.is_id(text)]


def _suggestions(theme: Theme, choice: Choice, back: str) -> list[dict[str, Any]]:
    """Return the parts that the last run found; two halves where it found none."""
    parts = areas.sub_themes([theme.id]).get(theme.id, [])

    def one(key: str, title: str, note: str) -> dict[str, Any]:
        address = url_for(".split_form", theme_id=theme.id, by=key, back=back or None)
        return {"title": title, "note": note, "url": address, "is_current": choice.key == key}

    if parts:
        return [
            one(
                str(part.id),
                part.title,
                f"{sentences.number_of(part.statement_count, 'statement')}, "
                f"{sentences.number_of(part.account_count, 'account')}",
            )
            for part in parts
        ]
    if theme.statement_count < parting.LEAST_CUT:
        return []
    return [one(HALF, "Two halves", "cut where its words lie furthest apart")]
