"""Add what customers read of decisions, and whether what was built solved it.

Backward compatible: yes (new tables).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1820"
down_revision = "20261122_1815"


def upgrade() -> None:
    op.create_table(
        "decision_words",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("written_by_id", sa.BigInteger()),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_decision_words_words_not_empty")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["gate_reviews.id"], name=op.f("fk_decision_words_review_id_gate_reviews")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_decision_words_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_words")),
        sa.UniqueConstraint("review_id", name=op.f("uq_decision_words_review_id")),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('yes', 'partly', 'no')", name=op.f("ck_confirmations_answer_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_confirmations_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_confirmations_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["feedback_items.id"], name=op.f("fk_confirmations_item_id_feedback_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint(
            "contact_id", "proposal_id", name=op.f("uq_confirmations_contact_id_proposal_id")
        ),
    )
    op.create_index(op.f("ix_confirmations_proposal_id"), "confirmations", ["proposal_id"])


def downgrade() -> None:
    op.drop_table("confirmations")
    op.drop_table("decision_words")
