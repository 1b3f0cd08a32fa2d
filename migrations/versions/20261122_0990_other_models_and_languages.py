"""Let vectors have any number of dimensions, keep those of the next model beside them, and know languages.

Backward compatible: yes (wider types, one new table, columns that may be empty).
"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC

revision = "20261122_0990"
down_revision = "20261122_0970"
VECTORS = (("statement_vectors", "mean"), ("statement_vectors", "mean4"), ("themes", "centroid"))


def upgrade() -> None:
    for table, column in VECTORS:
        op.alter_column(table, column, type_=HALFVEC())
    op.create_table(
        "coming_vectors",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("mean", HALFVEC(), nullable=False),
        sa.Column("mean4", HALFVEC(), nullable=False),
        sa.Column("model", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_coming_vectors_statement_id_statements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_coming_vectors")),
    )
    op.add_column(
        "theme_runs", sa.Column("model_name", sa.String(length=300), server_default="", nullable=False)
    )
    op.add_column("statements", sa.Column("language", sa.String(length=3), nullable=True))
    op.create_index(
        "ix_statements_no_language", "statements", ["id"], postgresql_where=sa.text("language IS NULL")
    )
    op.create_index("ix_statements_text_md5", "statements", [sa.text("md5(text)")])


def downgrade() -> None:
    op.drop_index("ix_statements_text_md5", table_name="statements")
    op.drop_index("ix_statements_no_language", table_name="statements")
    op.drop_column("statements", "language")
    op.drop_column("theme_runs", "model_name")
    op.drop_table("coming_vectors")
    # Vectors of another model do not fit the narrow type; the next run makes them anew.
    op.execute("DELETE FROM statement_vectors WHERE vector_dims(mean) <> 384")
    op.execute("UPDATE themes SET centroid = NULL WHERE vector_dims(centroid) <> 384")
    for table, column in VECTORS:
        op.alter_column(table, column, type_=HALFVEC(384))
