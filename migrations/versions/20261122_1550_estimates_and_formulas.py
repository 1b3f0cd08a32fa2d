"""Add estimates with ranges, and formulas an administrator writes.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1550"
down_revision = "20261122_1540"


def upgrade() -> None:
    op.create_table(
        "score_formulas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(), server_default="", nullable=False),
        sa.Column("formula", sa.String(length=500), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> '' AND formula <> ''", name=op.f("ck_score_formulas_says_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_formulas")),
        sa.UniqueConstraint("name", name=op.f("uq_score_formulas_name")),
    )
    op.create_table(
        "estimates",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("likely", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.CheckConstraint("low <= likely AND likely <= high", name=op.f("ck_estimates_in_order")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_estimates_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "key", name=op.f("pk_estimates")),
    )


def downgrade() -> None:
    op.drop_table("estimates")
    op.drop_table("score_formulas")
