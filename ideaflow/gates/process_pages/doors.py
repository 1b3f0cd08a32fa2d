"""The pages of processes together: importing this gives their blueprint all its routes."""

from ideaflow.gates.process_pages import catalogue, editor, migrations, retiring, routing, shown
from ideaflow.gates.process_pages.shared import bp

shown.register()
__all__ = ["bp", "catalogue", "editor", "migrations", "retiring", "routing"]
