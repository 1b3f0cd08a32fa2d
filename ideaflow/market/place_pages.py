"""Pages about whose accounts are sold where: those in no region or in two, and what the CRM writes."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.accounts.models import Account
from ideaflow.errors import Invalid
from ideaflow.market import forms, places, queries, service
from ideaflow.market.page_parts import bp, page
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.wording import plural


@bp.get("/accounts")
@requires(Right.READ)
def accounts() -> ResponseReturnValue:
    """Show the accounts nobody can say a region of, and what the CRM writes that is no region of ours."""
    found = places.unclear_accounts(after=request.args.get("after"))
    return page(
        "market/accounts.html",
        "market.accounts",
        fragment="rows",
        page=found,
        where=places.places_of(found.rows),
        spellings=places.strange_spellings(),
        unclear_count=places.unclear_count(),
    )


@bp.post("/accounts/regions")
@requires(Right.LAUNCH)
def make_regions() -> ResponseReturnValue:
    """Make regions of what the CRM writes, or take it for a spelling of one."""
    chosen = forms.spellings(request.form)
    if not chosen:
        raise Invalid("Say for at least one of them what it is.")
    touched = service.make_regions(chosen, by=actor())
    flash(f"{plural(len({one.id for one in touched}), 'region')} set. Accounts are found there at once.")
    return redirect(url_for(".accounts"), 303)


@bp.post("/accounts/<int:account_id>")
@requires(Right.LAUNCH)
def say_place(account_id: int) -> ResponseReturnValue:
    """Say where an account is sold to."""
    reader = forms.Reader(request.form)
    region_id = reader.chosen("region", "the region")
    reader.done()
    service.say_place(account_id, region_id, reader.number("channel"), by=actor())
    flash("Said. It counts before the region in the CRM.")
    return redirect(_back(account_id), 303)


@bp.post("/accounts/<int:account_id>/<int:place_id>/take-back")
@requires(Right.LAUNCH)
def take_back_place(account_id: int, place_id: int) -> ResponseReturnValue:
    """Take back where an account is sold to."""
    service.take_back_place(account_id, place_id, by=actor())
    flash("Taken back.")
    return redirect(_back(account_id), 303)


def _back(account_id: int) -> str:
    """Return where the form stood: the list, or the account's page."""
    if request.form.get("from") == "list":
        return url_for(".accounts")
    return url_for("accounts.show", account_id=account_id)


def where_sold(account: Account) -> parts.Part:
    """Show on an account's page where it is sold to, with a way to say it."""
    return parts.Part(
        "market/_of_account.html",
        {
            "account": account,
            "where": places.places_of([account])[account.id],
            "said": queries.places_said(account.id),
            "channels": places.current_channels(),
            "regions": places.current_regions(),
        },
    )


parts.add("accounts.aside", where_sold)
