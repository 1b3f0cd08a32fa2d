"""What the pages of co-design share."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from ideaflow.codesign.kinds.contract import Instrument
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession
from ideaflow.proposals.lines import criteria_for
from ideaflow.proposals.models import Proposal

bp = Blueprint("codesign", __name__, url_prefix="/co-design")


def back(session_id: int, anchor: str | None = None) -> ResponseReturnValue:
    """Go to the page of a session."""
    return redirect(url_for("codesign.show", session_id=session_id, _anchor=anchor), 303)


def instrument_of(held: CodesignSession) -> Instrument:
    """Return how a session asks."""
    return INSTRUMENTS[held.instrument]


def criterion_choices(proposal: Proposal) -> list[tuple[str, str]]:
    """Return the criteria a result may speak to, the next gate's first."""
    found = [(one.key, f"{one.name} ({one.gate})") for one in criteria_for(proposal)]
    return [("", "The case as a whole"), *found]


def instrument_choices() -> list[Any]:
    """Return all instruments, for the page that chooses one."""
    return list(INSTRUMENTS.values())
