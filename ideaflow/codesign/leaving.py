"""Co-design sessions of somebody who leaves: those whose result is not out yet."""

from sqlalchemy import select

from ideaflow.audit import Actor
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.policy import State
from ideaflow.db import db
from ideaflow.proposals.models import Proposal
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind, pass_on
from ideaflow.users.models import User
from ideaflow.users.policy import Right


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    leaving.register(
        Kind("codesign", "Co-design sessions under way", ("codesign_sessions.created_by_id",), Right.INVITE,
             _held, _take)
    )  # fmt: skip
    leaving.remembers(
        {
            "codesign_ballots.proxy_by_id": "Who wrote a ballot down for an account.",
            "codesign_additions.decided_by_id": "Who read what a participant added.",
            "codesign_must_plans.written_by_id": "Who said how a feature that must be there is met.",
        }
    )


def _held(user: User) -> list[Held]:
    query = (
        select(CodesignSession, Proposal)
        .join(Proposal, Proposal.id == CodesignSession.proposal_id)
        .where(CodesignSession.created_by_id == user.id, CodesignSession.state != State.PUBLISHED)
        .order_by(CodesignSession.closes_at, CodesignSession.id)
    )
    return [
        Held(one.id, one.title, f"/codesign/{one.id}", State(one.state).words, proposal.arena or "")
        for one, proposal in db.session.execute(query)
    ]


def _take(session_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(CodesignSession, session_id, "created_by_id", leaver, to, by, "codesign.hand_over")
