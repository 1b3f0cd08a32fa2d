"""Keep the time zone a gate meeting was called in.

Backward compatible: yes (meetings called so far were called in UTC).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1850"
down_revision = "20261122_1842"


def upgrade() -> None:
    op.add_column(
        "gate_meetings", sa.Column("zone", sa.String(length=60), server_default="UTC", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("gate_meetings", "zone")
