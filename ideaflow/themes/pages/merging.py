"""Themes side by side before they become one: what they share, which one stays, what results."""

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import IdeaflowError
from ideaflow.themes import forms, queries, service
from ideaflow.themes.pages.conflicts import Way, Wish, kept, overtaken, seen_now, show_all
from ideaflow.themes.pages.parts import back_url, bp, known, tell
from ideaflow.themes.reading import beside, page_queries
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render, show_error

NEAREST = 9
SHARED_SHOWN = 8


@bp.get("/merge")
@requires(Right.TRIAGE)
def merge_form() -> ResponseReturnValue:
    """Show themes side by side; with one theme only, ask which other one."""
    missing = "Choose the theme to merge."
    ids = [queries.living_id(known(one)) for one in forms.ids_of(request.args.getlist("theme"), missing)]
    ids = list(dict.fromkeys(ids))
    back = request.args.get("back", "")
    if len(ids) == 1:
        return _ask_which(ids[0], back)
    found = beside.beside(ids)
    return render(
        "themes/merge.html",
        found=found,
        first=found.columns[0].theme,
        marks={one.theme.id: sentences.mark_of(one.theme) for one in found.columns},
        states={one.theme.id: sentences.state_of(one.theme) for one in found.columns},
        shared=found.shared[:SHARED_SHOWN],
        rest_count=max(0, len(found.shared) - SHARED_SHOWN),
        instead={one: _address([one, *(other for other in ids if other != one)], back) for one in ids},
        back=back_url() if back else url_for(".show", theme_id=ids[0]),
        goes_back=back,
    )


@bp.post("/merge")
@requires(Right.TRIAGE)
def merge_all() -> ResponseReturnValue:
    """Make one theme of several: the first stays."""
    form = request.form
    ids = forms.ids_of(form.getlist("theme_ids"), "Choose the themes to merge.")
    wanted = forms.seen_of(form, [known(one) for one in ids])
    (first, version), others = wanted[0], wanted[1:]
    try:
        made = service.merge_all(first, others, title=form.get("title", ""), version=version, by=actor())
    except IdeaflowError as error:
        if changed := overtaken(wanted):
            return _show_both(changed, ids)
        again = _address(ids, form.get("back", ""))
        return show_error(error, next_url=again, next_word="Look at them again")
    words = (
        f"Merged {sentences.number_of(len(ids), 'theme')} into “{page_queries.title_of(first)}”. "
        "Its history takes each apart again, at any time."
    )
    home = back_url() if form.get("back") else url_for(".show", theme_id=first)
    tell(words, made, home)
    return redirect(home, 303)


def _show_both(changed: Sequence[int], ids: Sequence[int]) -> ResponseReturnValue:
    """Show what others made of these themes meanwhile, and the ways on."""
    form, living = request.form, list(dict.fromkeys(queries.living_id(one) for one in ids))
    title, back = form.get("title", ""), form.get("back", "")
    wish = Wish(f"to merge {sentences.number_of(len(ids), 'theme')} into “{title}”", {"Name": title})
    again = [pair for pair in kept(form) if pair[0] != "theme_ids"]
    again += [("theme_ids", str(one)) for one in living] + seen_now(living)
    can_merge = len(living) > 1 and all(queries.theme(one).is_live for one in living)
    return show_all(
        changed,
        wish,
        of=len(ids),
        ways=[Way("Apply mine again", again)] if can_merge else [],
        home=back_url() if back else url_for(".show", theme_id=living[0]),
        beside=_address(living, back) if can_merge else "",
    )


def _ask_which(theme_id: int, back: str) -> ResponseReturnValue:
    """Offer the nearest themes by figure, and all others by name."""
    theme = queries.theme(theme_id)
    near = queries.similar(theme_id, NEAREST)
    return render(
        "themes/merge_which.html",
        theme=theme,
        near=[(one, _address([theme_id, one.theme.id], back)) for one in near],
        others=page_queries.other_titles([theme_id, *(one.theme.id for one in near)]),
        goes_back=back,
        back=back_url() if back else url_for(".show", theme_id=theme_id),
    )


def _address(ids: Sequence[int], back: str) -> str:
    return url_for(".merge_form", theme=list(ids), back=back or None)
