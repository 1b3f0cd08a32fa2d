"""Say what a seat speaks for; one kind of deputy only.

Backward compatible: no (`is_deputy` goes; who stood by becomes the deputy of the seats of that gate).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1745"
down_revision = "20261122_1730"

STOOD_BY = """
UPDATE gatekeepers seat SET deputy_id = by.user_id
FROM (SELECT DISTINCT ON (process_id, gate_key) process_id, gate_key, user_id FROM gatekeepers
      WHERE is_deputy ORDER BY process_id, gate_key, id) by
WHERE NOT seat.is_deputy AND seat.deputy_id IS NULL AND by.process_id = seat.process_id
  AND by.gate_key = seat.gate_key AND by.user_id <> seat.user_id
"""
NOW_A_DEPUTY = """
DELETE FROM gatekeepers by USING gatekeepers seat
WHERE by.is_deputy AND NOT seat.is_deputy AND seat.process_id = by.process_id AND seat.gate_key = by.gate_key
"""


def upgrade() -> None:
    for table in ("gatekeepers", "scorecards"):
        op.add_column(table, sa.Column("role", sa.String(length=300), server_default="", nullable=False))
    op.execute(STOOD_BY)
    op.execute(NOW_A_DEPUTY)
    op.drop_column("gatekeepers", "is_deputy")


def downgrade() -> None:
    op.add_column("gatekeepers", sa.Column("is_deputy", sa.Boolean(), server_default="false", nullable=False))
    for table in ("scorecards", "gatekeepers"):
        op.drop_column(table, "role")
