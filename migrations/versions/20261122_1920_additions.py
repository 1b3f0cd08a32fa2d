"""Let participants add options to a session, and a session learn what to ask next.

Backward compatible: yes (a new table and an empty column, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1920"
down_revision = "20261122_1915"


def upgrade() -> None:
    op.create_table(
        "codesign_additions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="waiting", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_codesign_additions_text_not_empty")),
        sa.CheckConstraint(
            "state IN ('waiting', 'shown', 'refused')", name=op.f("ck_codesign_additions_state_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_codesign_additions_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_codesign_additions_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["codesign_sessions.id"],
            name=op.f("fk_codesign_additions_session_id_codesign_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codesign_additions")),
        sa.UniqueConstraint("session_id", "text", name=op.f("uq_codesign_additions_session_id_text")),
    )  # fmt: skip
    op.add_column("codesign_sessions", sa.Column("learned", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("codesign_sessions", "learned")
    op.drop_table("codesign_additions")
