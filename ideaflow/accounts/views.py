"""Pages about accounts: the list, and one customer at a glance."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ideaflow.accounts import queries
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show accounts, the largest first; htmx asks again for rows as one types or scrolls."""
    taken = {name: request.args.get(name, "") for name in ("words", "segment", "region", "kind")}
    filters = queries.Filters(**taken, sort=request.args.get("sort", "revenue"))
    page = queries.all_accounts(filters, after=request.args.get("after"))
    return render(
        "accounts/index.html",
        fragment="rows",
        page=page,
        filters=filters,
        pipelines=queries.pipelines([account.id for account in page.rows]),
        no_pipeline=queries.NO_PIPELINE,
        segments=queries.segments(),
        regions=queries.regions(),
        totals=queries.totals(),
    )


@bp.get("/<int:account_id>")
@requires(Right.READ)
def show(account_id: int) -> ResponseReturnValue:
    """Show one customer: people, business, and what they asked."""
    account = queries.get(account_id)
    return render(
        "accounts/show.html",
        account=account,
        opportunities=queries.opportunities_of(account.id),
        pipeline=queries.pipelines([account.id]).get(account.id, queries.NO_PIPELINE),
        case_count=queries.case_count_of(account.id),
    )
