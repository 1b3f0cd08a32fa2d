"""What the pages of proposals share."""

from typing import Any

from flask import Blueprint, current_app, url_for

bp = Blueprint("proposals", __name__, url_prefix="/proposals")


def link_to(endpoint: str, **values: Any) -> str:
    """Return the address of another slice's page; empty while there is none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
