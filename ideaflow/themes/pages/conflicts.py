"""Somebody was faster: each theme as it was seen beside what it is now and what was wanted, and ways on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ideaflow.clock import now
from ideaflow.errors import Conflict
from ideaflow.themes import forms, queries
from ideaflow.themes.models import Theme, ThemeState
from ideaflow.themes.pages.parts import bp
from ideaflow.themes.reading import meanwhile, story
from ideaflow.themes.reading.meanwhile import Meanwhile, Version
from ideaflow.themes.telling import deeds, sentences
from ideaflow.web import render, wants_fragment

COMPARED = 5
"""So many themes are shown with both versions; of more, only how many."""
NOT_AGAIN = ("version", "seen", "looked_at", "csrf_token")
"""What a form that is sent again says anew."""

Field = tuple[str, str]


@dataclass(frozen=True)
class Wish:
    """What somebody wanted while others were faster.

    :ivar words: what goes after “You wanted”.
    :ivar values: what it would make of a theme, by the label of its row: ``{"Name": "Radio lost"}``.
    """

    words: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of both versions; ``seen`` is empty where nobody knows it, ``mine`` where it is left alone."""

    label: str
    seen: str
    now: str
    mine: str
    differs: bool


@dataclass(frozen=True)
class Compared:
    """A theme as it was seen, beside what it is now."""

    theme: Theme
    url: str
    found: Meanwhile
    rows: Sequence[Row]
    seen_at: datetime | None
    last: str


@dataclass(frozen=True)
class Counts:
    """How many themes matched the filters when the list was seen, and how many do now."""

    seen: int
    now: int
    seen_at: datetime | None


@dataclass(frozen=True)
class Way:
    """A button that sends the form again: what it says, and all that is posted."""

    word: str
    fields: Sequence[Field]


@bp.app_template_filter("seen")
def seen(theme: Theme) -> str:
    """Write the version of a theme that a page shows, and when it was shown, as its forms post it."""
    return f"{theme.version}@{now().timestamp():.3f}"


def was_overtaken(theme_id: int) -> bool:
    """Return whether a form was made from another version of the theme than there is now."""
    version = forms.version_of(request.form)
    return version is not None and version != queries.theme(theme_id).version


def overtaken(wanted: Sequence[tuple[int, int | None]]) -> list[int]:
    """Return which of these themes have another version now than the one that was seen."""
    now_are = meanwhile.versions([theme_id for theme_id, _ in wanted])
    return [one for one, version in wanted if version is not None and now_are.get(one, version) != version]


def in_words(theme_id: int, wanted: str) -> Conflict:
    """Return what stands now and what was wanted, as one notice."""
    theme = queries.theme(theme_id)
    found = meanwhile.meanwhile(theme, forms.seen_at(request.form))
    return Conflict(deeds.both_versions(theme, sentences.state_of(theme).word, _last(found), wanted))


def show_both(theme_id: int, wish: Wish, *, home: str = "", beside: str = "") -> ResponseReturnValue:
    """Answer 409 with both versions of one theme; nothing was overwritten.

    :param home: where whoever keeps theirs goes on; the page of the theme, unless it is named.
    :param beside: where one chooses anew.
    """
    one = _compared(theme_id, forms.seen_at(request.form), wish)
    again = Way("Apply mine again", [*kept(request.form), ("version", seen(one.theme))])
    lead = deeds.both_versions(one.theme, sentences.state_of(one.theme).word, one.last, wish.words)
    ways = [again] if one.theme.is_live else []
    return answer([one], wish, lead=lead, ways=ways, home=home or one.url, beside=beside)


def show_all(
    theme_ids: Sequence[int],
    wish: Wish,
    *,
    of: int,
    ways: Sequence[Way],
    home: str,
    beside: str = "",
) -> ResponseReturnValue:
    """Answer 409 with both versions of each theme that somebody changed meanwhile.

    :param of: how many themes the decision was about.
    :param beside: where they stand side by side anew.
    """
    moments = forms.looked_at(request.form)
    shown = [_compared(one, moments.get(one), wish) for one in theme_ids[:COMPARED]]
    lead = deeds.overtaken(len(theme_ids), of, [one.last for one in shown], wish.words)
    more = len(theme_ids) - len(shown)
    return answer(shown, wish, lead=lead, ways=ways, home=home, beside=beside, more_count=more)


def show_counts(counted: Counts, wish: Wish, *, ways: Sequence[Way], home: str) -> ResponseReturnValue:
    """Answer 409 where other themes match the filters of a list than those that were seen."""
    since = meanwhile.decided_since(counted.seen_at) if counted.seen_at else []
    changes = [
        {
            "text": deeds.told_of(one.by_name, one.kind, one.title, one.batch_words, is_undo=one.is_undo),
            "at": one.at,
        }
        for one in since
    ]
    lead = deeds.other_count(counted.seen, counted.now, wish.words)
    return answer([], wish, lead=lead, ways=ways, home=home, counts=counted, changes=changes)


def answer(shown: Sequence[Compared], wish: Wish, *, lead: str, **more: Any) -> ResponseReturnValue:
    """Answer 409 with the page that shows both versions."""
    values: dict[str, Any] = {"beside": "", "more_count": 0, "counts": None, "changes": [], **more}
    response = render(
        "themes/conflict.html", status=Conflict.status, shown=shown, wish=wish, lead=lead, **values
    )
    if wants_fragment():
        response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#main"
        response.headers["HX-Reswap"] = "outerHTML show:top"
    return response


def kept(form: MultiDict[str, str]) -> list[Field]:
    """Return what a form said, but for what it saw: that is said anew when it is sent again."""
    return [pair for pair in form.items(multi=True) if pair[0] not in NOT_AGAIN]


def seen_now(theme_ids: Sequence[int]) -> list[Field]:
    """Return the fields that say these themes were seen as they are now."""
    at = f"{now().timestamp():.3f}"
    return [("seen", f"{one}:{version}@{at}") for one, version in meanwhile.versions(theme_ids).items()]


def _compared(theme_id: int, moment: datetime | None, wish: Wish) -> Compared:
    theme = queries.theme(theme_id)
    found = meanwhile.meanwhile(theme, moment)
    url = url_for(".show", theme_id=queries.living_id(theme_id))
    return Compared(theme, url, found, _rows(found.seen, found.now, wish.values), moment, _last(found))


def _last(found: Meanwhile) -> str:
    return story.said(found.changes[0]) if found.changes else ""


def _rows(before: Version | None, present: Version, mine: Mapping[str, str]) -> list[Row]:
    """Return what there is to compare: then, now, and what was wanted."""
    then, now_told = _told(before) if before else {}, _told(present)
    rows = [
        Row(label, then.get(label, ""), now, mine.get(label, ""), bool(before) and then[label] != now)
        for label, now in now_told.items()
    ]
    return rows + [Row(label, "", "", value, False) for label, value in mine.items() if label not in now_told]


def _told(one: Version) -> dict[str, str]:
    count = "other ones" if one.statement_count is None else f"{one.statement_count:,}"
    return {
        "Name": one.title,
        "State": sentences.state_word(ThemeState(one.state)),
        "Owner": one.owner_name or "Nobody",
        "Pinned": "Yes" if one.is_pinned else "No",
        "Statements": count,
    }
