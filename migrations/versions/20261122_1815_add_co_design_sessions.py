"""Add co-design sessions.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1815"
down_revision = "20261122_1750"


def upgrade() -> None:
    op.create_table(
        "codesign_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("intro", sa.String(), server_default="", nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("criterion_key", sa.String(length=60), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("study_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "mode IN ('confidential', 'anonymous')", name=op.f("ck_codesign_sessions_mode_is_known")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR closes_at IS NOT NULL", name=op.f("ck_codesign_sessions_open_has_an_end")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'published')",
            name=op.f("ck_codesign_sessions_state_is_known"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_codesign_sessions_title_not_empty")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_codesign_sessions_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_codesign_sessions_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name=op.f("fk_codesign_sessions_study_id_studies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_sessions")),
    )
    op.create_index(
        op.f("ix_codesign_sessions_proposal_id"), "codesign_sessions", ["proposal_id"], unique=False
    )
    op.create_index(
        "ix_codesign_sessions_state_closes_at", "codesign_sessions", ["state", "closes_at"], unique=False
    )
    op.create_table(
        "codesign_anonymous_ballots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.String(length=300), server_default="", nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("is_speeding", sa.Boolean(), nullable=False),
        sa.Column("is_straight", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_anonymous_ballots_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_anonymous_ballots")),
    )
    op.create_index(
        op.f("ix_codesign_anonymous_ballots_session_id"),
        "codesign_anonymous_ballots",
        ["session_id"],
        unique=False,
    )
    op.create_table(
        "codesign_ballot_boxes",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("receipts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_ballot_boxes_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_codesign_ballot_boxes")),
    )
    op.create_table(
        "codesign_participants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_done", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_codesign_participants_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_participants_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_participants")),
        sa.UniqueConstraint(
            "session_id", "contact_id", name=op.f("uq_codesign_participants_session_id_contact_id")
        ),
    )
    op.create_index(
        op.f("ix_codesign_participants_contact_id"), "codesign_participants", ["contact_id"], unique=False
    )
    op.create_table(
        "codesign_tallies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("tallied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_tallies_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_tallies")),
        sa.UniqueConstraint("session_id", name=op.f("uq_codesign_tallies_session_id")),
    )
    op.create_table(
        "codesign_ballots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("proxy_account_id", sa.BigInteger(), nullable=True),
        sa.Column("proxy_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seconds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("is_late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(participant_id IS NULL) = (proxy_account_id IS NOT NULL)",
            name=op.f("ck_codesign_ballots_of_one_or_by_proxy"),
        ),
        sa.CheckConstraint(
            "(proxy_account_id IS NULL) = (proxy_by_id IS NULL)",
            name=op.f("ck_codesign_ballots_proxy_has_an_author"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["codesign_participants.id"],
            name=op.f("fk_codesign_ballots_participant_id_codesign_participants"),
        ),
        sa.ForeignKeyConstraint(
            ["proxy_account_id"], ["accounts.id"], name=op.f("fk_codesign_ballots_proxy_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["proxy_by_id"], ["users.id"], name=op.f("fk_codesign_ballots_proxy_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["codesign_sessions.id"],
            name=op.f("fk_codesign_ballots_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_ballots")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_codesign_ballots_participant_id")),
    )
    op.create_index(op.f("ix_codesign_ballots_session_id"), "codesign_ballots", ["session_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_codesign_ballots_session_id"), table_name="codesign_ballots")
    op.drop_table("codesign_ballots")
    op.drop_table("codesign_tallies")
    op.drop_index(op.f("ix_codesign_participants_contact_id"), table_name="codesign_participants")
    op.drop_table("codesign_participants")
    op.drop_table("codesign_ballot_boxes")
    op.drop_index(op.f("ix_codesign_anonymous_ballots_session_id"), table_name="codesign_anonymous_ballots")
    op.drop_table("codesign_anonymous_ballots")
    op.drop_index("ix_codesign_sessions_state_closes_at", table_name="codesign_sessions")
    op.drop_index(op.f("ix_codesign_sessions_proposal_id"), table_name="codesign_sessions")
    op.drop_table("codesign_sessions")
