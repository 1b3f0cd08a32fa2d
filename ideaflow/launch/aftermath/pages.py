"""The page of what a launch became: what it sold, what it brought, what is said of it since."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow import parts, typed
from ideaflow.accounts import finding
from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Opportunity
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.launch.aftermath import keeping, reading
from ideaflow.launch.aftermath.keeping import Looked
from ideaflow.launch.models import Launch
from ideaflow.launch.selling import hooks
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

bp = Blueprint("aftermath", __name__, url_prefix="/launches")


@bp.get("/<int:launch_id>/after")
@requires(Right.READ)
def show(launch_id: int) -> ResponseReturnValue:
    """Show what became of a launch."""
    return _page(launch_id)


@bp.post("/<int:launch_id>/after")
@requires(Right.LAUNCH)
def keep(launch_id: int) -> ResponseReturnValue:
    """Keep the first sale and the benefit as measured; with ``close``, close the launch by them."""
    version = request.form.get("version", 0, type=int)
    try:
        kept = keeping.keep(launch_id, _looked(), version, by=actor())
        if "close" in request.form:
            keeping.close(launch_id, kept.version, by=actor())
    except (Invalid, Conflict) as error:
        return _page(launch_id, error=error)
    flash("Closed. What was measured stays." if "close" in request.form else "Kept.", "go")
    return redirect(url_for(".show", launch_id=launch_id), 303)


@bp.post("/<int:launch_id>/stories")
@requires(Right.LAUNCH)
def add_story(launch_id: int) -> ResponseReturnValue:
    """Keep what it did for a customer who agreed to be named."""
    form = request.form
    try:
        account = finding.called(form.get("account", ""))
        if account is None:
            reason = f"No account is called “{form.get('account', '')}”."
            raise Invalid(reason, [{"field": "account", "reason": reason}])
        keeping.add_story(
            launch_id, account.id, form.get("words", ""), form.get("agreed_by", ""), _day("agreed_on"),
            form.get("url", ""), by=actor(),
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        return _page(launch_id, error=error)
    flash("Kept. It stands on the sellers' cards from now on.", "go")
    return redirect(url_for(".show", launch_id=launch_id), 303)


@bp.post("/<int:launch_id>/stories/<int:story_id>/withdraw")
@requires(Right.LAUNCH)
def withdraw_story(launch_id: int, story_id: int) -> ResponseReturnValue:
    """Take a story back: its customer agrees no more."""
    keeping.withdraw_story(story_id, of=launch_id, by=actor())
    flash("Taken back. Nobody says it from now on.")
    return redirect(url_for(".show", launch_id=launch_id), 303)


@bp.post("/<int:launch_id>/called")
@requires(Right.LAUNCH)
def call(launch_id: int) -> ResponseReturnValue:
    """Say what customers call it."""
    form = request.form
    try:
        names = form.get("aliases", "").splitlines()
        keeping.call(launch_id, names, form.get("version", 0, type=int), by=actor())
    except (Invalid, Conflict) as error:
        return _page(launch_id, error=error)
    flash("Kept. What names it so stands below.", "go")
    return redirect(url_for(".show", launch_id=launch_id, _anchor="called"), 303)


@bp.post("/<int:launch_id>/child")
@requires(Right.PROPOSE)
def open_child(launch_id: int) -> ResponseReturnValue:
    """Begin a proposal from what was said of it since."""
    chosen = request.form.getlist("statement", type=int)
    try:
        child = keeping.open_child(launch_id, request.form.get("title", ""), chosen, by=actor())
    except Invalid as error:
        return _page(launch_id, error=error)
    flash(f"{child.label} grew out of it.", "go")
    return redirect(url_for("proposals.show", proposal_id=child.id), 303)


def _page(launch_id: int, *, error: Invalid | Conflict | None = None) -> ResponseReturnValue:
    mark_current("launches.index")
    launch = _launch(launch_id)
    if launch is None:
        raise NotFound("There is no such launch.")
    kept = reading.look_back(launch.id)
    sales = reading.sales_since(launch)
    is_on_sale = launch.launched_at is not None
    return render(
        "launch/after.html", fragment="said", status=error.status if error else 200, error=error,
        launch=launch, proposal=launch.proposal, kept=kept, sales=sales,
        sale_pairs=[(one.id, _sale_words(one)) for one in sales], given=request.form if error else {},
        first_sale_on=kept.first_sale_on if kept else None, stories=reading.stories_of(launch.id),
        said=reading.said_since(launch, after=request.args.get("after")) if is_on_sale else None,
        account_names=[one.name for one in accounts.all_accounts(accounts.Filters(sort="revenue")).rows],
    )  # fmt: skip


def _sale_words(sale: Opportunity) -> str:
    return f"{sale.name}, {sale.account.name}" if sale.account else sale.name


def _launch(launch_id: int) -> Launch | None:
    query = select(Launch).where(Launch.id == launch_id)
    return db.session.scalar(query.options(joinedload(Launch.offering), joinedload(Launch.proposal)))


def _looked() -> Looked:
    form = request.form
    return Looked(
        first_sale_on=_day("first_sale_on"), first_sale_id=form.get("first_sale_id", type=int),
        realised=form.get("realised", "").strip()[:300], measured_on=_day("measured_on"),
        source_url=form.get("source_url", "").strip()[:2000], verdict=form.get("verdict", ""),
        learned=form.get("learned", "").strip(),
    )  # fmt: skip


def _day(field: str) -> date | None:
    return typed.day(request.form.get(field, ""), field)


def _of_launch(launch: Launch) -> parts.Part | None:
    if launch.launched_at is None:
        return None
    return parts.Part("launch/_after.html", {"launch": launch, "kept": reading.look_back(launch.id)})


parts.add("launches.body", _of_launch)
hooks.tell_proof(reading.proofs)
