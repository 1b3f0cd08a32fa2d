"""Processes come as files with the product and are published once; who sits at which gate."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now, today
from ideaflow.db import db, transaction
from ideaflow.errors import Invalid, NotFound
from ideaflow.gates.process import definition
from ideaflow.gates.process.versions import Gatekeeper, Process, ProcessVersion
from ideaflow.users import queries as users
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role

SHIPPED = Path(__file__).resolve().parent / "shipped"
STANDARD = "full"
PUBLISH_LOCK = 7_310_030


def ship() -> list[ProcessVersion]:
    """Publish the processes that come with this version of ideaflow; returns the new ones.

    A definition published before, known by its content hash, is left alone, so that this may run at
    every start. So is a process that somebody here has changed: theirs stands until they take ours.

    :raises Invalid: a shipped definition cannot work.
    """
    new = []
    with transaction() as session:
        # Two programs that start at once take turns.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PUBLISH_LOCK})
        for path in sorted(SHIPPED.glob("*.json")):
            version = _publish(session, definition.canonical(json.loads(path.read_text("utf-8"))))
            if version is not None:
                new.append(version)
    return new


def shipped(key: str) -> dict[str, Any] | None:
    """Return the process that comes with this version of ideaflow under a key, as it is written."""
    path = next((one for one in SHIPPED.glob("*.json") if one.stem == key), None)
    return None if path is None else json.loads(path.read_text("utf-8"))


def not_taken() -> list[str]:
    """Return the keys of processes changed here of which this release brings a version that was not taken."""
    found = []
    for path in sorted(SHIPPED.glob("*.json")):
        content_hash = definition.digest(definition.canonical(json.loads(path.read_text("utf-8"))))
        known = select(ProcessVersion.content_hash).join(Process).where(Process.key == path.stem)
        hashes = db.session.scalars(known).all()
        if hashes and content_hash not in hashes:
            found.append(path.stem)
    return found


def standard() -> ProcessVersion:
    """Return the version proposals start on where no rule says otherwise; the shipped one at first use."""
    return _newest() or (ship(), _newest())[1] or _none()


def published() -> ProcessVersion | None:
    """Return the version proposals start on, or None before the first one is published."""
    return _newest()


def keepers_of(version: ProcessVersion, gate_key: str) -> Sequence[User]:
    """Return who sits at a gate, by name: its seats of today, or everybody who is gatekeeper.

    Deputies are not among them; see ``deputies_of``.
    """
    seats = _seats(version.process_id, gate_key)
    if not seats:
        return users.with_role(Role.GATEKEEPER)
    return _people([seat.user_id for seat in seats if not seat.is_deputy])


def deputies_of(version: ProcessVersion, gate_key: str) -> Sequence[User]:
    """Return who steps in at a gate when too few others may score, by name."""
    return _people([seat.user_id for seat in _seats(version.process_id, gate_key) if seat.is_deputy])


def set_seats(
    version: ProcessVersion,
    gate_key: str,
    user_ids: Sequence[int],
    deputy_ids: Sequence[int] = (),
    *,
    by: Actor,
) -> None:
    """Say who sits at a gate; nobody means everybody with the role.

    :raises Invalid: somebody's role does not let them decide.
    :raises NotFound: there is no such gate.
    """
    if gate_key not in {gate.key for gate in version.content.gates}:
        raise NotFound(f"There is no gate “{gate_key}” in {version.name}.")
    wanted = {**dict.fromkeys(deputy_ids, True), **dict.fromkeys(user_ids, False)}
    with transaction() as session:
        people = {user_id: session.get(User, user_id) for user_id in wanted}
        for user_id, user in people.items():
            if user is None or not user.is_active or not user.may(Right.DECIDE):
                name = user.name if user else f"User {user_id}"
                raise Invalid(f"{name} cannot decide at a gate. Give them the role of a gatekeeper first.")
        before = [seat.user_id for seat in _seats(version.process_id, gate_key)]
        session.execute(
            delete(Gatekeeper).where(
                Gatekeeper.process_id == version.process_id, Gatekeeper.gate_key == gate_key
            )
        )
        for user_id, is_deputy in wanted.items():
            session.add(
                Gatekeeper(
                    process_id=version.process_id, gate_key=gate_key, user_id=user_id, is_deputy=is_deputy
                )
            )
        after = {"gate": gate_key, "users": sorted(wanted)}
        audit.record(
            by,
            "gates.set_seats",
            version.process,
            before={"gate": gate_key, "users": sorted(before)},
            after=after,
        )


def _publish(session: Session, content: str) -> ProcessVersion | None:
    read = definition.read(content)
    process = session.scalar(select(Process).where(Process.key == read.key))
    if process is None:
        process = Process(key=read.key, name=read.name)
        session.add(process)
        session.flush()
    content_hash = definition.digest(content)
    known = select(ProcessVersion).where(
        ProcessVersion.process_id == process.id, ProcessVersion.content_hash == content_hash
    )
    if session.scalar(known) is not None:
        return None
    last = session.scalar(
        select(ProcessVersion)
        .where(ProcessVersion.process_id == process.id)
        .order_by(ProcessVersion.number.desc())
        .limit(1)
    )
    if last is not None and last.published_by_id is not None:
        return None
    version = ProcessVersion(
        process=process, number=last.number + 1 if last else 1, status="published", definition=content,
        content_hash=content_hash, published_at=now(), supersedes_id=last.id if last else None,
        change_note="Comes with ideaflow.",
    )  # fmt: skip
    session.add(version)
    audit.record(
        SYSTEM, "gates.publish", version, after={"number": version.number, "content_hash": content_hash}
    )
    return version


def _newest() -> ProcessVersion | None:
    query = (
        select(ProcessVersion)
        .join(Process)
        .where(Process.key == STANDARD, Process.is_active, ProcessVersion.status == "published")
        .order_by(ProcessVersion.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def _seats(process_id: int, gate_key: str) -> list[Gatekeeper]:
    query = select(Gatekeeper).where(Gatekeeper.process_id == process_id, Gatekeeper.gate_key == gate_key)
    return [seat for seat in db.session.scalars(query) if seat.holds_on(today())]


def _people(user_ids: Sequence[int]) -> Sequence[User]:
    query = select(User).where(User.id.in_(user_ids), User.left_at.is_(None))
    return [user for user in db.session.scalars(query.order_by(User.name, User.id)) if user.may(Right.DECIDE)]


def _none() -> ProcessVersion:
    raise NotFound(
        "No process is published. Run “ideaflow db upgrade” to publish the one that comes with it."
    )
