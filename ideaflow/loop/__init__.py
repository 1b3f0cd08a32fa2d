"""The way back: every contributor sees, and is told, what became of their words."""
