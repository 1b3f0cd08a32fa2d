"""Jobs of themes. An import queues ``themes.take_in`` when it ends."""

from ideaflow import queue
from ideaflow.feedback.imports import on_new_items
from ideaflow.feedback.service import on_recounted
from ideaflow.themes import service


@on_new_items
def queue_take_in() -> None:
    """Queue the reading of new items with the end of their import; one that waits already is enough."""
    queue.defer("themes.take_in", alone="themes.take_in")


@on_recounted
def follow_item(item_id: int) -> None:
    """Count the themes of an item anew when it is withdrawn or counts again."""
    service.recount_item(item_id)


@queue.job("themes.take_in")
def take_in() -> None:
    """Let what is new join themes."""
    service.take_in_new()


@queue.job("themes.ask")
def ask() -> None:
    """Look for the questions whose answers would help most."""
    service.prepare_questions()


@queue.job("themes.refresh")
def refresh() -> None:
    """Do the full run that was asked for, or go on with one whose process died."""
    if service.refresh(only_waiting=True) is not None:
        service.queue_suggestions()


@queue.job("themes.suggest")
def suggest(theme_id: int | None = None) -> None:
    """Ask the endpoint of the settings for names, where there is one."""
    service.suggest(theme_id)
