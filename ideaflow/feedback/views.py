"""Pages about what customers said."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Account
from ideaflow.feedback import queries, service
from ideaflow.parts import Part
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show feedback, newest first; htmx asks again for rows as one types or scrolls."""
    filters = queries.Filters(
        **{name: request.args.get(name, "") for name in ("words", "source", "part", "segment")}
    )
    return render(
        "feedback/index.html",
        fragment="rows",
        page=queries.newest(filters, after=request.args.get("after")),
        filters=filters,
        sources=queries.sources(),
        segments=accounts.segments(),
        total=queries.total(),
    )


@bp.get("/<int:item_id>")
@requires(Right.READ)
def show(item_id: int) -> ResponseReturnValue:
    """Show one item: the words, who said them, and what they are part of."""
    item = queries.get(item_id)
    return render(
        "feedback/show.html",
        item=item,
        statements=queries.statements_of(item.id),
        others=queries.others_of_record(item),
    )


@bp.post("/<int:item_id>/withdraw")
@requires(Right.TRIAGE)
def withdraw(item_id: int) -> ResponseReturnValue:
    """Let an item count no more."""
    service.withdraw_item(item_id, request.form.get("reason", "").strip(), by=actor())
    flash("It counts no more, in any theme or figure. The words stay here.")
    return redirect(url_for(".show", item_id=item_id), 303)


@bp.post("/<int:item_id>/restore")
@requires(Right.TRIAGE)
def restore(item_id: int) -> ResponseReturnValue:
    """Let a withdrawn item count again."""
    service.restore_item(item_id, by=actor())
    flash("It counts again.")
    return redirect(url_for(".show", item_id=item_id), 303)


def _words_of(account: Account) -> Part:
    items = queries.newest_of_account(account.id)
    return Part("feedback/_of_account.html", {"items": items, "count": queries.count_of_account(account.id)})


parts.add("accounts.body", _words_of)
