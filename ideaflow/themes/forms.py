"""What people type and choose on the pages of themes, as typed values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from ideaflow.errors import Invalid
from ideaflow.themes.levels.areas import ORDERS as AREA_ORDERS
from ideaflow.themes.tables.batches import BatchVerb
from ideaflow.themes.tables.questions import Answer

AREA_SORT = "revenue"
LARGEST_ID = 2**63 - 1
REASONS = {
    "not_ours": "Not ours to solve",
    "bug": "A defect, already with service",
    "one_customer": "One customer only",
    "too_vague": "Too vague to act on",
    "done": "Already solved",
    "other": "Another reason",
}
"""Why a theme is dismissed."""
ALARM_REASONS = {
    "chance": "Chance",
    "artefact": "It is the way we listen",
    "one_customer": "One customer only",
    "known": "Known, and being worked on",
    "other": "Another reason",
}
"""Why an alarm is dismissed while its theme stays."""


class Level(StrEnum):
    """How coarse the list is."""

    AREAS = "areas"
    THEMES = "themes"
    SUB_THEMES = "sub-themes"


def level_of(values: Mapping[str, str]) -> Level:
    """Return the level asked for; themes when it is unknown."""
    asked = values.get("level", "")
    return Level(asked) if asked in set(Level) else Level.THEMES


def area_sort_of(values: Mapping[str, str]) -> str:
    """Return what areas are ordered by."""
    asked = values.get("sort", "")
    return asked if asked in AREA_ORDERS else AREA_SORT


def chosen_id(values: Mapping[str, str], field: str) -> int | None:
    """Return the number in ``field``; None when there is none."""
    text = values.get(field, "")
    return int(text) if is_id(text) else None


def version_of(values: Mapping[str, str]) -> int | None:
    """Return the version that the person saw, from “3” or “3@1763820000”; None when the form does not say."""
    text = values.get("version", "").partition("@")[0]
    return int(text) if is_id(text) else None


def seen_at(values: Mapping[str, str]) -> datetime | None:
    """Return when the page was made that a form was on; None when the form does not say."""
    return _moment(values.get("version", "").partition("@")[2])


def looked_at(form: MultiDict[str, str]) -> dict[int, datetime | None]:
    """Return when each theme was looked at, from fields like “12:3@1763820000”."""
    pairs = [text.partition(":") for text in form.getlist("seen")]
    return {int(one): _moment(version.partition("@")[2]) for one, _, version in pairs if is_id(one)}


def list_looked_at(values: Mapping[str, str]) -> datetime | None:
    """Return when the list was made that a form was on; None when the form does not say."""
    return _moment(values.get("looked_at", ""))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None


def id_of(values: Mapping[str, str], field: str, missing: str) -> int:
    """Return the number chosen in ``field``.

    :raises Invalid: there is none; ``missing`` says what to choose.
    """
    text = values.get(field, "")
    if not is_id(text):
        raise Invalid(missing, [{"field": field, "reason": missing}])
    return int(text)


def answer_of(values: Mapping[str, str]) -> tuple[Answer, int | None]:
    """Return the answer to a question, and the theme chosen with it.

    :raises Invalid: there is no answer, or no theme where one is needed.
    """
    if is_id(values.get("to", "")):
        return Answer.ELSEWHERE, int(values["to"])
    said = values.get("answer", "")
    if said == Answer.ELSEWHERE:
        return Answer.ELSEWHERE, id_of(values, "target_id", "Choose the theme it belongs to.")
    if said not in (Answer.STAYS, Answer.OWN, Answer.UNSURE):
        raise Invalid("Choose an answer: it stays, it belongs elsewhere, or not sure.")
    return Answer(said), None


def ids_of(texts: Sequence[str], missing: str) -> list[int]:
    """Return the numbers that are chosen, each once, in the order given.

    :raises Invalid: there is none; ``missing`` says what to choose.
    """
    ids = list(dict.fromkeys(int(text) for text in texts if is_id(text)))
    if not ids:
        raise Invalid(missing)
    return ids


def deed_of(values: Mapping[str, str]) -> tuple[Any, str]:
    """Return what to do with the selected themes, and what is chosen with it: “dismiss:bug”, “owner:5”.

    :raises Invalid: it is nothing that can be done with many.
    """
    verb, _, chosen = values.get("verb", "").partition(":")
    if verb in ("merge", "split", "rename"):
        return verb, chosen
    if verb not in set(BatchVerb):
        raise Invalid("Choose what to do with the selected themes: merge, follow, assign or dismiss.")
    return BatchVerb(verb), chosen


def asked_of(verb: BatchVerb, chosen: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the reason or the owner of a decision about many themes."""
    if verb == BatchVerb.DISMISS:
        return {
            "reason": reason_of(
                {"reason": chosen or values.get("reason", ""), "note": values.get("note", "")}
            )
        }
    if verb == BatchVerb.OWNER:
        text = chosen or values.get("owner_id", "")
        return {"owner_id": int(text) if is_id(text) else None}
    return {}


def seen_of(form: MultiDict[str, str], ids: Sequence[int]) -> list[tuple[int, int | None]]:
    """Return each theme with the version that was seen, from fields like “12:3@1763820000” or “12:3”.

    The version is None where no field says so.
    """
    pairs = [text.partition("@")[0].partition(":") for text in form.getlist("seen")]
    versions = {int(one): int(version) for one, _, version in pairs if is_id(one) and is_id(version)}
    return [(one, versions.get(one)) for one in ids]


def statements_of(texts: Sequence[str]) -> list[int]:
    """Return the statements that are ticked, or listed with commas.

    :raises Invalid: there is none.
    """
    return ids_of(",".join(texts).split(","), "No statement is selected. Tick at least one.")


def reason_of(values: Mapping[str, str]) -> str:
    """Return why a theme is dismissed, in words: the reason chosen, and the note.

    :raises Invalid: no reason is chosen, or “another” without saying which.
    """
    return _reason(values, REASONS, "Choose why this theme is nothing to act on.")


def alarm_reason_of(values: Mapping[str, str]) -> str:
    """Return why an alarm is dismissed, in words: the reason chosen, and the note.

    :raises Invalid: no reason is chosen, or “another” without saying which.
    """
    return _reason(values, ALARM_REASONS, "Choose why this alarm is none.")


def _reason(values: Mapping[str, str], reasons: Mapping[str, str], missing: str) -> str:
    chosen, note = values.get("reason", ""), values.get("note", "").strip()[:300]
    if chosen not in reasons:
        raise Invalid(missing, [{"field": "reason", "reason": "Choose one."}])
    if chosen == "other":
        if not note:
            reason = "Say which reason, so that others understand it later."
            raise Invalid(reason, [{"field": "note", "reason": reason}])
        return note
    return f"{reasons[chosen]}: {note}" if note else reasons[chosen]


@dataclass(frozen=True)
class WordsOrder:
    """The order of a theme's statements, as its address says."""

    key: str
    word: str


WORDS_ORDERS = (
    WordsOrder("typical", "Most typical"),
    WordsOrder("newest", "Newest"),
    WordsOrder("least_sure", "Least sure"),
)


def words_order(values: Mapping[str, str]) -> str:
    """Return the order of statements asked for; most typical first when it is unknown."""
    asked = values.get("order", "")
    return asked if asked in {order.key for order in WORDS_ORDERS} else "typical"


def is_id(text: str) -> bool:
    """Return whether a text is a number a database row can have."""
    return text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_ID
