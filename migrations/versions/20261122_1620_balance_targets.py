"""Add targets for types, strategies and risks.

Backward compatible: yes (a new table, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1620"
down_revision = "20261122_1610"


def upgrade() -> None:
    op.create_table(
        "balance_targets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("shares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "dimension IN ('type', 'strategy', 'risk')", name=op.f("ck_balance_targets_dimension_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_targets")),
        sa.UniqueConstraint("dimension", name=op.f("uq_balance_targets_dimension")),
    )


def downgrade() -> None:
    op.drop_table("balance_targets")
