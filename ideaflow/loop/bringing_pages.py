"""“You asked”: a mail drafted from what people of an account said, read and sent by a human."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.accounts import queries as accounts
from ideaflow.clock import today
from ideaflow.errors import Conflict, Invalid
from ideaflow.launch.selling import hooks, reading
from ideaflow.launch.selling.answering import Verdict
from ideaflow.launch.selling.card import Card, prepare
from ideaflow.loop import bringing, contributors, notices
from ideaflow.loop.outcomes import of_launch
from ideaflow.loop.pace import Event
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render
from ideaflow.wording import day, plural

bp = Blueprint("bringing", __name__, url_prefix="/accounts")


@bp.get("/<int:account_id>/card/<int:launch_id>/you-asked")
@requires(Right.INVITE)
def show(account_id: int, launch_id: int) -> ResponseReturnValue:
    """Show the draft, and everybody of the account who asked."""
    return _page(account_id, launch_id)


@bp.post("/<int:account_id>/card/<int:launch_id>/you-asked")
@requires(Right.INVITE)
def send(account_id: int, launch_id: int) -> ResponseReturnValue:
    """Tell those who are ticked, each with their own words."""
    card = _card(account_id, launch_id)
    chosen = set(request.form.getlist("contact", type=int))
    people = [one for one in card.asked if one.contact_id in chosen]
    words, seen = request.form.get("words", ""), request.form.get("version", 0, type=int)
    try:
        count = bringing.tell_launch(launch_id, account_id, people, words, seen, by=actor())
    except (Invalid, Conflict) as error:
        return _page(account_id, launch_id, error=error, typed=words)
    rest = len(people) - count
    more = f" {plural(rest, 'contact')} had heard already." if rest else ""
    flash(f"{plural(count, 'contact')} can read it now; mail goes out as each of them wishes.{more}", "go")
    return redirect(url_for("selling.card", account_id=account_id, launch_id=launch_id), 303)


def _card(account_id: int, launch_id: int) -> Card:
    account = accounts.get(account_id)
    return prepare(account, [reading.launch(launch_id)], current_user.rights, is_racing=False).cards[0]


def _page(
    account_id: int, launch_id: int, *, error: Invalid | Conflict | None = None, typed: str | None = None
) -> ResponseReturnValue:
    mark_current("my_accounts.index")
    card = _card(account_id, launch_id)
    ids = [one.contact_id for one in card.asked if one.contact_id is not None]
    wishes, default = notices.wishes_of(ids), notices.default_wishes()
    return render(
        "loop/you_asked.html", status=error.status if error else 200, error=error, card=card,
        account=accounts.get(account_id), told=contributors.told_of(of_launch(launch_id).about),
        contacts={one.id: one for one in accounts.contacts_of(account_id, 500)},
        words=_draft(card) if typed is None else typed,
        paces={number: wishes.get(number, default).pace_of(Event.LAUNCHED) for number in ids},
    )  # fmt: skip


def _draft(card: Card) -> str:
    """Return a first version of the words: what it is, from when, and what it does for them."""
    name = card.launch.offering.name
    best = min(card.answers, key=lambda one: list(Verdict).index(one.verdict), default=None)
    if best is None or best.verdict in (Verdict.NOT_YET, Verdict.NOT_HERE):
        begin = f"We are bringing {name}. I tell you the day as soon as it is certain."
    elif best.verdict is Verdict.NOW:
        begin = f"{name} is here, and you can have it now."
    else:
        begin = f"{name} is coming: you can have it from {day(best.from_on, today())}."
    return " ".join([begin, *card.say[:1]])


def _address(account_id: int, launch_id: int) -> str:
    return url_for("bringing.show", account_id=account_id, launch_id=launch_id)


hooks.tell_who_heard(bringing.heard)
hooks.tell_news(bringing.answered)
hooks.offer_mail(_address)
