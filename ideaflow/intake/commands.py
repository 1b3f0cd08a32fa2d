"""``ideaflow import``: files in, a report out."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from ideaflow import schema
from ideaflow.audit import SYSTEM
from ideaflow.clock import now
from ideaflow.intake import queries, service
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.models import RejectedRow
from ideaflow.intake.preparing import Incoming, Prepared, prepare
from ideaflow.intake.rows import Rejected
from ideaflow.intake.zendesk import Directory
from ideaflow.wording import plural

_SHOWN = 20


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="What a column means, for instance text=Note. Repeat for each column. Unknown FIELD: lists all.",
)
@click.option("--source", help="Where this was said, for instance zendesk; found out from known exports.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def import_files(
    files: tuple[Path, ...], pairs: tuple[str, ...], source: str | None, dry_run: bool, as_json: bool
) -> None:
    """Import exported FILES (CSV, XLSX, JSON, JSON lines): accounts, contacts, opportunities, cases, words.

    The same file twice adds nothing. Stopped at any point, a second start goes on where it ended.
    """
    given = dict(_pair(pair) for pair in pairs)
    if schema.current() != schema.newest():
        schema.upgrade()
    try:
        prepared, directory = prepare(
            [Incoming(path, _shown(path), given, source) for path in files],
            now(),
            queries.remembered,
            ask_when_unsure=True,
        )
    except FileRejected as refusal:
        if as_json:
            click.echo(json.dumps(_refused(refusal, len(files) > 1), ensure_ascii=False))
        raise
    total = sum(one.survey.row_count for one in prepared)
    reports = []
    with click.progressbar(length=total, label="Looking" if dry_run else "Importing", file=sys.stderr) as bar:
        for one in prepared:
            last = one is prepared[-1]
            reports.append(_report(one, directory, dry_run, bar.update, several=len(files) > 1, last=last))
    if as_json:
        click.echo(json.dumps(_sum(reports), ensure_ascii=False))
    else:
        for one, report in zip(prepared, reports, strict=True):
            _tell(one, report, dry_run)


def _shown(path: Path) -> str:
    """Return a file's name as text, whatever bytes it has on disk."""
    return (path.name or str(path)).encode("utf-8", "replace").decode()


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not sign or not field.strip() or not column.strip():
        raise click.UsageError(f"--map takes FIELD=COLUMN, for instance text=Note; “{text}” is none.")
    return field.strip(), column.strip()


def _report(
    prepared: Prepared,
    directory: Directory,
    dry_run: bool,
    progress: service.Progress,
    *,
    several: bool,
    last: bool,
) -> dict[str, Any]:
    """Import one file, or try it, and return its report."""
    report: dict[str, Any]
    found: Sequence[Rejected | RejectedRow]
    if dry_run:
        trial = service.try_file(prepared, directory, progress=progress)
        report, found = {**trial.counts(), "items": None}, trial.errors
    else:
        row = service.import_file(prepared, directory, by=SYSTEM, progress=progress, more_follow=not last)
        report = {**row.counts(), "items": row.item_count}
        found = list(queries.every_rejected(row.id))
    file = {"file": prepared.incoming.name} if several else {}
    report["errors"] = [{**file, "row": one.row, "column": one.column, "reason": one.reason} for one in found]
    return report


def _sum(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one report over all files, with exactly the fields the documentation names."""
    names = ("read", "accepted", "unchanged", "rejected")
    counts = {name: sum(report[name] for report in reports) for name in names}
    return {**counts, "errors": [error for report in reports for error in report["errors"]]}


def _refused(refusal: FileRejected, several: bool) -> dict[str, Any]:
    file = {"file": refusal.name} if several else {}
    error = {**file, "row": refusal.row, "column": refusal.column, "reason": refusal.reason}
    return {"read": 0, "accepted": 0, "unchanged": 0, "rejected": 0, "errors": [error]}


def _tell(prepared: Prepared, report: dict[str, Any], dry_run: bool) -> None:
    name = prepared.incoming.name
    click.echo(f"{name}: {prepared.plan.title}." + ("" if not dry_run else " Nothing was stored."))
    for note in prepared.notes:
        click.echo(f"  {note}")
    if prepared.plan.is_guess:
        said = ", ".join(f"{column} → {field}" for field, column in prepared.plan.recipe.mapping.items())
        click.echo(f"  Columns taken by their headers: {said}. Change one with --map FIELD=COLUMN.")
    click.echo(
        f"  {plural(report['read'], 'row')} read = {report['accepted']:,} accepted + "
        f"{report['unchanged']:,} unchanged + {report['rejected']:,} rejected."
        + (f" {plural(report['items'], 'new feedback item')}." if report["items"] is not None else "")
    )
    for error in report["errors"][:_SHOWN]:
        column = f", column “{error['column']}”" if error["column"] else ""
        click.echo(f"  Row {error['row']:,}{column}: {error['reason']}")
    if len(report["errors"]) > _SHOWN:
        click.echo(f"  And {len(report['errors']) - _SHOWN:,} more; --json prints all.")
