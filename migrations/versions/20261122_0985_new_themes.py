"""Let new statements join themes at once, and keep what might be new themes.

Backward compatible: yes (a column that may be empty, a new table).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0985"
down_revision = "20261122_0990"

EDGES = """
    UPDATE themes t SET edge_likeness = (weight * loose - 1)
        / sqrt(greatest(weight * weight - 2 * weight * loose + 1, 1e-12))
    FROM (
        SELECT theme_id, sum(likeness) AS weight,
            percentile_cont(0.02) WITHIN GROUP (ORDER BY likeness) AS loose
        FROM theme_memberships WHERE theme_id IS NOT NULL GROUP BY theme_id HAVING count(*) > 1
    ) found WHERE t.id = found.theme_id
"""


def upgrade() -> None:
    op.add_column("themes", sa.Column("edge_likeness", sa.Float(), nullable=True))
    op.execute(EDGES)
    op.create_table(
        "theme_candidates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(10), server_default="open", nullable=False),
        sa.Column("kind", sa.String(10), server_default="new", nullable=False),
        sa.Column("of_theme_id", sa.BigInteger(), nullable=True),
        sa.Column("other_theme_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("statement_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column(
            "quote_statement_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False
        ),
        sa.Column("account_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revenue_amount", sa.Numeric(16, 2), server_default="0", nullable=False),
        sa.Column("likeness", sa.Float(), server_default="0", nullable=False),
        sa.Column("pool_likeness", sa.Float(), server_default="0", nullable=False),
        sa.Column("first_said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(300), nullable=True),
        sa.Column("decided_count", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("correction_id", sa.BigInteger(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["themes.id"], name=op.f(f"fk_theme_candidates_{name}_themes"))
            for name in ("of_theme_id", "other_theme_id")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_candidates_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["theme_corrections.id"],
            name=op.f("fk_theme_candidates_correction_id_theme_corrections"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_theme_candidates_title_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_candidates")),
    )  # fmt: skip
    op.create_index("ix_theme_candidates_state", "theme_candidates", ["state", "id"])


def downgrade() -> None:
    op.drop_table("theme_candidates")
    op.drop_column("themes", "edge_likeness")
