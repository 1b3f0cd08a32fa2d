"""The seller's card in JSON: what the page says, for a CRM that shows it beside its own record."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import rest
from ideaflow.accounts import queries as accounts
from ideaflow.clock import now, today
from ideaflow.launch.selling import reading, telling
from ideaflow.launch.selling.answering import Answer, Channel, headline
from ideaflow.launch.selling.asked import Asked
from ideaflow.launch.selling.before import before_call
from ideaflow.launch.selling.card import Card, prepare
from ideaflow.users.access import requires, rights
from ideaflow.users.policy import Right

bp = Blueprint("selling_api", __name__, url_prefix="/api/v1")
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
THING = {"type": "object"}
CARD = {
    "type": "object",
    "properties": {
        "account": {"type": "object", "description": "id, name and, in words, where they buy"},
        "launch": {"type": ["object", "null"], "description": "id, name, day; null: none yet"},
        "answers": {"type": "array", "items": THING, "description": "One for each region they buy in"},
        "asked": {"type": "array", "items": THING, "description": "Who of theirs asked, in their words"},
        "worth": {"type": "object", "description": "Decimal numbers as text, their currency, the rates"},
        "say": TEXTS, "price": TEXT, "never": TEXTS,
        "competitors": {"type": "array", "items": THING},
        "before": {"type": "array", "items": THING, "description": "What to know before a call"},
        "address": {**TEXT, "description": "The path of the card’s page"},
    },
}  # fmt: skip


@bp.get("/accounts/<int:account_id>/card")
@requires(Right.READ)
@rest.describe(
    "What a seller knows before a call", CARD, asks={"launch": "A launch’s number; the newest when left out"}
)
def card(account_id: int) -> ResponseReturnValue:
    """Return the seller's card of an account."""
    account = accounts.get(account_id)
    wanted = request.args.get("launch", type=int)
    launch = reading.launch(wanted) if wanted is not None else next(iter(reading.launches()), None)
    at = prepare(account, [launch] if launch else [], rights())
    told: dict[str, Any] = {
        "account": {"id": account.id, "name": account.name, "where": at.where.words},
        "launch": None,
        "before": [
            {"what": one.what, "why": one.why, "address": one.url, "tone": one.tone}
            for one in before_call(account, at.view, today())
        ],
        "address": url_for("selling.newest", account_id=account.id),
    }
    if at.cards:
        told |= _card(at.cards[0])
        address = url_for("selling.card", account_id=account.id, launch_id=at.cards[0].launch.id)
        told["address"] = address
    return jsonify(told)


def _card(card: Card) -> dict[str, Any]:
    launch, worth = card.launch, card.worth
    return {
        "launch": {
            "id": launch.id, "name": launch.name, "offering": launch.offering.name,
            "launch_on": launch.launch_on.isoformat(),
        },
        "answers": [_answer(one) for one in card.answers],
        "asked": [_asked(one) for one in card.asked],
        "worth": {
            "currency": card.pipeline.currency, "share": _plain(worth.share), "sole": _plain(worth.sole),
            "touched": _plain(worth.touched), "opportunities": worth.sale_count, "gaps": worth.gap_count,
            "converted": [words for words, _ in card.pipeline.rates],
            "in_no_sum": [one.name for one in card.pipeline.left_out],
        },
        "say": [*card.say, *(one.words for one in card.proofs)], "price": card.price,
        "never": list(card.never),
        "competitors": [
            {"name": one.competitor, "words": one.words, "is_in_deal": one.is_in_deal,
             "first_share": one.first_share}
            for one in card.race
        ],
    }  # fmt: skip


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "region": answer.region, "verdict": answer.verdict.value, "words": headline(answer, today()),
        "because": telling.below(answer, now()),
        "from_on": answer.from_on.isoformat() if answer.from_on else None,
        "channels": answer.open_channels, "held": [_held(one) for one in answer.held],
    }  # fmt: skip


def _held(channel: Channel) -> dict[str, Any]:
    blocker = channel.cell.blocker
    since = blocker.since_at if blocker else None
    return {
        "channel": channel.cell.channel, "words": "".join(telling.but(channel, now())),
        "from_on": channel.from_on.isoformat() if channel.from_on else None,
        "since": since.isoformat() if since else None,
    }  # fmt: skip


def _asked(one: Asked) -> dict[str, Any]:
    return {
        "name": one.name, "title": one.title, "words": one.words, "said_at": one.said_at.isoformat(),
        "case": one.case_label, "address": url_for("feedback.show", item_id=one.item_id),
        "told_at": one.heard_at.isoformat() if one.heard_at else None,
    }  # fmt: skip


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}"
