"""Pages about what customers said."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from ideaflow import parts, typed
from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Account, Case, Opportunity
from ideaflow.feedback import queries, service, thoughts
from ideaflow.feedback.models import Capture, FeedbackItem
from ideaflow.feedback.sentences import Span, sentences, span_of
from ideaflow.parts import Part
from ideaflow.users.access import actor, requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show feedback, newest first; htmx asks again for rows as one types or scrolls."""
    account_id = request.args.get("account", type=int)
    account = accounts.get(account_id) if account_id else None
    filters = queries.Filters(
        **{name: request.args.get(name, "") for name in ("words", "source", "part", "segment")},
        account=account.id if account else None,
    )
    return render(
        "feedback/index.html",
        fragment="rows",
        page=queries.newest(filters, after=request.args.get("after")),
        filters=filters,
        account=account,
        sources=queries.sources(),
        segments=accounts.segments(),
        total=queries.total(),
    )


@bp.get("/thoughts")
@requires(Right.READ)
def show_thoughts() -> ResponseReturnValue:
    """Show what people wrote into the widget and nobody has taken yet."""
    settings = current_app.extensions["settings"]
    page = thoughts.waiting(after=request.args.get("after"))
    return render(
        "feedback/thoughts.html",
        fragment="rows",
        page=page,
        claimed=thoughts.claimed(page.rows),
        count=thoughts.waiting_count(),
        sites=settings.widget_sites,
        address=settings.address + url_for("portal_widget.script"),
    )


@bp.post("/thoughts/<int:thought_id>/take")
@requires(Right.MODERATE)
def take_thought(thought_id: int) -> ResponseReturnValue:
    """Let a thought be read like everything customers say."""
    thoughts.take(thought_id, as_contact="as_contact" in request.form, by=actor())
    flash("Taken. It is read with all the rest in a moment.")
    return redirect(url_for(".show_thoughts"), 303)


@bp.post("/thoughts/<int:thought_id>/refuse")
@requires(Right.MODERATE)
def refuse_thought(thought_id: int) -> ResponseReturnValue:
    """Let a thought count for nothing."""
    thoughts.refuse(thought_id, by=actor())
    flash("Refused. It counts nowhere.")
    return redirect(url_for(".show_thoughts"), 303)


@bp.get("/<int:item_id>")
@requires(Right.READ)
def show(item_id: int) -> ResponseReturnValue:
    """Show one item: the words, who said them, and what they are part of."""
    item = queries.get(item_id)
    captures = queries.captures_of([item.id])
    return render(
        "feedback/show.html",
        item=item,
        paragraphs=_paragraphs(item, captures),
        captures=captures,
        marked=span_of(request.args.get("mark", "")),
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


def _paragraphs(item: FeedbackItem, captures: Sequence[Capture]) -> list[list[tuple[Span, str, bool]]]:
    """Return the sentences of an item by paragraph, each with its words and whether it is captured."""
    held = [Span(one.statement.begins_at, one.statement.ends_at) for one in captures]
    return [
        [(span, span.of(item.text), any(span.lies_in(one) for one in held)) for span in paragraph]
        for paragraph in sentences(item.text)
    ]


def _words_of(account: Account) -> Part:
    items = queries.newest_of_account(account.id)
    return Part("feedback/_of_account.html", {"items": items, "count": queries.count_of_account(account.id)})


def _words_of_case(case: Case) -> Part:
    return _words_of_record(FeedbackItem.case_id == case.id)


def _words_of_opportunity(opportunity: Opportunity) -> Part:
    return _words_of_record(FeedbackItem.opportunity_id == opportunity.id)


def _words_of_record(condition: ColumnElement[bool]) -> Part:
    """Show what was said there, each sentence to be marked as a wish where it stands.

    Wishes captured before are marked in their text; beside those captured just now stands their theme.
    """
    items = queries.of_record(condition)
    captures: dict[int, list[Capture]] = defaultdict(list)
    for one in queries.captures_of([item.id for item in items]):
        captures[one.item_id].append(one)
    new = typed.numbers(request.args.getlist("wish"))
    said = [
        (item, _paragraphs(item, captures[item.id]), [one for one in captures[item.id] if one.id in new])
        for item in items
    ]
    return Part("feedback/_of_record.html", {"said": said, "items": items})


@waits
def thoughts_that_wait(user: User) -> Iterator[Waiting]:
    """Say how many thoughts from the widget wait for somebody to take them."""
    if user.may(Right.MODERATE) and (count := thoughts.waiting_count()):
        yield Waiting(
            what=f"{plural(count, 'thought')} from your web sites",
            why="Anybody can write into the widget; what you take is read with all the rest.",
            url=url_for("feedback.show_thoughts"),
            verb="Read",
            icon="message-2",
        )


parts.add("accounts.body", _words_of)
parts.add("accounts.case", _words_of_case)
parts.add("accounts.opportunity", _words_of_opportunity)
