"""Terminal commands about processes: list them, take them along, bring them in, try rules and plans."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from ideaflow.audit import SYSTEM
from ideaflow.gates.migrating import dry, planning, unseated
from ideaflow.gates.process import drafting, exchange, routes, routing, rules
from ideaflow.gates.process_pages import shared
from ideaflow.terminal import print_json
from ideaflow.wording import plural


@click.group("processes")
def processes() -> None:
    """Read and bring in processes; try rules and migrations without moving anything."""


@processes.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@with_appcontext
def list_processes(as_json: bool) -> None:
    """Show every process with its newest version, its draft and what runs on it."""
    found = [
        {
            "key": line.process.key,
            "name": line.process.name,
            "version": line.newest.number if line.newest else None,
            "sha256": line.newest.content_hash if line.newest else None,
            "stages": [stage.name for stage in line.newest.content.stages] if line.newest else [],
            "has_draft": line.draft is not None,
            "running": line.running,
        }
        for line in shared.lines()
    ]
    if as_json:
        print_json(found)
        return
    for one in found:
        draft = ", a draft" if one["has_draft"] else ""
        version = f"version {one['version']}" if one["version"] else "not published"
        click.echo(f"{one['key']:16} {one['name']:24} {version}{draft}, {one['running']} running")


@processes.command("export")
@click.argument("key")
@click.option("--version", "number", type=int, help="The newest one when left out.")
@click.option("--draft", "is_draft", is_flag=True, help="What is being written.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Standard output when left out."
)
@with_appcontext
def export(key: str, number: int | None, is_draft: bool, output: Path | None) -> None:
    """Write the process KEY as JSON that can be brought in elsewhere."""
    text = exchange.dump(shared.source_of(key, number, is_draft=is_draft).document)
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, "utf-8")
    click.echo(f"Wrote {output}.", err=True)


@processes.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take the place of the draft that is there.")
@with_appcontext
def bring_in(file: Path, replace: bool) -> None:
    """Make FILE the draft of its process; publishing stays with an administrator."""
    document = exchange.load(file.read_bytes())
    standing = shared.draft_of(document["key"]) if replace else None
    draft = drafting.put(document, seen=standing.version if standing else None, by=SYSTEM)
    wants = rules.wants_of(draft.document, drafting.history_of(draft.process_id))
    click.echo(f"The file is the draft of {draft.process.name}.")
    for want in wants:
        click.echo(f"  Before publishing: {want.words}")


@processes.command("route")
@click.argument("proposal_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
@with_appcontext
def route(proposal_id: int, as_json: bool) -> None:
    """Say which process PROPOSAL_ID would take now, and why."""
    choice = routes.choose_for(proposal_id)
    if as_json:
        print_json(choice.plain())
        return
    click.echo(f"{choice.version.name}. {choice.words}")
    for step in choice.steps:
        click.echo(f"  {step.name}: {'fits' if step.fits else step.why}")
    click.echo(f"  risk {routing.risk_of(choice.facts).level}")


@processes.command("dry-run")
@click.argument("plan_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
@with_appcontext
def dry_run(plan_id: int, as_json: bool) -> None:
    """Say what the migration plan PLAN_ID would do; moves nothing."""
    plan = planning.plan_with(plan_id)
    run = dry.dry_run(plan)
    lacking = unseated.unseated(plan, run.stages)
    if as_json:
        lines = [
            {
                "proposal": line.proposal.id, "verdict": line.verdict.value, "stage": line.outcome.stage,
                "blocks": list(line.outcome.blocks), "notes": list(line.outcome.notes),
            }
            for line in run.lines
        ]  # fmt: skip
        seats = [{"gate": one.gate.key, "why": one.why, "proposals": sorted(one.scopes)} for one in lacking]
        told = {"plan": plan.id, "state": plan.state, "counts": run.counts}
        print_json({**told, "proposals": lines, "seats": seats})
        return
    click.echo(f"{plan.name}: {run.words}.")
    for line in run.lines:
        why = " ".join((*line.outcome.blocks, "; ".join(line.outcome.notes)))
        click.echo(f"  P-{line.proposal.id} {line.verdict.words}. {why}".rstrip())
    for one in lacking:
        click.echo(f"  {one.why} {plural(len(one.scopes), 'proposal')}: {one.for_words or 'all alike'}.")
