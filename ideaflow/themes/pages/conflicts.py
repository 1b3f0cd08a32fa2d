"""Somebody was faster: both versions of a theme beside what was wanted, and what to do now."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.clock import now
from ideaflow.errors import Conflict
from ideaflow.themes import forms, queries
from ideaflow.themes.models import Theme, ThemeState
from ideaflow.themes.pages.parts import bp
from ideaflow.themes.reading import meanwhile, story
from ideaflow.themes.reading.meanwhile import Meanwhile, Version
from ideaflow.themes.telling import sentences
from ideaflow.web import render, wants_fragment


@bp.app_template_filter("seen")
def seen(theme: Theme) -> str:
    """Write the version of a theme that a page shows, and when it was shown, as its forms post it."""
    return f"{theme.version}@{now().timestamp():.3f}"


def was_overtaken(theme_id: int) -> bool:
    """Return whether a form was made from another version of the theme than there is now."""
    version = forms.version_of(request.form)
    return version is not None and version != queries.theme(theme_id).version


def in_words(theme_id: int, wanted: str) -> Conflict:
    """Return what stands now and what was wanted, as one notice."""
    found = meanwhile.meanwhile(queries.theme(theme_id), forms.seen_at(request.form))
    return Conflict(_lead(queries.theme(theme_id), found, wanted))


def show_both(theme_id: int, wanted: str) -> ResponseReturnValue:
    """Answer 409 with both versions; nothing was overwritten.

    :param wanted: what this person wanted, after “You wanted”.
    """
    theme = queries.theme(theme_id)
    found = meanwhile.meanwhile(theme, forms.seen_at(request.form))
    home = url_for(".show", theme_id=queries.living_id(theme_id))
    kept = [(name, value) for name, value in request.form.items(multi=True)]
    response = render(
        "themes/conflict.html",
        status=Conflict.status,
        theme=theme,
        lead=_lead(theme, found, wanted),
        found=found,
        rows=_rows(found.seen, found.now),
        wanted=wanted,
        again=[pair for pair in kept if pair[0] not in ("version", "csrf_token")],
        can_repeat=theme.is_live,
        home=home,
        seen_at=forms.seen_at(request.form),
    )
    if wants_fragment():
        response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#main"
        response.headers["HX-Reswap"] = "outerHTML show:top"
    return response


def _lead(theme: Theme, found: Meanwhile, wanted: str) -> str:
    last = story.said(found.changes[0]) if found.changes else ""
    return sentences.both_versions(theme, last, wanted)


def _rows(before: Version | None, present: Version) -> list[tuple[str, str, str, bool]]:
    """Return what there is to compare: label, then, now, whether it differs."""

    def told(one: Version) -> list[str]:
        state = sentences.state_word(ThemeState(one.state))
        count = "other ones" if one.statement_count is None else f"{one.statement_count:,}"
        return [one.title, state, one.owner_name or "Nobody", count]

    now_told = told(present)
    then = told(before) if before else [""] * len(now_told)
    labels = ("Name", "State", "Owner", "Statements")
    return [
        (label, was, is_now, bool(before) and was != is_now)
        for label, was, is_now in zip(labels, then, now_told, strict=True)
    ]
