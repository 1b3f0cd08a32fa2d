"""Add names of themes that another machine proposed.

Backward compatible: yes.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0995"
down_revision = "20261122_0975"


def upgrade() -> None:
    op.create_table(
        "theme_suggestions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("model", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), server_default="", nullable=False),
        sa.Column("summary", sa.String(), server_default="", nullable=False),
        sa.Column("shown_ids", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("cited_ids", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_suggestions_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_suggestions")),
    )
    op.create_index(op.f("ix_theme_suggestions_theme_id"), "theme_suggestions", ["theme_id"])


def downgrade() -> None:
    op.drop_table("theme_suggestions")
