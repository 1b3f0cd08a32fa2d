"""Add ideas.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "20261122_1857"
down_revision = "20261122_1850"


def upgrade() -> None:
    op.create_table(
        "idea_categories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("segments", postgresql.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_categories")),
        sa.UniqueConstraint("name", name=op.f("uq_idea_categories_name")),
    )
    op.create_table(
        "idea_looks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("mean", HALFVEC(), nullable=True),
        sa.Column("model", sa.String(length=300), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_idea_looks_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_looks")),
    )
    op.create_index(op.f("ix_idea_looks_contact_id"), "idea_looks", ["contact_id"], unique=False)
    op.create_table(
        "ideas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("segments", postgresql.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=20), server_default="heard", nullable=False),
        sa.Column("status_note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("answered_by", sa.String(length=300), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("home_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.String(), server_default="", nullable=False),
        sa.Column("account_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("must_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("important_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("nice_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("proxy_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_ideas_title_not_empty")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_ideas_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ideas_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["idea_categories.id"], name=op.f("fk_ideas_category_id_idea_categories")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_ideas_contact_id_contacts")),
        sa.ForeignKeyConstraint(["home_id"], ["ideas.id"], name=op.f("fk_ideas_home_id_ideas")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["feedback_items.id"], name=op.f("fk_ideas_item_id_feedback_items")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["ideas.id"], name=op.f("fk_ideas_merged_into_id_ideas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
        sa.UniqueConstraint("item_id", name=op.f("uq_ideas_item_id")),
    )
    op.create_index(op.f("ix_ideas_account_id"), "ideas", ["account_id"], unique=False)
    op.create_index("ix_ideas_by_accounts", "ideas", ["account_count", "id"], unique=False)
    op.create_index(op.f("ix_ideas_category_id"), "ideas", ["category_id"], unique=False)
    op.create_index(op.f("ix_ideas_contact_id"), "ideas", ["contact_id"], unique=False)
    op.create_index(op.f("ix_ideas_home_id"), "ideas", ["home_id"], unique=False)
    op.create_index(op.f("ix_ideas_merged_into_id"), "ideas", ["merged_into_id"], unique=False)
    op.create_index("ix_ideas_newest", "ideas", ["posted_at", "id"], unique=False)
    op.create_table(
        "idea_comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.String(length=300), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_idea_comments_text_not_empty")),
        sa.CheckConstraint(
            "(contact_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_idea_comments_one_speaker")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_idea_comments_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_idea_comments_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_comments_idea_id_ideas")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_idea_comments_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_comments")),
    )
    op.create_index(op.f("ix_idea_comments_contact_id"), "idea_comments", ["contact_id"], unique=False)
    op.create_index("ix_idea_comments_idea_id_said_at", "idea_comments", ["idea_id", "said_at"], unique=False)
    op.create_table(
        "idea_pictures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_pictures_idea_id_ideas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_pictures")),
    )
    op.create_index(op.f("ix_idea_pictures_idea_id"), "idea_pictures", ["idea_id"], unique=False)
    op.create_table(
        "idea_vectors",
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("mean", HALFVEC(), nullable=False),
        sa.Column("model", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_vectors_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_vectors")),
    )
    op.create_table(
        "supports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("importance", sa.String(length=10), nullable=False),
        sa.Column("captured_by_id", sa.BigInteger(), nullable=True),
        sa.Column("captured_by", sa.String(length=300), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "importance IN ('nice', 'important', 'must')", name=op.f("ck_supports_importance_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_supports_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["captured_by_id"], ["users.id"], name=op.f("fk_supports_captured_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_supports_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_supports_idea_id_ideas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        sa.UniqueConstraint("contact_id", "idea_id", name=op.f("uq_supports_contact_id_idea_id")),
    )
    op.create_index(op.f("ix_supports_account_id"), "supports", ["account_id"], unique=False)
    op.create_index("ix_supports_idea_id_account_id", "supports", ["idea_id", "account_id"], unique=False)
    op.create_table(
        "idea_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["idea_comments.id"], name=op.f("fk_idea_reports_comment_id_idea_comments")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_idea_reports_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_reports_idea_id_ideas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_reports")),
    )
    op.create_index(op.f("ix_idea_reports_comment_id"), "idea_reports", ["comment_id"], unique=False)
    op.create_index(
        "ix_idea_reports_open",
        "idea_reports",
        ["idea_id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "uq_idea_reports_once",
        "idea_reports",
        ["contact_id", "idea_id", sa.literal_column("coalesce(comment_id, 0)")],
        unique=True,
    )


def downgrade() -> None:
    for table in (
        "idea_reports", "supports", "idea_vectors", "idea_pictures", "idea_comments", "ideas", "idea_looks",
        "idea_categories",
    ):  # fmt: skip
        op.drop_table(table)
