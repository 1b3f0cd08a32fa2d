"""Let a version of a process say again what an earlier one said: people take changes back.

Backward compatible: yes (a constraint falls away).
"""

from alembic import op

revision = "20261122_1610"
down_revision = "20261122_1600"
NAME = "uq_process_versions_process_id_content_hash"


def upgrade() -> None:
    op.drop_constraint(NAME, "process_versions")


def downgrade() -> None:
    op.create_unique_constraint(NAME, "process_versions", ["process_id", "content_hash"])
