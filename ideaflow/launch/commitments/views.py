"""Pages of commitments: the list with the rate, one of them, a new one, and what their buttons do."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import typed
from ideaflow.accounts import queries as accounts
from ideaflow.clock import today
from ideaflow.errors import Invalid
from ideaflow.launch.commitments import forms, queries, service, shown, telling
from ideaflow.launch.commitments.states import BINDING, GRACE_DAYS, SETTLED, Event, State
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("commitments", __name__, url_prefix="/commitments")
bp.add_app_template_filter(lambda text: text[:1].upper() + text[1:], "sentence")
shown.register()


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show commitments, what is due first; htmx asks again for rows."""
    filters = forms.filters(request.args)
    page = queries.listed(filters, current_user, after=request.args.get("after"))
    forecasts = queries.forecasts_of([one.id for one in page])
    whole, owners = queries.rates()
    account = accounts.get(filters.account_id) if filters.account_id else None
    return render(
        "commitments/index.html", fragment="rows", page=page, filters=filters, views=queries.VIEWS,
        counts=queries.counts(filters, current_user), forecasts=forecasts,
        whole=whole, owners=owners, kept_words=queries.KEPT, address_of=forms.address_of, account=account,
        span=telling.span, least=queries.LEAST,
    )  # fmt: skip


@bp.get("/new")
@requires(Right.COMMIT)
def new() -> ResponseReturnValue:
    """Ask what is promised; to whom first, where no account is named yet."""
    return _form(request.args)


@bp.post("/")
@requires(Right.COMMIT)
def add() -> ResponseReturnValue:
    """Write a promise down."""
    try:
        made = service.promise(forms.read_draft(request.form), by=actor())
    except Invalid as error:
        return _form(request.form, error)
    if made.stands is State.ASKED:
        flash("It waits for a yes. Promise the customer nothing before; you will get a mail.", "watch")
    else:
        flash("It binds us now. You and the account’s owner are warned before it is late.", "go")
    return redirect(url_for(".show", commitment_id=made.id), 303)


@bp.get("/<int:commitment_id>")
@requires(Right.READ)
def show(commitment_id: int) -> ResponseReturnValue:
    """Show one: what, to whom, by when, how it stands, who was warned."""
    return _page(commitment_id)


@bp.post("/<int:commitment_id>/answer")
@requires(Right.COMMIT)
def answer(commitment_id: int) -> ResponseReturnValue:
    """Say yes or no."""
    form, is_yes = request.form, request.form.get("answer") == "yes"
    try:
        service.answer(commitment_id, is_yes, form.get("reason", ""), _seen(), by=actor())
    except Invalid as error:
        return _page(commitment_id, error)
    flash("It binds us now." if is_yes else "It will not be promised; who asked gets a mail.", "go")
    return redirect(url_for(".show", commitment_id=commitment_id), 303)


@bp.post("/<int:commitment_id>/settle")
@requires(Right.COMMIT)
def settle(commitment_id: int) -> ResponseReturnValue:
    """Say what became of it."""
    form = request.form
    try:
        if form.get("event") == "renew":
            due_on = typed.day(form.get("due_on", ""), "due_on")
            made = service.renew(commitment_id, due_on, form.get("reason", ""), _seen(), by=actor())
            flash("Another day is agreed; the old one counts as released.", "go")
            return redirect(url_for(".show", commitment_id=made.id), 303)
        if form.get("event") not in set(Event):
            raise Invalid("Choose what became of it.", [{"field": "event", "reason": "Choose one."}])
        met_on = typed.day(form.get("met_on", ""), "met_on")
        one = service.settle(
            commitment_id, Event(form["event"]), form.get("reason", ""), _seen(), met_on=met_on, by=actor()
        )
    except Invalid as error:
        return _page(commitment_id, error)
    flash(f"It is {one.stands.words} now.", "go")
    return redirect(url_for(".show", commitment_id=commitment_id), 303)


@bp.post("/<int:commitment_id>/write")
@requires(Right.COMMIT)
def write(commitment_id: int) -> ResponseReturnValue:
    """Send the customer what one has read."""
    form = request.form
    try:
        address = service.write(
            commitment_id, form.get("subject", ""), form.get("mail", ""), _seen(), by=actor()
        )
    except Invalid as error:
        return _page(commitment_id, error)
    flash(f"It is on its way to {address}; answers come to you.", "go")
    return redirect(url_for(".show", commitment_id=commitment_id), 303)


def _page(commitment_id: int, error: Invalid | None = None) -> ResponseReturnValue:
    one = queries.get(commitment_id)
    forecast = queries.forecasts_of([one.id]).get(one.id)
    asked = one.on_authority
    return render(
        "commitments/show.html", status=error.status if error else 200, one=one, forecast=forecast,
        past=queries.past_forecasts(one.id), warnings=queries.warnings_of(one.id),
        history=queries.history_of(one.id), follower=queries.follower_of(one.id), span=telling.span,
        draft=telling.draft(one, forecast, current_user.name), error=error, form=request.form,
        is_binding=one.stands in BINDING, is_settled=one.stands in SETTLED, grace=GRACE_DAYS,
        deeds=telling.DEEDS,
        is_mine_to_answer=one.stands is State.ASKED and asked.is_of(current_user.id, current_user.roles),
        today_iso=today().isoformat(), may=current_user.may(Right.COMMIT),
    )  # fmt: skip


def _form(values: Mapping[str, str], error: Invalid | None = None) -> ResponseReturnValue:
    account_id = typed.number(values.get("account_id"))
    if account_id is None:
        words = values.get("words", "")
        return render(
            "commitments/whom.html", words=words, accounts=forms.find_accounts(words),
            more={name: value for name, value in values.items() if name not in ("account_id", "words")},
        )  # fmt: skip
    found = forms.choices(account_id, values, current_user)
    return render(
        "commitments/new.html", status=error.status if error else 200, choices=found, values=values,
        error=error, today_iso=today().isoformat(), likely=forms.likely(found, values), span=telling.span,
    )  # fmt: skip


def _seen() -> int:
    return request.form.get("version", 0, type=int)
