"""Find statements by their words.

Backward compatible: yes (an index; who does not ask for it searches as before).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1840"
down_revision = "20261122_1820"


def upgrade() -> None:
    op.create_index(
        "ix_statements_words",
        "statements",
        [sa.text("to_tsvector('simple'::regconfig, text)")],
        unique=False,
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_index("ix_statements_words", table_name="statements", postgresql_using="gin")
