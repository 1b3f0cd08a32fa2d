"""What ideas do in the background: words become vectors."""

from ideaflow.ideas import service
from ideaflow.queue import job


@job("ideas.read")
def read() -> None:
    """Read what contacts type and post, so that ideas like it are found."""
    service.read()
