"""Pages for sellers: the card of an account and a launch, a whole call prepared, and one's accounts."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import navigation, parts
from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Account
from ideaflow.clock import now, today
from ideaflow.launch.doors import bp as launches
from ideaflow.launch.models import Launch
from ideaflow.launch.selling import answering, hooks, mine, reading, telling
from ideaflow.launch.selling.asked import Asked
from ideaflow.launch.selling.before import before_call
from ideaflow.launch.selling.card import Prepared, prepare
from ideaflow.launch.selling.card import before as seen_before
from ideaflow.proposals.page_parts import link_to
from ideaflow.users.access import requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role
from ideaflow.web import in_background, mark_current, render
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

bp = Blueprint("selling", __name__, url_prefix="/accounts")
mine_bp = Blueprint("my_accounts", __name__, url_prefix="/my-accounts")


@bp.get("/<int:account_id>/card")
@requires(Right.READ)
def newest(account_id: int) -> ResponseReturnValue:
    """Show the card of the newest launch."""
    known = reading.launches()
    return _page(accounts.get(account_id), next(iter(known), None), known)


@bp.get("/<int:account_id>/card/<int:launch_id>")
@requires(Right.READ)
def card(account_id: int, launch_id: int) -> ResponseReturnValue:
    """Show what a seller knows of one launch for one account."""
    account, known = accounts.get(account_id), reading.launches()
    mine = next((one for one in known if one.id == launch_id), None)
    return _page(account, mine or reading.launch(launch_id), known)


@bp.get("/<int:account_id>/card/before")
@requires(Right.READ)
def before(account_id: int) -> ResponseReturnValue:
    """Return what to know before a call; the card asks for it once its answer is there."""
    in_background()
    account = accounts.get(account_id)
    known = before_call(account, seen_before(account.id, current_user.rights), today())
    return make_response(render_template("selling/_before.html", before=known))


@bp.get("/<int:account_id>/call")
@requires(Right.READ)
def call(account_id: int) -> ResponseReturnValue:
    """Prepare a call: every launch on one page, to read or to print."""
    mark_current("my_accounts.index")
    account = accounts.get(account_id)
    at = prepare(account, reading.launches(), current_user.rights, is_racing=False)
    return render("selling/call.html", **_shared(account, at), buttons=partial(_buttons, account))


@launches.get("/<int:launch_id>/card")
@requires(Right.READ)
def card_of_launch(launch_id: int) -> ResponseReturnValue:
    """Go to one's accounts, each leading to its card of this launch."""
    return redirect(url_for("my_accounts.index", launch=reading.launch(launch_id).id), 303)


@mine_bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show the accounts of whoever is signed in, with what changed since last week."""
    launch_id = request.args.get("launch", type=int)
    page = mine.accounts_of(current_user, after=request.args.get("after"))
    return render(
        "selling/mine.html", fragment="rows", page=page, news=mine.news_of(list(page.rows)),
        launch=reading.launch(launch_id) if launch_id else None, count=mine.count_of(current_user),
    )  # fmt: skip


def _page(account: Account, launch: Launch | None, known: Sequence[Launch]) -> ResponseReturnValue:
    mark_current("my_accounts.index")
    before, after = reading.neighbours(launch, known) if launch else (None, None)
    values = card_values(account, launch, current_user.rights, is_whole=launch is None)
    values |= {
        "before_url": url_for(".before", account_id=account.id),
        "previous": before,
        "following": after,
    }
    return render("selling/card.html", fragment="card", **values)


def card_values(
    account: Account, launch: Launch | None, rights: Collection[Right], *, is_whole: bool = True
) -> dict[str, Any]:
    """Return what ``selling/_card.html`` and ``selling/_before.html`` show, wherever they stand.

    :param is_whole: with what to know before the call, which takes as long as the answer itself.
    """
    at = prepare(account, [launch] if launch else [], rights, is_whole=is_whole)
    values = _shared(account, at)
    if launch is not None:
        values |= {"card": at.cards[0], **_buttons(account, launch)}
    return values


def _shared(account: Account, at: Prepared) -> dict[str, Any]:
    is_asking = any(not card.worth.sale_count for card in at.cards)
    sales = accounts.open_sales(account.id, 3) if is_asking else ()
    return {
        "account": account, "at": at, "sales": sales, "before": before_call(account, at.view, today()),
        "place_url": link_to("market.account_places", account_id=account.id),
        "call_url": url_for("selling.call", account_id=account.id),
    }  # fmt: skip


def _buttons(account: Account, launch: Launch) -> dict[str, str]:
    """Return where the two next steps are taken; empty where one may not or nobody offers it."""
    may_tell, may_promise = current_user.may(Right.INVITE), current_user.may(Right.COMMIT)
    promise = link_to("commitments.new", account_id=account.id, proposal_id=launch.proposal_id)
    return {
        "mail_url": hooks.mail_address(account.id, launch.id) if may_tell else "",
        "promise_url": promise if may_promise else "",
    }


def _head(one: Asked) -> str:
    return telling.asked_words(one.first_name, one.said_at, today())


bp.add_app_template_filter(lambda answer: answering.headline(answer, today()), "answered")
bp.add_app_template_filter(lambda answer: telling.below(answer, now()), "answered_below")
bp.add_app_template_filter(lambda held: telling.but(held, now()), "answered_but")
bp.add_app_template_filter(_head, "asked_head")
bp.add_app_template_filter(telling.worth_words, "worth_words")


def _action(account: Account) -> parts.Part:
    return parts.Part("selling/_action.html", {"account": account})


def _changed() -> tuple[int, bool]:
    count = mine.changed_count(current_user) if Role.SALES in current_user.roles else 0
    return count, count > 0


@waits
def calls_to_prepare(user: User) -> list[Waiting]:
    """Say which of a seller's sales close soon: each is a call to prepare."""
    if Role.SALES not in user.roles:
        return []
    return [
        Waiting(
            what=f"Call {one.account_name}",
            why=f"{one.sale} closes {one.when}{one.money}",
            url=url_for("selling.newest", account_id=one.account_id), verb="Prepare", due=one.due,
            icon="calendar-event", tone="accent", is_today=one.is_near,
        )
        for one in mine.calls_of(user)
    ] + [
        Waiting(
            what=f"{plural(count, 'account')} of yours changed",
            why="New words, answers, cells that can sell, in the last 7 days",
            url=url_for("my_accounts.index"), verb="Look", icon="user-check",
        )
        for count in [mine.changed_count(user)] if count
    ]  # fmt: skip


parts.add("accounts.actions", _action)
navigation.counts("my_accounts.index", _changed)
