"""Groups and questions that wait for somebody: each kept under the number it had while it is the same."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.themes.models import CandidateKind, CandidateState, ThemeCandidate

SAME = 0.5
"""A group that shares this much of the smaller one with an earlier one is the same."""
GROWN = 1.5
"""What was rejected is offered again when it is so many times as large as it was."""


def put_down(kind: CandidateKind, found: Sequence[dict[str, Any]]) -> None:
    """Write down what was found now, inside a transaction: the largest first, each under its number.

    What was there before and is not found any more is gone, until it is found again.

    :param found: columns of ``ThemeCandidate``.
    """
    session = db.session()
    query = select(ThemeCandidate).where(
        ThemeCandidate.kind == kind, ThemeCandidate.state != CandidateState.ACCEPTED
    )
    known = session.scalars(query.order_by(ThemeCandidate.id).with_for_update()).all()
    left = {one.id: one for one in known}
    for values in sorted(found, key=lambda one: -len(one["statement_ids"])):
        candidate = _same(left.values(), values)
        if candidate is None:
            session.add(ThemeCandidate(kind=kind, state=CandidateState.OPEN, **values))
            continue
        del left[candidate.id]
        grown = len(values["statement_ids"]) >= GROWN * (candidate.decided_count or 1)
        if candidate.state == CandidateState.REJECTED and not grown:
            candidate.statement_ids = values["statement_ids"]
            continue
        candidate.state = CandidateState.OPEN
        for name, value in values.items():
            setattr(candidate, name, value)
    for candidate in left.values():
        if candidate.state == CandidateState.OPEN:
            candidate.state = CandidateState.GONE


def _same(known: Iterable[ThemeCandidate], values: dict[str, Any]) -> ThemeCandidate | None:
    """Return the earlier one about the same themes that shares most statements, if it is the same."""
    best, most = None, 0.0
    ids = set(values["statement_ids"])
    about = (values.get("of_theme_id"), values.get("other_theme_id"))
    for candidate in known:
        before = set(candidate.statement_ids)
        share = len(ids & before) / max(min(len(ids), len(before)), 1)
        if (candidate.of_theme_id, candidate.other_theme_id) == about and share >= SAME and share > most:
            best, most = candidate, share
    return best
