"""Tie evidence to the themes it cites.

Backward compatible: yes (themes are never deleted).
"""

from alembic import op

revision = "20261122_0955"
down_revision = "20261122_0940"


def upgrade() -> None:
    op.create_foreign_key(op.f("fk_evidence_theme_id_themes"), "evidence", "themes", ["theme_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_evidence_theme_id_themes"), "evidence", type_="foreignkey")
