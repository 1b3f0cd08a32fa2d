"""What co-design does in the background: the clock, the tally."""

from flask import current_app

from ideaflow.codesign import adding, closing
from ideaflow.queue import every, job


@job("codesign.learn")
def learn(session_id: int) -> None:
    """Note what is known of an open session, to choose next questions by."""
    adding.learn(session_id)


@job("codesign.tally")
def tally(session_id: int) -> None:
    """Add a closed session's ballots up."""
    closing.tally(session_id, secret=current_app.extensions["settings"].signing_key())


@every("*/5 * * * *", "codesign.keep_time")
def keep_time() -> None:
    """Close what has passed its deadline, remind who is silent."""
    closing.keep_time()
