"""How a process changes: a draft is opened, edited, reviewed and published; what was published stays."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.process import comparing, definition, editing, publishing, rules, schema
from ideaflow.gates.process.rules import History
from ideaflow.gates.process.versions import Process, ProcessDraft, ProcessVersion

LONGEST_NOTE = 2000
Edit = Callable[[dict[str, Any]], dict[str, Any]]


class DraftMoved(Conflict):
    """Somebody saved the draft after this one was opened.

    :param draft: as it is now.
    :param seen: the version the edit was made on.
    """

    def __init__(self, draft: ProcessDraft, seen: int) -> None:
        who = draft.changed_by.name if draft.changed_by else "Somebody"
        super().__init__(
            f"{who} saved the draft of {draft.process.name} meanwhile (it is at {draft.version}, you saw"
            f" {seen}). Nothing of yours was saved yet."
        )
        self.draft, self.seen = draft, seen


def open_draft(process_key: str, *, by: Actor) -> ProcessDraft:
    """Return the draft of a process; one is begun from the newest version when there is none.

    :raises NotFound: there is no such process.
    :raises Conflict: it is retired.
    """
    with transaction() as session:
        process = _process(session, process_key)
        draft = _draft_of(session, process.id)
        if draft is not None:
            return draft
        base = newest_of(process.id)
        document = base.document if base else editing.new_process(process.key, process.name)
        return _begin(session, process, base, document, by)


def create(name: str, *, copy_of: str = "", by: Actor) -> ProcessDraft:
    """Begin a process of one's own, empty or as another one stands.

    :raises Invalid: the name is missing or taken.
    """
    name = name.strip()
    with transaction() as session:
        _one_at_a_time(session)
        taken = session.execute(select(Process.key, Process.name)).all()
        if not name or len(name) > 120 or any(row.name.lower() == name.lower() for row in taken):
            reason = f"There is a process “{name}” already." if name else "Say what the process is called."
            reason = "At most 120 characters." if len(name) > 120 else reason
            raise Invalid(f"No process was made. {reason}", [{"field": "name", "reason": reason}])
        key = editing.fresh_key(name, {row.key for row in taken})
        source = newest_of(_process(session, copy_of).id) if copy_of else None
        document = source.document if source else editing.new_process(key, name)
        process = Process(key=key, name=name)
        session.add(process)
        session.flush()
        return _begin(session, process, None, {**document, "key": key, "name": name}, by)


def put(document: Mapping[str, Any], *, seen: int | None = None, by: Actor) -> ProcessDraft:
    """Make an imported document the draft of its process; a new key begins a new process.

    :param seen: the version of the draft it may replace; none replaces nothing.
    :raises Invalid: the name belongs to another process.
    :raises DraftMoved: there is a draft, other than the one seen.
    """
    with transaction() as session:
        _one_at_a_time(session)
        process = session.scalar(select(Process).where(Process.key == document["key"]))
        if process is None:
            namesake = session.scalar(
                select(Process).where(func.lower(Process.name) == document["name"].lower())
            )
            if namesake is not None:
                raise Invalid(
                    f"“{namesake.name}” is the name of the process “{namesake.key}” already;"
                    f" the file says “{document['key']}”. Change the name or the key in the file.",
                    [{"field": "name", "reason": f"taken by the process “{namesake.key}”"}],
                )
            process = Process(key=document["key"], name=document["name"])
            session.add(process)
            session.flush()
        draft = _draft_of(session, process.id)
        if draft is None:
            return _begin(session, process, newest_of(process.id), document, by)
        if draft.version != seen:
            raise DraftMoved(draft, seen or 0)
        return _write(draft, dict(document), by, "gates.import_draft")


def save(draft_id: int, seen: int, edit: Edit, *, by: Actor) -> ProcessDraft:
    """Change a draft.

    :param seen: the version of the draft the edit was made on.
    :raises DraftMoved: it was saved meanwhile.
    :raises Invalid: a value is not what it must be; names each field.
    """
    with transaction() as session:
        draft = _for_change(session, draft_id, seen)
        document = edit(draft.document)
        faults = list(schema.faults_of(document))
        if faults:
            raise Invalid(
                "The draft was not saved. " + " ".join(fault.words for fault in faults[:5]),
                [{"field": fault.path, "reason": f"Expected {fault.expected}."} for fault in faults],
            )
        return _write(draft, document, by, "gates.edit_draft")


def discard(draft_id: int, seen: int, *, by: Actor) -> None:
    """Throw a draft away; the published versions stay.

    :raises DraftMoved: it was saved meanwhile.
    """
    with transaction() as session:
        draft = _for_change(session, draft_id, seen)
        audit.record(by, "gates.discard_draft", draft, before={"sha256": definition.digest(draft.definition)})
        process = draft.process
        session.delete(draft)
        session.flush()
        if newest_of(process.id) is None:
            session.delete(process)


def publish(draft_id: int, seen: int, note: str, *, by: Actor) -> ProcessVersion:
    """Publish a draft as the next version, whose bytes never change again. Running proposals stay on theirs.

    :raises Invalid: the note is missing, something is still wanted, or nothing has changed.
    :raises DraftMoved: it was saved meanwhile.
    """
    note = note.strip()
    with transaction() as session:
        _one_at_a_time(session)
        draft = _for_change(session, draft_id, seen)
        document, newest = draft.document, newest_of(draft.process_id)
        _check(draft, document, newest, note)
        content = definition.canonical(document)
        definition.read(content)
        version = ProcessVersion(
            process=draft.process, number=newest.number + 1 if newest else 1, status="published",
            definition=content, content_hash=definition.digest(content), published_at=now(),
            supersedes_id=newest.id if newest else None, change_note=note, published_by_id=by.id,
        )  # fmt: skip
        session.add(version)
        draft.process.name = document["name"]
        session.delete(draft)
        audit.record(
            by,
            "gates.publish",
            version,
            before={"number": newest.number, "content_hash": newest.content_hash} if newest else None,
            after={"number": version.number, "content_hash": version.content_hash},
            reason=note,
        )
        publishing.routing_changed()
    return version


def newest_of(process_id: int) -> ProcessVersion | None:
    """Return the newest published version of a process."""
    query = select(ProcessVersion).where(
        ProcessVersion.process_id == process_id, ProcessVersion.status == "published"
    )
    return db.session.scalars(query.order_by(ProcessVersion.number.desc()).limit(1)).first()


def history_of(process_id: int) -> History:
    """Return what the keys of a process have meant so far."""
    query = select(ProcessVersion).where(
        ProcessVersion.process_id == process_id, ProcessVersion.status != "draft"
    )
    versions = db.session.scalars(query.order_by(ProcessVersion.number))
    return rules.history_of([version.document for version in versions])


def _check(
    draft: ProcessDraft, document: Mapping[str, Any], newest: ProcessVersion | None, note: str
) -> None:
    wants = rules.wants_of(document, history_of(draft.process_id))
    if wants:
        raise Invalid(
            f"{draft.process.name} was not published. " + " ".join(want.words for want in wants[:5]),
            [{"field": want.part, "reason": want.words} for want in wants],
        )
    if newest is not None and not comparing.changes_between(newest.document, document):
        raise Invalid(f"Nothing has changed since {newest.name}; there is nothing to publish.")
    if not note or len(note) > LONGEST_NOTE:
        reason = (
            f"At most {LONGEST_NOTE:,} characters." if note else "Say in a sentence what changes and why."
        )
        raise Invalid(
            f"{draft.process.name} was not published. {reason}", [{"field": "note", "reason": reason}]
        )


def _begin(
    session: Session, process: Process, base: ProcessVersion | None, document: Mapping[str, Any], by: Actor
) -> ProcessDraft:
    if process.retired_at is not None:
        raise Conflict(f"{process.name} is retired. Bring it back first, then write its next version.")
    draft = ProcessDraft(
        process=process, base_id=base.id if base else None, definition=definition.canonical(document),
        version=1, changed_by_id=by.id, changed_at=now(),
    )  # fmt: skip
    session.add(draft)
    session.flush()
    audit.record(by, "gates.open_draft", draft, after={"sha256": definition.digest(draft.definition)})
    return draft


def _write(draft: ProcessDraft, document: Mapping[str, Any], by: Actor, action: str) -> ProcessDraft:
    before = definition.digest(draft.definition)
    draft.definition = definition.canonical(document)
    if definition.digest(draft.definition) == before:
        return draft
    draft.version += 1
    draft.changed_by_id, draft.changed_at = by.id, now()
    after = definition.digest(draft.definition)
    audit.record(
        by, action, draft, before={"sha256": before}, after={"sha256": after, "version": draft.version}
    )
    return draft


def _one_at_a_time(session: Session) -> None:
    """Wait for whoever else publishes or begins a process, until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": publishing.PUBLISH_LOCK})


def _process(session: Session, key: str) -> Process:
    process = session.scalar(select(Process).where(Process.key == key).with_for_update())
    if process is None:
        raise NotFound(f"There is no process “{key}”.")
    return process


def _draft_of(session: Session, process_id: int) -> ProcessDraft | None:
    return session.scalar(select(ProcessDraft).where(ProcessDraft.process_id == process_id))


def _for_change(session: Session, draft_id: int, seen: int) -> ProcessDraft:
    query = select(ProcessDraft).where(ProcessDraft.id == draft_id).with_for_update(of=ProcessDraft)
    draft = session.scalar(query.execution_options(populate_existing=True))
    if draft is None:
        raise NotFound("This draft is not there any more: it was published or thrown away.")
    if draft.version != seen:
        raise DraftMoved(draft, seen)
    return draft
