"""What waits for a person: one row of the start page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ideaflow.hooks import Hook


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody: what it is, why it waits, and the one click that does it.

    :param tone: the ground of its icon: signal, accent, watch, stop, go or none.
    :param count: for how many things it stands.
    :param is_today: whether it belongs under “Today”, not under “This week”.
    """

    what: str
    why: str
    url: str
    verb: str
    due: str = ""
    icon: str = "clock"
    tone: str = ""
    is_today: bool = False
    count: int = 1


Asker = Callable[[Any], Iterable[Waiting]]

waits = Hook[Asker]()
"""Let a slice say what waits: ``asker(user)`` is asked for each start page."""


def waiting_for(user: Any) -> list[Waiting]:
    """Return everything that waits for ``user``, in the order of the slices."""
    return [one for asker in waits for one in asker(user)]
