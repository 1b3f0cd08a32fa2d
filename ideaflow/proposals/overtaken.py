"""Moved to :mod:`ideaflow.errors`."""

from ideaflow.errors import Overtaken

__all__ = ["Overtaken"]
