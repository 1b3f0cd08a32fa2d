"""Processes come as files with the product and are published once."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ideaflow import audit, queue
from ideaflow.audit import SYSTEM
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import NotFound
from ideaflow.gates.process import definition
from ideaflow.gates.process.versions import Process, ProcessVersion

SHIPPED = Path(__file__).resolve().parent / "shipped"
STANDARD = "full"
PUBLISH_LOCK = 7_310_030
RECOUNT = "gates.count_outgrown"


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
    """Return the version proposals start on where no rule says otherwise.

    :raises NotFound: none is published.
    """
    return published() or _none()


def published() -> ProcessVersion | None:
    """Return the version proposals start on, or None before the first one is published."""
    return next((version for version in newest() if version.process.key == STANDARD), None)


def newest(*, with_retired: bool = False) -> list[ProcessVersion]:
    """Return the newest published version of each process that takes proposals, oldest process first.

    :param with_retired: of retired processes too.
    """
    query = select(ProcessVersion).join(Process).where(ProcessVersion.status == "published")
    if not with_retired:
        query = query.where(Process.is_active)
    query = query.distinct(ProcessVersion.process_id)
    return list(db.session.scalars(query.order_by(ProcessVersion.process_id, ProcessVersion.number.desc())))


def routing_changed() -> None:
    """Let a worker note which proposals the rules would send a longer way now, once this commits."""
    queue.defer(RECOUNT, alone=RECOUNT)


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


def _none() -> ProcessVersion:
    raise NotFound(
        "No process is published. Run “ideaflow db upgrade” to publish the one that comes with it."
    )
