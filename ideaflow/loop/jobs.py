"""What the way back does in the background: mails that are due, words that came further."""

from ideaflow.loop import further, listening, mailing
from ideaflow.queue import every, job

__all__ = ["listening", "mail", "mail_due", "tell_further"]  # Who listens must be known wherever jobs are.


@job("loop.mail")
def mail() -> None:
    """Write the mails that are due now."""
    mailing.send_due()


@every("*/5 * * * *", "loop.mail_due")
def mail_due() -> None:
    """Write what became due by the clock: digests, and what waited for the end of quiet hours."""
    mailing.send_due()


@every("40 * * * *", "loop.tell_further")
def tell_further() -> None:
    """Tell contacts whose words came further since the last time."""
    further.tell_further()
