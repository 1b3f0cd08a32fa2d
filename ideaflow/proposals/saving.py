"""Moved to :mod:`ideaflow.saving`."""

from ideaflow.saving import locked, refuse, save

__all__ = ["locked", "refuse", "save"]
