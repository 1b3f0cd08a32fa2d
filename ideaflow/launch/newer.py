"""Take the newer version of the readiness template into a launch: what would change is shown first."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Overtaken
from ideaflow.launch import items, planning, templates
from ideaflow.launch.changing import launch_for_change
from ideaflow.launch.items import Change
from ideaflow.launch.measuring import measure
from ideaflow.launch.models import CheckEvidence, Launch, ReadinessCheck, ReadinessTemplate
from ideaflow.launch.preparing import take_back
from ideaflow.launch.replanning import carriers, checks_of

REASON = "The rule has changed with the template; it has to be shown anew."


@dataclass(frozen=True)
class Preview:
    """What a launch would change by the newer version; ``asks_anew``: checks whose evidence is taken back."""

    template: ReadinessTemplate
    changes: list[Change]
    asks_anew: list[str]


def preview(launch: Launch) -> Preview | None:
    """Return what taking the newest version would change; None when the launch has it."""
    template = templates.newest()
    mine = db.session.get_one(ReadinessTemplate, launch.template_id)
    if template.number <= mine.number:
        return None
    was = planning.asked(templates.items_of(mine), launch.tier, launch.offering)
    now_asked = planning.asked(templates.items_of(template), launch.tier, launch.offering)
    changes = items.compare(was, now_asked)
    anew = [one.item.title for one in changes if any(name == "passes when" for name, _, _ in one.fields)]
    return Preview(template, changes, anew)


def take(launch_id: int, number: int, version: int, *, by: Actor) -> Launch:
    """Ask of a launch what the newest version asks: more, less, or otherwise.

    :param number: the version that was shown.
    :raises Conflict: a still newer one was published, or the launch has it already.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        found = preview(launch)
        if found is None or found.template.number != number:
            raise Conflict("The newest version is another one by now. Look at what it would change first.")
        if launch.version != version:
            raise Overtaken(f"“{launch.name}”", launch.version, {}, {"template": number})
        before = session.get_one(ReadinessTemplate, launch.template_id).number
        launch.template_id = found.template.id
        launch.version += 1
        checks = {one.key: one for one in checks_of(session, launch.id)}
        for change in found.changes:
            if (check := checks.get(change.item.key)) is not None:
                _change(session, launch, check, change, by)
        planning.add_checks(
            session, launch, launch.offering, templates.items_of(found.template), carriers(session, launch.id)
        )
        told = [f"{one.kind}: {one.item.title}" for one in found.changes]
        audit.record(
            by, "launch.take_template", launch, before={"template": before},
            after={"template": number, "changes": told},
        )  # fmt: skip
        measure(session, [launch.id])
    return launch


def _change(session: Session, launch: Launch, check: ReadinessCheck, change: Change, by: Actor) -> None:
    check.version += 1
    if change.kind == "removed":
        check.removed_at = now()
        return
    item, is_other_rule = change.item, check.rule != change.item.rule
    if is_other_rule:
        query = select(CheckEvidence).where(
            CheckEvidence.check_id == check.id, CheckEvidence.withdrawn_at.is_(None),
            CheckEvidence.is_waiver.is_(False),
        )  # fmt: skip
        take_back(session, check, session.scalars(query).all(), REASON, by=by)
    check.title, check.function, check.rule = item.title, item.function, item.rule
    check.weight, check.is_blocking, check.channels = item.weight, item.is_blocking, item.channels
    check.due_on = launch.launch_on - timedelta(item.due_days_before)
