"""How later slices hear of an earlier one: they register with its hooks, so that it need not know them."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

Listener = TypeVar("Listener", bound=Callable[..., Any])


class Hook(Generic[Listener]):
    """Who registered, each once, in their order; a decorator for those who do."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def __call__(self, listener: Listener) -> Listener:
        """Register."""
        if listener not in self._listeners:
            self._listeners.append(listener)
        return listener

    def __iter__(self) -> Iterator[Listener]:
        return iter(self._listeners)
