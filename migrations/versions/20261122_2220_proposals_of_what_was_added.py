"""Say which proposal came of what a participant added.

Backward compatible: yes (a new column that may be empty).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2220"
down_revision = "20261122_2212"


def upgrade() -> None:
    op.add_column("codesign_additions", sa.Column("proposal_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_codesign_additions_proposal_id_proposals"),
        "codesign_additions",
        "proposals",
        ["proposal_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_column("codesign_additions", "proposal_id")
