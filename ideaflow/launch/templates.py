"""Readiness templates: shipped, drafted in words, published once; items in and out as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound, Overtaken, must_exist
from ideaflow.launch import items as rules
from ideaflow.launch.items import Item
from ideaflow.launch.models import ReadinessTemplate

SHIPPED = Path(__file__).resolve().parent / "shipped" / "readiness.json"
SHIP_LOCK = 7_310_060
MOST_ITEMS = 100


def ship() -> ReadinessTemplate | None:
    """Publish the template that comes with ideaflow where there is none yet; returns it when it is new."""
    with transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SHIP_LOCK})
        if session.scalar(select(func.count()).select_from(ReadinessTemplate)):
            return None
        content = json.loads(SHIPPED.read_text("utf-8"))
        template = ReadinessTemplate(
            name=content["name"], number=1, note=content["note"], published_at=now(),
            items=[rules.read(one).plain() for one in content["items"]],
        )  # fmt: skip
        session.add(template)
        audit.record(SYSTEM, "launch.publish_template", template, after={"number": 1})
    return template


def items_of(template: ReadinessTemplate) -> list[Item]:
    """Return what a template asks for, in its order."""
    return [rules.read(one) for one in template.items]


def newest() -> ReadinessTemplate:
    """Return the newest published template.

    :raises NotFound: none is published.
    """
    query = select(ReadinessTemplate).where(ReadinessTemplate.published_at.is_not(None))
    return must_exist(
        db.session.scalar(query.order_by(ReadinessTemplate.number.desc()).limit(1)),
        "No readiness template is published. Run “ideaflow db upgrade”, or publish a draft.",
    )


def versions() -> list[ReadinessTemplate]:
    """Return all versions, the draft and the newest first."""
    return list(db.session.scalars(select(ReadinessTemplate).order_by(ReadinessTemplate.number.desc())))


def draft_of(items: Sequence[Item] | None = None, note: str = "", *, by: Actor) -> ReadinessTemplate:
    """Begin the next version, as a copy of the newest unless ``items`` come from elsewhere.

    :raises Conflict: there is a draft already.
    """
    with transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SHIP_LOCK})
        last = versions()[0] if versions() else None
        if last is not None and last.published_at is None:
            raise Conflict(f"Version {last.number} is a draft already. Publish it or throw it away first.")
        chosen = items_of(last) if items is None and last else list(items or ())
        draft = ReadinessTemplate(
            name=last.name if last else "Readiness", number=last.number + 1 if last else 1,
            items=[item.plain() for item in chosen], note=note.strip(),
        )  # fmt: skip
        session.add(draft)
        audit.record(by, "launch.draft_template", draft, after={"number": draft.number})
    return draft


def save_item(template_id: int, item: Item, version: int, *, by: Actor) -> ReadinessTemplate:
    """Add an item to a draft, or change the one with its key.

    :raises Invalid: it says something that cannot be.
    :raises Overtaken: somebody else saved the draft since.
    """
    with transaction() as session:
        draft = _draft_for_change(session, template_id, version)
        known = items_of(draft)
        if not item.key:
            taken = [one.key for one in known]
            item = rules.read({**item.plain(), "key": rules.key_for(item.title, taken)})
        problems = rules.item_problems(item)
        if problems:
            raise Invalid("The check was not saved. " + _told(problems), problems)
        before = next((one.plain() for one in known if one.key == item.key), None)
        changed = [item if one.key == item.key else one for one in known]
        _write(draft, changed if before else [*known, item])
        audit.record(by, "launch.edit_template", draft, before=before, after=item.plain())
    return draft


def drop_item(template_id: int, key: str, version: int, *, by: Actor) -> ReadinessTemplate:
    """Take an item out of a draft."""
    with transaction() as session:
        draft = _draft_for_change(session, template_id, version)
        gone = next((one for one in items_of(draft) if one.key == key), None)
        if gone is None:
            raise NotFound("This check is not in the draft any more.")
        _write(draft, [one for one in items_of(draft) if one.key != key])
        audit.record(by, "launch.edit_template", draft, before=gone.plain())
    return draft


def publish(template_id: int, note: str, version: int, *, by: Actor) -> ReadinessTemplate:
    """Publish a draft: from now on launches are opened with it, and it never changes again.

    :param note: what is new in it.
    :raises Invalid: it cannot work as it is.
    """
    with transaction() as session:
        draft = _draft_for_change(session, template_id, version)
        problems = rules.problems(items_of(draft))
        if not note.strip():
            problems.append({"field": "note", "reason": "Say what is new in this version."})
        if problems:
            raise Invalid("The template was not published. " + _told(problems), problems)
        draft.note, draft.published_at, draft.published_by_id = note.strip(), now(), by.id
        draft.version += 1
        audit.record(by, "launch.publish_template", draft, after={"number": draft.number}, reason=draft.note)
    return draft


def throw_away(template_id: int, version: int, *, by: Actor) -> None:
    """Delete a draft."""
    with transaction() as session:
        draft = _draft_for_change(session, template_id, version)
        audit.record(by, "launch.throw_template_away", draft, before={"items": draft.items})
        session.delete(draft)


def as_json(template: ReadinessTemplate) -> str:
    """Return a template as a file that ``from_json`` reads."""
    content = {"name": template.name, "number": template.number, "note": template.note}
    return json.dumps({**content, "items": template.items}, ensure_ascii=False, indent=1)


def from_json(content: bytes) -> list[Item]:
    """Return the items of a template written by ``as_json`` or by hand.

    :raises Invalid: it is no JSON, or an item of it says something that cannot be.
    """
    try:
        raw = json.loads(content)
        listed = raw["items"] if isinstance(raw, Mapping) else None
    except (ValueError, KeyError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise Invalid(
            "This is no readiness template: a JSON file with a list “items” is. Take one out first."
        )
    if len(listed) > MOST_ITEMS:
        raise Invalid(f"It holds {len(listed)} checks; a template holds at most {MOST_ITEMS}.")
    found: list[Item] = []
    for raw_item in listed:
        item = rules.read(raw_item)
        if not item.key or any(one.key == item.key for one in found):
            key = rules.key_for(item.title, [one.key for one in found])
            item = rules.read({**item.plain(), "key": key})
        found.append(item)
    problems: list[dict[str, Any]] = [
        {**one, "row": number} for number, item in enumerate(found, 1) for one in rules.item_problems(item)
    ]
    if problems:
        first = problems[0]
        raise Invalid(f"Check {first['row']} of the file: {first['reason']}", problems)
    return found


def _draft_for_change(session: Session, template_id: int, version: int) -> ReadinessTemplate:
    draft = session.get(ReadinessTemplate, template_id, with_for_update=True, populate_existing=True)
    if draft is None:
        raise NotFound("There is no such draft any more.")
    if draft.published_at is not None:
        raise Conflict(f"Version {draft.number} is published and never changes. Draft the next version.")
    if draft.version != version:
        raise Overtaken(f"The draft of version {draft.number}", draft.version, {}, {})
    return draft


def _write(draft: ReadinessTemplate, items: Sequence[Item]) -> None:
    draft.items = [item.plain() for item in items]
    draft.version += 1


def _told(problems: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(str(one["reason"]) for one in problems[:3])
