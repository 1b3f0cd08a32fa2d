"""The JSON interface to customers: the same view for every role, by our number or by what a CRM knows."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from ideaflow import rest
from ideaflow.accounts import finding, view
from ideaflow.errors import NotFound
from ideaflow.users.access import public, requires, rights
from ideaflow.users.policy import Right

bp = Blueprint("accounts_api", __name__, url_prefix="/api/v1")

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
ENTRY = {
    "type": "object",
    "properties": {
        **dict.fromkeys(
            ("title", "kind", "sentence", "words", "speaker", "status", "status_words", "tone"), TEXT
        ),
        "at": {**MAYBE, "format": "date-time"}, "on": {**MAYBE, "format": "date"},
        "amount": {**MAYBE, "description": "A decimal number as text"}, "currency": TEXT,
        "address": {**TEXT, "description": "The path of its page"}, "right": TEXT,
    },
}  # fmt: skip
SECTION = {
    "type": "object",
    "properties": {
        "title": TEXT, "sentence": TEXT, "count": {"type": "integer"}, "address": TEXT,
        "entries": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
    },
}  # fmt: skip
VIEW = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"}, **dict.fromkeys(("name", "kind", "segment", "region", "owner"), TEXT),
        "sections": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Section"}},
    },
}  # fmt: skip
SCHEMAS = {"Entry": ENTRY, "Section": SECTION, "CustomerView": VIEW}
ANSWER = {"$ref": "#/components/schemas/CustomerView"}
SECTIONS = {"sections": "Only these sections, by key, with commas between: asks,cases"}


@bp.get("/accounts/<int:account_id>/view")
@requires(Right.READ)
@rest.describe("A customer as everybody sees them", ANSWER, asks=SECTIONS)
def show(account_id: int) -> ResponseReturnValue:
    """Return one customer's view."""
    return _answer(account_id)


@bp.get("/accounts/view")
@requires(Right.READ)
@rest.describe(
    "The same, by what another system knows of the account", ANSWER, asks={**finding.WAYS, **SECTIONS}
)
def find() -> ResponseReturnValue:
    """Return the view of the account that the query names."""
    asked = {name: request.args[name] for name in finding.WAYS if request.args.get(name, "").strip()}
    return _answer(finding.named(asked))


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """Return the OpenAPI document."""
    return jsonify(rest.document(current_app._get_current_object(), SCHEMAS))  # type: ignore[attr-defined]


def _answer(account_id: int) -> ResponseReturnValue:
    only = [key.strip() for key in request.args.get("sections", "").split(",") if key.strip()]
    found = view.views_of([account_id], only=only or None).get(account_id)
    if found is None:
        raise NotFound(f"There is no account {account_id}.")
    answer: dict[str, Any] = view.plain(view.masked(found, rights()))
    return jsonify(answer)
