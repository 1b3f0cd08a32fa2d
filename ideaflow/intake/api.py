"""The JSON interface to the market: where we sell, and what is true there; read by all, sent by programs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from ideaflow import rest
from ideaflow.errors import Invalid
from ideaflow.intake import sending
from ideaflow.intake.fields import BY_NAME
from ideaflow.intake.records import Kind
from ideaflow.market import queries
from ideaflow.market.models import (
    ExchangeRate,
    Partner,
    PartnerCertificate,
    PriceBook,
    PriceEntry,
    Seller,
    TrainingRecord,
)
from ideaflow.market.queries import Filters
from ideaflow.paging import Page
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right

bp = Blueprint("market_api", __name__, url_prefix="/api/v1/market")

TEXT, NUMBER, THING = {"type": "string"}, {"type": "integer"}, {"type": "object"}
THINGS = {"type": "array", "items": THING}
PLACES = {"type": "object", "properties": {"channels": THINGS, "regions": THINGS}}
LIST = {
    "type": "object",
    "properties": {
        "records": {**THINGS, "description": "Fields as they are sent, beside when and by whom they changed"},
        "after": {"type": ["string", "null"], "description": "Ask with it for the next page; null: the last"},
    },
}
AFTER = {"after": "The “after” of the page before"}
COURSE = {"course": "Only this course", **AFTER}
ANSWER = {
    "type": "object",
    "properties": {
        "accepted": {**NUMBER, "description": "New, or changed"},
        "unchanged": {**NUMBER, "description": "Said the same before"},
        "import": {"type": ["integer", "null"], "description": "Under which the audit knows them"},
    },
}
KINDS: dict[str, Kind] = {
    "price-books": "price_book", "prices": "price", "training": "training", "certificates": "certificate",
    "partners": "partner", "sellers": "seller", "rates": "rate",
}  # fmt: skip
_SCHEMAS: dict[str, dict[str, Any]] = {
    "flag": {"type": "boolean"},
    "day": {**TEXT, "format": "date"},
    "money": {"type": ["number", "string"]},
}


@bp.get("/places")
@requires(Right.READ)
@rest.describe("The channels and regions we sell in", PLACES)
def places() -> ResponseReturnValue:
    """Return all channels and regions, also the retired ones."""
    return jsonify(
        channels=[
            {"id": one.id, "name": one.name, "is_partner": one.is_partner, "retired_at": _iso(one.retired_at)}
            for one in queries.channels()
        ],
        regions=[
            {
                "id": one.id, "name": one.name, "spellings": one.spellings, "currency": one.currency,
                "retired_at": _iso(one.retired_at),
            }
            for one in queries.regions()
        ],
    )  # fmt: skip


@bp.get("/price-books")
@requires(Right.READ)
@rest.describe("Price books by name, a record for each cell that sells by one", LIST)
def price_books() -> ResponseReturnValue:
    """Return all price books."""
    return _spread(queries.books(), None, _book)


@bp.get("/partners")
@requires(Right.READ)
@rest.describe("Partners by name, a record for each cell they sell in", LIST, asks=AFTER)
def partners() -> ResponseReturnValue:
    """Return a page of partners."""
    page = queries.partners(Filters(), after=_after())
    return _spread(page.rows, page.after, _partner)


@bp.get("/sellers")
@requires(Right.READ)
@rest.describe("Sellers by name, a record for each cell they sell in", LIST, asks=AFTER)
def sellers() -> ResponseReturnValue:
    """Return a page of those who sell now."""
    return _list(queries.sellers(Filters(), after=_after()), _seller)


@bp.get("/prices")
@requires(Right.READ)
@rest.describe("Price entries, by product", LIST, asks={"words": "In the product’s name or code", **AFTER})
def prices() -> ResponseReturnValue:
    """Return a page of price entries."""
    return _list(queries.prices(Filters(words=_asked("words")), after=_after()), _price)


@bp.get("/training")
@requires(Right.READ)
@rest.describe("Training records, by mail address", LIST, asks=COURSE)
def training() -> ResponseReturnValue:
    """Return a page of training records."""
    names = {one.id: one.name for one in queries.regions()}
    found = queries.training(Filters(course=_asked("course")), after=_after())
    return _list(found, lambda one: _training(one, names))


@bp.get("/certificates")
@requires(Right.READ)
@rest.describe("Certificates of partners, the newest first", LIST, asks=COURSE)
def certificates() -> ResponseReturnValue:
    """Return a page of certificates."""
    return _list(queries.certificate_list(_asked("course"), after=_after()), _certificate)


@bp.get("/rates")
@requires(Right.READ)
@rest.describe("Exchange rates, the newest day first", LIST, asks={"currency": "Only this one", **AFTER})
def rates() -> ResponseReturnValue:
    """Return a page of exchange rates."""
    return _list(queries.rates(_asked("currency").upper()[:3], after=_after()), _rate)


def _takes(kind: Kind) -> dict[str, Any]:
    fields = {
        name: {**_SCHEMAS.get(BY_NAME[name].type, TEXT), "description": BY_NAME[name].label}
        for name in sending.fields_of(kind)
    }
    record = {"type": "object", "properties": fields, "additionalProperties": False}
    records = {"type": "array", "items": record, "minItems": 1, "maxItems": sending.MOST}
    source = {**TEXT, "description": "The system they come from; an “id” is one record there"}
    return {
        "type": "object", "required": ["source", "records"],
        "properties": {"source": source, "records": records},
    }  # fmt: skip


def _door(kind: Kind) -> Callable[[], ResponseReturnValue]:
    """Return the view that takes records of a kind."""

    @requires(Right.IMPORT)
    @rest.describe(f"Send {sending.TITLES[kind].lower()}, all or none", ANSWER, takes=_takes(kind))
    def take() -> ResponseReturnValue:
        body = rest.body()
        source, records = body.get("source"), body.get("records")
        if not isinstance(source, str) or not isinstance(records, list):
            field, what = ("source", "text") if not isinstance(source, str) else ("records", "a list")
            raise Invalid(f"“{field}” must be {what}.", [{"field": field, "reason": f"It must be {what}."}])
        sent = sending.send(kind, source, records, by=actor())
        return jsonify(
            {"accepted": sent.accepted, "unchanged": sent.unchanged, "import": sent.import_id}
        ), 201

    return take


for _path, _kind in KINDS.items():
    bp.add_url_rule(f"/{_path}", f"take_{_kind}", _door(_kind), methods=["POST"])


def _list(page: Page[Any], told: Callable[[Any], dict[str, Any]]) -> ResponseReturnValue:
    return jsonify(records=[told(row) for row in page], after=page.after)


def _spread(
    rows: Iterable[Any], after: str | None, told: Callable[[Any], dict[str, Any]]
) -> ResponseReturnValue:
    """Answer as files say it, where a line names one cell; what is in none comes once, without any."""
    channels = {one.id: one.name for one in queries.channels()}
    regions = {one.id: one.name for one in queries.regions()}
    records = []
    for row in rows:
        cells = [
            {"channel": channels[place.channel_id], "region": regions[place.region_id]}
            for place in row.places
        ]
        records += [{**told(row), **cell} for cell in cells or [{}]]
    return jsonify(records=records, after=after)


def _book(one: PriceBook) -> dict[str, Any]:
    return {
        "source": one.source, "price_book": one.name, "price_book_id": one.source_id,
        "is_active": one.is_active, "valid_from_on": _iso(one.valid_from_on),
        "valid_until_on": _iso(one.valid_until_on),
    }  # fmt: skip


def _partner(one: Partner) -> dict[str, Any]:
    return {
        "source": one.source, "id": one.source_id, "partner": one.name, "is_active": one.is_active,
        "changed_at": _iso(one.changed_at),
    }  # fmt: skip


def _seller(one: Seller) -> dict[str, Any]:
    return {
        "contact": one.name, "email": one.email, "is_active": one.left_at is None,
        "channel": one.channel.name, "region": one.region.name,
    }  # fmt: skip


def _price(one: PriceEntry) -> dict[str, Any]:
    return {
        "source": one.source, "id": one.source_id, "price_book": one.book.name,
        "price_book_id": one.book.source_id, "product_code": one.product_code, "product": one.product_name,
        "unit_price": str(one.unit_amount), "currency": one.currency, "is_active": one.is_active,
        "valid_from_on": _iso(one.valid_from_on), "valid_until_on": _iso(one.valid_until_on),
        "changed_at": _iso(one.changed_at), "changed_by": one.changed_by,
    }  # fmt: skip


def _training(one: TrainingRecord, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "source": one.source, "id": one.source_id, "email": one.email, "contact": one.name,
        "course": one.course, "passed_on": _iso(one.passed_on), "expires_on": _iso(one.expires_on),
        "is_required": one.is_required, "region": "; ".join(names[key] for key in one.region_ids),
        "changed_at": _iso(one.changed_at),
    }  # fmt: skip


def _certificate(one: PartnerCertificate) -> dict[str, Any]:
    return {
        "source": one.source, "id": one.source_id, "partner": one.partner.name, "contact": one.person,
        "course": one.course, "passed_on": _iso(one.certified_on), "expires_on": _iso(one.expires_on),
        "changed_at": _iso(one.changed_at),
    }  # fmt: skip


def _rate(one: ExchangeRate) -> dict[str, Any]:
    return {
        "source": one.source, "rate_on": _iso(one.rate_on), "base": one.base, "currency": one.currency,
        "rate": str(one.rate.normalize()), "changed_at": _iso(one.said_at),
    }  # fmt: skip


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()


def _after() -> str | None:
    return request.args.get("after")


def _iso(when: Any) -> str | None:
    return when.isoformat() if when else None
