"""The page of exchange rates: by which rate sums of several currencies are shown, and saying one."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import config
from ideaflow.errors import IdeaflowError, Invalid
from ideaflow.market import forms, queries, rating
from ideaflow.market.page_parts import bp, page
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.get("/rates")
@requires(Right.READ)
def rates() -> ResponseReturnValue:
    """Show exchange rates, the newest day first."""
    return _rates()


@bp.post("/rates")
@requires(Right.LAUNCH)
def say_rate() -> ResponseReturnValue:
    """Say what one unit of a currency buys on a day."""
    reader = forms.Reader(request.form)
    try:
        base, currency = reader.currency("base") or "", reader.currency("currency") or ""
        day = reader.day("rate_on", is_needed=True)
        rate = reader.amount("rate", above=True, places=10)
        if base == currency:
            reader.wrong("currency", "Choose another currency than the base.")
        reader.done()
        if day is not None:
            rating.say_rate(base, currency, day, rate, by=actor())
    except Invalid as error:
        return _rates(error)
    flash(f"1 {base} = {rate} {currency} from that day on, until a newer rate comes.")
    return redirect(url_for(".rates"), 303)


def _rates(error: IdeaflowError | None = None) -> ResponseReturnValue:
    currency = request.args.get("currency", "").strip().upper()[:3]
    return page(
        "market/rates.html",
        "market.rates",
        error=error,
        fragment="rows",
        page=queries.rates(currency, after=request.args.get("after")),
        sought=currency,
        ours=config.read().currency,
    )
