"""Let proposals be merged, split and taken up again; evidence serves the one that lives on.

Backward compatible: no (evidence must say whom it proves).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1600"
down_revision = "20261122_1555"


def upgrade() -> None:
    op.add_column("proposals", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("proposals", sa.Column("parent_tie", sa.String(length=10), nullable=True))
    op.create_index(op.f("ix_proposals_merged_into_id"), "proposals", ["merged_into_id"])
    op.create_foreign_key(
        op.f("fk_proposals_merged_into_id_proposals"), "proposals", "proposals", ["merged_into_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_proposals_merged_is_closed"), "proposals", "merged_into_id IS NULL OR closed_at IS NOT NULL"
    )
    op.create_check_constraint(op.f("ck_proposals_merged_into_another"), "proposals", "merged_into_id <> id")
    op.add_column("evidence", sa.Column("serves_id", sa.BigInteger(), nullable=True))
    op.add_column("evidence", sa.Column("inherited_from_id", sa.BigInteger(), nullable=True))
    op.execute("UPDATE evidence SET serves_id = proposal_id")
    op.alter_column("evidence", "serves_id", nullable=False)
    op.create_index(op.f("ix_evidence_serves_id"), "evidence", ["serves_id"])
    op.create_foreign_key(
        op.f("fk_evidence_serves_id_proposals"), "evidence", "proposals", ["serves_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_evidence_inherited_from_id_evidence"), "evidence", "evidence", ["inherited_from_id"], ["id"]
    )
    op.create_table(
        "merge_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_merge_requests_two_proposals")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_merge_requests_for_a_reason")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_merge_requests_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["proposals.id"], name=op.f("fk_merge_requests_source_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["proposals.id"], name=op.f("fk_merge_requests_target_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_requests")),
    )
    op.create_index(
        "uq_merge_requests_source_id", "merge_requests", ["source_id"],
        unique=True, postgresql_where=sa.text("answered_at IS NULL"),
    )  # fmt: skip
    op.create_index(op.f("ix_merge_requests_target_id"), "merge_requests", ["target_id"])


def downgrade() -> None:
    op.drop_table("merge_requests")
    op.drop_constraint(op.f("fk_evidence_inherited_from_id_evidence"), "evidence")
    op.drop_constraint(op.f("fk_evidence_serves_id_proposals"), "evidence")
    op.drop_index(op.f("ix_evidence_serves_id"), "evidence")
    op.drop_column("evidence", "inherited_from_id")
    op.drop_column("evidence", "serves_id")
    op.drop_constraint(op.f("ck_proposals_merged_into_another"), "proposals")
    op.drop_constraint(op.f("ck_proposals_merged_is_closed"), "proposals")
    op.drop_constraint(op.f("fk_proposals_merged_into_id_proposals"), "proposals")
    op.drop_index(op.f("ix_proposals_merged_into_id"), "proposals")
    op.drop_column("proposals", "parent_tie")
    op.drop_column("proposals", "merged_into_id")
