"""Keep for which regions somebody was trained; records that name none count everywhere, as before.

Backward compatible: yes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_0030"
down_revision = "20261122_2245"


def upgrade() -> None:
    op.add_column(
        "training_records",
        sa.Column(
            "region_ids", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("training_records", "region_ids")
