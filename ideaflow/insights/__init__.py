"""The portfolio: what becomes of proposals, where their time goes, and what work divides over."""
