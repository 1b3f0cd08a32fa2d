"""Add design drafts.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1934"
down_revision = "20261122_1930"


def upgrade() -> None:
    op.create_table(
        "codesign_drafts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_version", sa.Integer(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["codesign_drafts.id"], name=op.f("fk_codesign_drafts_parent_id_codesign_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["codesign_participants.id"],
            name=op.f("fk_codesign_drafts_participant_id_codesign_participants"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_drafts_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_drafts")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_codesign_drafts_session_id_number")),
    )
    op.create_index(op.f("ix_codesign_drafts_participant_id"), "codesign_drafts", ["participant_id"])
    op.create_table(
        "codesign_amendments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sketch", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.String(), server_default="", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected', 'incorporated')",
            name=op.f("ck_codesign_amendments_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["codesign_drafts.id"], name=op.f("fk_codesign_amendments_draft_id_codesign_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["codesign_participants.id"],
            name=op.f("fk_codesign_amendments_participant_id_codesign_participants"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_amendments")),
    )
    op.create_index(op.f("ix_codesign_amendments_draft_id"), "codesign_amendments", ["draft_id"])
    op.create_table(
        "codesign_draft_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sketch", sa.String(), server_default="", nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.BigInteger(), nullable=True),
        sa.Column("study_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["codesign_amendments.id"],
            name=op.f("fk_codesign_draft_versions_amendment_id_codesign_amendments"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["codesign_drafts.id"],
            name=op.f("fk_codesign_draft_versions_draft_id_codesign_drafts"),
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name=op.f("fk_codesign_draft_versions_study_id_studies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_draft_versions")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_codesign_draft_versions_draft_id_number")),
    )
    op.create_table(
        "codesign_endorsements",
        sa.Column("draft_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["codesign_drafts.id"],
            name=op.f("fk_codesign_endorsements_draft_id_codesign_drafts"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["codesign_participants.id"],
            name=op.f("fk_codesign_endorsements_participant_id_codesign_participants"),
        ),
        sa.PrimaryKeyConstraint("draft_id", "participant_id", name=op.f("pk_codesign_endorsements")),
    )


def downgrade() -> None:
    op.drop_table("codesign_endorsements")
    op.drop_table("codesign_draft_versions")
    op.drop_index(op.f("ix_codesign_amendments_draft_id"), table_name="codesign_amendments")
    op.drop_table("codesign_amendments")
    op.drop_index(op.f("ix_codesign_drafts_participant_id"), table_name="codesign_drafts")
    op.drop_table("codesign_drafts")
