"""The ``ideaflow`` command: collects each slice's commands; adds serve, worker, db and doctor."""

import sys

import click
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import OperationalError

from ideaflow import schema
from ideaflow.app import create_app
from ideaflow.demo import demo
from ideaflow.errors import IdeaflowError, Invalid
from ideaflow.gates import service as gates
from ideaflow.gates.commands import processes
from ideaflow.insights.commands import portfolio
from ideaflow.intake.commands import import_files
from ideaflow.launch import service as launches
from ideaflow.portal.commands import portal
from ideaflow.proposals.commands import proposals
from ideaflow.serving import doctor, serve, worker
from ideaflow.themes.commands import themes
from ideaflow.themes.model_commands import models
from ideaflow.users.commands import users


@click.group()
@click.version_option(package_name="ideaflow", message="ideaflow %(version)s")
@click.pass_context
def ideaflow(context: click.Context) -> None:
    """From what customers said to a decided proposal."""
    context.obj = ScriptInfo(create_app=create_app)


@ideaflow.group()
def db() -> None:
    """Bring the database up to date, or take it back."""


@db.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database up to this version of ideaflow."""
    schema.upgrade()
    for version in gates.ship():
        click.echo(f"Published the process {version.name}.")
    if launches.ship():
        click.echo("Published the readiness template that comes with it.")
    click.echo(f"The database is at {schema.current()}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="What later versions added will be lost. Go on?")
@with_appcontext
def downgrade(revision: str) -> None:
    """Take the database back to REVISION (base: empty)."""
    schema.downgrade(revision)
    click.echo(f"The database is at {schema.current() or 'base'}.")


@db.command()
@click.argument("message")
@click.option("--revision", required=True, help="Date and time, for instance 20261122_0900.")
@with_appcontext
def revision(message: str, revision: str) -> None:
    """Write a migration from what the models changed (for developers)."""
    schema.make(message, revision)


for command in (
    demo, serve, worker, doctor, import_files, models, portal, portfolio, processes, proposals, themes, users,
):  # fmt: skip
    ideaflow.add_command(command)


def main() -> None:
    """Run the command; what a person can mend is told in one line."""
    try:
        ideaflow(prog_name="ideaflow")
    except Invalid as error:
        for problem in error.problems:
            click.echo("  " + ", ".join(f"{name} {value}" for name, value in problem.items()), err=True)
        sys.exit(_tell(str(error)))
    except IdeaflowError as error:
        sys.exit(_tell(str(error)))
    except OperationalError as error:
        sys.exit(_tell(f"The database does not answer: {str(error.orig).splitlines()[0]}"))


def _tell(message: str) -> int:
    click.echo(f"ideaflow: {message}", err=True)
    return 1
