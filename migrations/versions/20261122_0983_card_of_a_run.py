"""Keep with each run what it read, what it left out and how far it can be trusted.

Backward compatible: yes (one column with a default).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0983"
down_revision = "20261122_0980"


def upgrade() -> None:
    op.add_column(
        "theme_runs",
        sa.Column("card", postgresql.JSONB(), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("theme_runs", "card")
