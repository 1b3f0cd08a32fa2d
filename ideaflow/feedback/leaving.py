"""Captured wishes belong to nobody alone: what they remember of us when somebody leaves."""

from ideaflow.users import leaving


def register() -> None:
    """Say what stays; called once, when the program starts."""
    leaving.remembers({"captures.captured_by_id": "Who marked a customer's words as a wish."})
