"""Options as several instruments have them: a key that stays, a name, a note beneath it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ideaflow.codesign.kinds.contract import Problem

LONGEST_NAME, LONGEST_NOTE, MOST = 120, 200, 30
Option = dict[str, str]


def read_options(form: Any, prefix: str = "option") -> list[Option]:
    """Return the options of a form in its order; lines without a name are left out.

    Fields: ``option_key`` (empty for a new one), ``option_name`` and ``option_note``, once a line.
    """
    fields = [form.getlist(f"{prefix}_{part}") for part in ("key", "name", "note")]
    lines = list(zip(*fields, strict=False))
    named = [(key, " ".join(name.split()), " ".join(note.split())) for key, name, note in lines]
    taken = {key for key, name, _ in named if key and name}
    found: list[Option] = []
    seen: set[str] = set()
    for key, name, note in named:
        if not name:
            continue
        if not key or key in seen or len(key) > 20:
            key = _free(taken)
            taken.add(key)
        seen.add(key)
        found.append({"key": key, "name": name, "note": note})
    return found


def problems_of(
    options: Sequence[Mapping[str, str]], least: int, most: int = MOST, what: str = "options"
) -> list[Problem]:
    """Return what is wrong with options: too few or many, too long, two of one name."""
    problems: list[Problem] = []
    if not least <= len(options) <= most:
        reason = f"Write {least} to {most} {what}; these are {len(options)}."
        problems.append({"field": "options", "reason": reason})
    names = [one["name"].casefold() for one in options]
    twice = next((one["name"] for one in options if names.count(one["name"].casefold()) > 1), "")
    if twice:
        problems.append({"field": "options", "reason": f"“{twice[:60]}” is there twice."})
    for one in options:
        if len(one["name"]) > LONGEST_NAME or len(one["note"]) > LONGEST_NOTE:
            reason = f"“{one['name'][:40]}…” is too long: {LONGEST_NAME} characters, its note {LONGEST_NOTE}."
            problems.append({"field": "options", "reason": reason})
    return problems


def names_of(options: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the names of options by their keys."""
    return {one["key"]: one["name"] for one in options}


def _free(taken: set[str]) -> str:
    number = 1
    while f"o{number}" in taken:
        number += 1
    return f"o{number}"
