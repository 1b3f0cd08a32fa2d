"""What is done to many themes at once, picked in the list or found by its filters; and the way back."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.themes import addresses, forms, service
from ideaflow.themes.models import ThemeBatch, ThemeState
from ideaflow.themes.pages import conflicts
from ideaflow.themes.pages.conflicts import Way, Wish
from ideaflow.themes.pages.parts import back_url, bp, known, may_triage, tell
from ideaflow.themes.reading import batches, page_queries
from ideaflow.themes.tables.batches import BatchState, BatchVerb
from ideaflow.themes.telling import deeds, sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import in_background, render, wants_fragment

STATES = {
    BatchVerb.WATCH: ThemeState.WATCHING,
    BatchVerb.DISMISS: ThemeState.DISMISSED,
    BatchVerb.RESTORE: ThemeState.NEW,
}
PAGES = {"merge": ".merge_form", "split": ".split_form"}


@bp.post("/selected")
@requires(Right.TRIAGE)
def change_selected() -> ResponseReturnValue:
    """Follow, dismiss, assign or open again: the themes that are ticked, or all that match the filters."""
    verb, chosen = forms.deed_of(request.form)
    ids = forms.ids_of(request.form.getlist("theme_ids"), "No theme is selected. Tick at least one.")
    if verb in PAGES:
        return _ask_on(verb, ids)
    if verb == "rename":
        return _rename(ids)
    asked = forms.asked_of(verb, chosen, request.form)
    names = {user.id: user.name for user in page_queries.owners()}
    return _decide(verb, ids, asked, partial(deeds.decided, verb, asked, names))


def _decide(
    verb: BatchVerb, ids: list[int], asked: dict[str, Any], words: Callable[[int], str]
) -> ResponseReturnValue:
    """Carry out a decision about many, or show what others made of these themes meanwhile."""
    back, is_filter = back_url(), "all" in request.form
    if is_filter:
        wanted, seen = _all_that_match(back), _count_seen()
        if len(wanted) != seen:
            counted = conflicts.Counts(seen, len(wanted), forms.list_looked_at(request.form))
            return _show_counts(counted, words, back)
    else:
        wanted = forms.seen_of(request.form, ids)
    try:
        made = service.decide_many(verb, wanted, words=words, asked=asked, is_filter=is_filter, by=actor())
    except Conflict:
        changed = [] if is_filter else conflicts.overtaken(wanted)
        if not changed:
            raise
        return _show_changed(changed, ids, _wish(words(len(ids)), asked, verb), back)
    flash(_notice(made, back))  # type: ignore[arg-type]
    return redirect(back, 303)


@bp.post("/undo")
@requires(Right.TRIAGE)
def undo() -> ResponseReturnValue:
    """Take corrections back, the last one first: all of them, or none; or one decision about many themes."""
    if batch_text := request.form.get("batch_id", ""):
        batch_id = forms.ids_of([batch_text], "Nothing was chosen to undo.")[0]
        flash(deeds.undone(service.undo_many(batch_id, by=actor())))
        return redirect(back_url(), 303)
    ids = forms.ids_of(request.form.get("correction_ids", "").split(","), "Nothing was chosen to undo.")
    with transaction():
        for correction_id in sorted(ids, reverse=True):
            service.undo(correction_id, by=actor())
    flash("Undone." if len(ids) == 1 else f"Undone, {len(ids)} changes.")
    return redirect(back_url(), 303)


@bp.get("/batches/<int:batch_id>")
@requires(Right.READ)
def batch_strip(batch_id: int) -> ResponseReturnValue:
    """Show how far a decision about many themes is; htmx asks again each second."""
    in_background()
    batch = batches.batch(known(batch_id))
    if not wants_fragment():
        return redirect(url_for(".index"), 303)
    return render("themes/_batch.html", batch=batch, told=deeds.progress(batch), may_triage=may_triage())


def _ask_on(verb: str, ids: list[int]) -> ResponseReturnValue:
    """Lead to the page that shows what a merge or a split would give."""
    if verb == "split":
        if len(ids) > 1:
            raise Invalid("Split one theme at a time: tick a single one.")
        goal = url_for(".split_form", theme_id=ids[0], back=back_url())
    else:
        goal = url_for(".merge_form", theme=ids, back=back_url())
    response = redirect(goal, 303)
    if wants_fragment():
        response.headers["HX-Redirect"] = goal
        response.status_code = 200
    return response


def _rename(ids: list[int]) -> ResponseReturnValue:
    if len(ids) > 1:
        raise Invalid("Rename one theme at a time: tick a single one.")
    title = request.form.get("title", "").strip()
    seen = dict(forms.seen_of(request.form, ids))[ids[0]]
    made = service.rename(ids[0], title, version=seen, by=actor())
    tell(f"Renamed to “{title}”.", [made], back_url())
    return redirect(back_url(), 303)


def _all_that_match(back: str) -> list[tuple[int, int | None]]:
    """Return the themes that the list's address leaves now."""
    found = batches.matching(addresses.filters_of(dict(parse_qsl(urlsplit(back).query)), current_user.id))
    if not found:
        raise Invalid("No theme matches these filters any more.")
    return found


def _count_seen() -> int:
    return forms.id_of(request.form, "all", "Look at the list again: it does not say how many match.")


def _wish(words: str, asked: Mapping[str, Any], verb: BatchVerb) -> Wish:
    """Say what was wanted of each theme."""
    if verb == BatchVerb.OWNER:
        name = next((one.name for one in page_queries.owners() if one.id == asked["owner_id"]), "Nobody")
        return Wish(deeds.wanted(words), {"Owner": name})
    return Wish(deeds.wanted(words), {"State": sentences.state_word(STATES[verb])})


def _show_changed(changed: Sequence[int], ids: Sequence[int], wish: Wish, back: str) -> ResponseReturnValue:
    """Show the themes that somebody changed; on go all that live, or only those nobody touched."""
    said = [pair for pair in conflicts.kept(request.form) if pair[0] != "theme_ids"]

    def way(word: str, chosen: Sequence[int]) -> Way:
        picked = [("theme_ids", str(one)) for one in chosen]
        return Way(word, said + picked + conflicts.seen_now(chosen))

    live = batches.live_among(ids)
    others = [one for one in live if one not in set(changed)]
    ways = [way("Apply mine again", live)] if len(live) > len(others) else []
    if others:
        ways.append(way(f"Apply mine to the other {len(others):,}", others))
    return conflicts.show_all(changed, wish, of=len(ids), ways=ways, home=back)


def _show_counts(counted: conflicts.Counts, words: Callable[[int], str], back: str) -> ResponseReturnValue:
    """Show how many themes match now, what was decided meanwhile; on goes the decision about these."""
    said = [pair for pair in conflicts.kept(request.form) if pair[0] != "all"]
    again = Way(f"Apply mine to these {counted.now:,}", [*said, ("all", str(counted.now))])
    wish = Wish(deeds.wanted(words(counted.seen)))
    return conflicts.show_counts(counted, wish, ways=[again], home=back)


def _notice(made: ThemeBatch, back: str) -> dict[str, object]:
    told: dict[str, object] = {"words": deeds.done(made)}
    if made.state == BatchState.DONE:
        told |= {"undo_url": url_for(".undo"), "undo": {"batch_id": str(made.id), "back": back}}
    return told
