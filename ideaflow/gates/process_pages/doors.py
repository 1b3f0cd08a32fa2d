"""The pages of processes together: importing this gives their blueprint all its routes."""

from ideaflow.gates.process_pages import catalogue, editor, routing
from ideaflow.gates.process_pages.shared import bp

__all__ = ["bp", "catalogue", "editor", "routing"]
