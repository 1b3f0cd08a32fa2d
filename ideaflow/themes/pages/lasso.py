"""What is drawn around on the map: which statements were caught, and what becomes of them."""

from collections import defaultdict
from math import isfinite
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.db import transaction
from ideaflow.errors import Invalid
from ideaflow.themes import forms, service
from ideaflow.themes.levels import spots
from ideaflow.themes.models import ThemeCorrection
from ideaflow.themes.pages.parts import back_url, bp, may_triage, tell
from ideaflow.themes.reading import page_queries
from ideaflow.themes.reading.pool import still_in_pool
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import plural

CORNERS, MOST = 200, 2000
"""So many corners a drawn shape may have, and so many statements one correction."""
SHOWN = 20
TARGETS = 60


@bp.get("/map/caught")
@requires(Right.READ)
def caught() -> ResponseReturnValue:
    """Show what a drawn shape holds: how many of which themes, and their words, some at a time."""
    drawn = request.args.get("shape", "")
    shape, theme_id = shape_of(drawn), _theme_of(request.args.get("theme", ""))
    after = forms.chosen_id(request.args, "after") or 0
    rows = spots.caught_ids(shape, theme_id, after, SHOWN + 1)
    shown = spots.spots([one for one, _ in rows[:SHOWN]])
    more = rows[SHOWN - 1][0] if len(rows) > SHOWN else None
    values: dict[str, Any] = {
        "spots": shown,
        "more_url": url_for(".caught", shape=drawn, theme=request.args.get("theme") or None, after=more)
        if more
        else "",
    }
    if after:
        return render("themes/_caught_rows.html", may_correct=may_triage(), **values)
    catch = spots.caught(shape)
    placed = sum(n for one, _, n in catch.counts if one and theme_id in (None, one))
    chosen = catch.total if theme_id is None else sum(n for one, _, n in catch.counts if one == theme_id)
    return render(
        "themes/_caught.html",
        **values,
        catch=catch,
        shape=drawn,
        theme_id=theme_id,
        chosen_count=chosen,
        placed_count=placed,
        may_correct=may_triage() and chosen <= MOST,
        most=MOST,
        targets=page_queries.largest_themes(TARGETS, first=[one for one, _, _ in catch.counts if one]),
        may_triage=may_triage(),
    )


@bp.post("/map/caught")
@requires(Right.TRIAGE)
def correct_caught() -> ResponseReturnValue:
    """Move what was caught, split it off or take it out: all of it or nothing, with one undo."""
    form = request.form
    shape, theme_id = shape_of(form.get("shape", "")), _theme_of(form.get("theme", ""))
    left = {int(one) for one in form.getlist("leave_out") if forms.is_id(one)}
    homes: dict[int, list[int]] = defaultdict(list)
    for one, home in spots.caught_ids(shape, theme_id, limit=MOST + 1):
        if one not in left:
            homes[home].append(one)
    verb, loose = form.get("verb", ""), homes.pop(0, [])
    loose = still_in_pool(loose) if verb in ("move", "split") else []
    number = sum(map(len, homes.values())) + len(loose)
    if not number or (verb == "split" and not homes):
        raise Invalid("Nothing that is in a theme was caught. Draw around statements of a theme.")
    if number > MOST:
        raise Invalid(f"That is more than {MOST:,} statements. Draw around fewer, or merge whole themes.")
    with transaction():
        words, made = _corrected(verb, dict(homes), loose, number)
    tell(words, made, back_url())
    return redirect(back_url(), 303)


def _corrected(
    verb: str, homes: dict[int, list[int]], loose: list[int], number: int
) -> tuple[str, list[ThemeCorrection]]:
    """Do it theme by theme; what is in no theme yet (``loose``) goes along."""
    by, many = actor(), plural(number, "statement")
    largest = sorted(homes, key=lambda one: (-len(homes[one]), one))
    if verb == "exclude":
        made = [service.exclude_statements(one, homes[one], by=by) for one in largest]
        return f"Took {many} out: they belong to no theme now.", made
    if verb == "split":
        made = [service.split(largest[0], homes[largest[0]], title=request.form.get("title", ""), by=by)]
        target = made[0].theme_id
        made += [service.move_statements(one, homes[one], target, by=by) for one in largest[1:]]
        made += [service.add_statements(target, loose, by=by)] if loose else []
        return f"Made a theme of {many}: “{page_queries.title_of(target)}”.", made
    if verb == "move":
        target = forms.id_of(request.form, "target_id", "Choose the theme they belong to.")
        away = [one for one in largest if one != target]
        if not away and not loose:
            raise Invalid("They are in this theme already. Choose another one.")
        made = [service.move_statements(one, homes[one], target, by=by) for one in away]
        made += [service.add_statements(target, loose, by=by)] if loose else []
        moved = sentences.number_of(sum(len(homes[one]) for one in away) + len(loose), "statement")
        return f"Moved {moved} to “{page_queries.title_of(target)}”, where they stay.", made
    raise Invalid("Choose what to do with them: move, split off or take out.")


def shape_of(text: str) -> list[tuple[float, float]]:
    """Return the corners of a drawn shape: ``x,y;x,y;…``, each 0–1.

    :raises Invalid: it is no shape.
    """
    try:
        corners = [
            (float(x), float(y)) for x, y in (corner.split(",") for corner in text.split(";") if corner)
        ]
    except ValueError:
        corners = []
    is_inside = all(isfinite(part) and -1 <= part <= 2 for corner in corners for part in corner)
    if not 3 <= len(corners) <= CORNERS or not is_inside:
        raise Invalid("This is no shape on the map. Draw around some statements again.")
    return corners


def _theme_of(text: str) -> int | None:
    return int(text) if text == "0" or forms.is_id(text) else None
