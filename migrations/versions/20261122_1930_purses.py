"""Let accounts buy features: purses and pots that cannot overflow.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1930"
down_revision = "20261122_1920"


def upgrade() -> None:
    op.create_table(
        "codesign_purses",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_key", sa.String(length=40), nullable=False),
        sa.Column("round", sa.String(length=10), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("spent BETWEEN 0 AND budget", name=op.f("ck_codesign_purses_within_budget")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["codesign_sessions.id"],
            name=op.f("fk_codesign_purses_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", "account_key", "round", name=op.f("pk_codesign_purses")),
    )  # fmt: skip
    op.create_table(
        "codesign_pots",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("round", sa.String(length=10), nullable=False),
        sa.Column("option_key", sa.String(length=20), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "pledged >= 0 AND (price IS NULL OR pledged <= price)", name=op.f("ck_codesign_pots_within_price")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["codesign_sessions.id"],
            name=op.f("fk_codesign_pots_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", "round", "option_key", name=op.f("pk_codesign_pots")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("codesign_pots")
    op.drop_table("codesign_purses")
