"""What a proposal came of, what came of it, and what two owners still have to agree on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from ideaflow.db import db
from ideaflow.proposals.listing import is_live
from ideaflow.proposals.models import MergeRequest, Proposal


@dataclass(frozen=True)
class Kin:
    """The family of a proposal.

    :param taken_in: those merged into it; ``into``: the one it was merged into, with why.
    """

    parent: Proposal | None
    children: Sequence[Proposal]
    taken_in: Sequence[Proposal]
    into: Proposal | None
    reason: str


@dataclass(frozen=True)
class Asked:
    """A request to merge that waits for an answer, with both proposals."""

    request: MergeRequest
    source: Proposal
    target: Proposal

    def may_agree(self, user_id: int) -> bool:
        """Return whether this user is the owner whose word is missing."""
        return user_id in (self.source.owner_id, self.target.owner_id) and user_id != self.request.asked_by_id

    def may_decline(self, user_id: int) -> bool:
        """Return whether this user may leave both as they are: either owner."""
        return user_id in (self.source.owner_id, self.target.owner_id)


def kin_of(proposal: Proposal) -> Kin:
    """Return the family of a proposal, in a constant number of statements."""
    near = select(Proposal).where(
        or_(
            Proposal.parent_id == proposal.id,
            Proposal.merged_into_id == proposal.id,
            Proposal.id.in_([one for one in (proposal.parent_id, proposal.merged_into_id) if one]),
        )
    )
    found = db.session.scalars(near.order_by(Proposal.id)).all()
    by_id = {one.id: one for one in found}
    merged = select(MergeRequest).filter_by(source_id=proposal.id, is_accepted=True)
    request = db.session.scalar(merged) if proposal.merged_into_id else None
    return Kin(
        parent=by_id.get(proposal.parent_id or 0),
        children=[one for one in found if one.parent_id == proposal.id],
        taken_in=[one for one in found if one.merged_into_id == proposal.id],
        into=by_id.get(proposal.merged_into_id or 0),
        reason=request.reason if request else "",
    )


def asked_about(proposal_id: int) -> list[Asked]:
    """Return the requests to merge this proposal, or another into it, that wait for an answer."""
    return _asked(or_(MergeRequest.source_id == proposal_id, MergeRequest.target_id == proposal_id))


def asked_of(user_id: int) -> list[Asked]:
    """Return the requests to merge that wait for this user's word."""
    return [one for one in _asked(MergeRequest.asked_by_id != user_id) if one.may_agree(user_id)]


def others(proposal_id: int) -> Sequence[Proposal]:
    """Return the live proposals that this one may be merged into, by number."""
    query = select(Proposal).where(is_live(), Proposal.id != proposal_id, Proposal.is_locked.is_(False))
    return db.session.scalars(query.order_by(Proposal.id)).all()


def _asked(condition: object) -> list[Asked]:
    source, target = aliased(Proposal), aliased(Proposal)
    query = (
        select(MergeRequest, source, target)
        .join(source, source.id == MergeRequest.source_id)
        .join(target, target.id == MergeRequest.target_id)
        .where(MergeRequest.answered_at.is_(None), condition)  # type: ignore[arg-type]
        .where(source.closed_at.is_(None), source.withdrawn_at.is_(None))
        .where(target.closed_at.is_(None), target.withdrawn_at.is_(None))
        .order_by(MergeRequest.id)
    )
    return [Asked(*row) for row in db.session.execute(query)]
