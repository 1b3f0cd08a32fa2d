"""Let price books hold from a day to a day.

Backward compatible: yes (new columns that may be empty).
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2130"
down_revision = "20261122_2126"


def upgrade() -> None:
    op.add_column("price_books", sa.Column("valid_from_on", sa.Date(), nullable=True))
    op.add_column("price_books", sa.Column("valid_until_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_price_books_days_in_order"), "price_books", "valid_until_on >= valid_from_on"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_price_books_days_in_order"), "price_books", type_="check")
    op.drop_column("price_books", "valid_until_on")
    op.drop_column("price_books", "valid_from_on")
