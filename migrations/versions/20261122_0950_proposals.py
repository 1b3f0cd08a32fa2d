"""Add proposals, their evidence and its frozen numbers.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0950"
down_revision = "20261122_0930"


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("problem", sa.String(), server_default="", nullable=False),
        sa.Column("value", sa.String(), server_default="", nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("strategy", sa.String(length=20), nullable=False),
        sa.Column("arena", sa.String(length=300), server_default="", nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit_who", sa.String(length=300), server_default="", nullable=False),
        sa.Column("benefit_metric", sa.String(length=300), server_default="", nullable=False),
        sa.Column("benefit_baseline", sa.String(length=300), server_default="", nullable=False),
        sa.Column("benefit_target", sa.String(length=300), server_default="", nullable=False),
        sa.Column("benefit_by", sa.String(length=300), server_default="", nullable=False),
        sa.Column("impact", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("effort_months", sa.Double(), nullable=True),
        sa.Column("asked_amount", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("asked_people", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("is_locked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), server_default="", nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("title <> ''", name=op.f("ck_proposals_title_not_empty")),
        sa.CheckConstraint(
            "asked_amount >= 0 AND asked_people >= 0", name=op.f("ck_proposals_asked_not_negative")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_proposals_confidence_is_share")),
        sa.CheckConstraint("effort_months > 0", name=op.f("ck_proposals_effort_above_zero")),
        sa.CheckConstraint("impact > 0", name=op.f("ck_proposals_impact_above_zero")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_proposals_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_proposals_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["proposals.id"], name=op.f("fk_proposals_parent_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_owner_id"), "proposals", ["owner_id"], unique=False)
    op.create_index(op.f("ix_proposals_parent_id"), "proposals", ["parent_id"], unique=False)
    op.create_table(
        "evidence_snapshots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("numbers", postgresql.JSONB(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_evidence_snapshots_reason_not_empty")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_evidence_snapshots_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["users.id"], name=op.f("fk_evidence_snapshots_taken_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_snapshots")),
    )
    op.create_index(
        op.f("ix_evidence_snapshots_proposal_id"), "evidence_snapshots", ["proposal_id"], unique=False
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("statement_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=300), server_default="", nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("criterion_key", sa.String(length=60), nullable=True),
        sa.Column("snapshot", postgresql.JSONB(), nullable=True),
        sa.Column("snapshot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'account') = (account_id IS NOT NULL)",
            name=op.f("ck_evidence_account_points_to_its_own"),
        ),
        sa.CheckConstraint(
            "(kind = 'document') = (url IS NOT NULL)", name=op.f("ck_evidence_document_points_to_its_own")
        ),
        sa.CheckConstraint(
            "(kind = 'opportunity') = (opportunity_id IS NOT NULL)",
            name=op.f("ck_evidence_opportunity_points_to_its_own"),
        ),
        sa.CheckConstraint(
            "(kind = 'statement') = (statement_id IS NOT NULL)",
            name=op.f("ck_evidence_statement_points_to_its_own"),
        ),
        sa.CheckConstraint(
            "(kind = 'theme') = (theme_id IS NOT NULL)", name=op.f("ck_evidence_theme_points_to_its_own")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_evidence_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_evidence_added_by_id_users")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_evidence_opportunity_id_opportunities")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_evidence_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_evidence_statement_id_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_proposal_id"), "evidence", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_evidence_theme_id"), "evidence", ["theme_id"], unique=False)
    op.create_index(
        "uq_evidence_proposal_id_account_id",
        "evidence",
        ["proposal_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_evidence_proposal_id_opportunity_id",
        "evidence",
        ["proposal_id", "opportunity_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_evidence_proposal_id_statement_id",
        "evidence",
        ["proposal_id", "statement_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_evidence_proposal_id_theme_id",
        "evidence",
        ["proposal_id", "theme_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_evidence_proposal_id_url",
        "evidence",
        ["proposal_id", "url"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("evidence_snapshots")
    op.drop_table("proposals")
