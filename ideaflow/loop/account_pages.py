"""The page of renewals at risk, and whom it waits for; loads what the view of a customer tells of words."""

from collections.abc import Iterator

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import parts
from ideaflow.accounts import renewal
from ideaflow.clock import today
from ideaflow.loop import customers as customers  # Registers its sections.
from ideaflow.loop import renewals
from ideaflow.users.access import requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role
from ideaflow.web import mark_current, render
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

bp = Blueprint("renewals", __name__, url_prefix="/accounts/renewals")


@bp.get("")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show the renewals at risk, the most urgent first; of all accounts, or of those I look after."""
    mark_current("accounts.index")
    is_mine = request.args.get("of") == "me"
    owner = current_user if is_mine else None
    return render(
        "loop/renewals.html",
        fragment="rows",
        page=renewals.at_risk(owner=owner, after=request.args.get("after")),
        is_mine=is_mine,
        window=renewal.WINDOW_DAYS,
        pressing=renewal.PRESSING_DAYS,
        counts=renewals.counts_at_risk(current_user),
    )


@waits
def renewals_at_risk(user: User) -> Iterator[Waiting]:
    """The most urgent renewal: of their own accounts for sellers, of all for product managers."""
    is_seller = Role.SALES in user.roles
    if not is_seller and Role.PRODUCT_MANAGER not in user.roles:
        return
    owner = user if is_seller else None
    first = next(iter(renewals.at_risk(owner=owner, size=1)), None)
    if first is None or first.level[0] != "high":
        return
    account = first.account
    yield Waiting(
        what=f"{account.name} may not renew",
        why=renewal.sentence_of(account.renews_on, first.themes, today()),
        url=url_for("renewals.index", of="me" if is_seller else None), verb="Look", icon="alert-triangle",
        tone="watch", is_today=True, due=plural(first.days, "day") if first.days > 0 else "overdue",
    )  # fmt: skip


parts.add("accounts.index", lambda _totals: parts.Part("loop/_renewals.html"))
