"""Keep when a customer was last written to about a commitment.

Backward compatible: yes (a new column that may be empty).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2150"
down_revision = "20261122_2145"


def upgrade() -> None:
    op.add_column("commitments", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("commitments", "told_at")
