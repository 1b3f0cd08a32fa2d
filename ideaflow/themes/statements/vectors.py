"""Vectors out of the database in bulk: half floats in, float32 arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, func, select, type_coerce

from ideaflow.db import db
from ideaflow.themes.tables.vectors import StatementVector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADER = 2
"""Half floats before the values in PostgreSQL's binary form: the dimensions, and an unused word."""


DEFAULT_DIMENSIONS = 384


def dimensions() -> int:
    """Return how many numbers each vector in use has; indexes and their questions name it."""
    found = db.session.scalar(select(func.vector_dims(StatementVector.mean)).limit(1))
    return found or DEFAULT_DIMENSIONS


def packed(column: Any) -> Any:
    """Return SQL that gives a vector in its binary form: many times faster to read than text."""
    return type_coerce(func.halfvec_send(column), LargeBinary)


def unpacked(values: Sequence[bytes], dimensions: int = 384) -> NDArray[np.float32]:
    """Return binary vectors as one array; shape ``(values, dimensions)``."""
    import numpy as np

    if not values:
        return np.zeros((0, dimensions), np.float32)
    flat = np.frombuffer(b"".join(bytes(value) for value in values), dtype=">f2")
    return flat.reshape(len(values), -1)[:, HEADER:].astype(np.float32)
