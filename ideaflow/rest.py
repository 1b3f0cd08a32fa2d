"""The JSON interface under ``/api/``: errors by RFC 9457, tokens in a header, the OpenAPI document.

A view joins the document by :func:`describe`; who may ask is declared beside it as for every other view.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, jsonify, request

from ideaflow.errors import IdeaflowError, Invalid

PREFIX = "/api/"
PROBLEM = "application/problem+json"
View = TypeVar("View", bound=Callable[..., Any])
_TYPES = {"IntegerConverter": "integer", "UnicodeConverter": "string"}


def is_asked() -> bool:
    """Return whether this request speaks JSON: its path is under ``/api/``."""
    return request.path.startswith(PREFIX)


def bearer() -> str:
    """Return the token that this request carries; empty: none. Only the JSON interface knows tokens."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if is_asked() and kind.lower() == "bearer" else ""


def problem(error: IdeaflowError) -> Response:
    """Answer an error as problem details; ``problems`` names each field."""
    told: dict[str, Any] = {"type": "about:blank", "title": error.title, "status": error.status}
    told |= {"detail": str(error), "instance": request.path}
    if isinstance(error, Invalid):
        told["problems"] = error.problems
    answer: Response = jsonify(told)
    answer.status_code = error.status
    answer.mimetype = PROBLEM
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="ideaflow"'
    return answer


def body() -> dict[str, Any]:
    """Return the JSON object that was sent.

    :raises Invalid: it is no JSON, or no object.
    """
    values = request.get_json(silent=True)
    if not isinstance(values, dict):
        raise Invalid("Send a JSON object, with “Content-Type: application/json”.")
    return values


def describe(
    summary: str,
    answer: Mapping[str, Any],
    *,
    asks: Mapping[str, str] | None = None,
    takes: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Put a view into the OpenAPI document.

    :param answer: the JSON schema of what it answers.
    :param asks: the parameters of the query, each with what it means.
    :param takes: the JSON schema of what is sent; the view answers 201.
    """

    def declare(view: View) -> View:
        view.described = (summary, answer, asks or {}, takes)  # type: ignore[attr-defined]
        return view

    return declare


def document(app: Flask, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI document of all views under ``/api/``, from the table of routes itself."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if not rule.rule.startswith(PREFIX) or not hasattr(view, "described"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        types = {name: _TYPES.get(type(kind).__name__, "string") for name, kind in rule._converters.items()}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule.endpoint, view, types)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ideaflow", "version": "1"},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM_SCHEMA, **schemas},
        },
        "security": [{"token": []}],
        "paths": paths,
    }


PROBLEM_SCHEMA = {
    "type": "object",
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "instance": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["type", "title", "status", "detail"],
}  # fmt: skip


def _operation(endpoint: str, view: Any, types: Mapping[str, str]) -> dict[str, Any]:
    summary, answer, asks, takes = view.described
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
        for name, kind in types.items()
    ]
    in_query = [
        {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}
        for name, words in asks.items()
    ]
    refused = {"$ref": "#/components/schemas/Problem"}
    sent = {"requestBody": {"required": True, "content": {"application/json": {"schema": takes}}}}
    return {
        **(sent if takes else {}),
        "operationId": endpoint.replace(".", "_"),
        "summary": summary,
        "parameters": [*in_path, *in_query],
        "responses": {
            "201" if takes else "200": {
                "description": summary,
                "content": {"application/json": {"schema": answer}},
            },
            "default": {"description": "What is wrong", "content": {PROBLEM: {"schema": refused}}},
        },
    }
