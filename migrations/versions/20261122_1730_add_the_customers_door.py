"""Add the customers" door.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1730"
down_revision = "20261122_1620"


def upgrade() -> None:
    op.create_table(
        "portal_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("goal", sa.String(), server_default="", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind = 'invitation' OR browser_hash IS NOT NULL", name=op.f("ck_portal_links_sign_in_is_bound")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_portal_links_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_links_token_hash")),
    )
    op.create_index(op.f("ix_portal_links_contact_id"), "portal_links", ["contact_id"], unique=False)
    op.create_table(
        "portal_members",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_portal_members_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_members")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_portal_members_contact_id")),
    )


def downgrade() -> None:
    op.drop_table("portal_members")
    op.drop_index(op.f("ix_portal_links_contact_id"), table_name="portal_links")
    op.drop_table("portal_links")
