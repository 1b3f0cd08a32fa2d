"""Let a question offer the themes that something may belong to instead.

Backward compatible: no (answers have other names, and open questions are made anew by the next run).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1010"
down_revision = "20261122_1000"

NOW_CALLED = (
    ("same", "yes", "elsewhere"),
    ("same", "no", "stays"),
    ("belongs", "yes", "stays"),
    ("belongs", "no", "own"),
)


def upgrade() -> None:
    op.execute("DELETE FROM theme_questions WHERE answer = ''")
    for kind, before, after in NOW_CALLED:
        _rename(kind, before, after)
    op.drop_index("ix_theme_questions_answer_gain", "theme_questions")
    op.drop_column("theme_questions", "gain")
    op.add_column(
        "theme_questions",
        sa.Column("candidate_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
    )
    op.add_column("theme_questions", sa.Column("place", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("theme_questions", "place", server_default=None)
    op.create_index("ix_theme_questions_answer_place", "theme_questions", ["answer", "place"])


def downgrade() -> None:
    op.execute("DELETE FROM theme_questions WHERE answer = '' OR (kind = 'belongs' AND answer = 'elsewhere')")
    for kind, before, after in NOW_CALLED:
        _rename(kind, after, before)
    op.drop_index("ix_theme_questions_answer_place", "theme_questions")
    op.drop_column("theme_questions", "place")
    op.drop_column("theme_questions", "candidate_ids")
    op.add_column("theme_questions", sa.Column("gain", sa.Double(), server_default="0", nullable=False))
    op.alter_column("theme_questions", "gain", server_default=None)
    op.create_index("ix_theme_questions_answer_gain", "theme_questions", ["answer", sa.text("gain DESC")])


def _rename(kind: str, before: str, after: str) -> None:
    op.execute(
        sa.text(
            "UPDATE theme_questions SET answer = :after WHERE kind = :kind AND answer = :before"
        ).bindparams(kind=kind, before=before, after=after)
    )
