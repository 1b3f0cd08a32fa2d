"""Decisions in words: what was decided about many themes, how far it is, who put a statement where it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from ideaflow.themes.models import CorrectionKind, PlacedBy, Theme, ThemeBatch
from ideaflow.themes.tables.batches import BatchState, BatchVerb
from ideaflow.wording import plural

REASONS_TOLD = 3
DID = {
    CorrectionKind.RENAME: "renamed",
    CorrectionKind.MERGE: "merged into",
    CorrectionKind.MOVE: "moved statements to",
    CorrectionKind.EXCLUDE: "took statements out of",
    CorrectionKind.SPLIT: "split off",
    CorrectionKind.DISMISS: "dismissed",
    CorrectionKind.RESTORE: "opened again",
    CorrectionKind.WATCH: "followed",
    CorrectionKind.OWNER: "assigned",
    CorrectionKind.PIN: "pinned",
    CorrectionKind.QUIET: "dismissed the alarm of",
    CorrectionKind.CREATE: "made",
    CorrectionKind.ADD: "added statements to",
    CorrectionKind.KEEP: "kept statements in",
}


TO_DO = {"dismissed": "dismiss", "gave": "give", "opened": "open", "followed": "follow"}


def decided(verb: BatchVerb, asked: Mapping[str, Any], names: Mapping[int, str], number: int) -> str:
    """Say what is decided about some themes, as history tells it."""
    themes = plural(number, "theme")
    match verb:
        case BatchVerb.DISMISS:
            return f"dismissed {themes}: {asked['reason'].lower()}"
        case BatchVerb.OWNER:
            owner = asked.get("owner_id")
            return f"gave {themes} to {names.get(owner, 'somebody')}" if owner else f"gave {themes} to nobody"
        case BatchVerb.RESTORE:
            return f"opened {themes} again"
    return f"followed {themes}"


def wanted(decided_words: str) -> str:
    """Turn what was decided into what somebody wanted: “dismissed 3 themes” → “to dismiss 3 themes”."""
    did, _, rest = decided_words.partition(" ")
    return f"to {TO_DO[did]} {rest}"


def done(batch: ThemeBatch) -> str:
    """Say what became of a decision that was just made."""
    words = batch.words[:1].upper() + batch.words[1:]
    if batch.state == BatchState.GOING:
        return f"{words}: under way. The list shows how far it is."
    return f"{words}.{_stayed(batch)}"


def undone(batch: ThemeBatch) -> str:
    """Say what became of an undo."""
    if batch.state == BatchState.UNDOING:
        return f"Taking back {plural(len(batch.theme_ids), 'change')}. The list shows how far it is."
    number = batch.done_count - len(batch.skipped)
    return ("Undone." if number == 1 else f"Undone, {number:,} changes.") + _stayed(batch)


def progress(batch: ThemeBatch) -> tuple[str, float]:
    """Return how far a decision is: words, and the share 0–1."""
    total = len(batch.theme_ids)
    share = min(1.0, batch.done_count / total) if total else 1.0
    if batch.is_under_way:
        what = "Taking back" if batch.state == BatchState.UNDOING else "Carrying out"
        return f"{what}: {batch.words}. {batch.done_count:,} of {total:,}", share
    return (undone(batch) if batch.state == BatchState.UNDONE else done(batch)), 1.0


def last(kind: str, title: str, batch_words: str = "") -> str:
    """Say what somebody decided last."""
    return batch_words or f"{DID[CorrectionKind(kind)]} “{title}”"


def both_versions(theme: Theme, state: str, last: str, wanted: str) -> str:
    """Say what a theme is now, who made it so, and what somebody else wanted of it meanwhile.

    :param state: where it stands, in words.
    """
    owner = f", with {theme.owner.name}" if theme.owner else ""
    stands = f"It is called “{theme.title}” now: {state.lower()}{owner}."
    since = f" Last change: {last}." if last else ""
    return f"Somebody was faster. {stands}{since} You wanted {wanted}; nothing of yours was done."


def overtaken(number: int, of: int, last: Sequence[str], wanted: str) -> str:
    """Say how many of the themes that a decision was about somebody changed meanwhile.

    :param last: what was done last to each of those shown, in words.
    """
    which = "The theme was" if of == 1 else f"{number:,} of {of:,} themes {'was' if number == 1 else 'were'}"
    done = [one for one in dict.fromkeys(last) if one]
    since = f" Last change: {done[0]}." if len(done) == 1 else ""
    return (
        f"Somebody was faster. {which} changed since you looked.{since} "
        f"You wanted {wanted}; nothing of yours was done."
    )


def other_count(seen: int, number: int, wanted: str) -> str:
    """Say that other themes match the filters than those somebody saw."""
    match = "matches" if number == 1 else "match"
    now = f"{plural(number, 'theme')} {match} these filters now; you saw {seen:,}."
    return f"{now} You wanted {wanted}; nothing of yours was done."


def told_of(name: str, kind: str, title: str, batch_words: str, *, is_undo: bool) -> str:
    """Say what somebody decided, or undid."""
    words = last(kind, title, batch_words)
    return f"{name} undid: {words}" if is_undo else f"{name} {words}"


def why_words(theme_id: int | None, nearest: Sequence[int], by: PlacedBy, name: str, at: str) -> str:
    """Say who put a statement into its theme, when, and what speaks for it.

    :param nearest: the themes of the statements nearest to it.
    :param name: the user who put it there, or whose decision about others it follows.
    """
    when = f" {at}" if at else ""
    if by == PlacedBy.USER:
        return f"{name or 'Somebody'} put it here{when}, and here it stays. The statements nearest to it:"
    put = f"The engine put it here{when}."
    if by == PlacedBy.LEARNED:
        put = f"The engine put it here, as {name or 'somebody'} had done with others like it."
    same = sum(one == theme_id for one in nearest)
    if not nearest:
        return f"{put} Nothing else was said in like words yet."
    are = "is" if same == 1 else "are"
    return f"{put} Of the {plural(len(nearest), 'statement')} nearest to it, {same} {are} in this theme."


def _stayed(batch: ThemeBatch) -> str:
    number = len(batch.skipped)
    if not number:
        return ""
    reasons = list(dict.fromkeys(str(one[1]) for one in batch.skipped))[:REASONS_TOLD]
    return f" {number:,} stayed as {'it was' if number == 1 else 'they were'}: {' '.join(reasons)}"
