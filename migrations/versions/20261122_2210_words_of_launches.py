"""Let customers read of launches, too.

Backward compatible: yes (a column that old code leaves empty; it writes of reviews only).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2210"
down_revision = "20261122_2150"


def upgrade() -> None:
    op.add_column("decision_words", sa.Column("launch_id", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(op.f("uq_decision_words_launch_id"), "decision_words", ["launch_id"])
    op.create_foreign_key(
        op.f("fk_decision_words_launch_id_launches"), "decision_words", "launches", ["launch_id"], ["id"]
    )
    op.alter_column("decision_words", "review_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_decision_words_of_one_outcome"), "decision_words", "num_nonnulls(review_id, launch_id) = 1"
    )


def downgrade() -> None:
    op.execute("DELETE FROM decision_words WHERE review_id IS NULL")
    op.drop_constraint(op.f("ck_decision_words_of_one_outcome"), "decision_words")
    op.alter_column("decision_words", "review_id", nullable=False)
    op.drop_constraint(op.f("fk_decision_words_launch_id_launches"), "decision_words")
    op.drop_constraint(op.f("uq_decision_words_launch_id"), "decision_words")
    op.drop_column("decision_words", "launch_id")
