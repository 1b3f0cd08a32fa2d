"""Ideas belong to nobody alone: what they remember of us when somebody leaves."""

from ideaflow.users import leaving


def register() -> None:
    """Say what stays; called once, when the program starts."""
    leaving.remembers(
        {
            "supports.captured_by_id": "Who wrote a support down for a contact.",
            "idea_comments.user_id": "Who said it.",
        }
    )
