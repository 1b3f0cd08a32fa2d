"""Retire processes and versions for a reason; note which proposals outgrew their process.

Backward compatible: yes (new columns with defaults; older code reads none of them).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1750"
down_revision = "20261122_1745"


def upgrade() -> None:
    for table in ("processes", "process_versions"):
        op.add_column(table, sa.Column("retired_reason", sa.String(), server_default="", nullable=False))
        op.add_column(table, sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE processes SET retired_at = now(), retired_reason = 'Retired before.' WHERE NOT is_active"
    )
    op.create_check_constraint(
        op.f("ck_processes_active_until_retired"), "processes", "is_active = (retired_at IS NULL)"
    )
    op.add_column(
        "journeys", sa.Column("is_outgrown", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(
        "ix_journeys_outgrown", "journeys", ["proposal_id"], postgresql_where=sa.text("is_outgrown")
    )


def downgrade() -> None:
    op.drop_index("ix_journeys_outgrown", "journeys")
    op.drop_column("journeys", "is_outgrown")
    op.drop_constraint(op.f("ck_processes_active_until_retired"), "processes")
    for table in ("processes", "process_versions"):
        op.drop_column(table, "retired_at")
        op.drop_column(table, "retired_reason")
