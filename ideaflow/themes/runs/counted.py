"""What others do once themes were counted anew: after a full run, and after new words and new money."""

from collections.abc import Callable

from ideaflow.hooks import Hook

Listener = Callable[[], None]

on_counted = Hook[Listener]()
"""Call ``listener()`` in a transaction after figures and trends of themes were brought up to date.

A later slice queues there what follows from them.
"""


def tell_counted() -> None:
    """Tell everybody who asked; inside the caller's transaction."""
    for listener in on_counted:
        listener()
