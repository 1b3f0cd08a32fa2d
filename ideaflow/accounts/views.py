"""Pages about accounts: the list, one customer as everybody sees them, their cases and opportunities."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ideaflow.accounts import queries, sections, view
from ideaflow.accounts.asks import path_of
from ideaflow.accounts.models import Account, Case, Opportunity
from ideaflow.paging import Page
from ideaflow.users.access import requires, rights
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

bp = Blueprint("accounts", __name__)
bp.add_app_template_filter(path_of, "way")


@bp.get("/accounts/")
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


@bp.get("/accounts/<int:account_id>")
@requires(Right.READ)
def show(account_id: int) -> ResponseReturnValue:
    """Show one customer: people, business, what they asked and what became of it."""
    account = queries.get(account_id)
    seen = view.masked(view.views_of([account.id])[account.id], rights())
    return render("accounts/show.html", account=account, view=seen)


@bp.get("/accounts/<int:account_id>/cases")
@requires(Right.READ)
def cases(account_id: int) -> ResponseReturnValue:
    """Show all cases and call notes of an account, the open ones first."""
    account = queries.get(account_id)
    page = queries.cases_of(account.id, after=request.args.get("after"))
    return _list(account, page, "Cases and call notes", [sections.case_entry(one) for one in page])


@bp.get("/accounts/<int:account_id>/opportunities")
@requires(Right.READ)
def opportunities(account_id: int) -> ResponseReturnValue:
    """Show all opportunities of an account, the newest first."""
    account = queries.get(account_id)
    page = queries.opportunities_of(account.id, after=request.args.get("after"))
    return _list(account, page, "Opportunities", [sections.opportunity_entry(one) for one in page])


@bp.get("/cases/<int:case_id>")
@requires(Right.READ)
def case(case_id: int) -> ResponseReturnValue:
    """Show one case or call note, and what was said in it."""
    return _record(queries.record(Case, case_id), "accounts/case.html")


@bp.get("/opportunities/<int:opportunity_id>")
@requires(Right.READ)
def opportunity(opportunity_id: int) -> ResponseReturnValue:
    """Show one opportunity, and what was said about it."""
    return _record(queries.record(Opportunity, opportunity_id), "accounts/opportunity.html")


def _list(
    account: Account, page: Page[Any], title: str, entries: Sequence[view.Entry]
) -> ResponseReturnValue:
    mark_current("accounts.index")
    return render(
        "accounts/list.html", fragment="rows", account=account, page=page, title=title, entries=entries
    )


def _record(record: Case | Opportunity, template: str) -> ResponseReturnValue:
    mark_current("accounts.index")
    return render(template, record=record)
