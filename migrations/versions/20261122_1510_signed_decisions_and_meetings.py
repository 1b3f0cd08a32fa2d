"""Sign decisions, seat by scope with deputies, let conditions run by the clock, and hold gate meetings.

Backward compatible: yes (what was decided before has no signature and keeps its words).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1510"
down_revision = "20261122_1440"

NEVER_CHANGES = """
CREATE FUNCTION refuse_changed_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A signature and a pack that was frozen never change. Open a new review.';
END $$;
CREATE TRIGGER gate_signatures_stand BEFORE UPDATE OR DELETE ON gate_signatures
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_signature();
CREATE TRIGGER gate_pack_files_stand BEFORE UPDATE OR DELETE ON gate_pack_files
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_signature();
"""
MOMENT = sa.DateTime(timezone=True)
EMPTY = {"server_default": "", "nullable": False}
RULE = {"server_default": sa.text("'{}'::jsonb"), "nullable": False}


def upgrade() -> None:
    _seats()
    _reviews()
    _conditions()
    for column in (
        sa.Column("wake_rule", postgresql.JSONB(), **RULE),
        sa.Column("woken_at", MOMENT, nullable=True),
        sa.Column("woken_by", sa.String(), **EMPTY),
        sa.Column("hold_expiries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kill_review", sa.String(), **EMPTY),
    ):
        op.add_column("journeys", column)
    _signatures()
    _meetings()
    op.execute(NEVER_CHANGES)


def _seats() -> None:
    for column in (
        sa.Column("arena", sa.String(300), **EMPTY),
        sa.Column("region", sa.String(300), **EMPTY),
        sa.Column("up_to_amount", sa.Numeric(16, 2), nullable=True),
        sa.Column("is_chair", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("weight", sa.Integer(), server_default="1", nullable=False),
        _user("gatekeepers", "deputy_id"),
    ):
        op.add_column("gatekeepers", column)
    op.drop_constraint("uq_gatekeepers_process_id_gate_key_user_id", "gatekeepers")
    op.create_unique_constraint(
        op.f("uq_gatekeepers_process_id_gate_key_user_id_arena_region"), "gatekeepers",
        ["process_id", "gate_key", "user_id", "arena", "region"],
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_gatekeepers_weight_is_small"), "gatekeepers", "weight BETWEEN 1 AND 9"
    )
    op.create_check_constraint(
        op.f("ck_gatekeepers_deputy_is_another"), "gatekeepers", "deputy_id IS NULL OR deputy_id <> user_id"
    )
    for column in (
        sa.Column("is_chair", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("weight", sa.Integer(), server_default="1", nullable=False),
        _user("scorecards", "deputy_id"),
        _user("scorecards", "for_id"),
        sa.Column("for_reason", sa.String(), **EMPTY),
    ):
        op.add_column("scorecards", column)


def _reviews() -> None:
    for column in (
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("verdict_draft", postgresql.JSONB(none_as_null=True), nullable=True),
        _user("gate_reviews", "drafted_by_id"),
        sa.Column("drafted_at", MOMENT, nullable=True),
        sa.Column("record_hash", sa.String(64), **EMPTY),
        sa.Column("is_override", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("granted_amount", sa.Numeric(16, 2), nullable=True),
        sa.Column("granted_people", sa.Integer(), nullable=True),
        sa.Column("next_gate_on", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(40), **EMPTY),
        sa.Column("salvage", sa.String(), **EMPTY),
        sa.Column("wake_rule", postgresql.JSONB(), **RULE),
    ):
        op.add_column("gate_reviews", column)
    op.create_check_constraint(
        op.f("ck_gate_reviews_go_grants_something"), "gate_reviews",
        "decision NOT IN ('go', 'conditional_go') OR record_hash = ''"
        " OR (granted_amount IS NOT NULL AND granted_people IS NOT NULL)",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_gate_reviews_kill_leaves_something"), "gate_reviews",
        "decision <> 'kill' OR record_hash = '' OR (reason_code <> '' AND salvage <> '')",
    )  # fmt: skip


def _conditions() -> None:
    for column in (
        sa.Column("verified_note", sa.String(), **EMPTY),
        _user("conditions", "claimed_by_id"),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("lapsed_at", MOMENT, nullable=True),
    ):
        op.add_column("conditions", column)
    op.drop_constraint(op.f("ck_conditions_state_is_known"), "conditions")
    op.create_check_constraint(
        op.f("ck_conditions_state_is_known"),
        "conditions",
        "state IN ('open', 'claimed', 'met', 'released', 'lapsed')",
    )


def _signatures() -> None:
    op.create_table(
        "gate_signatures",
        _key(),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("signer_id", sa.BigInteger(), nullable=False),
        sa.Column("printed_name", sa.String(300), nullable=False),
        sa.Column("on_behalf_of", sa.String(300), **EMPTY),
        sa.Column("meaning", sa.String(300), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("record_hash", sa.String(64), nullable=False),
        sa.CheckConstraint("method IN ('password', 'link')", name=op.f("ck_gate_signatures_method_is_known")),
        _tie("review_id", "gate_signatures", "gate_reviews"),
        _tie("signer_id", "gate_signatures", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_signatures")),
        sa.UniqueConstraint(
            "review_id", "signer_id", "record_hash",
            name=op.f("uq_gate_signatures_review_id_signer_id_record_hash"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_gate_signatures_signer_id"), "gate_signatures", ["signer_id"])
    op.create_table(
        "gate_pack_files",
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_hash", sa.String(64), nullable=False),
        _tie("review_id", "gate_pack_files", "gate_reviews"),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_gate_pack_files")),
    )
    op.create_table(
        "gate_notices",
        _key(),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("teller_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("contacts", postgresql.JSONB(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        _tie("review_id", "gate_notices", "gate_reviews"),
        _tie("proposal_id", "gate_notices", "proposals"),
        _tie("teller_id", "gate_notices", "users"),
        _tie("done_by_id", "gate_notices", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_notices")),
        sa.UniqueConstraint("review_id", name=op.f("uq_gate_notices_review_id")),
    )
    op.create_index(op.f("ix_gate_notices_proposal_id"), "gate_notices", ["proposal_id"])
    op.create_index(op.f("ix_gate_notices_teller_id"), "gate_notices", ["teller_id"])


def _meetings() -> None:
    op.create_table(
        "gate_meetings",
        _key(),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(300), **EMPTY),
        sa.Column("state", sa.String(20), server_default="planned", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("called_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_gate_meetings_title_not_empty")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 600", name=op.f("ck_gate_meetings_minutes_are_sensible")),
        sa.CheckConstraint("state IN ('planned', 'cancelled')", name=op.f("ck_gate_meetings_state_is_known")),
        _tie("called_by_id", "gate_meetings", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_meetings")),
    )
    op.create_index(op.f("ix_gate_meetings_starts_at"), "gate_meetings", ["starts_at"])
    op.create_table(
        "gate_meeting_items",
        _key(),
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="20", nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["gate_meetings.id"], ondelete="CASCADE",
            name=op.f("fk_gate_meeting_items_meeting_id_gate_meetings"),
        ),
        _tie("proposal_id", "gate_meeting_items", "proposals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_meeting_items")),
        sa.UniqueConstraint(
            "meeting_id", "proposal_id", name=op.f("uq_gate_meeting_items_meeting_id_proposal_id")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_gate_meeting_items_proposal_id"), "gate_meeting_items", ["proposal_id"])


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _user(table: str, column: str) -> sa.Column[int]:
    return sa.Column(
        column,
        sa.BigInteger(),
        sa.ForeignKey("users.id", name=op.f(f"fk_{table}_{column}_users")),
        nullable=True,
    )


def _tie(column: str, table: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def downgrade() -> None:
    for table in (
        "gate_meeting_items",
        "gate_meetings",
        "gate_notices",
        "gate_pack_files",
        "gate_signatures",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_changed_signature()")
    for column in ("wake_rule", "woken_at", "woken_by", "hold_expiries", "kill_review"):
        op.drop_column("journeys", column)
    op.execute("UPDATE conditions SET state = 'open' WHERE state IN ('claimed', 'lapsed')")
    op.drop_constraint(op.f("ck_conditions_state_is_known"), "conditions")
    op.create_check_constraint(
        op.f("ck_conditions_state_is_known"), "conditions", "state IN ('open', 'met', 'released')"
    )
    for column in ("verified_note", "claimed_by_id", "claimed_at", "reminded_at", "told_at", "lapsed_at"):
        op.drop_column("conditions", column)
    op.drop_constraint(op.f("ck_gate_reviews_go_grants_something"), "gate_reviews")
    op.drop_constraint(op.f("ck_gate_reviews_kill_leaves_something"), "gate_reviews")
    for column in (
        "version", "verdict_draft", "drafted_by_id", "drafted_at", "record_hash", "is_override",
        "granted_amount", "granted_people", "next_gate_on", "reason_code", "salvage", "wake_rule",
    ):  # fmt: skip
        op.drop_column("gate_reviews", column)
    for column in ("is_chair", "weight", "deputy_id", "for_id", "for_reason"):
        op.drop_column("scorecards", column)
    op.execute(
        "DELETE FROM gatekeepers WHERE id NOT IN"
        " (SELECT min(id) FROM gatekeepers GROUP BY process_id, gate_key, user_id)"
    )
    op.drop_constraint("uq_gatekeepers_process_id_gate_key_user_id_arena_region", "gatekeepers")
    op.drop_constraint(op.f("ck_gatekeepers_weight_is_small"), "gatekeepers")
    op.drop_constraint(op.f("ck_gatekeepers_deputy_is_another"), "gatekeepers")
    op.create_unique_constraint(
        op.f("uq_gatekeepers_process_id_gate_key_user_id"),
        "gatekeepers",
        ["process_id", "gate_key", "user_id"],
    )
    for column in ("arena", "region", "up_to_amount", "is_chair", "weight", "deputy_id"):
        op.drop_column("gatekeepers", column)
