"""Terminal commands about language models: which there are, whether one works, and changing to it."""

import math
import time

import click
from flask.cli import with_appcontext

from ideaflow import config, wording
from ideaflow.errors import Invalid
from ideaflow.themes import engine, service
from ideaflow.themes.statements import rereading

SAMPLE = 256
"""Statements that are read to tell how long all of them will take."""
LEAST_SECONDS = 0.001


@click.group("models")
def models() -> None:
    """Choose the language model that reads what customers say."""


@models.command("list")
@with_appcontext
def list_models() -> None:
    """Show the models that lie ready on this machine, and which one the themes are made with."""
    in_use, wanted = rereading.in_use(), rereading.wanted()
    ready = {version: name for name, version in engine.kept_models()}
    for version, name in sorted(ready.items(), key=lambda one: one[1]):
        notes = ["in use"] * (version == in_use) + ["wanted"] * (name == wanted and version != in_use)
        click.echo(f"{name}  ({version}){': ' + ', '.join(notes) if notes else ''}")
    if wanted not in ready.values():
        click.echo(f"{wanted}: wanted, made ready at the first use")
    if in_use and in_use not in ready:
        click.echo(f"{in_use}: in use, not on this machine")


@models.command("check")
@click.argument("name", default="")
@with_appcontext
def check(name: str) -> None:
    """Open the model NAME (a name or a folder), or the wanted one, and say what it is."""
    with engine.using(name or rereading.wanted()):
        began = time.perf_counter()
        about = engine.about()
        engine.encode(["The label printer jams."], ["The label printer jams."])
    click.echo(f"{name or rereading.wanted()} works ({time.perf_counter() - began:.1f} s to open).")
    told = {
        "version": about["version"],
        "dimensions": about["dimensions"],
        "tokens read of a text": about.get("tokens"),
        "put before each text": repr(about["prompt"]) if about.get("prompt") else "nothing",
        "numbers": about.get("precision"),
        "cosine to the original": about.get("likeness"),
    }
    for what, value in told.items():
        click.echo(f"  {what}: {value}")


@models.command("use")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def use(name: str, yes: bool) -> None:
    """Read everything again with the model NAME, as a job; the themes stay as they are until it is done.

    NAME is a sentence-transformers name or a folder. Names, owners and corrections made by people stay.
    """
    fixed = config.read().model
    if fixed and fixed != name:
        raise Invalid(f"IDEAFLOW_MODEL names {fixed}, which comes first. Change it there and start again.")
    with engine.using(name):
        version = engine.about()["version"]
        total, done = rereading.counts()
        left = max(total - done, 0)
        if version == rereading.in_use():
            click.echo(f"The themes are made with {name} already.")
            if rereading.wanted() == name:
                return
        minutes = _minutes(left)
    click.echo(f"{wording.plural(left, 'statement')} to read with {name}: about {minutes}.")
    click.echo(
        "Until then the themes stay as they are; then names, owners and corrections hold in the new ones."
    )
    if not yes:
        click.confirm("Go on?", abort=True)
    service.use_model(name)
    click.echo("Queued. The inbox shows how far it is; to go back: ideaflow models use OTHER")


def _minutes(left: int) -> str:
    """Return how long so many statements take, measured on some of them."""
    rows = rereading.some(SAMPLE)
    if not rows or not left:
        return "no time"
    began = time.perf_counter()
    engine.encode([row[1] for row in rows], [row[2] for row in rows])
    seconds = max(time.perf_counter() - began, LEAST_SECONDS) / len(rows) * left
    return wording.plural(math.ceil(seconds / 60), "minute")
