"""Two people changed the same thing at once: what both wanted, so that a person can join it."""

from collections.abc import Mapping
from typing import Any

from ideaflow.errors import Conflict


class Overtaken(Conflict):
    """Somebody else saved while this edit was written.

    :param version: the one that is saved now; ``theirs``: what it holds, ``yours``: what was sent, by field.
    """

    def __init__(self, label: str, version: int, theirs: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
        super().__init__(
            f"{label} was changed by somebody else while you edited it. "
            "Look at both versions below, and save what should stand."
        )
        self.version, self.theirs, self.yours = version, theirs, yours
