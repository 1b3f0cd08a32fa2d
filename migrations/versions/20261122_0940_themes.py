"""Add themes, memberships, runs, corrections and statement vectors.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "20261122_0940"
down_revision = "20261122_0950"


def upgrade() -> None:
    op.create_table(
        "theme_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=300), server_default="", nullable=False),
        sa.Column("done_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=300), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("theme_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("noise_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept_share", sa.Double(), nullable=True),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_runs")),
    )
    op.create_table(
        "statement_vectors",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("mean", HALFVEC(dim=384), nullable=False),
        sa.Column("mean4", HALFVEC(dim=384), nullable=False),
        sa.Column("model", sa.String(length=300), nullable=False),
        sa.Column("echo_of_id", sa.BigInteger(), nullable=True),
        sa.Column("map_x", sa.Double(), nullable=True),
        sa.Column("map_y", sa.Double(), nullable=True),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["echo_of_id"],
            ["statements.id"],
            name=op.f("fk_statement_vectors_echo_of_id_statements"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_statement_vectors_statement_id_statements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statement_vectors")),
    )
    op.create_index(
        "ix_statement_vectors_unsorted",
        "statement_vectors",
        ["statement_id"],
        unique=False,
        postgresql_where=sa.text("sorted_at IS NULL"),
    )
    op.create_index(
        op.f("ix_statement_vectors_echo_of_id"), "statement_vectors", ["echo_of_id"], unique=False
    )
    op.create_table(
        "themes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("is_named", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("quote", sa.String(), server_default="", nullable=False),
        sa.Column("quote_statement_id", sa.BigInteger(), nullable=True),
        sa.Column("keywords", postgresql.ARRAY(sa.String(length=80)), server_default="{}", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="new", nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("centroid", HALFVEC(dim=384), nullable=True),
        sa.Column("map_x", sa.Double(), nullable=True),
        sa.Column("map_y", sa.Double(), nullable=True),
        sa.Column("born_run_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("statement_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("account_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("customer_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("prospect_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revenue_amount", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False),
        sa.Column("open_amount", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False),
        sa.Column("open_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost_amount", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False),
        sa.Column("lost_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("other_currency_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("renewal_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("renewal_amount", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False),
        sa.Column(
            "first_said_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "last_said_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "weekly",
            postgresql.ARRAY(sa.SmallInteger()),
            server_default=sa.text("array_fill(0, ARRAY[26])::smallint[]"),
            nullable=False,
        ),
        sa.Column("cohesion", sa.Double(), server_default="0", nullable=False),
        sa.Column("stability", sa.Double(), nullable=True),
        sa.Column("trend", sa.String(length=12), server_default="too_few", nullable=False),
        sa.Column("signal_rank", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("trend_ratio", sa.Double(), server_default="0", nullable=False),
        sa.Column("trend_low", sa.Double(), nullable=True),
        sa.Column("trend_high", sa.Double(), nullable=True),
        sa.Column("trend_q", sa.Double(), nullable=True),
        sa.Column(
            "trend_detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_themes_merged_knows_where")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_themes_title_not_empty")),
        sa.ForeignKeyConstraint(
            ["born_run_id"], ["theme_runs.id"], name=op.f("fk_themes_born_run_id_theme_runs")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["themes.id"], name=op.f("fk_themes_merged_into_id_themes")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_themes_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["quote_statement_id"],
            ["statements.id"],
            name=op.f("fk_themes_quote_statement_id_statements"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
    )
    op.create_index(op.f("ix_themes_merged_into_id"), "themes", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_themes_owner_id"), "themes", ["owner_id"], unique=False)
    op.create_index(
        "ix_themes_state_revenue_amount",
        "themes",
        ["state", sa.literal_column("revenue_amount DESC")],
        unique=False,
    )
    op.create_index(
        "ix_themes_state_signal_rank",
        "themes",
        ["state", sa.literal_column("signal_rank DESC"), sa.literal_column("revenue_amount DESC")],
        unique=False,
    )
    op.create_index("ix_themes_state_trend", "themes", ["state", "trend"], unique=False)
    op.create_table(
        "theme_corrections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("other_theme_id", sa.BigInteger(), nullable=True),
        sa.Column("statement_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_theme_id"], ["themes.id"], name=op.f("fk_theme_corrections_other_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_corrections_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_theme_corrections_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_corrections")),
    )
    op.create_index(
        op.f("ix_theme_corrections_other_theme_id"), "theme_corrections", ["other_theme_id"], unique=False
    )
    op.create_index(op.f("ix_theme_corrections_theme_id"), "theme_corrections", ["theme_id"], unique=False)
    op.create_table(
        "theme_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("other_theme_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("kept_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_theme_id"], ["themes.id"], name=op.f("fk_theme_events_other_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["theme_runs.id"], name=op.f("fk_theme_events_run_id_theme_runs")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_theme_events_theme_id_themes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_events")),
    )
    op.create_index(op.f("ix_theme_events_theme_id"), "theme_events", ["theme_id"], unique=False)
    op.create_table(
        "theme_memberships",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column("placed_by", sa.String(length=10), server_default="engine", nullable=False),
        sa.Column("correction_id", sa.BigInteger(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "theme_id IS NOT NULL OR placed_by = 'user'", name=op.f("ck_theme_memberships_only_users_exclude")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["theme_corrections.id"],
            name=op.f("fk_theme_memberships_correction_id_theme_corrections"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_theme_memberships_statement_id_statements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_memberships_theme_id_themes")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_theme_memberships")),
    )
    op.create_index(
        "ix_theme_memberships_theme_id_likeness",
        "theme_memberships",
        ["theme_id", sa.literal_column("likeness DESC"), "statement_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("theme_memberships")
    op.drop_table("theme_events")
    op.drop_table("theme_corrections")
    op.drop_table("themes")
    op.drop_table("statement_vectors")
    op.drop_table("theme_runs")
