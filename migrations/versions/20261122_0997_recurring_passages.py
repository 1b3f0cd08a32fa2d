"""Keep what recurs in items of several accounts.

Backward compatible: yes (a new table).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0997"
down_revision = "20261122_0995"


def upgrade() -> None:
    op.create_table(
        "recurring_passages",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_recurring_passages")),
    )


def downgrade() -> None:
    op.drop_table("recurring_passages")
