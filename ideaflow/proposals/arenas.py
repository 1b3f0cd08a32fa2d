"""The arenas of our strategy: an administrator names them and says which share each is meant to get."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Invalid
from ideaflow.proposals.models import Arena
from ideaflow.proposals.proofs.shares import arena_problems
from ideaflow.saving import locked, refuse, save


def add_arena(name: str, purpose: str, target_share: float | None, *, by: Actor) -> Arena:
    """Name a field of our strategy.

    :raises Invalid: the name is missing or taken, or the targets add up to more than 100 %.
    """
    name, purpose = " ".join(name.split()), purpose.strip()
    with transaction() as session:
        values = {"name": name, "purpose": purpose, "target_share": target_share}
        _check(session, values, None, "The arena was not added.")
        arena = Arena(**values)
        session.add(arena)
        audit.record(by, "proposals.add_arena", arena, after=values)
    return arena


def edit_arena(arena_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> Arena:
    """Rename an arena, change its purpose or target, close it or open it again.

    Proposals follow its name. A closed arena keeps its proposals; no other can choose it.

    :param values: of ``name``, ``purpose``, ``target_share`` and ``is_open``.
    :raises Invalid: the name is missing or taken, or the targets add up to more than 100 %.
    :raises Overtaken: it was saved by somebody else since.
    """
    wanted = {name: value for name, value in values.items() if name != "is_open"}
    if "name" in wanted:
        wanted["name"] = " ".join(str(wanted["name"]).split())
    with transaction() as session:
        arena: Arena = locked(session, Arena, arena_id, "arena")
        if "is_open" in values and values["is_open"] != arena.is_open:
            wanted["closed_at"] = None if values["is_open"] else now()
        whole = {
            "name": arena.name, "target_share": arena.target_share, "closed_at": arena.closed_at, **wanted,
        }  # fmt: skip
        _check(session, whole, arena.id, "The arena was not saved.")
        save(arena, wanted, version, "proposals.edit_arena", by=by)
        session.flush()
        session.expire_all()  # The database has carried a new name to the proposals.
    return arena


def check_choice(session: Session, name: str) -> None:
    """Make sure that a proposal may choose this arena.

    :raises Invalid: there is none of this name, or it is closed.
    """
    arena = session.scalar(select(Arena).where(Arena.name == name))
    if arena is None or not arena.is_open:
        names = list(
            session.scalars(select(Arena.name).where(Arena.closed_at.is_(None)).order_by(Arena.name))
        )
        told = f"Choose one of: {', '.join(names)}." if names else "An administrator names arenas first."
        word = "closed" if arena else "not there"
        reason = f"The arena “{name[:60]}” is {word}. {told}"
        raise Invalid(f"The proposal was not saved. {reason}", [{"field": "arena", "reason": reason}])


def _check(session: Session, values: Mapping[str, Any], arena_id: int | None, what: str) -> None:
    others = select(Arena).where(Arena.id != (arena_id or 0))
    taken = session.scalar(others.where(func.lower(Arena.name) == str(values["name"]).lower()))
    rest = session.scalars(others.where(Arena.closed_at.is_(None))).all()
    problems = arena_problems(
        values, taken is not None, [arena.target_share for arena in rest if arena.target_share is not None]
    )
    refuse(problems, what)
