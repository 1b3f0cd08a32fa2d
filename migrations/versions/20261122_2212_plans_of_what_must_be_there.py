"""Keep how features that must be there are met; forget when mails about results were written.

Backward compatible: no (the old code writes that moment; now notices keep it).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2212"
down_revision = "20261122_2210"


def upgrade() -> None:
    op.create_table(
        "codesign_must_plans",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("option_key", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_codesign_must_plans_words_not_empty")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_must_plans_session_id_codesign_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_codesign_must_plans_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("session_id", "option_key", name=op.f("pk_codesign_must_plans")),
    )
    op.drop_column("codesign_participants", "told_at")


def downgrade() -> None:
    op.add_column("codesign_participants", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("codesign_must_plans")
