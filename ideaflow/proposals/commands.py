"""Terminal commands about proposals: rank them, and let rules look."""

import click
from flask.cli import with_appcontext

from ideaflow import config
from ideaflow.proposals import ranked, service, watching
from ideaflow.proposals.scores import telling
from ideaflow.terminal import print_json


@click.group("proposals")
def proposals() -> None:
    """Rank proposals; try and apply the rules that open drafts."""


@proposals.command("rank")
@click.option(
    "--by", "key", default="rice", show_default=True, help="rice, ecv, productivity or formula-NUMBER."
)
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@with_appcontext
def rank(key: str, as_json: bool) -> None:
    """Show live proposals in the order of a score, with its range and what would turn it."""
    currency = config.read().currency
    found = ranked.ranking(key, most=None)
    if as_json:
        print_json(
            [
                {
                    "rank": place.rank, "proposal": place.scored.label, "title": place.scored.title,
                    "score": place.value, "low": place.low, "high": place.high,
                    "above_next": place.holds, "inputs": {
                        one.key: place.scored.values[one.key] for one in found.method.inputs
                    },
                    "turn": telling.turn_words(place.turn, currency) if place.turn else None,
                }
                for place in found.places
            ]
        )  # fmt: skip
        return
    for place in found.places:
        value = telling.value_words(found.method, place.value, currency)
        turn = telling.turn_words(place.turn, currency) if place.turn else ""
        click.echo(
            f"{place.rank:>3}  {value:>9}  {place.scored.label:<6} {place.scored.title[:44]:<44}  {turn}"
        )
    if found.waiting:
        click.echo(f"{len(found.waiting)} without this score.")


@proposals.command("rules")
@click.option("--apply", "is_applied", is_flag=True, help="Open the drafts that rules switched on ask for.")
@with_appcontext
def rules(is_applied: bool) -> None:
    """Show what each rule would open now; with --apply, open it, once for each theme."""
    for rule in watching.all_rules():
        found = watching.look(rule.asks, rule.id).meeting
        click.echo(f"{'on ' if rule.is_on else 'off'}  {rule.name}: {len(found)} would open")
        for facts in found:
            click.echo(f"       theme {facts.theme_id} {facts.title}")
    if is_applied:
        opened = service.apply_rules()
        click.echo(f"Opened {len(opened)}: {', '.join(f'P-{one}' for one in opened) or 'nothing'}.")
