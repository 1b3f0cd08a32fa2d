"""Tables of processes: their versions, and who sits at which gate."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Day, Model, Moment, Name, PrimaryKey
from ideaflow.gates.process import definition
from ideaflow.gates.process.definition import Definition


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the rule that a column holds one of the values of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


class Process(Model):
    """How proposals are decided on: a family of versions under one key."""

    __tablename__ = "processes"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Name]
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    created_at: Mapped[CreatedAt]


class ProcessVersion(Model):
    """Stages, gates and criteria as canonical JSON. Once published, its bytes never change.

    The database checks the hash and refuses to change or delete what was published.
    """

    __tablename__ = "process_versions"
    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        UniqueConstraint("process_id", "content_hash"),
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

    process: Mapped[Process] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        """Return what people call it: “Full, version 1”."""
        return f"{self.process.name}, version {self.number}"

    @property
    def content(self) -> Definition:
        """Return the stages and gates."""
        return definition.read(self.definition)


class Gatekeeper(Model):
    """A seat: who scores and decides at a gate. A gate without seats is kept by all with that role."""

    __tablename__ = "gatekeepers"
    __table_args__ = (UniqueConstraint("process_id", "gate_key", "user_id"),)

    id: Mapped[PrimaryKey]
    process_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("processes.id"))
    gate_key: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    is_deputy: Mapped[bool] = mapped_column(server_default="false", default=False)
    from_on: Mapped[Day | None] = mapped_column(default=None)
    until_on: Mapped[Day | None] = mapped_column(default=None)
