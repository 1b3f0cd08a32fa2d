"""Corrections made on the page of a theme: each answers in place, with its undo, or says who was faster."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Conflict, IdeaflowError, Invalid
from ideaflow.themes import forms, queries, service
from ideaflow.themes.models import ThemeCorrection, ThemeState
from ideaflow.themes.pages import following_parts
from ideaflow.themes.pages.conflicts import Wish, in_words, show_both, was_overtaken
from ideaflow.themes.pages.parts import bp, known, tell
from ideaflow.themes.reading import page_queries
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render, show_error, wants_fragment

Correct = Callable[..., ThemeCorrection]
FOLLOW = Wish("to follow it", {"State": sentences.state_word(ThemeState.WATCHING)})
LEAVE = Wish("to follow it no more", {"State": sentences.state_word(ThemeState.NEW)})
DISMISS = Wish("to dismiss it", {"State": sentences.state_word(ThemeState.DISMISSED)})
REOPEN = Wish("to open it again", {"State": sentences.state_word(ThemeState.NEW)})


@bp.post("/<int:theme_id>/rename")
@requires(Right.TRIAGE)
def rename(theme_id: int) -> ResponseReturnValue:
    """Give the theme a name that no run changes."""
    title = request.form.get("title", "").strip()
    return _correct(
        theme_id,
        service.rename,
        title,
        words=f"Renamed to “{title}”.",
        wanted=Wish(f"the name “{title}”", {"Name": title}),
    )


@bp.post("/<int:theme_id>/watch")
@requires(Right.TRIAGE)
def watch(theme_id: int) -> ResponseReturnValue:
    """Keep the theme in sight, or bring it back to those that need triage."""
    if request.form.get("on", "1") == "1":
        return _correct(theme_id, service.watch, words="You follow this theme now.", wanted=FOLLOW)
    return _correct(theme_id, service.restore, words="It needs triage again.", wanted=LEAVE)


@bp.post("/<int:theme_id>/pin")
@requires(Right.TRIAGE)
def pin(theme_id: int) -> ResponseReturnValue:
    """Hold the theme, so that no run splits or merges it unasked; or let it go."""
    is_held = request.form.get("on", "1") == "1"
    words = "Pinned: a run asks before it splits or merges it." if is_held else "Pinned no more."
    wanted = Wish("to pin it" if is_held else "to pin it no more", {"Pinned": "Yes" if is_held else "No"})
    return _correct(theme_id, service.pin, is_held, words=words, wanted=wanted)


@bp.post("/<int:theme_id>/dismiss")
@requires(Right.TRIAGE)
def dismiss(theme_id: int) -> ResponseReturnValue:
    """Say that it is nothing to act on, and why."""
    reason = forms.reason_of(request.form)
    return _correct(theme_id, service.dismiss, reason, words=f"Dismissed: {reason}.", wanted=DISMISS)


@bp.post("/<int:theme_id>/dismiss-alarm")
@requires(Right.TRIAGE)
def dismiss_alarm(theme_id: int) -> ResponseReturnValue:
    """Quiet the theme's alarm up to its present level."""
    reason = forms.alarm_reason_of(request.form)
    words = f"Alarm dismissed: {reason}. It comes back above its present level."
    return _correct(theme_id, service.dismiss_alarm, reason, words=words, wanted=Wish("to dismiss its alarm"))


@bp.post("/<int:theme_id>/reopen")
@requires(Right.TRIAGE)
def reopen(theme_id: int) -> ResponseReturnValue:
    """Bring a dismissed theme back."""
    return _correct(theme_id, service.restore, words="It is open again.", wanted=REOPEN)


@bp.post("/<int:theme_id>/owner")
@requires(Right.TRIAGE)
def assign(theme_id: int) -> ResponseReturnValue:
    """Say who looks after it."""
    chosen = request.form.get("owner_id", "")
    owner_id = forms.id_of(request.form, "owner_id", "Choose who looks after it.") if chosen else None
    name = next((user.name for user in page_queries.owners() if user.id == owner_id), "Nobody")
    words, wanted = f"{name} looks after this theme now.", Wish(f"{name} as its owner", {"Owner": name})
    return _correct(theme_id, service.assign_owner, owner_id, words=words, wanted=wanted)


