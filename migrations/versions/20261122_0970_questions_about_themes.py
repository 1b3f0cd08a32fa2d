"""Keep the questions about themes whose answers would help most.

Backward compatible: yes (a new table).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0970"
down_revision = "20261122_0997"


def upgrade() -> None:
    op.create_table(
        "theme_questions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("other_theme_id", sa.BigInteger(), nullable=True),
        sa.Column("statement_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("example_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("beside_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("answer", sa.String(length=10), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("correction_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_theme_questions_theme_id_themes")),
        sa.ForeignKeyConstraint(
            ["other_theme_id"], ["themes.id"], name=op.f("fk_theme_questions_other_theme_id_themes")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["theme_corrections.id"],
            name=op.f("fk_theme_questions_correction_id_theme_corrections"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_questions")),
    )
    for column in ("theme_id", "other_theme_id", "correction_id"):
        op.create_index(op.f(f"ix_theme_questions_{column}"), "theme_questions", [column])
    op.create_index("ix_theme_questions_answer_gain", "theme_questions", ["answer", sa.text("gain DESC")])


def downgrade() -> None:
    op.drop_table("theme_questions")
