"""The pieces of a theme's page that need some thought: its history in words, words in context, sums."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ideaflow.themes.asking.accounts import AccountLine
from ideaflow.themes.models import Theme, ThemeRun
from ideaflow.themes.reading.past import Past
from ideaflow.wording import NONE, ago, decimal, plural, share, times

AROUND, LONG = 70, 140
"""A sentence as short as this is shown before and after a statement; not beside one as long as that."""
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
SOON_DAYS = 60
ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One line of a history: words, what was struck out, the theme it links to, more words."""

    text: str
    at: datetime
    struck: str = ""
    other_id: int | None = None
    other_title: str = ""
    more: str = ""
    correction_id: int | None = None
    can_undo: bool = False
    undo_word: str = "Undo"


@dataclass(frozen=True)
class Sum:
    """Several accounts together."""

    count: int
    customer_count: int
    revenue_amount: Decimal
    open_amount: Decimal
    lost_amount: Decimal
    times: int


def in_context(text: str, begins_at: int, ends_at: int) -> tuple[str, tuple[int, int] | None]:
    """Return a statement with the sentences beside it, and where the statement lies in that.

    Only short sentences stand beside it, and none beside a long statement: it is what one wants to read.

    >>> in_context("Hello.  The scanner drops. Thanks", 8, 26)
    ('Hello. The scanner drops. Thanks', (7, 25))
    >>> in_context("All of it", 0, 9)
    ('All of it', None)
    """
    said = " ".join(text[begins_at:ends_at].split())
    before, after = ("", "") if len(said) > LONG else _beside(text[:begins_at], text[ends_at:])
    if not before and not after:
        return said, None
    head = f"{before} " if before else ""
    # A mark that swallows a full stop's neighbour reads as a typing error.
    gap = "" if not after or after[0] in ".,;:!?)" else " "
    return f"{head}{said}{gap}{after}", (len(head), len(head) + len(said))


def _beside(before: str, after: str) -> tuple[str, str]:
    """Return the sentence that goes before and the one that follows, where they are short."""
    nearest = (SENTENCE_ENDS.split(before.strip())[-1], SENTENCE_ENDS.split(after.strip())[0])
    short = [" ".join(one.split()) for one in nearest]
    told = [one if len(one) <= AROUND and any(map(str.isalpha, one)) else "" for one in short]
    return told[0], told[1]


def sum_of(lines: Sequence[AccountLine]) -> Sum:
    """Add accounts up."""
    return Sum(
        count=len(lines),
        customer_count=sum(line.kind == "customer" for line in lines),
        revenue_amount=sum((line.revenue_amount for line in lines), ZERO),
        open_amount=sum((line.open_amount for line in lines), ZERO),
        lost_amount=sum((line.lost_amount for line in lines), ZERO),
        times=sum(line.times for line in lines),
    )


def lines_of(past: Sequence[Past]) -> list[Line]:
    """Return a history in words, newest first; runs that changed nothing are left out."""
    lines = [_decided(one) if one.correction_id else _happened(one) for one in past]
    return [line for line in lines if line is not None]


def said(line: Line) -> str:
    """Return a line of a history as one plain sentence part."""
    linked = line.struck or line.other_title
    return f"{line.text} “{linked}”{line.more}" if linked else f"{line.text}{line.more}"


def firmness_of(theme: Theme, run: ThemeRun | None, now: datetime) -> list[tuple[str, str]]:
    """Return what tells how firm a theme is, as labels and values."""
    pairs = [("Cohesion", decimal(theme.cohesion))]
    if theme.stability is not None:
        pairs.append(("Kept from run to run", share(theme.stability)))
    if run is not None:
        pairs.append(("Last run", f"{run.id}, {ago(run.finished_at or run.created_at, now)}"))
        pairs.append(("Model, seed", f"{run.model.rpartition('/')[2] or 'MiniLM'}, {run.seed}"))
    return pairs


def _decided(one: Past) -> Line | None:
    words, struck, linked, more = _decision(one)
    if one.is_undone:
        more = f"{more}, undone by {one.undone_by_name}"
    return Line(
        text=f"{one.by_name} {words}",
        at=one.at,
        struck=struck,
        other_id=one.other_theme_id if linked else None,
        other_title=one.other_title if linked else "",
        more=more,
        correction_id=one.correction_id,
        can_undo=one.can_undo,
        undo_word="Un-merge" if one.kind == "merge" else "Undo",
    )


def _decision(one: Past) -> tuple[str, str, bool, str]:
    """Return words, what was struck out, whether the other theme is named, and more words."""
    statements = plural(one.statement_count, "statement")
    reason, because = (f": {one.reason}", f", {one.reason}") if one.reason else ("", "")
    match one.kind:
        case "rename":
            return "renamed it, was", str(one.before.get("title", "")), False, ""
        case "merge" if one.is_other_side:
            return "merged it into", "", True, ""
        case "merge":
            return "merged", "", True, f", {statements}" if one.statement_count else ""
        case "move" if one.is_other_side:
            return f"moved {statements} to", "", True, because
        case "move":
            return f"moved {statements} here from", "", True, because
        case "split" if one.is_other_side:
            return f"split {statements} off into", "", True, ""
        case "split":
            return "split it off from", "", True, f", {statements}"
        case "create":
            return f"made it of {statements} that were in no theme", "", False, ""
        case "add":
            return (
                f"put {statements} here that {'was' if one.statement_count == 1 else 'were'} in no theme",
                "",
                False,
                "",
            )
        case "keep":
            return (
                f"said that {statements} belong{'s' if one.statement_count == 1 else ''} here",
                "",
                False,
                because,
            )
        case "exclude":
            return f"took {statements} out", "", False, reason
        case "dismiss":
            return "dismissed it", "", False, reason
        case "owner":
            return "changed who looks after it", "", False, ""
        case "watch":
            return "follows it", "", False, ""
        case "quiet":
            level = times(one.after.get("quieted_ratio") or None)
            return (
                f"dismissed its alarm at {level}" if level != NONE else "dismissed its alarm",
                "",
                False,
                reason,
            )
        case "pin":
            return "pinned it" if one.after.get("is_pinned") else "pinned it no more", "", False, ""
    return "opened it again", "", False, ""


def _happened(one: Past) -> Line | None:
    run = f"Run {one.run_id}" if one.run_id else "A run"
    added, all_before = plural(one.added_count, "statement"), one.kept_count + one.lost_count
    match one.kind:
        case "born":
            return Line(f"Born in {run.lower()} from {plural(one.statement_count, 'statement')}", one.at)
        case "continued" if one.added_count or one.lost_count:
            kept = f", kept {one.kept_count:,} of {all_before:,}" if all_before else ""
            return Line(f"{run} added {added}{kept}", one.at)
        case "split":
            return Line(
                f"{run} split it off from", one.at, other_id=one.other_theme_id, other_title=one.other_title
            )
        case "merged":
            return Line(
                f"{run} merged it with", one.at, other_id=one.other_theme_id, other_title=one.other_title
            )
        case "retired":
            return Line(f"{run} found no statement that belongs to it", one.at)
    return None
