"""A process or a version that takes nothing new any more: retired for a reason, and brought back for one.

What runs on it stays and may be moved away. Nothing is retired that something still leads to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.process import publishing
from ideaflow.gates.process.drafting import newest_of
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.process.versions import Process, ProcessDraft, ProcessVersion, RoutingRule
from ideaflow.wording import plural

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Leads:
    """What still leads to a process or to one of its versions.

    :param is_standard: proposals that no rule fits take it.
    :param is_newest: it is the version that new proposals of its process take.
    """

    rules: Sequence[RoutingRule] = field(default_factory=list)
    plans: Sequence[MigrationPlan] = field(default_factory=list)
    draft: ProcessDraft | None = None
    is_standard: bool = False
    is_newest: bool = False

    @property
    def words(self) -> str:
        """Say what stands in the way and what to do about it; empty when nothing does."""
        said = []
        if self.is_standard:
            said.append("Proposals that no rule fits take it; one process has to be there for them.")
        if self.is_newest:
            said.append("New proposals take it. Publish the next version first, or retire the whole process.")
        if self.rules:
            named = ", ".join(f"“{rule.name}”" for rule in self.rules)
            many = "The rule" if len(self.rules) == 1 else "The rules"
            verb = "leads" if len(self.rules) == 1 else "lead"
            said.append(f"{many} {named} {verb} to it. Let them take another process, or remove them.")
        if self.plans:
            said.append(
                f"{plural(len(self.plans), 'open plan moves', 'open plans move')} proposals onto it."
                " Carry them out, or give them up."
            )
        if self.draft is not None:
            said.append("Somebody writes on its next version. Publish the draft, or throw it away.")
        return " ".join(said)


def leads_to(process: Process, version: ProcessVersion | None = None) -> Leads:
    """Return what still leads to a process, or to one version of it."""
    plans = select(MigrationPlan).where(MigrationPlan.state.in_(("draft", "approved")))
    if version is not None:
        newest = newest_of(process.id)
        return Leads(
            plans=db.session.scalars(plans.where(MigrationPlan.to_version_id == version.id)).all(),
            is_newest=newest is not None and newest.id == version.id,
        )
    rules = select(RoutingRule).where(RoutingRule.process_id == process.id).order_by(RoutingRule.place)
    versions = select(ProcessVersion.id).where(ProcessVersion.process_id == process.id)
    return Leads(
        db.session.scalars(rules).all(),
        db.session.scalars(plans.where(MigrationPlan.to_version_id.in_(versions))).all(),
        db.session.scalar(select(ProcessDraft).where(ProcessDraft.process_id == process.id)),
        is_standard=process.key == publishing.STANDARD,
    )


def retire(key: str, number: int | None, reason: str, *, by: Actor) -> Process | ProcessVersion:
    """Let nothing new come to a process, or to one version of it; what runs there stays.

    :param number: that of the version; none: the whole process.
    :raises Invalid: no reason is given.
    :raises Conflict: something leads to it still, or it is retired already.
    """
    reason = _reason(reason, "Nothing was retired.")
    with transaction() as session:
        process, version = _locked(session, key, number)
        one = version or process
        if one.retired_at is not None:
            raise Conflict(
                f"{one.name} is retired already, since {one.retired_at:%-d %B %Y}: {one.retired_reason}"
            )
        words = leads_to(process, version).words
        if words:
            raise Conflict(f"{one.name} was not retired. {words}")
        one.retired_at, one.retired_reason = now(), reason
        _switch(one, is_on=False)
        audit.record(
            by, "gates.retire", one, before={"retired": False}, after={"retired": True}, reason=reason
        )
    return one


def bring_back(key: str, number: int | None, reason: str, *, by: Actor) -> Process | ProcessVersion:
    """Let a retired process or version be taken again.

    :raises Invalid: no reason is given.
    :raises Conflict: it is not retired.
    """
    reason = _reason(reason, "Nothing was brought back.")
    with transaction() as session:
        process, version = _locked(session, key, number)
        one = version or process
        if one.retired_at is None:
            raise Conflict(f"{one.name} is not retired; somebody brought it back already.")
        one.retired_at, one.retired_reason = None, ""
        _switch(one, is_on=True)
        audit.record(
            by, "gates.bring_back", one, before={"retired": True}, after={"retired": False}, reason=reason
        )
        publishing.routing_changed()
    return one


def _switch(one: Process | ProcessVersion, *, is_on: bool) -> None:
    if isinstance(one, Process):
        one.is_active = is_on
    else:
        one.status = "published" if is_on else "retired"


def _reason(reason: str, what: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        words = f"At most {LONGEST_REASON:,} characters." if reason else "Say why; it stands in the audit."
        raise Invalid(f"{what} {words}", [{"field": "reason", "reason": words}])
    return reason


def _locked(session: Session, key: str, number: int | None) -> tuple[Process, ProcessVersion | None]:
    """Return a process and one of its versions, locked: no rule and no plan comes to it meanwhile."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": publishing.PUBLISH_LOCK})
    query = select(Process).where(Process.key == key).with_for_update(of=Process)
    process = session.scalar(query.execution_options(populate_existing=True))
    if process is None:
        raise NotFound("There is no such process. Open the list of processes to see which there are.")
    if number is None:
        return process, None
    version = session.scalar(
        select(ProcessVersion)
        .where(ProcessVersion.process_id == process.id, ProcessVersion.number == number)
        .where(ProcessVersion.status != "draft")
        .with_for_update(of=ProcessVersion)
        .execution_options(populate_existing=True)
    )
    if version is None:
        raise NotFound(f"{process.name} has no version {number}.")
    return process, version
