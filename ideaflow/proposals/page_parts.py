"""What the pages of proposals share."""

from typing import Any

from flask import Blueprint, current_app, url_for

from ideaflow.proposals.policy import ProposalType, Strategy
from ideaflow.proposals.proofs.terms import MoveKind, Outcome, StudyMethod

bp = Blueprint("proposals", __name__, url_prefix="/proposals")


def link_to(endpoint: str, **values: Any) -> str:
    """Return the address of another slice's page; empty while there is none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def type_choices() -> dict[str, list[tuple[str, str]]]:
    """Return the types and strategies a form offers."""
    return {
        "types": [(kind.value, kind.words.capitalize()) for kind in ProposalType],
        "strategies": [
            (Strategy.SATISFY.value, "Satisfy: many ask for it"),
            (Strategy.REDEFINE.value, "Redefine: it changes what they ask for"),
        ],
    }


def record_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the forms of studies and competitors' moves offer to choose, by field."""
    return {
        "method": [(one.value, one.words.capitalize()) for one in StudyMethod],
        "outcome": [(one.value, one.words.capitalize()) for one in Outcome],
        "kind": [(one.value, one.words.capitalize()) for one in MoveKind],
    }
