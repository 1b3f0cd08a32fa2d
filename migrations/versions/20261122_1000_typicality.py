"""Keep with each membership how typical it is, so that a theme's words are read in that order.

Backward compatible: yes (one column the database fills by itself, and its index).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1000"
down_revision = "20261122_0985"


def upgrade() -> None:
    op.add_column(
        "theme_memberships",
        sa.Column(
            "typicality", sa.Float(), sa.Computed("strength * likeness", persisted=True), nullable=False
        ),
    )
    op.create_index(
        "ix_theme_memberships_theme_id_typicality",
        "theme_memberships",
        ["theme_id", sa.text("typicality DESC"), "statement_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_theme_memberships_theme_id_typicality", table_name="theme_memberships")
    op.drop_column("theme_memberships", "typicality")
