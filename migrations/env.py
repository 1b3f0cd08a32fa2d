"""Runs migrations on the connection the caller gives."""

from alembic import context

from ideaflow.db import metadata
from ideaflow.schema import import_all_models, is_ours

import_all_models()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=is_ours,
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
