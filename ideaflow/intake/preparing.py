"""Files that belong together, opened, recognised and read once, before anything of them is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ideaflow.intake.faults import FileRejected
from ideaflow.intake.fields import BY_NAME
from ideaflow.intake.guesses import speaks_of_accounts
from ideaflow.intake.reading import Export, open_export
from ideaflow.intake.survey import NEEDED, Plan, Survey, header_key, plan_for, survey
from ideaflow.intake.zendesk import Directory

# What others refer to is imported first, whatever order the files were given in.
_ORDER = {
    "account": 0, "contact": 1, "opportunity": 2, "case": 3, "note": 4,
    "price_book": 5, "price": 6, "seller": 7, "training": 8, "partner": 9, "certificate": 10, "rate": 11,
}  # fmt: skip
_CHUNK = 1 << 20
Remembered = Callable[[str], dict[str, str] | None]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file to import, and what is said about it.

    :param given: target field to column.
    :param is_whole: whether columns that are not given become nothing; else they are recognised or guessed.
    :param source: what to call the system it comes from; found out when None.
    """

    path: Path
    name: str
    given: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read to its end once and can be imported."""

    incoming: Incoming
    export: Export
    survey: Survey
    file_hash: str

    @property
    def plan(self) -> Plan:
        return self.survey.plan

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was found out about the file, in sentences."""
        footer = len(self.survey.not_read)
        return (
            *self.export.notes,
            *(
                (f"{footer} lines of the report's footer are no records and were not read.",)
                if footer
                else ()
            ),
        )


def open_planned(incoming: Incoming, latest: datetime, remembered: Remembered) -> tuple[Export, Plan]:
    """Open a file and say what its columns become: as given, as recognised, as remembered, or guessed.

    :raises FileRejected: it cannot be read, or a given field or column does not exist.
    """
    export = open_export(incoming.path, incoming.name)
    plan = plan_for(
        export,
        given=incoming.given,
        source=incoming.source,
        latest=latest,
        only_given=incoming.is_whole and bool(incoming.given),
    )
    if not incoming.given and not plan.is_zendesk and (known := remembered(header_key(export.header))):
        plan = plan_for(export, given=known, source=incoming.source, latest=latest, only_given=True)
    return export, plan


def prepare(
    files: Sequence[Incoming], latest: datetime, remembered: Remembered, *, ask_when_unsure: bool = False
) -> tuple[list[Prepared], Directory]:
    """Read all files once, in the order in which they will be imported.

    :param ask_when_unsure: refuse a table whose needed column was only guessed from its cells.
    :raises FileRejected: one of them cannot be imported; none of them should be.
    """
    directory = Directory()
    opened = [(incoming, *open_planned(incoming, latest, remembered)) for incoming in files]
    if ask_when_unsure:
        for incoming, _, plan in opened:
            _refuse_unsure(incoming, plan)
    opened.sort(key=lambda entry: _ORDER[entry[2].recipe.kind])
    return [
        Prepared(incoming, export, survey(export, plan, directory), hash_of(incoming.path))
        for incoming, export, plan in opened
    ], directory


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _refuse_unsure(incoming: Incoming, plan: Plan) -> None:
    if plan.is_guess and plan.recipe.kind == "account" and not speaks_of_accounts(plan.recipe.mapping):
        raise FileRejected(
            incoming.name,
            "no header says which column holds what was said. Say so with --map text=COLUMN; for a mere list "
            "of accounts name one more of their columns, for instance --map segment=COLUMN.",
            row=1,
        )
    needed = NEEDED[plan.recipe.kind]
    unsure = [name for name in needed if name in plan.unsure]
    if unsure and not any(name in plan.recipe.mapping and name not in plan.unsure for name in needed):
        name = unsure[0]
        raise FileRejected(
            incoming.name,
            f"no header says which column is “{BY_NAME[name].label}”; by its cells it may be "
            f"“{plan.recipe.mapping[name]}”. Say so with --map '{name}={plan.recipe.mapping[name]}'.",
            row=1,
        )
