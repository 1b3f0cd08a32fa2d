"""One decision about many themes: at once where they are few, else as a job, a lot at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ideaflow import audit, queue
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound, must_exist
from ideaflow.themes.corrections import standing, undoing
from ideaflow.themes.levels.levels import recount_areas
from ideaflow.themes.models import Theme, ThemeBatch, ThemeCorrection, ThemeState
from ideaflow.themes.tables.batches import BatchState, BatchVerb
from ideaflow.themes.typed import reason_of

AT_ONCE = 100
"""So many themes are decided while one waits; more are a job."""
A_LOT = 40
"""So many themes are decided in one transaction of a job; in between others get their turn."""
JOB = "themes.decide_many"

Wanted = Sequence[tuple[int, int | None]]


def decide_many(
    verb: BatchVerb,
    wanted: Wanted,
    *,
    words: Callable[[int], str],
    asked: Mapping[str, Any] | None = None,
    is_filter: bool = False,
    by: Actor,
) -> ThemeBatch:
    """Decide the same about many themes; one undo takes all of it back.

    Themes that are so already are left out. Of themes picked one by one all change or none; of those a
    filter found, what cannot change stays as it is, and the batch says why.

    :param wanted: each theme with the version that was seen; None skips the check.
    :param words: says what is decided about so many themes: “dismissed 84 themes: too vague to act on”.
    :param asked: ``reason`` or ``owner_id``.
    :param is_filter: whether a filter found them.
    :raises Conflict: all are so already, or one of those picked was changed meanwhile.
    """
    told = dict(asked or {})
    if verb == BatchVerb.DISMISS:
        told["reason"] = reason_of(str(told.get("reason", "")))
    with transaction() as session:
        rest = _not_so_yet(verb, told, wanted)
        batch = ThemeBatch(
            verb=verb, words=words(len(rest))[:300], asked=told, theme_ids=[one for one, _ in rest],
            versions=[seen or 0 for _, seen in rest], user_id=by.id, user_name=by.name, made_at=now(),
            state=BatchState.GOING, done_count=0, skipped=[],
        )  # fmt: skip
        session.add(batch)
        session.flush()
        audit.record(by, "themes.decide_many", batch, after={"verb": str(verb), "theme_count": len(rest)})
        if len(rest) > AT_ONCE:
            queue.defer(JOB, batch_id=batch.id)
        else:
            _decide(batch, len(rest), is_strict=not is_filter)
    return batch


def undo_many(batch_id: int, *, by: Actor) -> ThemeBatch:
    """Take a decision about many themes back; where somebody decided anew since, that stays.

    :raises NotFound: there is no such batch.
    :raises Conflict: it is under way, undone already, or nothing of it can be taken back any more.
    """
    with transaction() as session:
        batch = _locked(batch_id)
        if batch.state == BatchState.UNDONE:
            raise Conflict(f"{batch.undone_by_name} has undone this already.")
        if batch.is_under_way:
            raise Conflict("This decision is still being carried out. Undo it when it is done.")
        batch.state, batch.done_count, batch.skipped = BatchState.UNDOING, 0, []
        batch.undone_at, batch.undone_by_id, batch.undone_by_name = now(), by.id, by.name
        audit.record(by, "themes.undo_many", batch, after={"theme_count": len(batch.theme_ids)})
        standing_ids = _standing(batch)
        if len(standing_ids) > AT_ONCE:
            queue.defer(JOB, batch_id=batch.id)
        else:
            _undo(batch, standing_ids)
            if standing_ids and len(batch.skipped) == len(standing_ids):
                raise Conflict(str(batch.skipped[0][1]))
            _end(batch)
        session.flush()
    return batch


def go_on(batch_id: int) -> None:
    """Carry a large batch out, or take it back, from where it was left; a process that died lost one lot."""
    while True:
        with transaction():
            batch = _locked(batch_id)
            if batch.state == BatchState.GOING:
                _decide(batch, A_LOT, is_strict=False)
            elif batch.state == BatchState.UNDOING:
                tried = {int(one[2]) for one in batch.skipped if len(one) > 2}
                left = [one for one in _standing(batch) if one not in tried]
                _undo(batch, left[:A_LOT])
                if len(left) <= A_LOT:
                    _end(batch)
            if not batch.is_under_way:
                return


def _decide(batch: ThemeBatch, most: int, *, is_strict: bool) -> None:
    by, decide = Actor(batch.user_id, batch.user_name), _verb_of(batch)
    lot = list(zip(batch.theme_ids, batch.versions, strict=True))[batch.done_count :][:most]
    skipped = list(batch.skipped)
    for theme_id, version in lot:
        try:
            decide(theme_id, version or None, by).batch_id = batch.id
        except (Conflict, NotFound) as error:
            if is_strict:
                raise
            skipped.append([theme_id, str(error)])
    batch.skipped = skipped
    batch.done_count += len(lot)
    _count_areas([one for one, _ in lot])
    if batch.done_count >= len(batch.theme_ids):
        batch.state = BatchState.DONE


def _verb_of(batch: ThemeBatch) -> Callable[[int, int | None, Actor], ThemeCorrection]:
    asked = batch.asked
    match batch.verb:
        case BatchVerb.WATCH:
            return lambda one, seen, by: standing.watch(one, version=seen, count_area=False, by=by)
        case BatchVerb.DISMISS:
            return lambda one, seen, by: standing.dismiss(
                one, asked["reason"], version=seen, count_area=False, by=by
            )
        case BatchVerb.OWNER:
            return lambda one, seen, by: standing.assign_owner(one, asked["owner_id"], version=seen, by=by)
        case BatchVerb.RESTORE:
            return lambda one, seen, by: standing.restore(one, version=seen, count_area=False, by=by)
    raise Invalid("Choose what to do with these themes.")


def _not_so_yet(verb: BatchVerb, asked: Mapping[str, Any], wanted: Wanted) -> list[tuple[int, int | None]]:
    """Return the themes that the decision would change.

    :raises Conflict: it would change none.
    """
    states = {BatchVerb.WATCH: "watching", BatchVerb.DISMISS: "dismissed", BatchVerb.RESTORE: "new"}
    ids = [one for one, _ in wanted]
    if verb == BatchVerb.OWNER:
        is_so = Theme.owner_id.is_not_distinct_from(asked.get("owner_id"))
    else:
        is_so = Theme.state == ThemeState(states[verb])
    so = set(db.session.scalars(select(Theme.id).where(Theme.id.in_(ids), is_so)))
    rest = [one for one in dict(wanted).items() if one[0] not in so]
    if not rest:
        raise Conflict("They are so already: nothing was changed.")
    return rest


def _standing(batch: ThemeBatch) -> list[int]:
    """Return the corrections of a batch that still hold, the last one first."""
    query = select(ThemeCorrection.id).where(
        ThemeCorrection.batch_id == batch.id, ThemeCorrection.undone_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(ThemeCorrection.id.desc())))


def _undo(batch: ThemeBatch, correction_ids: Sequence[int]) -> None:
    by = Actor(batch.undone_by_id, batch.undone_by_name)
    batch.skipped = [*batch.skipped, *_not_undone(correction_ids, by)]
    batch.done_count += len(correction_ids)
    of = select(ThemeCorrection.theme_id).where(ThemeCorrection.id.in_(correction_ids))
    _count_areas(db.session.scalars(of).all())


def _not_undone(correction_ids: Sequence[int], by: Actor) -> Iterator[list[Any]]:
    for correction_id in correction_ids:
        try:
            undoing.undo(correction_id, count_areas=False, by=by)
        except Conflict as error:
            theme_id = db.session.get_one(ThemeCorrection, correction_id).theme_id
            yield [theme_id, str(error), correction_id]


def _count_areas(theme_ids: Sequence[int]) -> None:
    """Count the areas of these themes anew, each once."""
    areas = select(Theme.area_id).where(Theme.id.in_(theme_ids), Theme.area_id.is_not(None)).distinct()
    recount_areas(db.session.scalars(areas).all())


def _end(batch: ThemeBatch) -> None:
    batch.state = BatchState.UNDONE


def _locked(batch_id: int) -> ThemeBatch:
    return must_exist(
        db.session.get(ThemeBatch, batch_id, with_for_update=True, populate_existing=True),
        f"There is no decision {batch_id} about many themes.",
    )
