"""Add the thoughts people write into the widget.

Backward compatible: yes (a new table, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1858"
down_revision = "20261122_1857"


def upgrade() -> None:
    op.create_table(
        "thoughts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("email", sa.String(length=300), server_default="", nullable=False),
        sa.Column("page", sa.String(length=500), server_default="", nullable=False),
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_thoughts_text_not_empty")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["feedback_items.id"], name=op.f("fk_thoughts_item_id_feedback_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thoughts")),
        sa.UniqueConstraint("item_id", name=op.f("uq_thoughts_item_id")),
    )
    op.create_index(
        "ix_thoughts_waiting", "thoughts", ["id"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade() -> None:
    op.drop_table("thoughts")
