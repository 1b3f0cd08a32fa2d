"""Add gaps of opportunities.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2126"
down_revision = "20261122_2125"


def upgrade() -> None:
    op.create_table(
        "opportunity_stages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=300), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunities.id"],
            name=op.f("fk_opportunity_stages_opportunity_id_opportunities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity_stages")),
        sa.UniqueConstraint(
            "opportunity_id", "stage", name=op.f("uq_opportunity_stages_opportunity_id_stage")
        ),
    )
    op.create_index(op.f("ix_opportunity_stages_stage"), "opportunity_stages", ["stage"], unique=False)
    op.create_table(
        "opportunity_gaps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("offering_id", sa.BigInteger(), nullable=True),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_suggested", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("said_by_id", sa.BigInteger(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "severity IN ('deal_breaker', 'challenge', 'nice')",
            name=op.f("ck_opportunity_gaps_severity_is_known"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(proposal_id, theme_id, offering_id) = 1",
            name=op.f("ck_opportunity_gaps_waits_for_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name=op.f("fk_opportunity_gaps_offering_id_offerings")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunities.id"],
            name=op.f("fk_opportunity_gaps_opportunity_id_opportunities"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_opportunity_gaps_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["users.id"], name=op.f("fk_opportunity_gaps_said_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_opportunity_gaps_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity_gaps")),
    )
    op.create_index("ix_opportunity_gaps_offering_id", "opportunity_gaps", ["offering_id"], unique=False)
    op.create_index(
        op.f("ix_opportunity_gaps_opportunity_id"), "opportunity_gaps", ["opportunity_id"], unique=False
    )
    op.create_index("ix_opportunity_gaps_proposal_id", "opportunity_gaps", ["proposal_id"], unique=False)
    op.create_index("ix_opportunity_gaps_theme_id", "opportunity_gaps", ["theme_id"], unique=False)
    op.create_index(
        "uq_opportunity_gaps_offering_id",
        "opportunity_gaps",
        ["opportunity_id", "offering_id"],
        unique=True,
        postgresql_where=sa.text("offering_id IS NOT NULL"),
    )
    op.create_index(
        "uq_opportunity_gaps_proposal_id",
        "opportunity_gaps",
        ["opportunity_id", "proposal_id"],
        unique=True,
        postgresql_where=sa.text("proposal_id IS NOT NULL"),
    )
    op.create_index(
        "uq_opportunity_gaps_theme_id",
        "opportunity_gaps",
        ["opportunity_id", "theme_id"],
        unique=True,
        postgresql_where=sa.text("theme_id IS NOT NULL"),
    )
    # The history of stages begins with where open opportunities stand now.
    op.execute(
        "INSERT INTO opportunity_stages (opportunity_id, stage)"
        " SELECT id, stage FROM opportunities WHERE state = 'open' AND stage IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index(
        "uq_opportunity_gaps_theme_id",
        table_name="opportunity_gaps",
        postgresql_where=sa.text("theme_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_opportunity_gaps_proposal_id",
        table_name="opportunity_gaps",
        postgresql_where=sa.text("proposal_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_opportunity_gaps_offering_id",
        table_name="opportunity_gaps",
        postgresql_where=sa.text("offering_id IS NOT NULL"),
    )
    op.drop_index("ix_opportunity_gaps_theme_id", table_name="opportunity_gaps")
    op.drop_index("ix_opportunity_gaps_proposal_id", table_name="opportunity_gaps")
    op.drop_index(op.f("ix_opportunity_gaps_opportunity_id"), table_name="opportunity_gaps")
    op.drop_index("ix_opportunity_gaps_offering_id", table_name="opportunity_gaps")
    op.drop_table("opportunity_gaps")
    op.drop_index(op.f("ix_opportunity_stages_stage"), table_name="opportunity_stages")
    op.drop_table("opportunity_stages")
