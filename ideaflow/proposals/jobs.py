"""Jobs of proposals: rules look at themes whenever their numbers were counted anew."""

from ideaflow import queue
from ideaflow.proposals import service
from ideaflow.themes.service import on_counted


@on_counted
def queue_rules() -> None:
    """Queue a look by the rules with the counting; one that waits already is enough."""
    service.queue_look()


@queue.job("proposals.apply_rules")
def apply_rules() -> None:
    """Let rules open what they ask for."""
    service.apply_rules()
