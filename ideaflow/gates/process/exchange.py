"""Processes as files: what is exported can be imported again, byte for byte the same content. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from ideaflow.errors import Invalid
from ideaflow.gates.process import schema, shape

MOST_SHOWN = 20


def dump(document: Mapping[str, Any]) -> str:
    """Return a document as a file people can read and compare: one value a line, keys in their order."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def load(text: str | bytes) -> dict[str, Any]:
    """Read a process from a file.

    :raises Invalid: it is no JSON, or no process; each problem names its path, what was expected and
        what was found.
    """
    try:
        document = shape.parse(text)
    except ValueError as error:
        raise Invalid(f"The process was not imported. {error}", [{"reason": str(error)}]) from error
    faults = list(schema.faults_of(document))
    if faults:
        count = len(faults)
        more = f" The first {MOST_SHOWN} are named." if count > MOST_SHOWN else ""
        raise Invalid(
            f"The process was not imported; {count} {'place is' if count == 1 else 'places are'}"
            f" not as they must be.{more}",
            [{"field": fault.path or "the file", "reason": fault.reason} for fault in faults[:MOST_SHOWN]],
        )
    return document
