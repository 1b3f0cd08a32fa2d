"""What every change of a proposal begins with: the record, locked, and whether it may change now."""

from sqlalchemy.orm import Session

from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.policy import Origin
from ideaflow.users.models import User
from ideaflow.users.policy import Right


def begin(
    session: Session,
    title: str,
    owner_id: int,
    *,
    by: Actor,
    parent_id: int | None = None,
    origin: Origin = Origin.INTERNAL,
    arena: str | None = None,
) -> Proposal:
    """Add the record of a new proposal, inside the caller's transaction; the caller audits it."""
    owner = owner_for(session, owner_id)
    if parent_id is not None and session.get(Proposal, parent_id) is None:
        raise NotFound(f"There is no proposal P-{parent_id}.")
    proposal = Proposal(
        title=title, owner_id=owner.id, created_by_id=by.id, parent_id=parent_id, created_at=now(),
        origin=origin, arena=arena,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    return proposal


def get_for_change(session: Session, proposal_id: int) -> Proposal:
    """Return a proposal, its row locked until the transaction ends.

    :raises NotFound: there is none with this number.
    """
    proposal = session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise NotFound(f"There is no proposal P-{proposal_id}.")
    return proposal


def editable(session: Session, proposal_id: int) -> Proposal:
    """Return a proposal that may be changed now, its row locked until the transaction ends.

    :raises NotFound: there is none with this number.
    :raises Conflict: it is under review, withdrawn or closed.
    """
    proposal = get_for_change(session, proposal_id)
    if proposal.withdrawn_at is not None:
        raise Conflict(f"{proposal.label} was withdrawn. Take it up again from its page instead.")
    if proposal.merged_into_id is not None:
        raise Conflict(f"{proposal.label} lives on in P-{proposal.merged_into_id}. Work on that one.")
    if proposal.closed_at is not None:
        raise Conflict(f"{proposal.label} is closed. Take it up again from its page instead.")
    if proposal.is_locked:
        raise Conflict(
            f"{proposal.label} is under review and cannot be changed. Wait for the decision, or recall it."
        )
    return proposal


def owner_for(session: Session, owner_id: int) -> User:
    """Return somebody who may own a proposal.

    :raises Invalid: there is no such user, or their role does not include proposals.
    """
    owner = session.get(User, owner_id)
    if owner is None or not owner.is_active or not owner.may(Right.PROPOSE):
        reason = "Choose somebody who works on proposals and can still sign in."
        raise Invalid(reason, [{"field": "owner_id", "reason": reason}])
    return owner
