"""Add rules that open draft proposals, and what each has opened.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1530"
down_revision = "20261122_1510"


def upgrade() -> None:
    op.create_table(
        "trigger_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("strategy", sa.String(length=20), nullable=False),
        sa.Column("arena", sa.String(length=120), nullable=True),
        sa.Column("is_on", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_trigger_rules_name_not_empty")),
        sa.ForeignKeyConstraint(
            ["arena"], ["arenas.name"], name=op.f("fk_trigger_rules_arena_arenas"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_trigger_rules_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger_rules")),
    )
    op.create_table(
        "trigger_openings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_trigger_openings_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["trigger_rules.id"], name=op.f("fk_trigger_openings_rule_id_trigger_rules")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_trigger_openings_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger_openings")),
        # One draft for each rule and theme, whoever looks and how often.
        sa.UniqueConstraint("rule_id", "theme_id", name=op.f("uq_trigger_openings_rule_id_theme_id")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_trigger_openings_proposal_id")),
    )
    op.create_index(op.f("ix_trigger_openings_theme_id"), "trigger_openings", ["theme_id"])


def downgrade() -> None:
    op.drop_table("trigger_openings")
    op.drop_table("trigger_rules")
