"""What contacts see of the way back: their words, what became of each, and whether it helped."""

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.errors import NotFound
from ideaflow.loop import contributions, service, telling
from ideaflow.loop.steps import Reach
from ideaflow.loop.words import Scope
from ideaflow.paging import Page
from ideaflow.portal.access import actor, for_contacts, visitor
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.portal.queries import Visitor
from ideaflow.web import mark_current, render

bp = Blueprint("portal_loop", __name__, url_prefix="/portal/yours")
NEWEST = 4


@bp.before_request
def _stand_under_yours() -> None:
    mark_current("portal.home")


@bp.get("/")
@for_contacts(ContactRight.READ)
def index() -> ResponseReturnValue:
    """Show everything a contact told us, or their company did, and what became of each."""
    scope = _scope(visitor(), is_company=request.args.get("of") == "company")
    page = contributions.page(scope, after=request.args.get("after"))
    rows = Page([telling.told_of(one) for one in page], page.after)
    return render(
        "loop/yours.html", fragment="rows", page=rows, scope=scope, who=visitor(),
        may_see_company=_may_see_company(visitor()), summary=telling.summary(contributions.sums(scope)),
    )  # fmt: skip


@bp.get("/<int:item_id>")
@for_contacts(ContactRight.READ)
def show(item_id: int) -> ResponseReturnValue:
    """Show one thing told us, and the way it went."""
    one = _found(item_id)
    answer = None
    if one.is_own and one.facts.proposal_id is not None:
        answer = contributions.confirmation(visitor().contact_id, one.facts.proposal_id)
    return render("loop/one.html", one=telling.told_of(one), answer=answer, told_at=one.facts.told_at)


@bp.get("/of/<int:item_id>")
@for_contacts(ContactRight.READ)
def show_record(item_id: int) -> ResponseReturnValue:
    """Lead from any words of a contact to the page of the record they belong to."""
    first = contributions.first_of(_scope(visitor(), is_company=True), item_id)
    if first is None:
        raise NotFound()
    return redirect(url_for(".show", item_id=first), 303)


@bp.post("/<int:item_id>/solved")
@for_contacts(ContactRight.SPEAK)
def confirm(item_id: int) -> ResponseReturnValue:
    """Keep whether what was built solved it."""
    seen = request.form.get("version", 0, type=int)
    service.confirm(
        _scope(visitor()), item_id, request.form.get("answer", ""), request.form.get("words", ""), seen,
        by=actor(),
    )  # fmt: skip
    flash(text("Thank you. The people who built it read your answer."), "go")
    return redirect(url_for(".show", item_id=item_id), 303)


def _found(item_id: int) -> contributions.Contribution:
    one = contributions.one(_scope(visitor(), is_company=True), item_id)
    if one is None:
        raise NotFound()
    return one


def _scope(who: Visitor, *, is_company: bool = False) -> Scope:
    return Scope(who.contact_id, who.account_id, is_company and _may_see_company(who))


def _may_see_company(who: Visitor) -> bool:
    return who.account_id is not None and current_app.extensions["settings"].portal_shows_colleagues


def _sums(who: Visitor) -> contributions.Sums:
    """Return the sums of the first page, asked once for all of its parts."""
    if "loop_sums" not in g:
        g.loop_sums = contributions.sums(_scope(who))
    kept: contributions.Sums = g.loop_sums
    return kept


def _lead(who: Visitor) -> parts.Part | None:
    sums = _sums(who)
    return parts.Part("loop/_lead.html", {"summary": telling.summary(sums)}) if sums.total else None


def _call(who: Visitor) -> parts.Part | None:
    if not _sums(who).of(Reach.BUILT):
        return None
    one = contributions.to_confirm(_scope(who))
    return parts.Part("loop/_solved.html", {"one": telling.told_of(one), "answer": None}) if one else None


def _words(who: Visitor) -> parts.Part | None:
    sums = _sums(who)
    if not sums.total:
        return None
    newest = contributions.page(_scope(who), size=NEWEST)
    return parts.Part(
        "loop/_newest.html", {"rows": [telling.told_of(one) for one in newest], "total": sums.total}
    )


parts.add("portal.lead", _lead)
parts.add("portal.call", _call)
parts.add("portal.words", _words)
