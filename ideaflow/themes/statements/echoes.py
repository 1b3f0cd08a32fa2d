"""Words an account says again: marked, so that saying them often does not count often."""

from collections.abc import Sequence

from sqlalchemy import text

from ideaflow.db import db

LIKENESS = 0.95
"""Statements of one account at least this alike say the same words again."""
AT_ONCE = 512
"""How many are compared in one question."""


def mark(ids: Sequence[int]) -> None:
    """Mark the statements among these that repeat an earlier one of their account, inside a transaction."""
    if db.session.scalar(IS_OUTGROWN, {"many": len(ids)}):
        db.session.execute(text("ANALYZE feedback_items, statements, statement_vectors"))
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        db.session.execute(ECHOES, {"ids": some, "distance": 1 - LIKENESS})


IS_OUTGROWN = text(
    """
    SELECT bool_or(reltuples < 2 * :many OR pg_relation_size(oid) > 2 * 8192 * (relpages + 8)) FROM pg_class
    WHERE oid IN ('feedback_items'::regclass, 'statements'::regclass, 'statement_vectors'::regclass)
    """
)
"""Whether the planner takes a table for much smaller than it is, as on a first import before the database
looks by itself: then it scans it once for each pair, which took minutes."""


ECHOES = text(
    """
    WITH own AS MATERIALIZED (
        SELECT s.id, i.account_id, i.said_at, lower(s.text) AS words
        FROM statements s JOIN feedback_items i ON i.id = s.item_id
        WHERE s.id = ANY(:ids) AND i.account_id IS NOT NULL
    ), pairs AS MATERIALIZED (
        SELECT own.id, t.id AS earlier, lower(t.text) = own.words AS is_same
        FROM own
        JOIN feedback_items j ON j.account_id = own.account_id
        JOIN statements t ON t.item_id = j.id
        WHERE (j.said_at, t.id) < (own.said_at, own.id)
          AND j.withdrawn_at IS NULL AND j.superseded_by_id IS NULL
    )
    UPDATE statement_vectors AS v SET echo_of_id = found.original FROM (
        SELECT p.id, min(p.earlier) AS original
        FROM pairs p
        JOIN statement_vectors me ON me.statement_id = p.id
        JOIN statement_vectors earlier ON earlier.statement_id = p.earlier
        WHERE coalesce(earlier.echo_of_id, 0) = 0 AND (p.is_same OR (earlier.mean <=> me.mean) <= :distance)
        GROUP BY p.id
    ) AS found WHERE v.statement_id = found.id
    """
)
"""Mark each statement that repeats an earlier one of its account.

``coalesce`` keeps the planner from looking for “no echo” by index, once for each pair.
"""
