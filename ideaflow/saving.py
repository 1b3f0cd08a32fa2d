"""Save a small record that people keep together: version check, what changed, audit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.errors import Invalid, Overtaken, must_exist


def locked(session: Session, table: Any, record_id: int, what: str) -> Any:
    """Return a record, its row locked until the transaction ends.

    :raises NotFound: there is none with this number.
    """
    record = session.get(table, record_id, with_for_update=True, populate_existing=True)
    return must_exist(record, f"There is no {what} {record_id}.")


def save(
    record: Any, values: Mapping[str, Any], version: int, action: str, *, by: Actor, reason: str = ""
) -> None:
    """Change the fields of a locked record that differ; what is sent again unchanged changes nothing.

    :param version: the one that was looked at.
    :raises Overtaken: it was saved by somebody else since.
    """
    after = {name: value for name, value in values.items() if getattr(record, name) != value}
    if not after:
        return
    before = {name: getattr(record, name) for name in after}
    if record.version != version:
        name = str(getattr(record, "name", None) or getattr(record, "title", ""))
        raise Overtaken(f"“{name}”", record.version, before, after)
    for name, value in after.items():
        setattr(record, name, value)
    record.version += 1
    audit.record(by, action, record, before=before, after=after, reason=reason)


def refuse(problems: list[dict[str, object]], what: str) -> None:
    """Say everything that is wrong at once.

    :raises Invalid: there is a problem.
    """
    if problems:
        told = " ".join(str(problem["reason"]) for problem in problems)
        raise Invalid(f"{what} {told}", problems)
