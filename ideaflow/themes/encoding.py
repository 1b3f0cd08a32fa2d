"""Feedback items to statements to vectors: in batches, each saved whole, so that nothing is read twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.intake.failpoint import reach
from ideaflow.themes import engine, recurring, rereading
from ideaflow.themes.models import ComingVector, StatementVector

if TYPE_CHECKING:
    from ideaflow.themes.engine import Encoded

ITEMS, STATEMENTS, LANGUAGES = 200, 512, 5_000
"""How many are read, encoded, and looked at for their language, at a time."""
ECHO_LIKENESS = 0.95
"""Statements of one account at least this alike say the same words again."""

Told = Callable[[str, int, int], None]


def read_new(tell: Told) -> int:
    """Draw statements from all items not read yet, and give every statement its vectors.

    :returns: how many statements were encoded.
    :raises Unavailable: the model is missing.
    """
    _read(tell)
    encoded = _encode(tell)
    _tell_languages()
    return encoded


def _read(tell: Told) -> None:
    unread = FeedbackItem.read_at.is_(None)
    total = db.session.scalar(select(func.count()).select_from(FeedbackItem).where(unread)) or 0
    done = 0
    while True:
        query = select(FeedbackItem).where(unread).order_by(FeedbackItem.id).limit(ITEMS)
        with transaction() as session:
            items = session.scalars(query.with_for_update(skip_locked=True)).all()
            if not items:
                return
            rows = [row for item in items if item.counts for row in _statements(item)]
            if rows:
                session.execute(insert(Statement), rows)
                session.execute(INHERIT, {"ids": [item.id for item in items]})
            session.execute(
                update(FeedbackItem)
                .where(FeedbackItem.id.in_([item.id for item in items]))
                .values(read_at=now())
            )
        reach("themes.read")
        done += len(items)
        tell("Reading what was said", done, max(total, done))


def _tell_languages() -> None:
    """Note the language of each statement that nobody has looked at for it."""
    unknown = select(Statement.id, Statement.text).where(Statement.language.is_(None)).order_by(Statement.id)
    while rows := db.session.execute(unknown.limit(LANGUAGES)).all():
        with transaction() as session:
            found = engine.languages([row[1] for row in rows])
            session.execute(SPEAK, {"ids": [row[0] for row in rows], "languages": found})


SPEAK = text(
    """
    UPDATE statements s SET language = p.language
    FROM unnest(CAST(:ids AS bigint[]), CAST(:languages AS text[])) AS p (id, language) WHERE s.id = p.id
    """
)


def _statements(item: FeedbackItem) -> list[dict[str, object]]:
    return [
        {
            "item_id": item.id,
            "position": position,
            "text": one.text,
            "begins_at": one.start,
            "ends_at": one.end,
        }
        for position, one in enumerate(engine.split(item.text, recurring.known()))
    ]


def _encode(tell: Told) -> int:
    missing = rereading.missing()
    total = db.session.scalar(select(func.count()).select_from(missing.subquery())) or 0
    already = rereading.counts()[1] if rereading.keeps() is ComingVector else 0
    step = (
        f"Reading again with the model {engine.chosen()}"
        if rereading.keeps() is ComingVector
        else "Understanding statements"
    )
    done = 0
    while True:
        rows = db.session.execute(missing.order_by(Statement.id).limit(STATEMENTS)).all()
        if not rows:
            return done
        reused = _reuse([row[0] for row in rows])
        rows = [row for row in rows if row[0] not in reused]
        db.session.rollback()  # Nothing is held open while the model works.
        if rows:
            ids, texts, wholes = zip(*rows, strict=True)
            _save(ids, engine.encode(texts, wholes))
        reach("themes.encoded")
        done += len(rows) + len(reused)
        tell(step, already + done, max(already + total, already + done))


def _save(ids: Sequence[int], vectors: Encoded) -> None:
    rows = [
        {
            "statement_id": one,
            "mean": vectors.mean[place],
            "mean4": vectors.mean4[place],
            "model": engine.model(),
        }
        for place, one in enumerate(ids)
    ]
    with transaction() as session:
        kept = rereading.keeps()
        if kept is StatementVector:
            rereading.make_sure()
        add = upsert(kept)
        session.execute(
            add.on_conflict_do_update(
                index_elements=[kept.statement_id],
                set_={name: add.excluded[name] for name in ("mean", "mean4", "model")},
            ),
            rows,
        )
        if kept is StatementVector:
            mark_echoes(ids)


def _reuse(ids: Sequence[int]) -> set[int]:
    """Give statements the vectors of equal ones in equal items; returns those that got some."""
    with transaction() as session:
        kept = rereading.keeps()
        if kept is StatementVector:
            rereading.make_sure()
        query = text(REUSE.format(table=kept.__tablename__))
        found = set(session.scalars(query, {"ids": list(ids), "model": engine.model()}))
        if found and kept is StatementVector:
            mark_echoes(sorted(found))
    return found


def mark_echoes(ids: Sequence[int]) -> None:
    """Mark the statements among these that repeat an earlier one of their account, inside a transaction."""
    for start in range(0, len(ids), STATEMENTS):
        some = list(ids[start : start + STATEMENTS])
        db.session.execute(ECHOES, {"ids": some, "distance": 1 - ECHO_LIKENESS})


REUSE = """
    INSERT INTO {table} AS kept (statement_id, mean, mean4, model)
    SELECT s.id, same.mean, same.mean4, :model FROM statements s
    JOIN feedback_items i ON i.id = s.item_id
    CROSS JOIN LATERAL (
        SELECT v.mean, v.mean4 FROM (
            SELECT t.id, t.item_id FROM statements t
            WHERE md5(t.text) = md5(s.text) AND t.id <> s.id LIMIT 50
        ) twin
        JOIN feedback_items j ON j.id = twin.item_id AND j.text = i.text
        JOIN {table} v ON v.statement_id = twin.id AND v.model = :model
        LIMIT 1
    ) same
    WHERE s.id = ANY(:ids)
    ON CONFLICT (statement_id) DO UPDATE
        SET mean = excluded.mean, mean4 = excluded.mean4, model = excluded.model
    RETURNING kept.statement_id
    """
"""The vectors of equal words in an equal item: a vector is made once for a text and model."""


ECHOES = text(
    """
    UPDATE statement_vectors AS v SET echo_of_id = found.original FROM (
        SELECT own.statement_id, min(earlier.statement_id) AS original
        FROM statement_vectors own
        JOIN statements s ON s.id = own.statement_id
        JOIN feedback_items i ON i.id = s.item_id
        JOIN feedback_items j ON j.account_id = i.account_id
        JOIN statements t ON t.item_id = j.id
        JOIN statement_vectors earlier ON earlier.statement_id = t.id
        WHERE own.statement_id = ANY(:ids) AND t.id <> s.id
          AND (j.said_at, t.id) < (i.said_at, s.id) AND earlier.echo_of_id IS NULL
          AND j.withdrawn_at IS NULL AND j.superseded_by_id IS NULL
          AND ((earlier.mean <=> own.mean) <= :distance OR lower(t.text) = lower(s.text))
        GROUP BY own.statement_id
    ) AS found WHERE v.statement_id = found.statement_id
    """
)
"""Mark each statement that repeats an earlier one of its account."""


INHERIT = text(
    """
    INSERT INTO theme_memberships (statement_id, theme_id, strength, likeness, placed_by, correction_id)
    SELECT DISTINCT ON (new.id) new.id, m.theme_id, m.strength, m.likeness, m.placed_by, m.correction_id
    FROM feedback_items i
    JOIN statements old ON old.item_id = i.id
    JOIN theme_memberships m ON m.statement_id = old.id
    JOIN statements new ON new.item_id = i.superseded_by_id AND new.text = old.text
    WHERE i.superseded_by_id = ANY(:ids)
    ORDER BY new.id, old.id
    ON CONFLICT DO NOTHING
    """
)
"""The same words in the next revision of an item stay where they were put."""


def waiting_ids() -> list[int]:
    """Return the statements that nobody has sought a theme for yet."""
    query = (
        select(StatementVector.statement_id)
        .join(Statement, Statement.id == StatementVector.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(
            and_(
                StatementVector.sorted_at.is_(None),
                FeedbackItem.withdrawn_at.is_(None),
                FeedbackItem.superseded_by_id.is_(None),
            )
        )
    )
    return list(db.session.scalars(query.order_by(StatementVector.statement_id)))
