"""Tables of migrations: plans that move running proposals to another version, and the moves made."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Json, JsonList, Model, Moment, PrimaryKey, db
from ideaflow.gates.process.versions import ProcessVersion, one_of
from ideaflow.users.models import User

PLAN_STATES = ("draft", "approved", "done", "withdrawn")


class MigrationPlan(Model):
    """How what runs on one version goes on in another: each key mapped, approved by a second person.

    A map says for a key of the old version which key of the new one it is; an empty word leaves it behind.
    What is in no map keeps its key. ``approved_hash`` is over versions, maps and proposals as approved.
    """

    __tablename__ = "migration_plans"
    __table_args__ = (
        one_of("state", PLAN_STATES),
        CheckConstraint("from_version_id <> to_version_id", name="leads_elsewhere"),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id IS DISTINCT FROM author_id",
            name="second_person_approves",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'done') OR (approved_by_id IS NOT NULL AND approved_hash <> '')",
            name="approved_by_somebody",
        ),
    )

    id: Mapped[PrimaryKey]
    from_version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_versions.id"), index=True)
    to_version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_versions.id"))
    stage_map: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    gate_map: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    criterion_map: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    deliverable_map: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    # The proposals it is for; none named: all that run on the version.
    proposal_ids: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    note: Mapped[str] = mapped_column(server_default="", default="")
    state: Mapped[str] = mapped_column(String(20), server_default="draft", default="draft")
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    author_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    approved_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"), default=None)
    approved_at: Mapped[Moment | None] = mapped_column(default=None)
    approved_hash: Mapped[str] = mapped_column(String(64), server_default="", default="")

    from_version: Mapped[ProcessVersion] = relationship(foreign_keys=[from_version_id], lazy="joined")
    to_version: Mapped[ProcessVersion] = relationship(foreign_keys=[to_version_id], lazy="joined")
    author: Mapped[User | None] = relationship(foreign_keys=[author_id], lazy="joined")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id], lazy="joined")

    @property
    def name(self) -> str:
        return f"{self.from_version.name} to {self.to_version.name}"


class MigrationMove(Model):
    """One proposal moved by a plan: what it stood on before and after, each with its hash. Never changes."""

    __tablename__ = "migration_moves"
    __table_args__ = (UniqueConstraint("plan_id", "proposal_id"),)

    id: Mapped[PrimaryKey]
    plan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("migration_plans.id"))
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    before: Mapped[Json]
    before_hash: Mapped[str] = mapped_column(String(64))
    after: Mapped[Json]
    after_hash: Mapped[str] = mapped_column(String(64))
    findings: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    moved_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    moved_at: Mapped[Moment]


def former_gates(proposal_id: int, gate_key: str) -> set[str]:
    """Return the keys a gate of a proposal has had: its present one, and those before migrations."""
    keys, maps = (
        {gate_key},
        db.session.scalars(
            select(MigrationPlan.gate_map)
            .join(MigrationMove, MigrationMove.plan_id == MigrationPlan.id)
            .where(MigrationMove.proposal_id == proposal_id)
            .order_by(MigrationMove.id.desc())
        ),
    )
    for gate_map in maps:
        keys |= {old for old, new in gate_map.items() if new in keys}
    return keys
