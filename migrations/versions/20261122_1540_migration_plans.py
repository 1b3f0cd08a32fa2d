"""Add plans that move running proposals to another version of a process, and the moves they made.

Backward compatible: yes (new tables).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1540"
down_revision = "20261122_1530"

MOVES_STAND = """
CREATE FUNCTION refuse_changed_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A migration that was made stands. Plan another one.';
END $$;
CREATE TRIGGER migration_moves_stand BEFORE UPDATE OR DELETE ON migration_moves
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_move();
"""


def upgrade() -> None:
    maps = ("stage_map", "gate_map", "criterion_map", "deliverable_map")
    op.create_table(
        "migration_plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_version_id", sa.BigInteger(), nullable=False),
        sa.Column("to_version_id", sa.BigInteger(), nullable=False),
        *(_json(name, "'{}'::jsonb") for name in maps),
        _json("proposal_ids", "'[]'::jsonb"),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="draft", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_hash", sa.String(length=64), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'done', 'withdrawn')",
            name=op.f("ck_migration_plans_state_is_known"),
        ),
        sa.CheckConstraint(
            "from_version_id <> to_version_id", name=op.f("ck_migration_plans_leads_elsewhere")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id IS DISTINCT FROM author_id",
            name=op.f("ck_migration_plans_second_person_approves"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'done') OR (approved_by_id IS NOT NULL AND approved_hash <> '')",
            name=op.f("ck_migration_plans_approved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["from_version_id"],
            ["process_versions.id"],
            name=op.f("fk_migration_plans_from_version_id_process_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"],
            ["process_versions.id"],
            name=op.f("fk_migration_plans_to_version_id_process_versions"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_migration_plans_author_id_users")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_migration_plans_approved_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_plans")),
    )
    op.create_index(op.f("ix_migration_plans_from_version_id"), "migration_plans", ["from_version_id"])
    op.create_table(
        "migration_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        _json("before"),
        sa.Column("before_hash", sa.String(length=64), nullable=False),
        _json("after"),
        sa.Column("after_hash", sa.String(length=64), nullable=False),
        _json("findings", "'[]'::jsonb"),
        sa.Column("moved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["users.id"], name=op.f("fk_migration_moves_moved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["migration_plans.id"], name=op.f("fk_migration_moves_plan_id_migration_plans")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_migration_moves_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_moves")),
        sa.UniqueConstraint("plan_id", "proposal_id", name=op.f("uq_migration_moves_plan_id_proposal_id")),
    )
    op.create_index(op.f("ix_migration_moves_proposal_id"), "migration_moves", ["proposal_id"])
    op.execute(MOVES_STAND)


def downgrade() -> None:
    op.drop_table("migration_moves")
    op.drop_table("migration_plans")
    op.execute("DROP FUNCTION refuse_changed_move()")


def _json(name: str, default: str | None = None) -> sa.Column[object]:
    kind = postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, kind, server_default=sa.text(default) if default else None, nullable=False)
