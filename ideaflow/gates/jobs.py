"""Jobs of the gates: what falls due is done by the clock, a few minutes after each hour."""

from ideaflow import queue
from ideaflow.gates.review import keeping


@queue.every("7 * * * *", "gates.keep_time")
def keep_time() -> None:
    """Remind, carry out lapsed conditions, wake held proposals, let unsigned decisions go."""
    keeping.keep_time()
