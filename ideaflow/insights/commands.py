"""Terminal commands about the portfolio."""

import click
from flask.cli import with_appcontext

from ideaflow.insights import downloads, sheets
from ideaflow.insights.forms import read_scope
from ideaflow.insights.telling import doubt_words, value_words
from ideaflow.insights.terms import PERIODS, Unit
from ideaflow.proposals.policy import ProposalType
from ideaflow.terminal import print_json
from ideaflow.wording import shorten

HEADS = {
    "flow": "What becomes of proposals", "time": "Where the time goes", "balance": "What work divides over",
}  # fmt: skip


@click.command("portfolio")
@click.option("--arena", default="", help="Only proposals of this arena.")
@click.option("--type", "kind", type=click.Choice([one.value for one in ProposalType]), default=None)
@click.option("--process", default="", help="Only proposals on this process, by its key.")
@click.option("--period", type=click.Choice([one for one in PERIODS if one]), default=None, help="Days back.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@with_appcontext
def portfolio(arena: str, kind: str | None, process: str, period: str | None, as_json: bool) -> None:
    """Show every number of the portfolio with its interval and how many cases are behind it."""
    asked = {"arena": arena, "type": kind or "", "process": process, "period": period or ""}
    found = sheets.every_figure(read_scope(asked))
    if as_json:
        print_json(downloads.rows_of(found))
        return
    last = ""
    for page, figure in found:
        if page != last:
            click.echo(f"\n{HEADS[page]}\n{'':52} {'':>14} {'95 %':>14}  Cases")
            last = page
        behind = f"{figure.count} of {figure.of}" if figure.unit is Unit.SHARE else str(figure.count)
        click.echo(
            f"{shorten(figure.label, 52):52} {value_words(figure):>14} {doubt_words(figure):>14}  {behind}"
        )
