"""Remember at which level an alarm was dismissed.

Backward compatible: yes (empty columns).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0975"
down_revision = "20261122_0983"


def upgrade() -> None:
    op.add_column("themes", sa.Column("quieted_ratio", sa.Double(), nullable=True))
    op.add_column("themes", sa.Column("quieted_reason", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("themes", "quieted_reason")
    op.drop_column("themes", "quieted_ratio")
