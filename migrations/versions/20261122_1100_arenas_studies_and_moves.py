"""Add arenas, studies and competitors' moves; proposals keep where they came from.

Backward compatible: no (a proposal's arena is now one of the arenas).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1100"
down_revision = "20261122_1050"

KINDS = (("study", "study_id"), ("competitor_move", "move_id"))
ORIGIN = "origin IN ('theme', 'trigger', 'strategy', 'internal')"


def upgrade() -> None:
    _add_arenas()
    _add_records()
    op.add_column(
        "proposals", sa.Column("origin", sa.String(length=10), server_default="internal", nullable=False)
    )
    op.execute(
        "UPDATE proposals SET origin = 'theme' WHERE id IN (SELECT subject_id FROM audit_events"
        " WHERE subject_type = 'proposals' AND action = 'proposals.promote')"
    )
    op.create_check_constraint(op.f("ck_proposals_origin_is_known"), "proposals", ORIGIN)
    for kind, column in KINDS:
        op.add_column("evidence", sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_evidence_{kind}_points_to_its_own"), "evidence",
            f"(kind = '{kind}') = ({column} IS NOT NULL)",
        )  # fmt: skip
        op.create_index(
            f"uq_evidence_proposal_id_{column}", "evidence", ["proposal_id", column],
            unique=True, postgresql_where=sa.text("removed_at IS NULL"),
        )  # fmt: skip
    op.create_foreign_key(op.f("fk_evidence_study_id_studies"), "evidence", "studies", ["study_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_evidence_move_id_competitor_moves"), "evidence", "competitor_moves", ["move_id"], ["id"]
    )


def downgrade() -> None:
    op.execute("DELETE FROM evidence WHERE kind IN ('study', 'competitor_move')")
    op.drop_constraint(op.f("fk_evidence_move_id_competitor_moves"), "evidence")
    op.drop_constraint(op.f("fk_evidence_study_id_studies"), "evidence")
    for kind, column in reversed(KINDS):
        op.drop_index(f"uq_evidence_proposal_id_{column}", "evidence")
        op.drop_constraint(op.f(f"ck_evidence_{kind}_points_to_its_own"), "evidence")
        op.drop_column("evidence", column)
    op.drop_constraint(op.f("ck_proposals_origin_is_known"), "proposals")
    op.drop_column("proposals", "origin")
    op.drop_table("competitor_moves")
    op.drop_table("studies")
    op.drop_constraint(op.f("fk_proposals_arena_arenas"), "proposals")
    op.drop_index(op.f("ix_proposals_arena"), "proposals")
    op.execute("UPDATE proposals SET arena = '' WHERE arena IS NULL")
    op.alter_column(
        "proposals", "arena", type_=sa.String(length=300), existing_nullable=True, nullable=False,
        server_default="",
    )  # fmt: skip
    op.drop_table("arenas")


def _add_arenas() -> None:
    op.create_table(
        "arenas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(), server_default="", nullable=False),
        sa.Column("target_share", sa.Float(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_arenas_name_not_empty")),
        sa.CheckConstraint("target_share BETWEEN 0 AND 1", name=op.f("ck_arenas_target_is_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arenas")),
        sa.UniqueConstraint("name", name=op.f("uq_arenas_name")),
    )
    # What was typed into proposals becomes the first arenas.
    op.execute("UPDATE proposals SET arena = left(arena, 120)")
    op.execute("INSERT INTO arenas (name) SELECT DISTINCT arena FROM proposals WHERE arena <> '' ORDER BY 1")
    op.alter_column(
        "proposals", "arena", type_=sa.String(length=120), existing_nullable=False, nullable=True,
        server_default=None,
    )  # fmt: skip
    op.execute("UPDATE proposals SET arena = NULL WHERE arena = ''")
    op.create_index(op.f("ix_proposals_arena"), "proposals", ["arena"])
    op.create_foreign_key(
        op.f("fk_proposals_arena_arenas"), "proposals", "arenas", ["arena"], ["name"], onupdate="CASCADE"
    )


def _add_records() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("finding", sa.String(length=300), nullable=False),
        sa.Column("participant_count", sa.Integer(), nullable=False),
        sa.Column("account_count", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("title <> '' AND finding <> ''", name=op.f("ck_studies_says_what_came_out")),
        sa.CheckConstraint(
            "participant_count >= account_count AND account_count >= 0", name=op.f("ck_studies_counts_fit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
    )
    op.create_table(
        "competitor_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("competitor", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("sureness", sa.Float(), nullable=False),
        sa.Column("url", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "competitor <> '' AND title <> ''", name=op.f("ck_competitor_moves_says_who_and_what")
        ),
        sa.CheckConstraint("sureness BETWEEN 0 AND 1", name=op.f("ck_competitor_moves_sureness_is_share")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= begins_on", name=op.f("ck_competitor_moves_days_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitor_moves")),
    )
