"""Let one of ours stand in for an owner whom the CRM still names.

Backward compatible: yes (a new table, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2112"
down_revision = "20261122_2110"


def upgrade() -> None:
    op.create_table(
        "owner_overrides",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
        sa.Column("named", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(account_id, opportunity_id) = 1", name=op.f("ck_owner_overrides_of_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_owner_overrides_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"],
            name=op.f("fk_owner_overrides_opportunity_id_opportunities"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_owner_overrides_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_overrides")),
        sa.UniqueConstraint("account_id", name=op.f("uq_owner_overrides_account_id")),
        sa.UniqueConstraint("opportunity_id", name=op.f("uq_owner_overrides_opportunity_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_owner_overrides_user_id"), "owner_overrides", ["user_id"])


def downgrade() -> None:
    op.drop_table("owner_overrides")
