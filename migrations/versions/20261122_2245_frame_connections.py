"""Keep who said that a card in a CRM may read in their name.

Backward compatible: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2245"
down_revision = "20261122_2235"


def upgrade() -> None:
    op.create_table(
        "frame_connections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=300), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_frame_connections_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_connections")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_frame_connections_code_hash")),
    )
    op.create_index(op.f("ix_frame_connections_user_id"), "frame_connections", ["user_id"])
    op.create_index(op.f("ix_frame_connections_secret_hash"), "frame_connections", ["secret_hash"])


def downgrade() -> None:
    op.drop_table("frame_connections")
