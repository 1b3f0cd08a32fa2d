"""Terminal commands about staff."""

import click
from flask.cli import with_appcontext

from ideaflow.errors import Invalid
from ideaflow.users import queries, service
from ideaflow.users.policy import Role


@click.group("users")
def users() -> None:
    """Let people in, see who is in."""


@users.command("add")
@click.argument("email")
@click.option("--name", required=True, help="First and last name.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in Role])
)
@click.password_option(help="At least 10 characters. Leave empty to sign in by link only.", default="")
@with_appcontext
def add(email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Let EMAIL in."""
    try:
        user = service.add_user(email, name, roles, password)
    except Invalid as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{user.name} can sign in as {user.email}.")


@users.command("list")
@with_appcontext
def list_users() -> None:
    """Show who can sign in."""
    for user in queries.active():
        click.echo(f"{user.email:40} {user.name:30} {', '.join(user.roles)}")
