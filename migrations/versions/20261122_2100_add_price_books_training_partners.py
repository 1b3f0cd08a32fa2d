"""Add price books, training, partners and rates.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2100"
down_revision = "20261122_2045"


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("currency <> base", name=op.f("ck_exchange_rates_two_currencies")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rates_rate_is_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rates")),
        sa.UniqueConstraint(
            "base", "currency", "rate_on", name=op.f("uq_exchange_rates_base_currency_rate_on")
        ),
    )
    op.create_table(
        "partners",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_partners_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("name_key", name=op.f("uq_partners_name_key")),
    )
    op.create_table(
        "price_books",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_price_books_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_books")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_price_books_source_source_id")),
    )
    op.create_table(
        "training_records",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("course", sa.String(length=300), nullable=False),
        sa.Column("course_key", sa.String(length=300), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("is_required", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_training_records_email_is_lower_case")),
        sa.CheckConstraint("expires_on >= passed_on", name=op.f("ck_training_records_days_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_records")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_training_records_source_source_id")),
    )
    op.create_index(
        "ix_training_records_course_key", "training_records", ["course_key", "email"], unique=False
    )
    op.create_table(
        "partner_cells",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_partner_cells_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_cells_partner_id_partners")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_partner_cells_region_id_regions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_cells")),
        sa.UniqueConstraint(
            "partner_id",
            "channel_id",
            "region_id",
            name=op.f("uq_partner_cells_partner_id_channel_id_region_id"),
        ),
    )
    op.create_index("ix_partner_cells_cell", "partner_cells", ["channel_id", "region_id"], unique=False)
    op.create_table(
        "partner_certificates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=300), nullable=False),
        sa.Column("course", sa.String(length=300), nullable=False),
        sa.Column("course_key", sa.String(length=300), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_on >= certified_on", name=op.f("ck_partner_certificates_days_in_order")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_certificates_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_certificates")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_partner_certificates_source_source_id")),
    )
    op.create_index(
        "ix_partner_certificates_course_key",
        "partner_certificates",
        ["course_key", "partner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_certificates_partner_id"), "partner_certificates", ["partner_id"], unique=False
    )
    op.create_table(
        "price_book_cells",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id"], ["price_books.id"], name=op.f("fk_price_book_cells_book_id_price_books")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_price_book_cells_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_price_book_cells_region_id_regions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_book_cells")),
        sa.UniqueConstraint(
            "book_id",
            "channel_id",
            "region_id",
            name=op.f("uq_price_book_cells_book_id_channel_id_region_id"),
        ),
    )
    op.create_index("ix_price_book_cells_cell", "price_book_cells", ["channel_id", "region_id"], unique=False)
    op.create_table(
        "price_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("product_code", sa.String(length=300), nullable=False),
        sa.Column("product_name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("unit_amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_id", sa.String(length=300), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("unit_amount >= 0", name=op.f("ck_price_entries_amount_not_negative")),
        sa.CheckConstraint("valid_until_on >= valid_from_on", name=op.f("ck_price_entries_days_in_order")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["price_books.id"], name=op.f("fk_price_entries_book_id_price_books")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_entries")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_price_entries_source_source_id")),
    )
    op.create_index(op.f("ix_price_entries_book_id"), "price_entries", ["book_id"], unique=False)
    op.create_table(
        "price_turns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["price_entries.id"], name=op.f("fk_price_turns_entry_id_price_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_turns")),
    )
    op.create_index("ix_price_turns_entry_id", "price_turns", ["entry_id", "changed_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_price_turns_entry_id", table_name="price_turns")
    op.drop_table("price_turns")
    op.drop_index(op.f("ix_price_entries_book_id"), table_name="price_entries")
    op.drop_table("price_entries")
    op.drop_index("ix_price_book_cells_cell", table_name="price_book_cells")
    op.drop_table("price_book_cells")
    op.drop_index(op.f("ix_partner_certificates_partner_id"), table_name="partner_certificates")
    op.drop_index("ix_partner_certificates_course_key", table_name="partner_certificates")
    op.drop_table("partner_certificates")
    op.drop_index("ix_partner_cells_cell", table_name="partner_cells")
    op.drop_table("partner_cells")
    op.drop_index("ix_training_records_course_key", table_name="training_records")
    op.drop_table("training_records")
    op.drop_table("price_books")
    op.drop_table("partners")
    op.drop_table("exchange_rates")
