"""Feedback items to statements to vectors: in batches, each saved whole, so that nothing is read twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.intake.failpoint import reach
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import ComingVector, StatementVector
from ideaflow.themes.statements import drawing, echoes, recurring, rereading
from ideaflow.themes.turns import take_turn

if TYPE_CHECKING:
    from ideaflow.themes.engine import Encoded

ITEMS, STATEMENTS, LANGUAGES = 200, 512, 5_000
"""How many are read, encoded, and looked at for their language, at a time."""

Told = Callable[[str, int, int], None]


def read_new(tell: Told) -> int:
    """Draw statements from all items not read yet, and give every statement its vectors.

    :returns: how many statements were encoded.
    :raises Unavailable: the model is missing.
    """
    total, done, encoded = unread_count(), 0, 0
    while (read := read_some(ITEMS)) is not None:
        done, encoded = done + read[0], encoded + read[1]
        tell("Reading what was said", done, max(total, done))
    encoded += catch_up(tell)
    tell_languages()
    return encoded


def unread_count() -> int:
    """Return how many items no statements were drawn from yet."""
    query = select(func.count()).select_from(FeedbackItem).where(FeedbackItem.read_at.is_(None))
    return db.session.scalar(query) or 0


def read_some(limit: int, newest: int = 0) -> tuple[int, int] | None:
    """Draw statements from a few items, and give them their vectors.

    :param newest: so many of them are the latest, so that a word said now overtakes a long import.
    :returns: how many items were read and how many statements drawn; None when all had been read.
    :raises Unavailable: the model is missing.
    """
    with transaction() as session:
        items = _unread(limit - newest)
        if newest and len(items) == limit - newest:
            items += _unread(newest, latest=True, but=[item.id for item in items])
        if not items:
            return None
        templates = recurring.known()
        spoken = [item for item in items if item.counts]
        names = drawing.writers(spoken)
        drawn = [(row, item.text) for item in spoken for row in _statements(item, templates, names[item.id])]
        adding = insert(Statement).returning(Statement.id, sort_by_parameter_order=True)
        ids = list(session.scalars(adding, [row for row, _ in drawn])) if drawn else []
        revised = [item.id for item in items if item.revision > 1]
        if revised:
            take_turn()
            session.execute(INHERIT, {"ids": revised})
            session.execute(LEAVE, {"ids": revised})
        read = update(FeedbackItem).where(FeedbackItem.id.in_([item.id for item in items]))
        session.execute(read.values(read_at=now()))
    reach("themes.read")
    rows = [(one, str(row["text"]), whole) for one, (row, whole) in zip(ids, drawn, strict=True)]
    for start in range(0, len(rows), STATEMENTS):
        _understand(rows[start : start + STATEMENTS])
    return len(items), len(rows)


def _unread(limit: int, *, latest: bool = False, but: Sequence[int] = ()) -> list[FeedbackItem]:
    query = select(FeedbackItem).where(FeedbackItem.read_at.is_(None), FeedbackItem.id.not_in(but))
    order = FeedbackItem.id.desc() if latest else FeedbackItem.id
    return list(db.session.scalars(query.order_by(order).limit(limit).with_for_update(skip_locked=True)))


def tell_languages(*, newest: bool = False) -> None:
    """Note the language of each statement that nobody has looked at for it.

    :param newest: only the latest few thousand: what has just come does not wait for all there is.
    """
    unknown = select(Statement.id, Statement.text).where(Statement.language.is_(None)).order_by(Statement.id)
    if newest:
        last = select(func.max(Statement.id)).scalar_subquery()
        unknown = unknown.where(Statement.id > last - LANGUAGES)
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


def _statements(
    item: FeedbackItem, templates: frozenset[int], writer: frozenset[str]
) -> list[dict[str, object]]:
    return [
        {
            "item_id": item.id,
            "position": position,
            "text": one.text,
            "begins_at": one.start,
            "ends_at": one.end,
        }
        for position, one in enumerate(drawing.passages(item, templates, writer))
    ]


def catch_up(tell: Told) -> int:
    """Give vectors to statements that have none of the chosen model; returns how many there were."""
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
        _understand([(row[0], row[1], row[2]) for row in rows])
        done += len(rows)
        tell(step, already + done, max(already + total, already + done))


def _understand(rows: Sequence[tuple[int, str, str]]) -> None:
    """Give statements (id, text, text of the item) their vectors: those of equal ones, or new ones."""
    reused = _reuse([row[0] for row in rows])
    rows = [row for row in rows if row[0] not in reused]
    db.session.rollback()  # Nothing is held open while the model works.
    if rows:
        ids, texts, wholes = zip(*rows, strict=True)
        _save(ids, engine.encode(texts, wholes))
    reach("themes.encoded")


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
            echoes.mark(ids)


def _reuse(ids: Sequence[int]) -> set[int]:
    """Give statements the vectors of equal ones in equal items; returns those that got some."""
    with transaction() as session:
        kept = rereading.keeps()
        if kept is StatementVector:
            rereading.make_sure()
        query = text(REUSE.format(table=kept.__tablename__))
        found = set(session.scalars(query, {"ids": list(ids), "model": engine.model()}))
        if found and kept is StatementVector:
            echoes.mark(sorted(found))
    return found


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


INHERIT = text(
    """
    INSERT INTO theme_memberships (statement_id, theme_id, strength, likeness, placed_by, correction_id)
    SELECT DISTINCT ON (new.id) new.id, m.theme_id, m.strength, m.likeness, m.placed_by, m.correction_id
    FROM feedback_items i
    JOIN statements old ON old.item_id = i.id
    JOIN theme_memberships m ON m.statement_id = old.id
    JOIN statements new ON new.item_id = i.superseded_by_id AND new.text = old.text
    WHERE i.superseded_by_id = ANY(:ids) AND NOT (i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL)
    ORDER BY new.id, old.id
    ON CONFLICT DO NOTHING
    """
)
"""The same words in the next revision of an item stay where they were put."""


LEAVE = text(
    """
    DELETE FROM theme_memberships m USING statements s, feedback_items i
    WHERE m.statement_id = s.id AND s.item_id = i.id AND i.superseded_by_id = ANY(:ids)
      AND NOT (i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL)
    """
)
"""The words of the revision before are in no theme any more."""


def waiting_ids(limit: int | None = None) -> list[int]:
    """Return the statements that nobody has sought a theme for yet, the latest first."""
    query = counting(select(StatementVector.statement_id), StatementVector)
    query = query.where(StatementVector.sorted_at.is_(None))
    return list(db.session.scalars(query.order_by(StatementVector.statement_id.desc()).limit(limit)))
