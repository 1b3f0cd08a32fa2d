"""Look back on launches.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2235"
down_revision = "20261122_2220"


def upgrade() -> None:
    op.create_table(
        "look_backs",
        sa.Column("launch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_sale_on", sa.Date(), nullable=True),
        sa.Column("first_sale_id", sa.BigInteger(), nullable=True),
        sa.Column("realised", sa.String(length=300), server_default="", nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("verdict", sa.String(length=10), server_default="", nullable=False),
        sa.Column("learned", sa.String(), server_default="", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "closed_at IS NULL OR (verdict <> '' AND realised <> '')",
            name=op.f("ck_look_backs_closed_when_measured"),
        ),
        sa.CheckConstraint(
            "verdict IN ('', 'reached', 'partly', 'missed')", name=op.f("ck_look_backs_verdict_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["users.id"], name=op.f("fk_look_backs_closed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["first_sale_id"], ["opportunities.id"], name=op.f("fk_look_backs_first_sale_id_opportunities")
        ),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_look_backs_launch_id_launches")
        ),
        sa.PrimaryKeyConstraint("launch_id", name=op.f("pk_look_backs")),
    )
    op.create_table(
        "success_stories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("launch_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.String(length=300), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("source_url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("agreed_by <> ''", name=op.f("ck_success_stories_somebody_agreed")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_success_stories_words_not_empty")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_success_stories_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_success_stories_added_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_success_stories_launch_id_launches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_success_stories")),
    )
    op.create_index(op.f("ix_success_stories_launch_id"), "success_stories", ["launch_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_success_stories_launch_id"), table_name="success_stories")
    op.drop_table("success_stories")
    op.drop_table("look_backs")
