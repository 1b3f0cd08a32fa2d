"""Ideas that mean the same: words become vectors in a worker, the database compares them.

A web process never opens the language model. It notes what somebody types as a look and queues a short job;
the worker writes the vector beside it, and the page asks again.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from ideaflow import queue
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.ideas.models import Idea, IdeaVector, Look
from ideaflow.ideas.scope import visible
from ideaflow.portal.queries import Visitor
from ideaflow.themes import engine
from ideaflow.themes.statements import rereading

SHOWN = 4
LEAST = 0.36
"""Likeness from which two ideas may be about the same thing; a suggestion stops nobody.

Of 19 ideas of the demo company said in other words 15 are found with it, and 1 of 7 other thoughts is
shown something that it is not.
"""
LOOK_MINUTES = 10
LOOK_LENGTH = 2_000
AT_ONCE = 200
WAIT_SECONDS, PAUSE_SECONDS = 1.5, 0.05
"""How long a page without JavaScript waits for the worker."""


def ask(who: Visitor, text: str) -> Look:
    """Note what a contact is typing, in place of what they typed before, and have it read.

    Ideas like it are sought in :func:`like` once the worker has read it. What is returned stays, even
    when the same contact types in another window meanwhile.
    """
    with transaction() as session:
        old = now() - timedelta(minutes=LOOK_MINUTES)
        session.execute(delete(Look).where(or_(Look.contact_id == who.contact_id, Look.asked_at < old)))
        look = Look(
            contact_id=who.contact_id, text=text.strip()[:LOOK_LENGTH], asked_at=now(), mean=None, model=None
        )
        session.add(look)
        session.flush()
        session.expunge(look)
        queue.defer("ideas.read", alone="ideas.read", queue="live")
    return look


def queue_reading() -> None:
    """Queue the reading of ideas that have no vector, with their saving."""
    queue.defer("ideas.read", alone="ideas.read", queue="live")


def look_of(who: Visitor, look_id: int) -> Look | None:
    """Return a look, if it is this contact's own."""
    return db.session.scalar(select(Look).where(Look.id == look_id, Look.contact_id == who.contact_id))


def wait_for(look: Look) -> Look:
    """Wait a moment for the worker to read a look; returns it read or not."""
    look_id, until = look.id, time.monotonic() + WAIT_SECONDS
    while look.mean is None and time.monotonic() < until:
        db.session.rollback()  # A new look at the database, and nothing held open meanwhile.
        time.sleep(PAUSE_SECONDS)
        found = db.session.get(Look, look_id, populate_existing=True)
        if found is None:
            break
        db.session.expunge(found)
        look = found
    return look


def read() -> int:
    """Give vectors to looks and ideas that have none of the model in use; returns how many.

    :raises Unavailable: the language model is missing.
    """
    with rereading.with_model_in_use() as is_open:
        if not is_open:
            return 0
        # What somebody types now comes before what was posted.
        count = _read_looks()
        while some := _read_ideas():
            count += some
    return count


def like(who: Visitor, look: Look) -> list[Idea]:
    """Return the ideas most like what is being typed, of those this contact may see, the most alike first.

    All that they may see are compared, not the nearest by an index: that would drop what is theirs behind
    what is not.
    """
    if look.mean is None:
        return in_common(who, look.text)
    return _nearest(who, look.mean, look.model or "", but=0)


def close_to(who: Visitor, idea: Idea) -> list[Idea]:
    """Return the ideas most like this one, of those this contact may see."""
    mine = db.session.get(IdeaVector, idea.id)
    return _nearest(who, mine.mean, mine.model, but=idea.id) if mine else []


def close_for_staff(idea: Idea) -> list[Idea]:
    """Return the ideas most like this one, for one of ours: candidates to merge."""
    mine = db.session.get(IdeaVector, idea.id)
    return _nearest(None, mine.mean, mine.model, but=idea.id) if mine else []


def _nearest(who: Visitor | None, mean: Any, model: str, *, but: int) -> list[Idea]:
    # Only vectors of one model can be compared: another one's may have another length.
    distance = case((IdeaVector.model == model, IdeaVector.mean.cosine_distance(mean)))
    query = (
        select(Idea)
        .join(IdeaVector, IdeaVector.idea_id == Idea.id)
        .where(Idea.is_open, Idea.id != but, distance <= 1 - LEAST)
    )
    if who is not None:
        query = query.where(visible(who))
    return list(db.session.scalars(query.order_by(distance, Idea.id).limit(SHOWN)))


def in_common(who: Visitor, text: str) -> list[Idea]:
    """Return ideas that share words with a text: what there is while no worker reads."""
    words = func.to_tsvector("simple", Idea.title + " " + Idea.text)
    asked = func.to_tsquery("simple", " | ".join(_plain(text)))
    rank = func.ts_rank(words, asked)
    query = select(Idea).where(visible(who), Idea.is_open, words.bool_op("@@")(asked))
    return list(db.session.scalars(query.order_by(rank.desc(), Idea.id).limit(SHOWN))) if _plain(text) else []


def _plain(text: str) -> list[str]:
    """Return the longer words of a text: letters and digits only, so that none is an operator."""
    words = "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
    return sorted({word for word in words if len(word) > 3})[:20]


def _read_looks() -> int:
    rows = db.session.execute(
        select(Look.id, Look.text).where(Look.mean.is_(None)).order_by(Look.id.desc()).limit(AT_ONCE)
    ).all()
    vectors = _vectors([row[1] for row in rows])
    with transaction() as session:
        for (look_id, _), vector in zip(rows, vectors, strict=True):
            found = session.get(Look, look_id)
            if found is not None:
                found.mean, found.model = vector, engine.model()
    return len(rows)


def _read_ideas() -> int:
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.text)
        .outerjoin(IdeaVector, IdeaVector.idea_id == Idea.id)
        .where(or_(IdeaVector.idea_id.is_(None), IdeaVector.model != engine.model()))
        .order_by(Idea.id.desc())
        .limit(AT_ONCE)
    ).all()
    vectors = _vectors([_words(title, text) for _, title, text in rows])
    if rows:
        with transaction() as session:
            add = insert(IdeaVector)
            session.execute(
                add.on_conflict_do_update(
                    index_elements=[IdeaVector.idea_id],
                    set_={"mean": add.excluded.mean, "model": add.excluded.model},
                ),
                [
                    {"idea_id": row[0], "mean": vector, "model": engine.model()}
                    for row, vector in zip(rows, vectors, strict=True)
                ],
            )
    return len(rows)


def _words(title: str, text: str) -> str:
    return f"{title}. {text}".strip()[:LOOK_LENGTH]


def _vectors(texts: Sequence[str]) -> Sequence[Any]:
    db.session.rollback()  # Nothing is held open while the model works.
    return list(engine.encode(texts, texts).mean) if texts else []
