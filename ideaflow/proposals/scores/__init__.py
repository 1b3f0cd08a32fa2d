"""Scores as data: formulas, their inputs with ranges, the order they make and what would change it. Pure."""
