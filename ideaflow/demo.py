"""The demo company: its exports through the same importer a user has, its themes, its people."""

import os
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo

from ideaflow import (
    demo_codesign,
    demo_designs,
    demo_ideas,
    demo_launch,
    demo_loop,
    demo_market,
    demo_promises,
    demo_selling,
    demo_story,
    resources,
    schema,
)
from ideaflow.config import Settings
from ideaflow.serving import check_port, run_server
from ideaflow.terminal import StepBar
from ideaflow.themes import queries as theme_queries
from ideaflow.themes import service as themes
from ideaflow.users import queries as users_queries
from ideaflow.users import service as users
from ideaflow.users.policy import Role
from ideaflow.wording import TREND_WORDS, money, plural

COMPANY = "Fernhall"
PASSWORD = "fernhall-demo"  # noqa: S105 - A demo on a loopback address, told on the terminal.
FILES = (
    "salesforce-accounts.csv",
    "salesforce-opportunities.csv",
    "zendesk-export.json",
    "hubspot-tickets.csv",
)
PEOPLE = (
    ("Maren Holt", (Role.PRODUCT_MANAGER,)),
    ("Idris Bakker", (Role.GATEKEEPER,)),
    ("Ruth Stein", (Role.GATEKEEPER,)),
    ("Yuki Aldana", (Role.SALES,)),
    ("Lena Prior", (Role.SERVICE,)),
    ("Tom Wrona", (Role.ADMINISTRATOR, Role.GATEKEEPER)),
    ("Joris Okafor", (Role.PRODUCT_MANAGER,)),
)
CUSTOMER = "elina.koski@vantaafreight.example"  # She said much, and has a design session open.
SHOWN_THEMES = 12


@click.command()
@click.option("--no-serve", is_flag=True, help="Set everything up, print the themes, and stop.")
@click.option("--port", type=int, help="The port to listen on; 8000 when left out.")
@click.pass_context
def demo(context: click.Context, no_serve: bool, port: int | None) -> None:
    """Show ideaflow with a demo company: exports in, themes out, pages on this machine."""
    os.environ.setdefault("IDEAFLOW_COMPANY", COMPANY)
    flask: Flask = context.ensure_object(ScriptInfo).load_app()
    settings: Settings = flask.extensions["settings"]
    port = port or settings.port
    if not no_serve:
        check_port(settings.host, port)
    with flask.app_context():
        set_up()
        _show_themes(settings.currency)
        _show_people()
    if not no_serve:
        run_server(settings, settings.host, port)


def set_up() -> None:
    """Make the demo company, as far as it is not there yet."""
    schema.upgrade()
    _let_people_in()
    folder, people = resources.EXAMPLES / "fernhall", {user.name: user for user in users_queries.active()}
    if _bring_exports(folder) or theme_queries.coverage().run is None:
        _find_themes()
        if demo_story.merge_themes(folder, people):
            _find_themes()  # Sub-themes of what was merged come with a run.
    demo_market.tell(folder, people)
    demo_story.tell(folder, people)
    demo_ideas.tell(folder, people)
    demo_codesign.tell(folder, people)
    demo_designs.tell(folder, people)
    demo_loop.tell(folder, people)
    demo_launch.tell(folder, people)
    demo_market.switch_off(folder, people)
    demo_selling.tell(folder, people)  # Late: sales wait for what the others made.
    demo_promises.tell(people)


def _find_themes() -> None:
    with StepBar() as bar:
        themes.refresh(progress=bar.tell)


def _let_people_in() -> None:
    known = {user.email for user in users_queries.everybody()}
    for name, roles in PEOPLE:
        if _email(name) not in known:
            users.add_user(_email(name), name, list(roles), PASSWORD)


def _bring_exports(folder: Path) -> int:
    """Import the export files and return how many feedback items were new."""
    return sum(one.item_count for one in demo_market.import_files(folder, FILES))


def _show_themes(currency: str) -> None:
    filters = theme_queries.InboxFilters()
    page = theme_queries.inbox(filters, size=SHOWN_THEMES)
    count = theme_queries.inbox_count(filters)
    click.echo(f"\n{'Theme':44} {'accounts':>8} {'a year':>9} {'open':>9}  trend")
    for theme in page.rows:
        click.echo(
            f"{theme.title[:44]:44} {theme.account_count:>8} {money(theme.revenue_amount, currency):>9} "
            f"{money(theme.open_amount, currency):>9}  {TREND_WORDS.get(theme.trend, theme.trend)}"
        )
    if count > len(page.rows):
        click.echo(f"and {plural(count - len(page.rows), 'more theme')}: ideaflow themes list")


def _show_people() -> None:
    click.echo(f"\nSign in with the password {PASSWORD} as")
    for name, roles in PEOPLE:
        click.echo(f"  {', '.join(role.title for role in roles):26} {_email(name)}")
    click.echo(f"and see the portal as a customer does:\n  ideaflow portal link {CUSTOMER}\n")


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@fernhall.example"
