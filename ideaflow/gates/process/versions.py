"""Tables of processes: versions, drafts, who sits at which gate, and which proposal takes which process."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Day, Json, Model, Moment, Money, Name, PrimaryKey
from ideaflow.gates.process import definition
from ideaflow.gates.process.definition import Definition
from ideaflow.users.models import User


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the rule that a column holds one of the values of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


class Process(Model):
    """How proposals are decided on: a family of versions under one key."""

    __tablename__ = "processes"
    __table_args__ = (CheckConstraint("is_active = (retired_at IS NULL)", name="active_until_retired"),)

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Name]
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    # Why it takes no new proposals, since when; empty while it does.
    retired_reason: Mapped[str] = mapped_column(server_default="", default="")
    retired_at: Mapped[Moment | None] = mapped_column(default=None)
    created_at: Mapped[CreatedAt]


class ProcessVersion(Model):
    """Stages, gates and criteria as canonical JSON. Once published, its bytes never change.

    The database checks the hash and refuses to change or delete what was published.
    """

    __tablename__ = "process_versions"
    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        one_of("status", ("draft", "published", "retired")),
        CheckConstraint(
            "content_hash = encode(sha256(convert_to(definition, 'UTF8')), 'hex')",
            name="hash_is_of_definition",
        ),
    )

    id: Mapped[PrimaryKey]
    process_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("processes.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    definition: Mapped[str]
    content_hash: Mapped[str] = mapped_column(String(64))
    supersedes_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("process_versions.id"))
    change_note: Mapped[str] = mapped_column(server_default="", default="")
    published_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    published_at: Mapped[Moment | None]
    # Why nothing moves onto it any more, since when; empty while it may.
    retired_reason: Mapped[str] = mapped_column(server_default="", default="")
    retired_at: Mapped[Moment | None] = mapped_column(default=None)

    process: Mapped[Process] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        """Return what people call it: “Full, version 1”."""
        return f"{self.process.name}, version {self.number}"

    @property
    def content(self) -> Definition:
        """Return the stages and gates."""
        return definition.read(self.definition)

    @property
    def document(self) -> dict[str, Any]:
        """Return the definition as it is written, a new one each time."""
        document: dict[str, Any] = json.loads(self.definition)
        return document


class ProcessDraft(Model):
    """What the next version of a process shall say, while people still write it; one for each process.

    ``version`` is counted up by each change, so that two who edit at once do not overwrite each other.
    """

    __tablename__ = "process_drafts"

    id: Mapped[PrimaryKey]
    process_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("processes.id"), unique=True)
    base_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("process_versions.id"))
    definition: Mapped[str]  # Canonical JSON, as of a version.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    changed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    changed_at: Mapped[Moment]
    created_at: Mapped[CreatedAt]

    process: Mapped[Process] = relationship(lazy="joined")
    base: Mapped[ProcessVersion | None] = relationship(lazy="select")
    changed_by: Mapped[User | None] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        return f"{self.process.name}, draft"

    @property
    def document(self) -> dict[str, Any]:
        """Return what the draft says, a new document each time."""
        document: dict[str, Any] = json.loads(self.definition)
        return document


class RoutingRule(Model):
    """Which proposals take which process: the first rule whose conditions all hold decides."""

    __tablename__ = "routing_rules"
    __table_args__ = (CheckConstraint("name <> ''", name="name_not_empty"),)

    id: Mapped[PrimaryKey]
    place: Mapped[int]
    name: Mapped[Name]
    conditions: Mapped[Json]
    process_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("processes.id"))
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    process: Mapped[Process] = relationship(lazy="joined")


class Gatekeeper(Model):
    """A seat: who scores and decides at a gate. A gate without seats is kept by all with that role."""

    __tablename__ = "gatekeepers"
    __table_args__ = (
        UniqueConstraint("process_id", "gate_key", "user_id", "arena", "region"),
        CheckConstraint("weight BETWEEN 1 AND 9", name="weight_is_small"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> user_id", name="deputy_is_another"),
    )

    id: Mapped[PrimaryKey]
    process_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("processes.id"))
    gate_key: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    from_on: Mapped[Day | None] = mapped_column(default=None)
    until_on: Mapped[Day | None] = mapped_column(default=None)
    # For which proposals: of an arena, asked for in a region, up to an amount; empty means all.
    arena: Mapped[Name] = mapped_column(server_default="", default="")
    region: Mapped[Name] = mapped_column(server_default="", default="")
    up_to_amount: Mapped[Money | None] = mapped_column(default=None)
    # What they speak for, such as Finance: a gate may decide nothing without it.
    role: Mapped[Name] = mapped_column(server_default="", default="")
    is_chair: Mapped[bool] = mapped_column(server_default="false", default=False)
    weight: Mapped[int] = mapped_column(server_default="1", default=1)
    deputy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise")
    deputy: Mapped[User | None] = relationship(foreign_keys=[deputy_id], lazy="raise")

    def holds_on(self, day: date) -> bool:
        """Return whether the seat is theirs that day."""
        return (self.from_on is None or self.from_on <= day) and (
            self.until_on is None or day <= self.until_on
        )
