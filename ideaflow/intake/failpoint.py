"""Named points where a test kills the process, as a power cut would."""

import os
import signal
from collections import Counter

VARIABLE = "IDEAFLOW_FAILPOINT"
_passed: Counter[str] = Counter()


def reach(name: str) -> None:
    """Kill this process if ``IDEAFLOW_FAILPOINT`` is ``name:N`` and this is the N-th time here."""
    wanted, _, count = os.environ.get(VARIABLE, "").partition(":")
    if wanted == name:
        _passed[name] += 1
        if _passed[name] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
