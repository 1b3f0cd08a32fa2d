"""Add notices to contacts, what they wish by mail, and mails with HTML, headers and a key.

Backward compatible: yes (new tables; new columns have defaults).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1905"
down_revision = "20261122_1858"


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    for column in (
        sa.Column("html", sa.String(), server_default="", nullable=False),
        sa.Column("headers", json, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("key", sa.String(length=300)),
        sa.Column("refused_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.String(), server_default="", nullable=False),
    ):
        op.add_column("outgoing_mails", column)
    op.create_unique_constraint(op.f("uq_outgoing_mails_key"), "outgoing_mails", ["key"])
    op.create_index(
        "ix_outgoing_mails_waiting", "outgoing_mails", ["id"],
        postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("values", json, nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("mail_at", sa.DateTime(timezone=True)),
        sa.Column("mailed_at", sa.DateTime(timezone=True)),
        sa.Column("told_by_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_notices_contact_id_contacts")),
        sa.ForeignKeyConstraint(["told_by_id"], ["users.id"], name=op.f("fk_notices_told_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("contact_id", "event", "about", name=op.f("uq_notices_contact_id_event_about")),
    )
    op.create_index("ix_notices_contact_id_id", "notices", ["contact_id", "id"])
    op.create_index("ix_notices_about", "notices", ["about"])
    op.create_index(
        "ix_notices_waiting", "notices", ["mail_at"], postgresql_where=sa.text("mailed_at IS NULL")
    )
    op.create_table(
        "notice_wishes",
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("choices", json, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23",
            name=op.f("ck_notice_wishes_hours_of_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_notice_wishes_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_notice_wishes")),
    )


def downgrade() -> None:
    op.drop_table("notice_wishes")
    op.drop_table("notices")
    op.drop_index("ix_outgoing_mails_waiting", table_name="outgoing_mails")
    op.drop_constraint(op.f("uq_outgoing_mails_key"), "outgoing_mails")
    for name in ("error", "refused_at", "key", "headers", "html"):
        op.drop_column("outgoing_mails", name)
