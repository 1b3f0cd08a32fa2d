"""The milestones of a relationship: what a case became. Slices add the kinds, the view shows them in order.

milestones.add(milestones.LAUNCH, launches_of)  # (account_ids, most) -> the newest of each account
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from ideaflow.accounts import view
from ideaflow.accounts.view import Entry, Found

CASE = "case"
THEME = "theme"
PROPOSAL = "proposal"
DECISION = "decision"
CODESIGN = "codesign"
LAUNCH = "launch"
TOLD = "told"
WON = "won"
ORDER = (CASE, THEME, PROPOSAL, DECISION, CODESIGN, LAUNCH, TOLD, WON)
"""The kinds in the order they come about; of one moment the earlier kind stands first."""

Maker = Callable[[Sequence[int], int], Mapping[int, Sequence[Entry]]]
_makers: dict[str, Maker] = {}
_NEVER = datetime.min.replace(tzinfo=UTC)


def add(name: str, maker: Maker) -> None:
    """Let ``maker(account_ids, most)`` tell milestones; each has its kind, and its moment in ``at``.

    :param name: of the maker; said again, the last one counts.
    """
    _makers[name] = maker


def timeline(account_ids: Sequence[int], most: int) -> dict[int, Found]:
    """Return the milestones of each account, the first first; of too many the newest."""
    found: dict[int, list[tuple[datetime, int, Entry]]] = {}
    for maker in _makers.values():
        for account_id, entries in maker(account_ids, most).items():
            places = ((entry.at or _NEVER, _place(entry.kind), entry) for entry in entries)
            found.setdefault(account_id, []).extend(places)
    return {
        account_id: Found(tuple(entry for _, _, entry in sorted(told, key=_order)[-most:]))
        for account_id, told in found.items()
    }


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _order(told: tuple[datetime, int, Entry]) -> tuple[datetime, int, str]:
    at, place, entry = told
    return at, place, entry.title


view.add_section(view.TIMELINE, timeline, "How it went")
