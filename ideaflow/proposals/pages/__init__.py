"""Pages beside the proposal itself, one module each."""

from ideaflow.proposals.pages import arenas, formulas, records, rules, scores

__all__ = ["arenas", "formulas", "records", "rules", "scores"]
