"""Studies with customers and moves of competitors: kept once, cited by any number of proposals."""

from collections.abc import Mapping
from typing import Any

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import today
from ideaflow.db import db, transaction
from ideaflow.proposals.models import CompetitorMove, Study
from ideaflow.proposals.proofs.terms import problems_of
from ideaflow.saving import locked, refuse, save
from ideaflow.themes.models import Theme


def keep_study(values: Mapping[str, Any], *, by: Actor) -> Study:
    """Write a study down.

    :param values: of ``proofs.terms.STUDY_FIELDS``, all of them.
    :raises Invalid: a field is missing or out of its bounds.
    """
    refuse(problems_of(values, today()), "The study was not kept.")
    with transaction() as session:
        study = Study(**values)
        session.add(study)
        audit.record(by, "proposals.keep_study", study, after=dict(values))
    return study


def edit_study(study_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> Study:
    """Change a study; proposals that cite it show what it was when they did.

    :raises Invalid: a field is out of its bounds.
    :raises Overtaken: it was saved by somebody else since.
    """
    refuse(problems_of(values, today()), "The study was not saved.")
    with transaction() as session:
        study: Study = locked(session, Study, study_id, "study")
        save(study, values, version, "proposals.edit_study", by=by)
    return study


def keep_move(values: Mapping[str, Any], *, by: Actor) -> CompetitorMove:
    """Write a competitor's move down.

    :param values: of ``proofs.terms.MOVE_FIELDS``, all of them.
    :raises Invalid: a field is missing or out of its bounds.
    """
    refuse(problems_of(values, today()) + _theme_problems(values), "The move was not kept.")
    with transaction() as session:
        move = CompetitorMove(**values)
        session.add(move)
        audit.record(by, "proposals.keep_move", move, after=dict(values))
    return move


def edit_move(move_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> CompetitorMove:
    """Change a competitor's move: a rumour becomes an announcement, a day becomes sure.

    :raises Invalid: a field is out of its bounds.
    :raises Overtaken: it was saved by somebody else since.
    """
    refuse(problems_of(values, today()) + _theme_problems(values), "The move was not saved.")
    with transaction() as session:
        move: CompetitorMove = locked(session, CompetitorMove, move_id, "competitor’s move")
        save(move, values, version, "proposals.edit_move", by=by)
    return move


def _theme_problems(values: Mapping[str, Any]) -> list[dict[str, object]]:
    theme_id = values.get("theme_id")
    if theme_id is None or (0 < theme_id < 2**63 and db.session.get(Theme, theme_id) is not None):
        return []
    return [{"field": "theme_id", "reason": "There is no theme with this number. Look it up under Themes."}]
