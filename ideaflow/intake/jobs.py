"""The job that imports what was uploaded."""

from flask import current_app

from ideaflow.audit import Actor
from ideaflow.intake import uploads
from ideaflow.queue import job


@job(uploads.JOB)
def import_upload(upload: str, actor_id: int | None, actor_name: str) -> None:
    """Import the files of one upload; begun again after a crash, it goes on where it ended."""
    folder = current_app.extensions["settings"].home / "uploads"
    uploads.import_upload(upload, folder, by=Actor(actor_id, actor_name))
