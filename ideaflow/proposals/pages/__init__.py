"""Pages beside the proposal itself, one module each."""

from ideaflow.proposals.pages import arenas, formulas, kin, records, rules, scores

__all__ = ["arenas", "formulas", "kin", "records", "rules", "scores"]
