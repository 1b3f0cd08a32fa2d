"""What changes at the gates, each verb in one transaction."""

from ideaflow.gates.process.publishing import set_seats, ship
from ideaflow.gates.review.deciding import Verdict, Wanted, decide, resume, settle_condition
from ideaflow.gates.review.reviewing import cancel, open_review, recuse, reveal, score_again, submit
from ideaflow.gates.working import declare_ready, follow_withdrawal, recall, set_deliverable, start

__all__ = [
    "Verdict", "Wanted", "cancel", "decide", "declare_ready", "follow_withdrawal",
    "open_review", "recall", "recuse", "resume",
    "reveal", "score_again", "set_deliverable", "set_seats", "settle_condition", "ship", "start", "submit",
]  # fmt: skip
