"""A file is read twice: once to know it (this module), once to turn it into records.

The first reading finds what only the whole file tells: whether it is torn anywhere, which way round its
dates stand, which mark parts its decimals, who the ids in its tickets are. So a file that cannot be read to
its end is refused before one row of it is stored.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from ideaflow.intake.assemble import assemble
from ideaflow.intake.cells import Recipe
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.fields import BY_NAME, plain
from ideaflow.intake.guesses import guess_mapping, kind_of
from ideaflow.intake.moments import order_of_votes, order_vote
from ideaflow.intake.money import mark_of_votes, mark_vote
from ideaflow.intake.reading import Export
from ideaflow.intake.records import Record
from ideaflow.intake.rows import NotRead, Rejected, Row, fault_of
from ideaflow.intake.shapes import is_zendesk_json, recognise
from ideaflow.intake.zendesk import Directory, zendesk_record

_SAMPLE = 200
SOURCE_LIMIT = 100
NEEDED: dict[str, tuple[str, ...]] = {
    "account": ("account", "account_id"),
    "contact": ("email", "contact", "last_name"),
    "opportunity": ("opportunity",),
    "case": ("text", "subject"),
    "note": ("text",),
    "price_book": ("price_book", "price_book_id"),
    "price": ("unit_price",),
    "training": ("course",),
    "certificate": ("partner",),
    "partner": ("partner",),
    "seller": ("email",),
    "rate": ("rate", "rate_on"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file was recognised as, and what its columns become.

    :param shape: the shape's name, "" when the mapping is guessed or given.
    :param title: what to call it on a page.
    :param unsure: the fields whose column was guessed from its cells alone.
    """

    shape: str
    title: str
    recipe: Recipe
    is_zendesk: bool = False
    is_guess: bool = False
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first reading found: the plan with the columns' evidence, and how much there is."""

    plan: Plan
    row_count: int
    not_read: tuple[NotRead, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row that says exactly what an earlier row of the same file said."""

    row: int
    first_row: int


def header_key(header: tuple[str, ...]) -> str:
    """Return the key under which a mapping is remembered: the set of headers, whatever their order."""
    return hashlib.sha256("\x1f".join(sorted(plain(name) for name in header)).encode()).hexdigest()[:32]


def plan_for(
    export: Export,
    *,
    given: Mapping[str, str] | None = None,
    source: str | None = None,
    latest: datetime | None = None,
    only_given: bool = False,
) -> Plan:
    """Recognise a file's shape, or guess; a given mapping (field to column) goes before both.

    :param only_given: columns that are not given become nothing.
    :raises FileRejected: a given field or column does not exist, or the source has no proper name.
    """
    given = _checked(export, given or {})
    if source is not None and (len(source) > SOURCE_LIMIT or not source.strip() or fault_of(source)):
        raise FileRejected(export.name, f"the source needs a name of 1 to {SOURCE_LIMIT} characters.")
    if is_zendesk_json(export.header, getattr(export, "parts", ())) and export.format.startswith("JSON"):
        recipe = Recipe(source or "zendesk", "case", given, latest=latest)
        return Plan("zendesk-json", "Zendesk JSON export", recipe, is_zendesk=True)
    shape = recognise(export.header)
    if shape is not None:
        mapping = given if only_given else {**shape.mapping(export.header), **given}
        recipe = Recipe(source or shape.source, shape.kind, mapping, latest=latest, default_order=shape.order)
        return Plan(shape.name, shape.title, recipe)
    rows = (row.cells for row in islice(export.rows(), _SAMPLE) if isinstance(row, Row))
    guessed, unsure = ({}, frozenset[str]()) if only_given else guess_mapping(export.header, rows)
    claimed = set(given.values())
    mapping = {**{field: column for field, column in guessed.items() if column not in claimed}, **given}
    recipe = Recipe(source or export.format.split()[0].lower(), kind_of(mapping), mapping, latest=latest)
    title = "Columns as you said" if given else "No known export: guessed from headers and cells"
    return Plan("", title, recipe, is_guess=not given, unsure=unsure - set(given))


def _checked(export: Export, given: Mapping[str, str]) -> dict[str, str]:
    columns = {plain(column): column for column in export.header}
    exact = set(export.header)
    checked: dict[str, str] = {}
    for field, column in given.items():
        if field not in BY_NAME:
            raise FileRejected(export.name, f"there is no field “{field}”. Fields are: {', '.join(BY_NAME)}.")
        if column not in exact and plain(column) not in columns:
            raise FileRejected(
                export.name,
                f"there is no column “{column}”. Columns are: {', '.join(export.header[:40])}.",
                row=1,
            )
        checked[field] = column if column in exact else columns[plain(column)]
    return checked


def check_needs(export: Export, plan: Plan) -> None:
    """Make sure that the columns a record cannot do without are there.

    :raises FileRejected: one is missing; the message names the columns that are there.
    """
    if plan.is_zendesk:
        return
    needed = NEEDED[plan.recipe.kind]
    if not any(field in plan.recipe.mapping for field in needed):
        raise FileRejected(
            export.name,
            f"no column becomes “{BY_NAME[needed[0]].label}”. Columns are: {', '.join(export.header[:40])}. "
            f"Say which one with --map {needed[0]}=COLUMN, or on the mapping page.",
            row=1,
        )


def survey(export: Export, plan: Plan, directory: Directory) -> Survey:
    """Read the whole file once.

    :param directory: filled with the organisations and users met; files that belong together share one.
    :raises FileRejected: the file is torn, lacks a needed column, or holds nothing below its header.
    """
    check_needs(export, plan)
    recipe = plan.recipe
    dates = [c for f, c in recipe.mapping.items() if BY_NAME[f].type in ("day", "moment")]
    amounts = [c for f, c in recipe.mapping.items() if BY_NAME[f].type == "money"]
    orders: Counter[tuple[str, str]] = Counter()
    marks: Counter[tuple[str, str]] = Counter()
    count, not_read = 0, []
    for reading in export.rows():
        if isinstance(reading, NotRead):
            not_read.append(reading)
            continue
        count += 1
        if not isinstance(reading, Row):
            continue
        if plan.is_zendesk:
            directory.learn(reading)
        orders.update((c, vote) for c in dates if (vote := order_vote(reading.cells.get(c))))
        marks.update((c, mark) for c in amounts if (mark := mark_vote(reading.cells.get(c))))
    if not count:
        raise FileRejected(
            export.name, "the file has a header and no rows. Export it again, with its records.", row=1
        )
    found_orders = {c: order for c in dates if (order := order_of_votes(orders[c, "dmy"], orders[c, "mdy"]))}
    found_marks = {c: mark for c in amounts if (mark := mark_of_votes(marks[c, ","], marks[c, "."]))}
    plan = replace(plan, recipe=replace(recipe, orders=found_orders, marks=found_marks))
    return Survey(plan, count, tuple(not_read))


def records_of(export: Export, found: Survey, directory: Directory) -> Iterator[Record | Rejected | Repeated]:
    """Read the file again, each row once: as a record, as a repetition of an earlier row, or rejected."""
    plan, recipe = found.plan, found.plan.recipe
    seen: dict[bytes, tuple[int, bytes]] = {}
    for reading in export.rows():
        if isinstance(reading, NotRead):
            continue
        if isinstance(reading, Rejected):
            yield reading
            continue
        record = (
            zendesk_record(reading, directory, recipe.source, recipe.latest)
            if plan.is_zendesk
            else assemble(reading, recipe)
        )
        yield record if isinstance(record, Rejected) else _unless_seen(record, seen, plan)


def _unless_seen(
    record: Record, seen: dict[bytes, tuple[int, bytes]], plan: Plan
) -> Record | Rejected | Repeated:
    """Let the first row of an id through, count an equal one as repeated, reject a differing one."""
    key = hashlib.blake2b(record.key.encode("utf-8", "replace"), digest_size=12).digest()
    content = bytes.fromhex(record.fingerprint()[:24])
    first = seen.setdefault(key, (record.row, content))
    if first[0] == record.row:
        return record
    if first[1] == content:
        return Repeated(record.row, first[0])
    column = "id" if plan.is_zendesk else id_column(plan.recipe)
    return Rejected(
        record.row,
        column,
        f"the id “{record.source_id[:60]}” already stands in row {first[0]:,} with other content; "
        "that row was kept. Correct one of them.",
    )


def id_column(recipe: Recipe) -> str:
    """Return the column that tells records apart, "" where only their content does."""
    names = {
        "account": ("account_id", "account"),
        "contact": ("contact_id", "email", "contact"),
        "opportunity": ("opportunity_id", "id"),
        "case": ("case", "id"),
        "note": ("id",),
        "price_book": ("price_book_id", "price_book"),
        "price": ("id", "product_code"),
        "training": ("id", "email"),
        "certificate": ("id", "partner"),
        "partner": ("partner",),
        "seller": ("email",),
        "rate": ("rate_on",),
    }[recipe.kind]
    return next((recipe.mapping[name] for name in names if name in recipe.mapping), "")
