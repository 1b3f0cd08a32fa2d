"""Terminal commands about themes."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import click
from flask.cli import with_appcontext

from ideaflow import config, wording
from ideaflow.errors import Unavailable
from ideaflow.paging import PAGE_SIZE
from ideaflow.terminal import StepBar, print_json
from ideaflow.themes import addresses, queries, service
from ideaflow.themes.engine import QUICK
from ideaflow.themes.forms import Level
from ideaflow.themes.levels import areas
from ideaflow.themes.models import RunState, Theme
from ideaflow.themes.queries import ORDERS, InboxFilters, View
from ideaflow.themes.trends.terms import RISES, Trend


@click.group("themes")
def themes() -> None:
    """Find the themes in what customers say, and look at them."""


@themes.command("refresh")
@click.option("--seed", type=int, help="Other seeds cut the borders of themes a little differently.")
@click.option("--quick", is_flag=True, help="A first look, word by word; the exact reading follows as a job.")
@with_appcontext
def refresh(seed: int | None, quick: bool) -> None:
    """Look at all statements anew. Names and corrections made by people stay."""
    with StepBar() as bar:
        run = service.refresh(seed=seed, progress=bar.tell, model_name=QUICK if quick else "")
    if run is not None and run.state == RunState.STOPPED:
        raise Unavailable(f"Run {run.id} was stopped: {run.error} The themes are those of the run before.")
    if run is not None:
        click.echo(
            f"{run.theme_count:,} themes hold {run.statement_count - run.noise_count:,}"
            f" of {run.statement_count:,} statements."
        )


@themes.command("list")
@click.option(
    "--level", type=click.Choice([one.value for one in Level]), default=Level.THEMES.value, help="How coarse."
)
@click.option("--view", type=click.Choice([view.value for view in View]), default=View.OPEN.value)
@click.option("--sort", type=click.Choice(list(ORDERS)), default="signal")
@click.option("--words", default="", help="Only themes that hold these words.")
@click.option("--filter", "address", default="", help="As in the list's address: heard=4w&segment=Food.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@with_appcontext
def list_themes(
    level: str, view: str, sort: str, words: str, address: str, limit: int | None, as_json: bool
) -> None:
    """Show themes with who asks and what they stand for; areas and sub-themes with --level."""
    if level == Level.AREAS:
        _list_areas(limit, as_json)
        return
    if level == Level.SUB_THEMES:
        _list_parts(limit, as_json)
        return
    narrowed = addresses.filters_of(dict(parse_qsl(address)), user_id=0)
    found = _all(replace(narrowed, view=view, sort=sort, words=words or narrowed.words), limit)
    if as_json:
        print_json([_plain(theme) for theme in found])
        return
    if not found:
        click.echo("No themes yet. Import what customers said, then run: ideaflow themes refresh")
        return
    click.echo(f"{'No.':>5}  {'Theme':40}  {'Said':>5}  {'Accounts':>8}  {'Revenue':>9}  Trend")
    for theme in found:
        revenue = wording.money(float(theme.revenue_amount), config.read().currency)
        title = wording.shorten(theme.title, 40)
        click.echo(
            f"{theme.id:>5}  {title:40}  {theme.statement_count:>5}  {theme.account_count:>8}"
            f"  {revenue:>9}  {_trend(theme)}"
        )


@themes.command("show")
@click.argument("theme_id", type=int, metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print an object.")
@with_appcontext
def show(theme_id: int, as_json: bool) -> None:
    """Show one theme: what is said, and who says it."""
    theme = queries.theme(queries.living_id(theme_id))
    lines = queries.statements(theme.id, size=10).rows
    accounts = queries.accounts_of(theme.id)
    if as_json:
        words = [
            {"id": line.id, "text": line.text, "account": line.account_name, "strength": line.strength}
            for line in lines
        ]
        asking = [{"id": one.account_id, "name": one.name, "times": one.times} for one in accounts]
        whole = {**_plain(theme), "state": theme.state, "quotes": words, "asking": asking}
        print_json(whole)
        return
    currency = config.read().currency
    revenue, open_, lost = (wording.money(float(amount), currency) for amount in _amounts(theme))
    click.echo(f"{theme.id}  {theme.title}  ({theme.state}, {_trend(theme)})")
    click.echo(
        f"{wording.plural(theme.statement_count, 'statement')} from"
        f" {wording.plural(theme.account_count, 'account')}; revenue {revenue}, open {open_}, lost {lost}"
    )
    for line in lines:
        click.echo(f"  “{wording.shorten(line.text, 160)}” {line.account_name}, {line.source_label}")
    click.echo("Who asks: " + (", ".join(one.name for one in accounts) or "nobody we know"))


def _list_areas(limit: int | None, as_json: bool) -> None:
    found, themes = [row.area for row in areas.areas()][:limit], areas.themes_in()
    currency = config.read().currency
    if as_json:
        plain = [
            {
                "id": one.id,
                "name": one.title,
                "statements": one.statement_count,
                "accounts": one.account_count,
                "revenue": float(one.revenue_amount),
                "currency": currency,
                "themes": [{"id": number, "name": title} for number, title in themes.get(one.id, [])],
            }
            for one in found
        ]
        print_json(plain)
        return
    if not found:
        click.echo("No areas yet. Runs find them where there are enough themes.")
        return
    click.echo(f"{'No.':>5}  {'Area':40}  {'Themes':>6}  {'Said':>6}  {'Accounts':>8}  {'Revenue':>9}")
    for one in found:
        revenue = wording.money(float(one.revenue_amount), currency)
        click.echo(
            f"{one.id:>5}  {wording.shorten(one.title, 40):40}  {one.theme_count:>6}"
            f"  {one.statement_count:>6}  {one.account_count:>8}  {revenue:>9}"
        )


def _list_parts(limit: int | None, as_json: bool) -> None:
    found = areas.all_sub_themes()[:limit]
    if as_json:
        plain = [
            {
                "id": part.id,
                "name": part.title,
                "statements": part.statement_count,
                "accounts": part.account_count,
                "quote": part.quote,
                "theme": {"id": part.theme_id, "name": title},
            }
            for part, title in found
        ]
        print_json(plain)
        return
    if not found:
        click.echo("No theme has sub-themes.")
        return
    click.echo(f"{'Theme':40}  {'Sub-theme':40}  {'Said':>5}  {'Accounts':>8}")
    for part, title in found:
        click.echo(
            f"{wording.shorten(title, 40):40}  {wording.shorten(part.title, 40):40}"
            f"  {part.statement_count:>5}  {part.account_count:>8}"
        )


def _all(filters: InboxFilters, limit: int | None) -> list[Theme]:
    found: list[Theme] = []
    after: str | None = None
    while limit is None or len(found) < limit:
        page = queries.inbox(filters, after, size=PAGE_SIZE)
        found += page.rows
        after = page.after
        if after is None:
            break
    return found[:limit]


def _plain(theme: Theme) -> dict[str, Any]:
    revenue, open_, lost = (float(amount) for amount in _amounts(theme))
    return {
        "id": theme.id,
        "name": theme.title,
        "statements": theme.statement_count,
        "accounts": theme.account_count,
        "revenue": revenue,
        "open": open_,
        "lost": lost,
        "currency": config.read().currency,
        "trend": theme.trend,
        "quote": theme.quote,
        "state": theme.state,
    }


def _amounts(theme: Theme) -> tuple[Any, Any, Any]:
    return theme.revenue_amount, theme.open_amount, theme.lost_amount


def _trend(theme: Theme) -> str:
    word = wording.TREND_WORDS.get(theme.trend, theme.trend)
    if theme.trend_ratio and theme.trend in (*RISES, Trend.FADING):
        return f"{word}, {theme.trend_ratio:.1f}× usual"
    return word
