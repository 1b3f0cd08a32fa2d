"""Let a check be green only by a measure or by evidence that a second person confirmed.

Backward compatible: yes (new table and columns, no reader yet).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2105"
down_revision = "20261122_2100"

NO = {"server_default": "false", "nullable": False}
PUBLISHED = """
CREATE FUNCTION refuse_changed_readiness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A published readiness template and the history of a check never change.';
END $$;
CREATE TRIGGER readiness_templates_stand BEFORE UPDATE OR DELETE ON readiness_templates
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_changed_readiness();
CREATE TRIGGER check_turns_stand BEFORE UPDATE OR DELETE ON check_turns
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_readiness();
"""


def upgrade() -> None:
    op.create_table(
        "offering_proposals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("offering_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("tied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_offering_proposals_{column}_{table}")
            )
            for column, table in (
                ("offering_id", "offerings"),
                ("proposal_id", "proposals"),
                ("tied_by_id", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_proposals")),
        sa.UniqueConstraint(
            "offering_id", "proposal_id", name=op.f("uq_offering_proposals_offering_id_proposal_id")
        ),
    )
    op.create_index(op.f("ix_offering_proposals_proposal_id"), "offering_proposals", ["proposal_id"])
    op.add_column(
        "readiness_checks", sa.Column("channels", sa.String(10), server_default="all", nullable=False)
    )
    _evidence()
    _standings()
    op.execute(PUBLISHED)


def _evidence() -> None:
    op.add_column("check_evidence", sa.Column("is_waiver", sa.Boolean(), **NO))
    counts = sa.Computed("confirmed_at IS NOT NULL AND withdrawn_at IS NULL", persisted=True)
    op.add_column("check_evidence", sa.Column("counts", sa.Boolean(), counts, nullable=False))
    op.drop_constraint(op.f("ck_check_evidence_is_file_or_link"), "check_evidence", type_="check")
    op.create_check_constraint(
        op.f("ck_check_evidence_is_file_link_or_reason"), "check_evidence",
        "url <> '' OR file_name <> '' OR (is_waiver AND note <> '')",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_check_evidence_confirmed_by_somebody"), "check_evidence",
        "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
    )  # fmt: skip
    op.create_unique_constraint(
        op.f("uq_check_evidence_id_check_id_counts"), "check_evidence", ["id", "check_id", "counts"]
    )


def _standings() -> None:
    op.add_column("check_standings", sa.Column("is_measured", sa.Boolean(), **NO))
    op.add_column("check_standings", sa.Column("is_waived", sa.Boolean(), **NO))
    op.add_column("check_standings", sa.Column("evidence_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "check_standings", sa.Column("evidence_counts", sa.Boolean(), server_default="true", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_check_standings_green_is_shown"), "check_standings",
        "NOT is_passed OR is_measured OR evidence_id IS NOT NULL",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_check_standings_evidence_counts"), "check_standings", "evidence_counts"
    )
    op.create_foreign_key(
        "fk_check_standings_evidence", "check_standings", "check_evidence",
        ["evidence_id", "check_id", "evidence_counts"], ["id", "check_id", "counts"],
    )  # fmt: skip


def downgrade() -> None:
    op.execute("DROP TRIGGER check_turns_stand ON check_turns")
    op.execute("DROP TRIGGER readiness_templates_stand ON readiness_templates")
    op.execute("DROP FUNCTION refuse_changed_readiness()")
    op.drop_constraint("fk_check_standings_evidence", "check_standings", type_="foreignkey")
    for column in ("evidence_counts", "evidence_id", "is_waived", "is_measured"):
        op.drop_column("check_standings", column)
    op.drop_constraint(op.f("uq_check_evidence_id_check_id_counts"), "check_evidence", type_="unique")
    op.execute("DELETE FROM check_evidence WHERE is_waiver")
    op.drop_constraint(op.f("ck_check_evidence_confirmed_by_somebody"), "check_evidence", type_="check")
    op.drop_constraint(op.f("ck_check_evidence_is_file_link_or_reason"), "check_evidence", type_="check")
    op.drop_column("check_evidence", "counts")
    op.drop_column("check_evidence", "is_waiver")
    op.create_check_constraint(
        op.f("ck_check_evidence_is_file_or_link"), "check_evidence", "url <> '' OR file_name <> ''"
    )
    op.drop_column("readiness_checks", "channels")
    op.drop_table("offering_proposals")
