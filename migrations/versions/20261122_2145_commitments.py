"""Keep account of what we promised customers.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2145"
down_revision = "20261122_2130"


def upgrade() -> None:
    op.create_table(
        "commitments",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("authority_id", sa.BigInteger(), nullable=True),
        sa.Column("authority_role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("cell_id", sa.BigInteger(), nullable=True),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
        sa.Column("follows_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_commitments_words_not_empty")),
        sa.CheckConstraint(
            "state IN ('asked', 'open', 'at_risk', 'met', 'broken', 'released', 'refused')",
            name=op.f("ck_commitments_state_is_known"),
        ),
        sa.CheckConstraint(
            "(state = 'met') = (met_on IS NOT NULL)", name=op.f("ck_commitments_met_has_a_day")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'open', 'at_risk', 'met') OR reason <> ''",
            name=op.f("ck_commitments_settled_for_a_reason"),
        ),
        sa.CheckConstraint(
            "(authority_id IS NULL) <> (authority_role = '')", name=op.f("ck_commitments_one_authority")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'released', 'refused') OR approved_at IS NOT NULL",
            name=op.f("ck_commitments_said_with_authority"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_commitments_{column}_{table}")
            )
            for column, table in (
                ("account_id", "accounts"), ("contact_id", "contacts"), ("owner_id", "users"),
                ("authority_id", "users"), ("approved_by_id", "users"), ("settled_by_id", "users"),
                ("proposal_id", "proposals"), ("cell_id", "launch_cells"), ("theme_id", "themes"),
                ("item_id", "feedback_items"), ("case_id", "cases"), ("opportunity_id", "opportunities"),
                ("follows_id", "commitments"), ("created_by_id", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_commitments_follows_id")),
    )  # fmt: skip
    op.create_index("ix_commitments_state_due_on", "commitments", ["state", "due_on", "id"])
    op.create_index("ix_commitments_account_id_due_on", "commitments", ["account_id", "due_on"])
    for column in ("owner_id", "authority_id", "proposal_id", "cell_id", "item_id"):
        op.create_index(op.f(f"ix_commitments_{column}"), "commitments", [column])
    op.create_table(
        "commitment_forecasts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("commitment_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("p50_on", sa.Date(), nullable=True),
        sa.Column("p85_on", sa.Date(), nullable=True),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("stay_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"],
            name=op.f("fk_commitment_forecasts_commitment_id_commitments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_forecasts")),
        sa.UniqueConstraint(
            "commitment_id", "made_on", name=op.f("uq_commitment_forecasts_commitment_id_made_on")
        ),
    )  # fmt: skip
    op.create_table(
        "commitment_warnings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("commitment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"],
            name=op.f("fk_commitment_warnings_commitment_id_commitments"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_commitment_warnings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_warnings")),
        sa.UniqueConstraint(
            "commitment_id", "kind", "about", "user_id",
            name=op.f("uq_commitment_warnings_commitment_id_kind_about_user_id"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("commitment_warnings")
    op.drop_table("commitment_forecasts")
    op.drop_table("commitments")