@bp.post("/<int:theme_id>/merge")
@requires(Right.TRIAGE)
def merge(theme_id: int) -> ResponseReturnValue:
    """Put another theme together with this one."""
    other = forms.id_of(request.form, "other_id", "Choose the theme to merge with this one.")
    title = page_queries.title_of(other)
    words = f"Merged with “{title}”: one theme from now on."
    wanted = Wish(f"to merge it with “{title}”")
    return _correct(theme_id, service.merge, other, words=words, wanted=wanted, follow=True)


@bp.post("/<int:theme_id>/move")
@requires(Right.TRIAGE)
def move(theme_id: int) -> ResponseReturnValue:
    """Put a statement into the theme it belongs to."""
    statement = forms.id_of(request.form, "statement_id", "Choose the statement to move.")
    target = forms.id_of(request.form, "target_id", "Choose the theme it belongs to.")
    words = f"Moved to “{page_queries.title_of(target)}”, where it stays."
    return _correct(
        theme_id,
        service.move_statements,
        [statement],
        target,
        words=words,
        wanted=Wish("to move it"),
        row=True,
    )


@bp.post("/<int:theme_id>/exclude")
@requires(Right.TRIAGE)
def exclude(theme_id: int) -> ResponseReturnValue:
    """Take a statement out of every theme."""
    statement = forms.id_of(request.form, "statement_id", "Choose the statement to take out.")
    words = "Taken out: it belongs to no theme now."
    return _correct(
        theme_id,
        service.exclude_statements,
        [statement],
        words=words,
        wanted=Wish("to take it out"),
        row=True,
    )


@bp.post("/<int:theme_id>/split")
@requires(Right.TRIAGE)
def split(theme_id: int) -> ResponseReturnValue:
    """Make a theme of its own from the ticked statements."""
    chosen = forms.statements_of(request.form.getlist("statement_ids"))
    source, title = queries.theme(known(theme_id)), request.form.get("title", "")
    words = sentences.split_off(len(chosen), source)
    wanted = Wish(f"to split {sentences.number_of(len(chosen), 'statement')} off")
    return _correct(
        theme_id, service.split, chosen, words=words, wanted=wanted, follow=True, named={"title": title}
    )


def _correct(
    theme_id: int,
    verb: Correct,
    *values: Any,
    words: str,
    wanted: Wish,
    row: bool = False,
    follow: bool = False,
    named: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    """Make a correction and answer in place: the row it was about, or the page with a notice and its undo.

    :param follow: show the theme that came out of it, not the one that was looked at.
    """
    seen = forms.version_of(request.form)
    try:
        made = verb(known(theme_id), *values, **(named or {}), version=seen, by=actor())
    except Conflict as error:
        if not was_overtaken(theme_id):
            return _refuse(theme_id, error)
        in_place = row and wants_fragment()  # Who goes through statements keeps the place.
        return (
            _refuse(theme_id, in_words(theme_id, wanted.words)) if in_place else show_both(theme_id, wanted)
        )
    except Invalid as error:
        return _refuse(theme_id, error)
    if row and wants_fragment():
        undo_url = url_for(".undo")
        theme = queries.theme(theme_id)
        like = following_parts.offer_of(made.id)
        return render("themes/_moved.html", theme=theme, words=words, made=made, undo_url=undo_url, like=like)
    home = url_for(".show", theme_id=queries.living_id(made.theme_id if follow else theme_id))
    tell(words, [made], home)
    return redirect(following_parts.with_offer(home, made), 303)


def _refuse(theme_id: int, error: IdeaflowError) -> ResponseReturnValue:
    """Answer with what is wrong, and the way back to the theme as it is."""
    home = url_for(".show", theme_id=queries.living_id(theme_id))
    return show_error(error, next_url=home, next_word="Back to the theme")
