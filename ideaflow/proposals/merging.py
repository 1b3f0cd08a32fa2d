"""Two proposals become one: both owners agree, and the evidence of one serves the other from then on."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.proposals import hooks, policy
from ideaflow.proposals.change import editable
from ideaflow.proposals.evidence import freeze
from ideaflow.proposals.models import Evidence, MergeRequest, Proposal
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.themes.models import Theme


def ask_merge(source_id: int, target_id: int, reason: str, *, by: Actor) -> MergeRequest:
    """Let a proposal live on in another: at once if one owns both, else when the other owner agrees.

    :raises Invalid: no reason is given, or both are the same.
    :raises Forbidden: one owns neither.
    :raises Conflict: one of both cannot be changed now, or such a request waits already.
    """
    reason = reason.strip()
    if not reason or len(reason) > policy.LONGEST_LINE:
        words = f"Say why they are one, in at most {policy.LONGEST_LINE} characters."
        raise Invalid(f"Nothing was merged. {words}", [{"field": "reason", "reason": words}])
    if source_id == target_id:
        words = "Choose another proposal; one cannot be merged into itself."
        raise Invalid(f"Nothing was merged. {words}", [{"field": "target_id", "reason": words}])
    with transaction() as session:
        source, target = _both(session, source_id, target_id)
        if by.id not in (source.owner_id, target.owner_id):
            raise Forbidden(f"Only who owns {source.label} or {target.label} can ask for this.")
        waiting = select(MergeRequest).filter_by(source_id=source_id, answered_at=None)
        if session.scalar(waiting) is not None:
            raise Conflict(f"Somebody asked already where {source.label} should go. Answer that first.")
        request = MergeRequest(
            source_id=source_id, target_id=target_id, reason=reason, asked_by_id=by.id, asked_at=now()
        )
        session.add(request)
        session.flush()
        if source.owner_id == target.owner_id:
            _merge(session, request, source, target, by)
        else:
            told = {"into": target.label}
            audit.record(by, "proposals.ask_merge", source, after=told, reason=reason)
    return request


def answer_merge(request_id: int, is_accepted: bool, *, by: Actor) -> MergeRequest:
    """Agree that two proposals become one, or leave both as they are; who asked may take it back.

    :raises NotFound: there is no such request.
    :raises Forbidden: the answer is another owner's.
    :raises Conflict: it is answered already, or one of both cannot be changed now.
    """
    with transaction() as session:
        found = session.get(MergeRequest, request_id)
        if found is None:
            raise NotFound(f"There is no request {request_id}.")
        source, target = _both(session, found.source_id, found.target_id)
        session.refresh(found, with_for_update=True)
        if found.answered_at is not None:
            raise Conflict("This is answered already. Reload the page to see where both stand.")
        owners = {source.owner_id, target.owner_id}
        if by.id not in owners or (is_accepted and by.id == found.asked_by_id and len(owners) > 1):
            raise Forbidden(f"The other owner answers: {source.label} and {target.label} have two.")
        if is_accepted:
            _merge(session, found, source, target, by)
        else:
            found.answered_at, found.is_accepted = now(), False
            audit.record(by, "proposals.decline_merge", source, after={"into": target.label})
    return found


def _both(session: Session, source_id: int, target_id: int) -> tuple[Proposal, Proposal]:
    """Return both proposals, locked in the order of their numbers, so that nobody waits crosswise."""
    found = {one: editable(session, one) for one in sorted((source_id, target_id))}
    return found[source_id], found[target_id]


def _merge(session: Session, request: MergeRequest, source: Proposal, target: Proposal, by: Actor) -> None:
    ids = sorted({*theme_ids_of(source.id), *theme_ids_of(target.id)})
    # Themes take their turn before anything is audited, as everywhere.
    session.execute(select(Theme.id).where(Theme.id.in_(ids)).order_by(Theme.id).with_for_update())
    freeze(source.id, f"before it was merged into {target.label}", by=by)
    hooks.tell_merged(source.id, target.id, by)
    session.execute(update(Evidence).where(Evidence.serves_id == source.id).values(serves_id=target.id))
    request.answered_at, request.is_accepted = now(), True
    source.merged_into_id, source.closed_at = target.id, now()
    source.version += 1
    target.version += 1
    session.flush()
    session.expire_all()
    told = {"into": target.label}
    audit.record(by, "proposals.merge", source, after=told, reason=request.reason)
    audit.record(by, "proposals.take_in", target, after={"from": source.label}, reason=request.reason)
    freeze(target.id, f"when {source.label} was merged into it", by=by)
