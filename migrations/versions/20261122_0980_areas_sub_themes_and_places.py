"""Add areas, sub-themes and the places of statements on the map.

Backward compatible: no (places leave the table of vectors; the next run draws the map anew).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0980"
down_revision = "20261122_0960"


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("is_named", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("theme_count", "statement_count", "account_count")
        ),
        *(
            sa.Column(name, sa.Numeric(precision=16, scale=2), server_default="0", nullable=False)
            for name in ("revenue_amount", "open_amount", "lost_amount")
        ),
        sa.Column("other_currency_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "weekly",
            sa.ARRAY(sa.SmallInteger()),
            server_default=sa.text("array_fill(0, ARRAY[26])::smallint[]"),
            nullable=False,
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_areas_title_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
    )
    op.create_table(
        "sub_themes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("quote", sa.String(), server_default="", nullable=False),
        sa.Column("quote_statement_id", sa.BigInteger(), nullable=True),
        sa.Column("statement_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("account_count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_statement_id"],
            ["statements.id"],
            name=op.f("fk_sub_themes_quote_statement_id_statements"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_sub_themes_theme_id_themes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_themes")),
    )
    for column in ("theme_id", "quote_statement_id"):
        op.create_index(op.f(f"ix_sub_themes_{column}"), "sub_themes", [column])
    op.create_table(
        "statement_places",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("x", postgresql.REAL(), nullable=False),
        sa.Column("y", postgresql.REAL(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_statement_places_statement_id_statements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statement_places")),
    )
    op.create_index("ix_statement_places_x_y", "statement_places", ["x", "y"])
    op.add_column("themes", sa.Column("area_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_themes_area_id_areas"), "themes", "areas", ["area_id"], ["id"])
    op.create_index(op.f("ix_themes_area_id"), "themes", ["area_id"])
    op.add_column("theme_memberships", sa.Column("sub_theme_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_theme_memberships_sub_theme_id_sub_themes"),
        "theme_memberships",
        "sub_themes",
        ["sub_theme_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(op.f("ix_theme_memberships_sub_theme_id"), "theme_memberships", ["sub_theme_id"])
    op.execute(
        "INSERT INTO statement_places SELECT statement_id, map_x, map_y FROM statement_vectors "
        "WHERE map_x IS NOT NULL AND map_y IS NOT NULL"
    )
    op.drop_column("statement_vectors", "map_x")
    op.drop_column("statement_vectors", "map_y")


def downgrade() -> None:
    op.add_column("statement_vectors", sa.Column("map_y", sa.Float(), nullable=True))
    op.add_column("statement_vectors", sa.Column("map_x", sa.Float(), nullable=True))
    op.execute(
        "UPDATE statement_vectors v SET map_x = p.x, map_y = p.y FROM statement_places p "
        "WHERE p.statement_id = v.statement_id"
    )
    op.drop_column("theme_memberships", "sub_theme_id")
    op.drop_column("themes", "area_id")
    op.drop_table("statement_places")
    op.drop_table("sub_themes")
    op.drop_table("areas")
