"""Add markets and launches.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_2045"
down_revision = "20261122_1934"


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_partner", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_channels_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("name", name=op.f("uq_channels_name")),
    )
    op.create_table(
        "offerings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="product", nullable=False),
        sa.Column("product_code", sa.String(length=300), nullable=True),
        sa.Column("aliases", postgresql.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_offerings_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offerings")),
        sa.UniqueConstraint("name", name=op.f("uq_offerings_name")),
        sa.UniqueConstraint("product_code", name=op.f("uq_offerings_product_code")),
    )
    op.create_table(
        "regions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spellings", postgresql.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_regions_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("name", name=op.f("uq_regions_name")),
    )
    op.create_table(
        "account_places",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("said_by_id", sa.BigInteger(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_places_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_account_places_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_account_places_region_id_regions")
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["users.id"], name=op.f("fk_account_places_said_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_places")),
        sa.UniqueConstraint(
            "account_id",
            "region_id",
            "channel_id",
            name=op.f("uq_account_places_account_id_region_id_channel_id"),
        ),
    )
    op.create_index(op.f("ix_account_places_region_id"), "account_places", ["region_id"], unique=False)
    op.create_index(
        "uq_account_places_any_channel",
        "account_places",
        ["account_id", "region_id"],
        unique=True,
        postgresql_where=sa.text("channel_id IS NULL"),
    )
    op.create_table(
        "readiness_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_readiness_templates_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_templates")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_readiness_templates_name_number")),
    )
    op.create_table(
        "sellers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_sellers_email_is_lower_case")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_sellers_channel_id_channels")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_sellers_region_id_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sellers")),
        sa.UniqueConstraint(
            "email", "channel_id", "region_id", name=op.f("uq_sellers_email_channel_id_region_id")
        ),
    )
    op.create_index("ix_sellers_cell", "sellers", ["channel_id", "region_id"], unique=False)
    op.create_table(
        "launches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("offering_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("launch_on", sa.Date(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "say",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "never_say",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("price_from", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("price_to", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("price_unit", sa.String(length=300), server_default="", nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_launches_name_not_empty")),
        sa.CheckConstraint("price_to >= price_from", name=op.f("ck_launches_prices_in_order")),
        sa.CheckConstraint("tier BETWEEN 1 AND 3", name=op.f("ck_launches_tier_is_known")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_launches_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name=op.f("fk_launches_offering_id_offerings")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_launches_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_launches_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["readiness_templates.id"],
            name=op.f("fk_launches_template_id_readiness_templates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launches")),
    )
    op.create_index(op.f("ix_launches_offering_id"), "launches", ["offering_id"], unique=False)
    op.create_index(op.f("ix_launches_owner_id"), "launches", ["owner_id"], unique=False)
    op.create_index(op.f("ix_launches_proposal_id"), "launches", ["proposal_id"], unique=False)
    op.create_table(
        "launch_cells",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("launch_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("target_amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_ready", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("readiness_share", sa.Double(), nullable=True),
        sa.Column("ready_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("target_amount >= 0", name=op.f("ck_launch_cells_target_not_negative")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_launch_cells_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_launch_cells_launch_id_launches")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_launch_cells_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_launch_cells_region_id_regions")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["users.id"], name=op.f("fk_launch_cells_released_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_cells")),
        sa.UniqueConstraint(
            "launch_id",
            "channel_id",
            "region_id",
            name=op.f("uq_launch_cells_launch_id_channel_id_region_id"),
        ),
    )
    op.create_index(op.f("ix_launch_cells_channel_id"), "launch_cells", ["channel_id"], unique=False)
    op.create_index(op.f("ix_launch_cells_region_id"), "launch_cells", ["region_id"], unique=False)
    op.create_table(
        "launch_tiers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("launch_id", sa.BigInteger(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("rated_by_id", sa.BigInteger(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_launch_tiers_launch_id_launches")
        ),
        sa.ForeignKeyConstraint(
            ["rated_by_id"], ["users.id"], name=op.f("fk_launch_tiers_rated_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_tiers")),
    )
    op.create_index(op.f("ix_launch_tiers_launch_id"), "launch_tiers", ["launch_id"], unique=False)
    op.create_table(
        "readiness_checks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("launch_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("function", sa.String(length=20), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("forecast_note", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("weight > 0", name=op.f("ck_readiness_checks_weight_is_positive")),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_readiness_checks_launch_id_launches")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_readiness_checks_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_checks")),
        sa.UniqueConstraint("launch_id", "key", name=op.f("uq_readiness_checks_launch_id_key")),
    )
    op.create_index(op.f("ix_readiness_checks_owner_id"), "readiness_checks", ["owner_id"], unique=False)
    op.create_table(
        "check_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=True),
        sa.Column("share", sa.Double(), server_default="1", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("file_name", sa.String(length=300), server_default="", nullable=False),
        sa.Column("file_type", sa.String(length=300), server_default="", nullable=False),
        sa.Column("file_bytes", sa.LargeBinary(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("url <> '' OR file_name <> ''", name=op.f("ck_check_evidence_is_file_or_link")),
        sa.CheckConstraint("confirmed_by_id <> added_by_id", name=op.f("ck_check_evidence_second_person")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_check_evidence_added_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["cell_id"], ["launch_cells.id"], name=op.f("fk_check_evidence_cell_id_launch_cells")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["readiness_checks.id"], name=op.f("fk_check_evidence_check_id_readiness_checks")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_check_evidence_confirmed_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_evidence")),
    )
    op.create_index(op.f("ix_check_evidence_check_id"), "check_evidence", ["check_id"], unique=False)
    op.create_table(
        "check_standings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Double(), server_default="0", nullable=False),
        sa.Column("is_passed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_check_standings_share_is_share")),
        sa.ForeignKeyConstraint(
            ["cell_id"], ["launch_cells.id"], name=op.f("fk_check_standings_cell_id_launch_cells")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["readiness_checks.id"], name=op.f("fk_check_standings_check_id_readiness_checks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_standings")),
        sa.UniqueConstraint("check_id", "cell_id", name=op.f("uq_check_standings_check_id_cell_id")),
    )
    op.create_index(op.f("ix_check_standings_cell_id"), "check_standings", ["cell_id"], unique=False)
    op.create_table(
        "check_turns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("standing_id", sa.BigInteger(), nullable=False),
        sa.Column("is_passed", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["standing_id"], ["check_standings.id"], name=op.f("fk_check_turns_standing_id_check_standings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_turns")),
    )
    op.create_index("ix_check_turns_standing_id", "check_turns", ["standing_id", "turned_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_check_turns_standing_id", table_name="check_turns")
    op.drop_table("check_turns")
    op.drop_index(op.f("ix_check_standings_cell_id"), table_name="check_standings")
    op.drop_table("check_standings")
    op.drop_index(op.f("ix_check_evidence_check_id"), table_name="check_evidence")
    op.drop_table("check_evidence")
    op.drop_index(op.f("ix_readiness_checks_owner_id"), table_name="readiness_checks")
    op.drop_table("readiness_checks")
    op.drop_index(op.f("ix_launch_tiers_launch_id"), table_name="launch_tiers")
    op.drop_table("launch_tiers")
    op.drop_index(op.f("ix_launch_cells_region_id"), table_name="launch_cells")
    op.drop_index(op.f("ix_launch_cells_channel_id"), table_name="launch_cells")
    op.drop_table("launch_cells")
    op.drop_index(op.f("ix_launches_proposal_id"), table_name="launches")
    op.drop_index(op.f("ix_launches_owner_id"), table_name="launches")
    op.drop_index(op.f("ix_launches_offering_id"), table_name="launches")
    op.drop_table("launches")
    op.drop_index("ix_sellers_cell", table_name="sellers")
    op.drop_table("sellers")
    op.drop_table("readiness_templates")
    op.drop_index(
        "uq_account_places_any_channel",
        table_name="account_places",
        postgresql_where=sa.text("channel_id IS NULL"),
    )
    op.drop_index(op.f("ix_account_places_region_id"), table_name="account_places")
    op.drop_table("account_places")
    op.drop_table("regions")
    op.drop_table("offerings")
    op.drop_table("channels")
