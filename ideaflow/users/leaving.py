"""What a person holds, slice by slice, so that it can be handed over when they leave.

A slice registers each kind of thing that waits for somebody, and names each column that only remembers who
did something. Between them they name every foreign key to ``users``; a test walks them all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import transaction
from ideaflow.hooks import Hook
from ideaflow.users.models import User
from ideaflow.users.policy import Right


@dataclass(frozen=True)
class Held:
    """One thing that waits for somebody.

    :param path: the page where one sees it; empty when it has none.
    :param note: what makes it urgent or special: “under review”, “due 3 Mar”.
    :param area: arena or region; who holds things of the same area is suggested first.
    """

    id: int
    what: str
    path: str = ""
    note: str = ""
    area: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be held.

    :param key: one word, unique: ``proposals``.
    :param title: what a group of them is called: “Proposals owned”.
    :param columns: the foreign keys it hands over, as ``table.column``.
    :param right: what the one who takes it over must be allowed to do.
    :param held: what a user holds now, the most urgent first.
    :param take: hands one thing over inside the caller's transaction, audits it, and returns what follows
        beyond that, in a sentence; empty when nothing does. Said of a thing no longer held, it does nothing.
    :param note: what to know of all of them, in a sentence.
    :param near: who holds such things in which area now: selects (area, user id, how many).
    """

    key: str
    title: str
    columns: tuple[str, ...]
    right: Right
    held: Callable[[User], Sequence[Held]]
    take: Callable[[int, User, User, Actor], str]
    near: Callable[[], Executable] | None = None
    note: str = ""


_kinds: dict[str, Kind] = {}
_history: dict[str, str] = {}


def register(kind: Kind) -> None:
    """Let what this slice gives into somebody's hands be handed over."""
    _kinds[kind.key] = kind


def remembers(columns: Mapping[str, str]) -> None:
    """Say which foreign keys to users stay as they are, each with the reason: history keeps the name."""
    _history.update(columns)


at_the_end = Hook[Callable[[User, Actor], None]]()
"""Call ``act(leaver, by)`` when a user's door closes, in the same transaction: tokens of theirs die."""


def pass_on(table: Any, record_id: int, column: str, leaver: User, to: User, by: Actor, action: str) -> str:
    """Put another name into a column that waits for somebody; one that is another's already stays.

    :param action: what the audit calls it: ``gates.hand_over_condition``.
    :returns: nothing, for kinds that have no more to say.
    """
    with transaction() as session:
        record = session.get_one(table, record_id, with_for_update={"of": table}, populate_existing=True)
        if getattr(record, column) == leaver.id:
            setattr(record, column, to.id)
            if hasattr(record, "version"):
                record.version += 1
            word = column.removesuffix("_id")
            audit.record(by, action, record, before={word: leaver.name}, after={word: to.name})
    return ""


def kinds() -> list[Kind]:
    """Return all kinds, in the order of the slices."""
    return list(_kinds.values())


def history() -> Mapping[str, str]:
    """Return the columns that stay, with the reason of each."""
    return dict(_history)


def end(leaver: User, by: Actor) -> None:
    """Do what slices do when a door closes."""
    for act in at_the_end:
        act(leaver, by)


remembers(
    {
        "sign_in_links.user_id": "A link works ten minutes and never for somebody who has left.",
        "api_tokens.user_id": "A token ends with the door.",
    }
)
