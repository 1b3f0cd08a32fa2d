"""Capture a wish by program: what was said, who said so, and where, as a CRM knows it."""

from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from ideaflow import rest
from ideaflow.accounts import finding
from ideaflow.errors import Invalid
from ideaflow.feedback import capturing
from ideaflow.feedback.capturing import Heard
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right

bp = Blueprint("feedback_api", __name__, url_prefix="/api/v1")

TEXTS = {
    "words": "What they said; needed",
    "key": "Yours for this wish: sent twice, it is one",
    "page": "The web address where it was said",
    "title": "What that page is called",
    "speaker": "The name of who said it",
    **finding.WAYS,
}
TAKES = {
    "type": "object",
    "required": ["words"],
    "properties": {
        **{name: {"type": "string", "description": words} for name, words in TEXTS.items()},
        "is_verbatim": {"type": "boolean", "default": True, "description": "Their own words, not ours"},
    },
}
ANSWER = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"}, "item_id": {"type": "integer"},
        "address": {"type": "string", "description": "The path of the page that shows it with its theme"},
    },
}  # fmt: skip


@bp.post("/captures")
@requires(Right.CAPTURE)
@rest.describe("Capture a wish", ANSWER, takes=TAKES)
def capture() -> ResponseReturnValue:
    """Keep what was said; it looks for its theme at once."""
    body = rest.body()
    said = {name: _text(body, name) for name in TEXTS}
    ways = {name: said[name] for name in finding.WAYS if said[name]}
    account_id = finding.named(ways) if ways else None
    made = capturing.write_down(
        Heard(
            key=said["key"], words=said["words"], is_verbatim=body.get("is_verbatim", True) is not False,
            page_url=said["page"] if said["page"].startswith(("https://", "http://")) else "",
            page_title=said["title"], speaker_name=said["speaker"][:300] or None, account_id=account_id,
            contact_id=finding.contact_with(said["email"]),
        ),
        by=actor(),
    )  # fmt: skip
    address = url_for("feedback.show", item_id=made.item_id) + f"#wish-{made.id}"
    return jsonify(id=made.id, item_id=made.item_id, address=address), 201


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"“{name}” must be text.", [{"field": name, "reason": "It must be text."}])
    return (value or "").strip()
