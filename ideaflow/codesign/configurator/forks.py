"""Who built on whose draft: the tree of forks. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """One design draft and the one it was forked from.

    :ivar parent: number of the draft it began as a copy of; None: begun anew.
    :ivar author: a name for attribution.
    :ivar endorsements: accounts that stand behind it, besides the author's.
    """

    number: int
    author: str
    parent: int | None = None
    endorsements: int = 0


@dataclass(frozen=True)
class Branch:
    """A draft in its place in the tree.

    :ivar depth: 0 for a draft begun anew.
    :ivar forks: how many drafts come of it, over all generations.
    :ivar after: whose drafts it builds on, the first author first; each named once.
    """

    draft: Draft
    depth: int
    forks: int
    after: tuple[str, ...]


def tree(drafts: Sequence[Draft]) -> list[Branch]:
    """Return drafts in the order of a tree: each followed by its forks, those that more came of first.

    A draft whose parent is not among them (withdrawn, hidden) begins a tree of its own.

    :raises ValueError: a draft comes of itself.
    """
    here = {draft.number: draft for draft in drafts}
    children: dict[int | None, list[Draft]] = defaultdict(list)
    for draft in drafts:
        children[draft.parent if draft.parent in here else None].append(draft)
    forks = _fork_counts(children, drafts)
    branches: list[Branch] = []
    to_see: list[tuple[Draft, int, tuple[str, ...]]] = [
        (one, 0, ()) for one in _ordered(children[None], forks)
    ]
    while to_see:
        draft, depth, after = to_see.pop()
        branches.append(Branch(draft, depth, forks[draft.number], after))
        line = after if draft.author in after else (*after, draft.author)
        to_see += [(one, depth + 1, line) for one in _ordered(children[draft.number], forks)]
    if len(branches) < len(drafts):
        raise ValueError("a draft comes of itself")
    return branches


def _fork_counts(children: dict[int | None, list[Draft]], drafts: Sequence[Draft]) -> dict[int, int]:
    """Count what comes of each draft, leaves first."""
    order, to_see = list[Draft](), list(children[None])
    while to_see:
        draft = to_see.pop()
        order.append(draft)
        to_see += children[draft.number]
    counts = {draft.number: 0 for draft in drafts}
    for draft in reversed(order):
        counts[draft.number] = sum(1 + counts[one.number] for one in children[draft.number])
    return counts


def _ordered(drafts: Sequence[Draft], forks: dict[int, int]) -> list[Draft]:
    """Order siblings for a stack: what is seen first comes last."""
    return sorted(drafts, key=lambda draft: (forks[draft.number], draft.endorsements, -draft.number))
