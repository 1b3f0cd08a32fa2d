"""Add captures.

Backward compatible: yes (a new table, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2113"
down_revision = "20261122_2112"


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.Column("page_url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("captured_by_id", sa.BigInteger(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["captured_by_id"], ["users.id"], name=op.f("fk_captures_captured_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["feedback_items.id"], name=op.f("fk_captures_item_id_feedback_items")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_captures_statement_id_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_captures_statement_id")),
    )
    op.create_index(op.f("ix_captures_captured_by_id"), "captures", ["captured_by_id"], unique=False)
    op.create_index(op.f("ix_captures_item_id"), "captures", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_captures_item_id"), table_name="captures")
    op.drop_index(op.f("ix_captures_captured_by_id"), table_name="captures")
    op.drop_table("captures")
