"""Processes, stages and gates: who decides what on which evidence."""
