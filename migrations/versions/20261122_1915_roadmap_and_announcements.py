"""Add the roadmap and announcements.

Backward compatible: yes (new tables).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1915"
down_revision = "20261122_1905"


def upgrade() -> None:
    op.create_table(
        "roadmaps",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_roadmaps_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmaps")),
    )
    op.create_table(
        "roadmap_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("column_key", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("planned_on", sa.Date()),
        sa.Column("proposal_id", sa.BigInteger()),
        sa.Column("idea_id", sa.BigInteger()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("title <> ''", name=op.f("ck_roadmap_entries_title_not_empty")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_roadmap_entries_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_roadmap_entries_idea_id_ideas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap_entries")),
    )
    for column in ("proposal_id", "idea_id"):
        op.create_index(op.f(f"ix_roadmap_entries_{column}"), "roadmap_entries", [column])
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("segments", sa.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("proposal_ids", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("idea_ids", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("written_by_name", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_announcements_title_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_published_at", "announcements", ["published_at", "id"])


def downgrade() -> None:
    for table in ("announcements", "roadmap_entries", "roadmaps"):
        op.drop_table(table)
