"""Records of the market sent as JSON: read, judged and kept as a file's are, all of them or none."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Invalid
from ideaflow.intake.assemble import assemble
from ideaflow.intake.cells import Recipe
from ideaflow.intake.fields import BY_NAME, Type
from ideaflow.intake.market_columns import LISTS
from ideaflow.intake.models import Import, ImportState
from ideaflow.intake.records import Kind, Record
from ideaflow.intake.rows import Rejected, Row, fault_of
from ideaflow.intake.service import take_turn
from ideaflow.intake.storing import fingerprints, judged, store
from ideaflow.intake.survey import SOURCE_LIMIT
from ideaflow.wording import plural

MOST = 500
EXPECTS: dict[Type, str] = {
    "text": "text", "words": "text", "day": "a day, as in “2026-11-23”", "moment": "a moment in ISO 8601",
    "money": "a number, or a decimal number as text", "currency": "the three letters of a currency",
    "email": "a mail address", "domain": "a web domain", "flag": "true or false",
}  # fmt: skip
TITLES: dict[Kind, str] = {
    "price_book": "Price books", "price": "Price entries", "training": "Training records",
    "certificate": "Certificates of partners", "partner": "Partners", "seller": "Sellers",
    "rate": "Exchange rates",
}  # fmt: skip
_PLACES = frozenset({"channel", "region"})
"""Left out, they say nothing; empty, they mean everywhere: so a record is asked only for those it has."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of records: how many were new or changed, how many said the same as before.

    :param import_id: under which they are known; None where nothing changed.
    """

    accepted: int
    unchanged: int
    import_id: int | None


def fields_of(kind: Kind) -> tuple[str, ...]:
    """Return the names of all fields that a record of this kind may have: those of its lists in files."""
    names = {name for one in LISTS if one.kind == kind for name in one.columns}
    return tuple(name for name in BY_NAME if name in names)


def send(kind: Kind, source: str, sent: Sequence[Any], *, by: Actor) -> Sent:
    """Keep records of a source; those that say the same as before change nothing and leave no trace.

    :param source: the system they come from, as in files: one record has one id there.
    :raises Invalid: one of them cannot be taken; ``problems`` names each with its field. None was kept.
    """
    source = _checked_source(source, sent)
    recipe = Recipe(source, kind, {name: name for name in fields_of(kind)}, default_order="mixed")
    records, problems = _read(sent, recipe)
    with transaction() as session:
        take_turn(session)
        told = judged(records, recipe)
        problems += [_problem(one, kind) for one in told if isinstance(one, Rejected)]
        if problems:
            raise _refused(problems)
        known = fingerprints(session, records)
        if all(known.get(one.key) == one.fingerprint() for one in records):
            return Sent(0, len(records), None)
        row = _import(recipe, sent, by)
        session.add(row)
        session.flush()
        stored = store(session, row.id, records, now())
        row.accepted_count, row.unchanged_count = stored.accepted, stored.unchanged
        row.read_count = len(records)
        audit.record(by, "intake.send", row, after={"source": source, "kind": kind, **row.counts()})
    return Sent(stored.accepted, stored.unchanged, row.id)


def _checked_source(source: str, sent: Sequence[Any]) -> str:
    problems: list[dict[str, object]] = []
    source = " ".join(source.split())
    if not 0 < len(source) <= SOURCE_LIMIT or fault_of(source):
        reason = f"Name the system the records come from, in at most {SOURCE_LIMIT} characters."
        problems.append({"field": "source", "reason": reason})
    if not 0 < len(sent) <= MOST:
        reason = f"Send 1 to {MOST} records at once; you sent {len(sent):,}."
        problems.append({"field": "records", "reason": reason})
    if problems:
        raise _refused(problems)
    return source


def _read(sent: Sequence[Any], recipe: Recipe) -> tuple[list[Record], list[dict[str, object]]]:
    """Return the records that were sent, and what is wrong with the others."""
    found: dict[str, Record] = {}
    problems: list[dict[str, object]] = []
    for number, values in enumerate(sent, start=1):
        if faults := list(_faults(values, recipe)):
            problems += [_problem(Rejected(number, *fault), recipe.kind) for fault in faults]
            continue
        mapping = {name: name for name in recipe.mapping if name in values or name not in _PLACES}
        own = Recipe(recipe.source, recipe.kind, mapping, default_order=recipe.default_order)
        record = assemble(Row(number, values), own)
        if isinstance(record, Record) and (first := found.setdefault(record.key, record)) is not record:
            reason = f"record {first.row} is the same one. Send each record once."
            record = Rejected(number, "id" if "id" in recipe.mapping else "", reason)
        if isinstance(record, Rejected):
            problems.append(_problem(record, recipe.kind))
    return list(found.values()), problems


def _faults(values: Any, recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Find the fields, with the reasons, that no file could have."""
    if not isinstance(values, Mapping):
        yield "", "it is no JSON object."
        return
    for name, value in values.items():
        if name not in recipe.mapping:
            yield str(name)[:100], f"there is no such field. Known are: {', '.join(recipe.mapping)}."
        elif not isinstance(value, str | int | float | None):
            yield name, "it is a list or an object."
        elif isinstance(value, float) and not math.isfinite(value):
            yield name, "it is no number."
        elif isinstance(value, str) and (fault := fault_of(value)):
            yield name, fault


def _problem(rejected: Rejected, kind: Kind) -> dict[str, object]:
    told: dict[str, object] = {"record": rejected.row, "field": rejected.column, "reason": rejected.reason}
    if rejected.column in fields_of(kind):
        told["expected"] = f"{BY_NAME[rejected.column].label}: {EXPECTS[BY_NAME[rejected.column].type]}"
    return told


def _refused(problems: list[dict[str, object]]) -> Invalid:
    first = problems[0]
    place = f"record {first['record']}, " if "record" in first else ""
    field = f"“{first['field']}”: " if first["field"] else ""
    more = f" And {plural(len(problems) - 1, 'more problem')}." if len(problems) > 1 else ""
    problems.sort(key=lambda one: int(str(one.get("record", 0))))
    return Invalid(f"Nothing was kept. {place}{field}{first['reason']}{more}", problems)


def _import(recipe: Recipe, sent: Sequence[Any], by: Actor) -> Import:
    title = TITLES[recipe.kind]
    text = json.dumps(sent, sort_keys=True, default=str)
    return Import(
        file_name=f"{title} by JSON", file_hash=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        given={}, source=recipe.source, shape=title, kind=recipe.kind, state=ImportState.DONE,
        row_count=len(sent), imported_by=by.name, finished_at=now(),
    )  # fmt: skip
