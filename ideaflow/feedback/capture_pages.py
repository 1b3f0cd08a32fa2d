"""Capture a wish in two clicks: from an item, an account or opportunity, or any page of another system."""

import secrets
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.accounts import finding as accounts_by
from ideaflow.errors import Invalid
from ideaflow.feedback import capturing, finding, queries
from ideaflow.feedback.capturing import Heard
from ideaflow.feedback.finding import Found
from ideaflow.feedback.models import Capture, FeedbackItem
from ideaflow.feedback.sentences import Span, span_of
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("capture", __name__, url_prefix="/capture")
RECORD = "record"
"""Says that a wish was captured on the page of a case or an opportunity, where one wants to be after."""
LONGEST_SENT = 3_000
"""So many characters of a marked passage travel in an address; browsers and servers take that."""


@bp.get("/")
@requires(Right.CAPTURE)
def new() -> ResponseReturnValue:
    """Ask what was said, with all that is known of where it was said."""
    words, page, title = (request.args.get(name, "").strip() for name in ("words", "page", "title"))
    found = _found(page, title, words)
    if found.item is not None and found.span is not None:
        return redirect(_marked(found.item.id, found.span), 303)
    return _form(found, {"words": words, "page": page, "title": title})


@bp.post("/")
@requires(Right.CAPTURE)
def write_down() -> ResponseReturnValue:
    """Keep what was said; it looks for its theme at once."""
    form = request.form
    try:
        made = capturing.write_down(_heard(), by=actor())
    except Invalid as error:
        return _form(_given(), dict(form), error=error, status=422)
    return _told([made], made.item_id)


@bp.post("/items/<int:item_id>")
@requires(Right.CAPTURE)
def mark(item_id: int) -> ResponseReturnValue:
    """Mark sentences of an item as the wish."""
    spans = [_span(one) for one in request.form.getlist("sentence")]
    made = capturing.capture(item_id, spans, page_url=request.form.get("page", ""), by=actor())
    return _told(made, item_id, at=request.form.get("at", ""))


@bp.post("/<int:capture_id>/release")
@requires(Right.CAPTURE)
def release(capture_id: int) -> ResponseReturnValue:
    """Take back that a passage is a wish."""
    item = capturing.release(capture_id, may_others=current_user.may(Right.TRIAGE), by=actor())
    flash("It is no captured wish any more. The words stay.")
    return redirect(page_of(item, request.form.get("at", "")), 303)


@bp.get("/accounts")
@requires(Right.CAPTURE)
def accounts() -> ResponseReturnValue:
    """Return the names of accounts that hold what is typed, for the list under the field."""
    return render_template(
        "feedback/_account_names.html", names=accounts_by.names_like(request.args.get("account", ""))
    )


@bp.get("/bookmark")
@requires(Right.CAPTURE)
def bookmark() -> ResponseReturnValue:
    """Show the bookmark that captures from any page, and how to take it."""
    address = current_app.extensions["settings"].address + url_for(".new")
    return render("feedback/bookmark.html", script=bookmarklet(address), address=address)


def bookmarklet(address: str) -> str:
    """Return the script behind the bookmark: it opens the form with what is marked on the page.

    It reads the marked words, the page's address and its title, when it is clicked, and nothing else.
    """
    return (
        "javascript:(()=>{const e=encodeURIComponent,s=String(getSelection()).trim();"
        f"open('{address}?words='+e(s.slice(0,{LONGEST_SENT}))"
        "+'&page='+e(location.href.slice(0,1500))+'&title='+e(document.title.slice(0,200)),"
        "'_blank','width=480,height=760')})()"
    )


def _found(page: str, title: str, words: str) -> Found:
    ids = {
        name: request.args.get(name, type=int)
        for name in ("case_id", "opportunity_id", "contact_id", "account_id")
    }
    return finding.of_records(**ids) if any(ids.values()) else finding.on_page(page, title, words)


def _given() -> Found:
    ids = {name: request.form.get(name, type=int) for name in ("case_id", "opportunity_id")}
    return finding.of_records(**ids)


def _heard() -> Heard:
    """Return what the form says.

    :raises Invalid: no account is called so.
    """
    form, found = request.form, _given()
    name = form.get("account", "").strip()
    account = accounts_by.called(name)
    if name and account is None:
        near = accounts_by.names_like(name, limit=3)
        like = f" Is it {' or '.join(near)}?" if near else " Leave it empty if it is none of ours."
        raise Invalid(f"No account is called “{name}”.{like}", [{"field": "account", "reason": "unknown"}])
    if account is None:
        account = found.account
    speaker = form.get("contact", "").strip()
    contact = accounts_by.contact_called(speaker, account.id if account else None)
    if contact is not None and account is None:
        account = finding.of_records(contact_id=contact.id).account
    return Heard(
        key=form.get("key", ""), words=form.get("words", ""),
        is_verbatim="is_proxy" not in form, page_url=_address(form.get("page", "")),
        page_title=form.get("title", ""), speaker_name=speaker[:300] or None,
        account_id=account.id if account else None, contact_id=contact.id if contact else None,
        case_id=found.case.id if found.case else None,
        opportunity_id=found.opportunity.id if found.opportunity else None,
    )  # fmt: skip


def _address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def _form(
    found: Found, given: dict[str, str], *, error: Invalid | None = None, status: int = 200
) -> ResponseReturnValue:
    return render(
        "feedback/capture.html", status=status, found=found, given=given, error=error,
        key=given.get("key") or secrets.token_urlsafe(12), longest=capturing.LONGEST,
    )  # fmt: skip


def _span(place: str) -> Span:
    span = span_of(place)
    if span is None:
        raise Invalid("Mark the sentence again: its place in the text could not be read.")
    return span


def _marked(item_id: int, span: Span) -> str:
    return url_for("feedback.show", item_id=item_id, mark=span.place) + "#words"


def _told(made: list[Capture], item_id: int, at: str = "") -> ResponseReturnValue:
    flash("Captured. It counts as heard, and looks for its theme.")
    return redirect(home_of(queries.get(item_id), made, at), 303)


def home_of(item: FeedbackItem, captures: Sequence[Capture], at: str) -> str:
    """Return where wishes stand once they are captured."""
    return f"{page_of(item, at, [one.id for one in captures])}#wish-{captures[0].id}"


def page_of(item: FeedbackItem, at: str, wishes: Sequence[int] = ()) -> str:
    """Return the page of an item or, ``at`` a record, of the case or the opportunity where it was said.

    :param wishes: captured just now; a record's page shows these with their themes.
    """
    if at == RECORD and item.case_id:
        return url_for("accounts.case", case_id=item.case_id, wish=list(wishes))
    if at == RECORD and item.opportunity_id:
        return url_for("accounts.opportunity", opportunity_id=item.opportunity_id, wish=list(wishes))
    return url_for("feedback.show", item_id=item.id)
