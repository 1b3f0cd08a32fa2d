"""Let one decision be about many themes.

Backward compatible: yes (a new table, and a column that may be empty).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1440"
down_revision = "20261122_1100"


def upgrade() -> None:
    op.create_table(
        "theme_batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("verb", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("asked", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("theme_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("versions", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("done_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.String(300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_by_name", sa.String(300), server_default="", nullable=False),
        sa.CheckConstraint(
            "cardinality(theme_ids) = cardinality(versions)", name=op.f("ck_theme_batches_a_version_each")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_theme_batches_user_id_users")),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_theme_batches_undone_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_batches")),
    )
    op.create_index("ix_theme_batches_user_id", "theme_batches", ["user_id", "id"])
    op.add_column("theme_corrections", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_theme_corrections_batch_id", "theme_corrections", ["batch_id"])
    op.create_foreign_key(
        op.f("fk_theme_corrections_batch_id_theme_batches"),
        "theme_corrections", "theme_batches", ["batch_id"], ["id"],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_constraint(op.f("fk_theme_corrections_batch_id_theme_batches"), "theme_corrections")
    op.drop_index("ix_theme_corrections_batch_id", "theme_corrections")
    op.drop_column("theme_corrections", "batch_id")
    op.drop_table("theme_batches")
