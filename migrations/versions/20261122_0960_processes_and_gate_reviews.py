"""Add processes, the way of a proposal through them, gate reviews, scorecards and conditions.

Backward compatible: yes (new tables, no reader yet).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_0960"
down_revision = "20261122_0955"


NEVER_CHANGES = """
CREATE FUNCTION refuse_changed_process() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.status = 'draft'
        OR (NEW.process_id, NEW.number, NEW.definition, NEW.content_hash, NEW.published_at)
            IS DISTINCT FROM
            (OLD.process_id, OLD.number, OLD.definition, OLD.content_hash, OLD.published_at) THEN
        RAISE EXCEPTION 'A published process version never changes. Publish a new one.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER process_versions_never_change BEFORE UPDATE OR DELETE ON process_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_process();
CREATE FUNCTION refuse_changed_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
        OR (NEW.proposal_id, NEW.process_version_id, NEW.gate_key, NEW.sequence, NEW.pack, NEW.pack_hash)
            IS DISTINCT FROM
            (OLD.proposal_id, OLD.process_version_id, OLD.gate_key, OLD.sequence, OLD.pack, OLD.pack_hash)
    THEN
        RAISE EXCEPTION 'A review keeps its pack, and a decision stands. Open a new review.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gate_reviews_stand BEFORE UPDATE OR DELETE ON gate_reviews
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_review();
"""


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
        sa.UniqueConstraint("key", name=op.f("uq_processes_key")),
    )
    op.create_table(
        "gatekeepers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.Column("gate_key", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("is_deputy", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_gatekeepers_process_id_processes")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_gatekeepers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatekeepers")),
        sa.UniqueConstraint(
            "process_id", "gate_key", "user_id", name=op.f("uq_gatekeepers_process_id_gate_key_user_id")
        ),
    )
    op.create_index(op.f("ix_gatekeepers_user_id"), "gatekeepers", ["user_id"], unique=False)
    op.create_table(
        "process_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column("change_note", sa.String(), server_default="", nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "content_hash = encode(sha256(convert_to(definition, 'UTF8')), 'hex')",
            name=op.f("ck_process_versions_hash_is_of_definition"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'retired')", name=op.f("ck_process_versions_status_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_process_versions_process_id_processes")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_process_versions_published_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["process_versions.id"],
            name=op.f("fk_process_versions_supersedes_id_process_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_versions")),
        sa.UniqueConstraint(
            "process_id", "content_hash", name=op.f("uq_process_versions_process_id_content_hash")
        ),
        sa.UniqueConstraint("process_id", "number", name=op.f("uq_process_versions_process_id_number")),
    )
    op.create_table(
        "deliverables",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("link", sa.String(), server_default="", nullable=False),
        sa.Column("waived_reason", sa.String(), server_default="", nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status <> 'waived' OR waived_reason <> ''", name=op.f("ck_deliverables_waived_for_a_reason")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'done', 'waived', 'na')", name=op.f("ck_deliverables_status_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk_deliverables_changed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_deliverables_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverables")),
        sa.UniqueConstraint("proposal_id", "key", name=op.f("uq_deliverables_proposal_id_key")),
    )
    op.create_table(
        "gate_reviews",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("process_version_id", sa.BigInteger(), nullable=False),
        sa.Column("gate_key", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("pack", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pack_hash", sa.String(length=64), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("target_stage", sa.String(length=60), nullable=True),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.Column(
            "changes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'decided') = (decision IS NOT NULL AND decided_at IS NOT NULL)",
            name=op.f("ck_gate_reviews_decided_has_decision"),
        ),
        sa.CheckConstraint(
            "decision <> 'hold' OR revisit_on IS NOT NULL", name=op.f("ck_gate_reviews_hold_has_revisit_day")
        ),
        sa.CheckConstraint(
            "decision <> 'recycle' OR target_stage IS NOT NULL",
            name=op.f("ck_gate_reviews_recycle_has_target"),
        ),
        sa.CheckConstraint(
            "decision IN ('go', 'conditional_go', 'hold', 'recycle', 'kill')",
            name=op.f("ck_gate_reviews_decision_is_known"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR reason <> ''", name=op.f("ck_gate_reviews_decision_has_reason")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'cancelled')", name=op.f("ck_gate_reviews_state_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_gate_reviews_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["users.id"], name=op.f("fk_gate_reviews_opened_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["process_version_id"],
            ["process_versions.id"],
            name=op.f("fk_gate_reviews_process_version_id_process_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_gate_reviews_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_reviews")),
        sa.UniqueConstraint(
            "proposal_id", "gate_key", "sequence", name=op.f("uq_gate_reviews_proposal_id_gate_key_sequence")
        ),
    )
    op.create_index(op.f("ix_gate_reviews_proposal_id"), "gate_reviews", ["proposal_id"], unique=False)
    op.create_index(
        "uq_gate_reviews_proposal_id",
        "gate_reviews",
        ["proposal_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "journeys",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("process_version_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("iteration", sa.Integer(), server_default="1", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.Column(
            "changes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'working', 'gate_ready', 'in_review', 'tallied', 'on_hold',"
            " 'launched', 'post_launch', 'closed', 'killed', 'withdrawn', 'merged')",
            name=op.f("ck_journeys_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["process_version_id"],
            ["process_versions.id"],
            name=op.f("fk_journeys_process_version_id_process_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_journeys_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_journeys")),
    )
    op.create_index(op.f("ix_journeys_process_version_id"), "journeys", ["process_version_id"], unique=False)
    op.create_index("ix_journeys_state_stage_key", "journeys", ["state", "stage_key"], unique=False)
    op.create_table(
        "stage_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_key", sa.String(length=60), nullable=False),
        sa.Column("iteration", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_seconds", sa.Double(), server_default="0", nullable=False),
        sa.Column("wait_seconds", sa.Double(), server_default="0", nullable=False),
        sa.Column("hold_seconds", sa.Double(), server_default="0", nullable=False),
        sa.Column("exit_reason", sa.String(length=40), server_default="", nullable=False),
        sa.CheckConstraint(
            "active_seconds >= 0 AND wait_seconds >= 0 AND hold_seconds >= 0",
            name=op.f("ck_stage_runs_seconds_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_stage_runs_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_runs")),
    )
    op.create_index(op.f("ix_stage_runs_proposal_id"), "stage_runs", ["proposal_id"], unique=False)
    op.create_index(
        "uq_stage_runs_proposal_id",
        "stage_runs",
        ["proposal_id"],
        unique=True,
        postgresql_where=sa.text("exited_at IS NULL"),
    )
    op.create_table(
        "conditions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("consequence", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("proof", sa.String(), server_default="", nullable=False),
        sa.Column("settled_by_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "consequence IN ('hold', 'recycle', 'kill_review')",
            name=op.f("ck_conditions_consequence_is_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'met', 'released')", name=op.f("ck_conditions_state_is_known")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_conditions_text_not_empty")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_conditions_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_conditions_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["gate_reviews.id"], name=op.f("fk_conditions_review_id_gate_reviews")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name=op.f("fk_conditions_settled_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conditions")),
    )
    op.create_index(op.f("ix_conditions_owner_id"), "conditions", ["owner_id"], unique=False)
    op.create_index(op.f("ix_conditions_proposal_id"), "conditions", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_conditions_review_id"), "conditions", ["review_id"], unique=False)
    op.create_table(
        "scorecards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("gatekeeper_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "points",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "notes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("vote", sa.String(length=20), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recused_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "recused_at IS NULL OR recused_reason <> ''", name=op.f("ck_scorecards_recused_for_a_reason")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR recused_at IS NULL", name=op.f("ck_scorecards_submitted_or_recused")
        ),
        sa.ForeignKeyConstraint(
            ["gatekeeper_id"], ["users.id"], name=op.f("fk_scorecards_gatekeeper_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["gate_reviews.id"], name=op.f("fk_scorecards_review_id_gate_reviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecards")),
        sa.UniqueConstraint("review_id", "gatekeeper_id", name=op.f("uq_scorecards_review_id_gatekeeper_id")),
    )
    op.create_index(op.f("ix_scorecards_gatekeeper_id"), "scorecards", ["gatekeeper_id"], unique=False)
    op.execute(NEVER_CHANGES)


def downgrade() -> None:
    op.drop_table("scorecards")
    op.drop_table("conditions")
    op.drop_table("stage_runs")
    op.drop_table("journeys")
    op.drop_table("gate_reviews")
    op.drop_table("deliverables")
    op.drop_table("process_versions")
    op.drop_table("gatekeepers")
    op.drop_table("processes")
    op.execute("DROP FUNCTION refuse_changed_review()")
    op.execute("DROP FUNCTION refuse_changed_process()")
