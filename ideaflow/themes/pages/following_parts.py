"""What pages say about statements that follow a correction: the offer after it, and why one follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from ideaflow.clock import today
from ideaflow.errors import NotFound
from ideaflow.themes import queries
from ideaflow.themes.forms import LARGEST_ID
from ideaflow.themes.models import CorrectionKind, PlacedBy, ThemeCorrection
from ideaflow.themes.offers import following
from ideaflow.themes.pages.parts import may_triage
from ideaflow.themes.queries import StatementLine
from ideaflow.themes.reading import page_queries
from ideaflow.wording import day, plural

SHOWN = 12
"""So many like statements are shown to be ticked; the likest."""


@dataclass(frozen=True)
class Offer:
    """Like statements that could go the way of a correction."""

    correction_id: int
    words: str
    verb: str
    lines: list[StatementLine]
    home: str


def offer_of(correction_id: int) -> Offer | None:
    """Return what could follow a correction; None where nothing is like enough."""
    try:
        made, ids = following.correction(correction_id), following.like_statements(correction_id)
    except NotFound:
        return None
    if not ids or not may_triage():
        return None
    count = min(len(ids), SHOWN)
    out = made.kind == CorrectionKind.EXCLUDE
    where = "" if out else f" to “{page_queries.title_of(made.theme_id)}”"
    says = "says" if count == 1 else "say"
    them = "it" if count == 1 else "them"
    return Offer(
        correction_id=made.id,
        words=f"{count} more {says} nearly the same. {'Take' if out else 'Move'} {them}{where} too?",
        verb=f"{'Take out' if out else 'Move'} the ticked",
        lines=queries.statement_lines(ids[:SHOWN]),
        home=url_for("themes.show", theme_id=queries.living_id(made.theme_id)),
    )


def offer_asked(values: Mapping[str, str]) -> Offer | None:
    """Return the offer that the address of a page asks for."""
    text = values.get("like", "")
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_ID):
        return None
    return offer_of(int(text))


def with_offer(home: str, made: ThemeCorrection) -> str:
    """Return the address of a page that shows what could follow a correction."""
    return f"{home}?like={made.id}" if made.kind in following.LESSONS else home


def why_follows(line: StatementLine) -> str:
    """Return whose decision a statement followed; nothing where it followed none."""
    if line.placed_by != PlacedBy.LEARNED or line.decided_at is None:
        return ""
    return f"follows what {line.placed_by_name} moved, {day(line.decided_at.date(), today())}"


def count_words(count: int, verb: str) -> str:
    """Say how many statements went."""
    return f"{verb} {plural(count, 'statement')} more."
