"""Pages beside the proposal itself, one module each."""

from ideaflow.proposals.pages import arenas, records, rules

__all__ = ["arenas", "records", "rules"]
