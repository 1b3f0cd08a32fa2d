"""What users decide about the pool: a group becomes a theme, or none; a statement goes into a theme."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, must_exist
from ideaflow.feedback.models import Statement
from ideaflow.themes.corrections.change import changing, note
from ideaflow.themes.models import (
    CandidateKind,
    CandidateState,
    CorrectionKind,
    PlacedBy,
    Theme,
    ThemeCandidate,
    ThemeCorrection,
    ThemeMembership,
    ThemeState,
)
from ideaflow.themes.reading.pool import still_in_pool
from ideaflow.themes.runs.figures import recount
from ideaflow.themes.turns import take_turn
from ideaflow.themes.typed import line_of, title_of


def make_theme(candidate_id: int, *, title: str = "", by: Actor) -> ThemeCorrection:
    """Make a theme of a group; its statements stay in it in every later run.

    :param title: its name from now on; left as it is proposed, the next run may find a better one.
    :raises NotFound: there is no such group.
    :raises Conflict: it was decided already, or its statements have joined themes meanwhile.
    :raises Invalid: the name is too long.
    """
    title = title_of(title)
    with transaction() as session:
        candidate, ids = _open(candidate_id)
        is_named = bool(title) and title != candidate.title
        quote = _shortest(candidate.quote_statement_ids or ids)
        theme = Theme(
            title=title or candidate.title,
            is_named=is_named,
            state=ThemeState.NEW,
            quote=quote.text,
            quote_statement_id=quote.id,
        )
        session.add(theme)
        session.flush()
        made = note(CorrectionKind.CREATE, theme, by, after={"title": theme.title})
        _put(made, theme, ids)
        decide(candidate, CandidateState.ACCEPTED, by, made=made)
        return made


def add_group(candidate_id: int, theme_id: int, *, by: Actor) -> ThemeCorrection:
    """Put the statements of a group into a theme there is, where they stay.

    :raises NotFound: there is no such group or theme.
    :raises Conflict: it was decided already, or its statements have joined themes meanwhile.
    """
    with changing(theme_id, None) as theme:
        candidate, ids = _open(candidate_id)
        made = _add(theme, ids, by)
        decide(candidate, CandidateState.ACCEPTED, by, made=made)
        return made


def add_statements(theme_id: int, statement_ids: Sequence[int], *, by: Actor) -> ThemeCorrection:
    """Put statements of the pool into a theme, where they stay in every later run.

    :raises Conflict: one of them is in a theme meanwhile.
    """
    wanted = sorted(set(statement_ids))
    with changing(theme_id, None) as theme:
        ids = still_in_pool(wanted)
        if len(ids) < len(wanted) or not wanted:
            raise Conflict("This statement has joined a theme meanwhile. Look at the list again.")
        return _add(theme, ids, by)


def reject(candidate_id: int, reason: str = "", *, by: Actor) -> ThemeCandidate:
    """Say that a group is no theme. It is offered again only when it has grown by half.

    :raises Conflict: it was decided already.
    """
    with transaction():
        candidate = _candidate(candidate_id)
        if candidate.state != CandidateState.OPEN:
            raise Conflict(_decided(candidate))
        candidate.reason = line_of(reason)[:300]
        candidate.decided_count = len(candidate.statement_ids)
        decide(candidate, CandidateState.REJECTED, by)
        return candidate


def reopen(candidate_id: int, *, by: Actor) -> ThemeCandidate:
    """Take back that a group is no theme.

    :raises Conflict: it is not rejected.
    """
    with transaction():
        candidate = _candidate(candidate_id)
        if candidate.state != CandidateState.REJECTED:
            raise Conflict(_decided(candidate))
        decide(candidate, CandidateState.OPEN, by)
        return candidate


def undo_adoption(made: ThemeCorrection, theme: Theme) -> list[Theme]:
    """Put statements back into the pool, if they still are where this correction put them."""
    own = select(func.count()).select_from(ThemeMembership)
    own = own.where(ThemeMembership.correction_id == made.id, ThemeMembership.theme_id.is_not(None))
    if (db.session.scalar(own) or 0) < len(made.statement_ids):
        raise Conflict("Some of these statements were placed anew since. Move them by hand.")
    db.session.execute(delete(ThemeMembership).where(ThemeMembership.correction_id == made.id))
    candidate = db.session.scalar(select(ThemeCandidate).where(ThemeCandidate.correction_id == made.id))
    if candidate is not None:
        candidate.state = CandidateState.OPEN
        candidate.decided_at = candidate.decided_by_name = candidate.theme_id = candidate.correction_id = None
    return [theme]


def _candidate(candidate_id: int) -> ThemeCandidate:
    take_turn()
    return must_exist(
        db.session.get(ThemeCandidate, candidate_id, with_for_update=True, populate_existing=True),
        f"There is no group {candidate_id}.",
    )


def open_candidate(candidate_id: int, kind: CandidateKind) -> ThemeCandidate:
    """Return a question that waits for an answer, locked.

    :raises NotFound: there is no such question.
    :raises Conflict: it was answered already.
    """
    candidate = _candidate(candidate_id)
    if candidate.state != CandidateState.OPEN:
        raise Conflict(_decided(candidate))
    if candidate.kind != kind:
        raise Conflict("This is another kind of question. Look at the list again.")
    return candidate


def _open(candidate_id: int) -> tuple[ThemeCandidate, list[int]]:
    """Return a group that waits for a decision, and those of its statements that are still in the pool."""
    candidate = open_candidate(candidate_id, CandidateKind.NEW)
    ids = still_in_pool(candidate.statement_ids)
    if not ids:
        raise Conflict("Its statements have joined themes meanwhile; there is nothing left to decide.")
    return candidate, ids


def _decided(candidate: ThemeCandidate) -> str:
    if candidate.state == CandidateState.GONE:
        return f"“{candidate.title}” is no group any more: its statements joined themes."
    if candidate.state == CandidateState.OPEN:
        return f"“{candidate.title}” waits for a decision; there is nothing to take back."
    what = "answered it" if candidate.state == CandidateState.ACCEPTED else "said no to it"
    return f"{candidate.decided_by_name} has {what} already."


def decide(
    candidate: ThemeCandidate, state: CandidateState, by: Actor, *, made: ThemeCorrection | None = None
) -> None:
    """Write down who answered a question, and how."""
    before = candidate.state
    candidate.state = state
    candidate.decided_at, candidate.decided_by_name = now(), by.name
    if made is not None:
        candidate.theme_id, candidate.correction_id = made.theme_id, made.id
    audit.record(
        by,
        f"themes.{'reopen' if state == CandidateState.OPEN else state}_group",
        candidate,
        before={"state": before},
        after={"state": str(state), "statement_count": len(candidate.statement_ids)},
        reason=candidate.reason,
    )


def _add(theme: Theme, ids: Sequence[int], by: Actor) -> ThemeCorrection:
    made = note(CorrectionKind.ADD, theme, by, after={"title": theme.title})
    theme.version += 1
    _put(made, theme, ids)
    return made


def _put(made: ThemeCorrection, theme: Theme, ids: Sequence[int]) -> None:
    made.statement_ids = list(ids)
    values: dict[str, Any] = {"theme_id": theme.id, "strength": 1.0, "likeness": 0.0}
    values |= {"placed_by": PlacedBy.USER, "correction_id": made.id}
    db.session.execute(insert(ThemeMembership), [{"statement_id": one, **values} for one in ids])
    recount([theme.id])


def _shortest(ids: Sequence[int]) -> Statement:
    """Return the shortest of some statements that are not mere scraps."""
    query = select(Statement).where(among(Statement.id, ids))
    length = func.length(Statement.text)
    return db.session.scalars(query.order_by(length < 20, length, Statement.id).limit(1)).one()
