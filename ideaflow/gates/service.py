"""What changes at the gates, each verb in one transaction."""

from ideaflow.gates.process.publishing import ship
from ideaflow.gates.review.aftermath import told
from ideaflow.gates.review.conditions import claim_condition, release_condition, verify_condition
from ideaflow.gates.review.deciding import decide, sign, take_back
from ideaflow.gates.review.holds import hold_on, resume
from ideaflow.gates.review.reviewing import cancel, open_review, recuse, reveal, score_again, submit
from ideaflow.gates.review.seats import SeatWish, add_seat, end_seat
from ideaflow.gates.review.verdicts import NoticePlan, Verdict, Wanted
from ideaflow.gates.review.voting import step_in, vote
from ideaflow.gates.working import (
    declare_ready,
    follow_merge,
    follow_split,
    follow_withdrawal,
    recall,
    set_deliverable,
    start,
)

__all__ = [
    "NoticePlan", "SeatWish", "Verdict", "Wanted", "add_seat", "cancel", "claim_condition", "decide",
    "declare_ready", "end_seat", "follow_merge", "follow_split", "follow_withdrawal", "hold_on",
    "open_review", "recall", "recuse", "release_condition", "resume", "reveal", "score_again",
    "set_deliverable", "ship", "sign", "start", "step_in", "submit", "take_back", "told",
    "verify_condition", "vote",
]  # fmt: skip
