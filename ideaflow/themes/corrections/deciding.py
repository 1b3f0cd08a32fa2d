"""Answers to what a run asked about themes that people hold: split one, or merge two."""

from sqlalchemy import select

from ideaflow.audit import Actor
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict
from ideaflow.themes.corrections.adoption import decide, open_candidate
from ideaflow.themes.corrections.belonging import merge, split
from ideaflow.themes.models import CandidateKind, CandidateState, ThemeCorrection, ThemeMembership


def split_off(candidate_id: int, *, title: str = "", by: Actor) -> ThemeCorrection:
    """Make the part that a run found a theme of its own.

    :raises NotFound: there is no such question.
    :raises Conflict: it was answered already, or its statements have left the theme.
    """
    with transaction():
        candidate = open_candidate(candidate_id, CandidateKind.SPLIT)
        query = select(ThemeMembership.statement_id).where(
            ThemeMembership.theme_id == candidate.of_theme_id,
            among(ThemeMembership.statement_id, candidate.statement_ids),
        )
        ids = list(db.session.scalars(query))
        if not ids or candidate.of_theme_id is None:
            raise Conflict("Its statements have left the theme meanwhile; there is nothing left to decide.")
        made = split(candidate.of_theme_id, ids, title=title or candidate.title, by=by)
        decide(candidate, CandidateState.ACCEPTED, by, made=made)
        return made


def merge_both(candidate_id: int, *, by: Actor) -> ThemeCorrection:
    """Put the two themes together that a run found to be one.

    :raises NotFound: there is no such question.
    :raises Conflict: it was answered already, or one of them is no theme any more.
    """
    with transaction():
        candidate = open_candidate(candidate_id, CandidateKind.MERGE)
        if candidate.of_theme_id is None or candidate.other_theme_id is None:
            raise Conflict("One of them is no theme any more.")
        made = merge(candidate.of_theme_id, candidate.other_theme_id, by=by)
        decide(candidate, CandidateState.ACCEPTED, by, made=made)
        return made
