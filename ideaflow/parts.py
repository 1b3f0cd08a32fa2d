"""Parts of pages: a later slice adds to an earlier one's page without being imported by it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """A template and the values it is included with (as ``part``)."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[Any], Part | None]
_makers: dict[str, list[Maker]] = {}


def add(place: str, maker: Maker) -> None:
    """Add to a place such as ``accounts.page``; ``maker(record)`` gives the part, or None for nothing."""
    makers = _makers.setdefault(place, [])
    if maker not in makers:
        makers.append(maker)


def of(place: str, record: Any) -> list[Part]:
    """Return the parts of ``place`` for ``record``, in the order of the slices."""
    made = [maker(record) for maker in _makers.get(place, [])]
    return [part for part in made if part is not None]
