"""What co-design does in the background: mails, the clock, the tally."""

from flask import current_app, url_for

from ideaflow.codesign import adding, closing, inviting
from ideaflow.queue import every, job


@job("codesign.send_invitations")
def send_invitations(session_id: int) -> None:
    """Mail those who are invited and were not written to yet."""
    inviting.send_invitations(session_id, _address())


@job("codesign.send_reminders")
def send_reminders(session_id: int) -> None:
    """Mail those who are silent, once."""
    inviting.send_reminders(session_id, _address())


@job("codesign.tell")
def tell(session_id: int) -> None:
    """Mail those who took part that the result can be read."""
    inviting.tell_contributors(session_id, _address())


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


def _address() -> str:
    """Return where invitations lead, with ``{token}``."""
    with current_app.test_request_context():
        path = url_for("portal_door.link", token="TOKEN").replace("TOKEN", "{token}")  # noqa: S106 - A place.
    return str(current_app.extensions["settings"].address + path)
