"""What the market remembers of us when somebody leaves."""

from ideaflow.users import leaving


def register() -> None:
    """Say what stays; called once, when the program starts."""
    leaving.remembers({"account_places.said_by_id": "Who said where an account is sold to."})
