"""What others do once themes were counted anew: after a full run, and after new words and new money."""

from collections.abc import Callable

Listener = Callable[[], None]
_listeners: list[Listener] = []


def on_counted(listener: Listener) -> Listener:
    """Call ``listener()`` in a transaction after figures and trends of themes were brought up to date.

    A later slice queues there what follows from them.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def tell_counted() -> None:
    """Tell everybody who asked; inside the caller's transaction."""
    for listener in _listeners:
        listener()
