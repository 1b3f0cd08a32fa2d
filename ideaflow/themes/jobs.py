"""Jobs of themes. An import queues ``themes.take_in`` when it ends, and so does whatever adds an item."""

from ideaflow import queue
from ideaflow.feedback.imports import on_new_items
from ideaflow.feedback.service import on_recounted
from ideaflow.themes import service
from ideaflow.themes.models import RunState
from ideaflow.themes.statements import nearness

queue.at_start(service.warm_up)


@on_new_items
def queue_take_in() -> None:
    """Queue the reading of new items with their saving; one that waits already is enough."""
    queue.defer("themes.take_in", alone="themes.take_in", queue="live")


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


@queue.job("themes.follow_up")
def follow_up() -> None:
    """Do what need not be done while somebody waits for a word to join."""
    service.follow_up()


@queue.job("themes.look_for_new")
def look_for_new() -> None:
    """Look whether statements in no theme might be a new one."""
    service.look_for_new()


@queue.job("themes.index")
def index() -> None:
    """Make the index of the nearest statements, if it pays."""
    nearness.keep_index()


@queue.job("themes.refresh")
def refresh() -> None:
    """Do the full run that was asked for, or go on with one whose process died."""
    run = service.refresh(only_waiting=True)
    if run is not None and run.state == RunState.DONE:
        service.queue_suggestions()


@queue.every("*/10 * * * *", "themes.look_at_night")
def look_at_night() -> None:
    """Queue the nightly look when its hour has come and there is news."""
    service.look_at_night()


@queue.job("themes.suggest")
def suggest(theme_id: int | None = None) -> None:
    """Ask the endpoint of the settings for names, where there is one."""
    service.suggest(theme_id)


@queue.job("themes.decide_many")
def decide_many(batch_id: int) -> None:
    """Carry out a decision about many themes, or take it back."""
    service.go_on_with_batch(batch_id)
