"""What the customers' door does in the background."""

from ideaflow.portal import service
from ideaflow.queue import job


@job("portal.send_link")
def send_link(email: str, browser_hash: str, address: str, goal: str, language: str) -> None:
    """Mail a sign-in link if somebody has this address.

    A job, so that the answer to who asks takes as long for an unknown address as for a known one.
    """
    service.send_link(email, browser_hash, address, goal, language)
