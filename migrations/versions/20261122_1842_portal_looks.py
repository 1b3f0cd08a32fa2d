"""Add the look of the portal.

Backward compatible: yes (a new table, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1842"
down_revision = "20261122_1840"


def upgrade() -> None:
    op.create_table(
        "portal_looks",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("color", sa.String(length=7), nullable=False),
        sa.Column("logo_type", sa.String(length=20), server_default="", nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_portal_looks_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_looks")),
    )


def downgrade() -> None:
    op.drop_table("portal_looks")
