"""What later slices do when a session's result is published: the loop tells contributors in its own way."""

from collections.abc import Callable

Teller = Callable[[int], None]
_tellers: list[Teller] = []


def on_published(teller: Teller) -> Teller:
    """Let ``teller(session_id)`` tell contributors, inside the transaction that publishes.

    While nobody does, a mail goes to each who answered (``inviting.tell_contributors``).
    """
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def tell_published(session_id: int) -> bool:
    """Let everybody tell who asked to; return whether somebody did."""
    for teller in _tellers:
        teller(session_id)
    return bool(_tellers)
