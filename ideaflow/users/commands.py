"""Terminal commands about staff."""

import click
from flask.cli import with_appcontext

from ideaflow.audit import SYSTEM
from ideaflow.errors import Invalid, NotFound
from ideaflow.users import handover, queries, service, tokens
from ideaflow.users.models import User
from ideaflow.users.policy import Role, Scope
from ideaflow.wording import plural


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


@users.command("add-token")
@click.argument("email")
@click.option("--name", required=True, help="Which program it is for.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([str(one) for one in Scope])
)
@click.option("--days", default=90, show_default=True, help="How long it opens something.")
@with_appcontext
def add_token(email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make an API token of EMAIL and print it, this once."""
    _, text = tokens.add(_user(email).id, name, scopes, days, by=SYSTEM)
    click.echo(text)


@users.command("tokens")
@click.argument("email")
@with_appcontext
def list_tokens(email: str) -> None:
    """Show the API tokens of EMAIL."""
    for token in tokens.of_user(_user(email).id):
        state = "ended" if token.has_ended else f"until {token.expires_at:%Y-%m-%d}"
        used = f"used {token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
        click.echo(f"{token.id:6} {token.name:40} {', '.join(token.scopes):16} {state:18} {used}")


@users.command("revoke-token")
@click.argument("number", type=int)
@with_appcontext
def revoke_token(number: int) -> None:
    """Let the token with this NUMBER count no more."""
    click.echo(f"“{tokens.revoke(number, by=SYSTEM).name}” opens nothing any more.")


@users.command("leave")
@click.argument("email")
@click.option(
    "--to", "successor", metavar="EMAIL", help="Who takes everything over; as suggested when left out."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; nothing changes.")
@with_appcontext
def leave(email: str, successor: str | None, dry_run: bool) -> None:
    """Hand over all that EMAIL holds, and close their door."""
    leaver = _user(email)
    choice = handover.Choice(_user(successor).id if successor else None)
    choice = handover.suggested(handover.holdings(leaver.id), choice)
    if dry_run:
        outcome = handover.try_out(leaver.id, choice, by=SYSTEM)
    else:
        outcome = handover.leave(leaver.id, choice, by=SYSTEM)
    for title, to, things in outcome.given:
        click.echo(f"{title} to {to.name}:")
        for one in things:
            click.echo(f"  {one.what}{f' ({one.note})' if one.note else ''}")
    for said in outcome.consequences:
        click.echo(said)
    done = f"{leaver.name} hands over {plural(outcome.count, 'thing')}"
    click.echo(f"Nothing was changed: {done}." if dry_run else f"{done} and cannot sign in any more.")


def _user(email: str) -> User:
    user = queries.with_address(email)
    if user is None:
        raise NotFound(f"Nobody with the address {email} can sign in.")
    return user
