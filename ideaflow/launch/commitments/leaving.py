"""Commitments of somebody who leaves: those they gave, and those that wait for their yes."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.launch.commitments.models import Commitment
from ideaflow.launch.commitments.states import LIVE, State
from ideaflow.users.leaving import Held, Kind, pass_on
from ideaflow.users.models import User
from ideaflow.users.policy import Right

HISTORY = {
    "commitments.approved_by_id": "Whose word was given.",
    "commitments.settled_by_id": "Who said what became of it.",
    "commitments.created_by_id": "Who wrote it down.",
    "commitment_warnings.user_id": "Who was warned.",
}


def kinds() -> list[Kind]:
    """Return what of commitments is in somebody's hands."""
    return [
        Kind("commitments", "Commitments to customers", ("commitments.owner_id",), Right.COMMIT, _given,
             _take),
        Kind("asked", "Commitments that wait for their yes", ("commitments.authority_id",), Right.PROPOSE,
             _asked, _take_asked),
    ]  # fmt: skip


def _given(user: User) -> list[Held]:
    return _listed(Commitment.owner_id == user.id, Commitment.state.in_(LIVE))


def _asked(user: User) -> list[Held]:
    return _listed(Commitment.authority_id == user.id, Commitment.state == State.ASKED)


def _listed(*conditions: object) -> list[Held]:
    query = select(Commitment).where(*conditions).options(joinedload(Commitment.account))  # type: ignore[arg-type]
    return [
        Held(one.id, f"{one.account.name}: {one.name}", f"/commitments/{one.id}",
             f"{one.stands.words}, by {one.due_on:%-d %b %Y}", one.account.region or "")
        for one in db.session.scalars(query.order_by(Commitment.due_on, Commitment.id))
    ]  # fmt: skip


def _take(commitment_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(Commitment, commitment_id, "owner_id", leaver, to, by, "commitments.hand_over")


def _take_asked(commitment_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(Commitment, commitment_id, "authority_id", leaver, to, by, "commitments.ask_another")
