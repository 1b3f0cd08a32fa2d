"""What the way back does in the background: mails that are due."""

from ideaflow.loop import listening, mailing
from ideaflow.queue import every, job

__all__ = ["listening", "mail", "mail_due"]  # Who listens must be known wherever jobs are.


@job("loop.mail")
def mail() -> None:
    """Write the mails that are due now."""
    mailing.send_due()


@every("*/5 * * * *", "loop.mail_due")
def mail_due() -> None:
    """Write what became due by the clock: digests, and what waited for the end of quiet hours."""
    mailing.send_due()
