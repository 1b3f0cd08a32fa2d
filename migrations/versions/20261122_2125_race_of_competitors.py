"""Let a competitor's move say where we heard of it, which theme it is about and which launch it races.

Backward compatible: yes (new columns with defaults, a new table).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2125"
down_revision = "20261122_2113"


def upgrade() -> None:
    op.add_column("competitor_moves", sa.Column("source", sa.String(300), server_default="", nullable=False))
    op.add_column("competitor_moves", sa.Column("theme_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_competitor_moves_theme_id_themes"), "competitor_moves", "themes", ["theme_id"], ["id"]
    )
    op.create_index(op.f("ix_competitor_moves_theme_id"), "competitor_moves", ["theme_id"])
    op.create_table(
        "launch_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("launch_id", sa.BigInteger(), nullable=False),
        sa.Column("move_id", sa.BigInteger(), nullable=False),
        sa.Column("tied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_launch_moves_{column}_{table}"))
            for column, table in (
                ("launch_id", "launches"),
                ("move_id", "competitor_moves"),
                ("tied_by_id", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_moves")),
        sa.UniqueConstraint("launch_id", "move_id", name=op.f("uq_launch_moves_launch_id_move_id")),
    )
    op.create_index(op.f("ix_launch_moves_move_id"), "launch_moves", ["move_id"])


def downgrade() -> None:
    op.drop_table("launch_moves")
    op.drop_index(op.f("ix_competitor_moves_theme_id"), "competitor_moves")
    op.drop_constraint(op.f("fk_competitor_moves_theme_id_themes"), "competitor_moves", type_="foreignkey")
    op.drop_column("competitor_moves", "theme_id")
    op.drop_column("competitor_moves", "source")
