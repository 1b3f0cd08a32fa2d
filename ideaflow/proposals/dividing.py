"""A proposal is split into children, or an ended one is taken up again: evidence goes along by choice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, Overtaken
from ideaflow.proposals import hooks, policy
from ideaflow.proposals.change import begin, editable, get_for_change
from ideaflow.proposals.evidence import freeze
from ideaflow.proposals.models import Estimate, Evidence, Proposal
from ideaflow.proposals.policy import Origin
from ideaflow.proposals.promoting import take_turn
from ideaflow.proposals.queries import citing
from ideaflow.saving import refuse
from ideaflow.themes import queries as theme_queries
from ideaflow.themes import service as themes
from ideaflow.themes.models import Theme

MOST_CHILDREN = 6
COPIED = tuple(name for name in policy.EDITABLE if name not in ("title", "arena"))


@dataclass(frozen=True)
class Child:
    """A part of a proposal that becomes one of its own, with the evidence that goes along."""

    title: str
    evidence_ids: Collection[int] = field(default_factory=tuple)


def split(proposal_id: int, children: Sequence[Child], version: int, *, by: Actor) -> list[Proposal]:
    """Split a proposal into children; it stays, with its evidence and its way, and they begin as drafts.

    :param version: the one that was looked at.
    :raises Invalid: no child has a title, or two have the same one.
    :raises Overtaken: the proposal was saved by somebody else since.
    :raises Conflict: it cannot be changed now, or is not in work.
    """
    titles = [" ".join(child.title.split()) for child in children]
    refuse(_problems(titles), "The proposal was not split.")
    with transaction() as session:
        parent = editable(session, proposal_id)
        if parent.version != version:
            raise Overtaken(parent.label, parent.version, {}, {})
        hooks.tell_split(parent.id, by)
        made = [
            _beget(session, parent, title, child.evidence_ids, "split", by)
            for title, child in zip(titles, children, strict=True)
        ]
        parent.version += 1
        names = [f"{one.label} {one.title}" for one in made]
        audit.record(by, "proposals.split", parent, after={"children": names})
    return made


def revive(proposal_id: int, evidence_ids: Collection[int], reason: str, *, by: Actor) -> Proposal:
    """Take up again what was killed or withdrawn: a new draft with its words, its history stays with the old.

    Evidence comes along as it looked when it was cited first, so that the draft shows what changed since;
    a theme that works for another proposal by now, or was dismissed, is left out.

    :raises Invalid: no reason is given.
    :raises Conflict: it is still worked on, lives on in another, or was taken up again already.
    """
    reason = reason.strip()
    if not reason:
        words = "Say what has changed, in a sentence."
        raise Invalid(f"Nothing was taken up again. {words}", [{"field": "reason", "reason": words}])
    with transaction() as session:
        take_turn(session)
        old = get_for_change(session, proposal_id)
        _check_ended(session, old)
        free = [one.id for one in reusable(session, old.id) if one.id in set(evidence_ids)]
        made = _beget(session, old, old.title, free, "revived", by)
        cited = [one.theme_id for one in _evidence(session, made.id) if one.theme_id is not None]
        living = {theme_queries.living_id(theme_id) for theme_id in cited}
        themes.mark_proposed(sorted(one for one in living if one is not None), by=by)
        after = {"from": old.label, "state": "withdrawn" if old.withdrawn_at else "closed"}
        audit.record(by, "proposals.revive", made, after=after, reason=reason)
        audit.record(by, "proposals.taken_up", old, after={"as": made.label}, reason=reason)
        freeze(made.id, f"when it was taken up again from {old.label}", by=by)
    return made


def reusable(session: Session, proposal_id: int) -> list[Evidence]:
    """Return the evidence of an ended proposal that a new one may cite."""
    found = _evidence(session, proposal_id)
    ids = {one.theme_id: theme_queries.living_id(one.theme_id) for one in found if one.theme_id is not None}
    living = {one for one in ids.values() if one is not None}
    taken = citing(living)
    opened = {
        theme.id for theme in session.scalars(select(Theme).where(Theme.id.in_(living))) if theme.is_open
    }
    return [
        one
        for one in found
        if one.theme_id is None or (ids[one.theme_id] in opened and ids[one.theme_id] not in taken)
    ]


def _beget(
    session: Session, parent: Proposal, title: str, evidence_ids: Collection[int], tie: str, by: Actor
) -> Proposal:
    child = begin(
        session, title, parent.owner_id if tie == "split" else by.id or parent.owner_id, by=by,
        parent_id=parent.id, origin=Origin(parent.origin), arena=parent.arena,
    )  # fmt: skip
    child.parent_tie = tie
    copied = ("type", "strategy", "problem") if tie == "split" else COPIED
    for name in copied:
        setattr(child, name, getattr(parent, name))
    chosen = set(evidence_ids)
    for one in _evidence(session, parent.id):
        if one.id in chosen:
            session.add(_inherit(one, child, by))
    if tie == "revived":
        for guess in session.scalars(select(Estimate).where(Estimate.proposal_id == parent.id)).all():
            numbers = {"low": guess.low, "likely": guess.likely, "high": guess.high}
            session.add(Estimate(proposal_id=child.id, key=guess.key, **numbers))
    session.flush()
    if tie == "split":
        after = {"from": parent.label, "evidence_count": len(chosen)}
        audit.record(by, "proposals.split_off", child, after=after)
        freeze(child.id, f"when it was split off {parent.label}", by=by)
    return child


def _inherit(one: Evidence, child: Proposal, by: Actor) -> Evidence:
    names = (
        "kind", "theme_id", "statement_id", "account_id", "opportunity_id", "study_id", "move_id", "title",
        "url", "note", "criterion_key", "snapshot", "snapshot_at",
    )  # fmt: skip
    return Evidence(
        proposal_id=child.id, inherited_from_id=one.id, added_by_id=by.id, added_at=now(),
        **{name: getattr(one, name) for name in names},
    )  # fmt: skip


def _evidence(session: Session, proposal_id: int) -> list[Evidence]:
    query = select(Evidence).where(Evidence.serves_id == proposal_id, Evidence.removed_at.is_(None))
    return list(session.scalars(query.order_by(Evidence.id)))


def _check_ended(session: Session, old: Proposal) -> None:
    if old.is_live:
        raise Conflict(f"{old.label} is still worked on; there is nothing to take up again.")
    if old.merged_into_id is not None:
        raise Conflict(f"{old.label} lives on in P-{old.merged_into_id}. Work on that one.")
    again = select(Proposal).filter_by(
        parent_id=old.id, parent_tie="revived", withdrawn_at=None, closed_at=None
    )
    there = session.scalar(again.limit(1))
    if there is not None:
        raise Conflict(f"{old.label} was taken up again already, as {there.label}. Work on that one.")


def _problems(titles: Sequence[str]) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    if not titles or not any(titles):
        problems.append({"field": "title", "reason": "Name at least one child."})
    if len(titles) > MOST_CHILDREN:
        problems.append({"field": "title", "reason": f"At most {MOST_CHILDREN} children at a time."})
    if any(not 1 <= len(title) <= policy.LONGEST_LINE for title in titles if titles):
        words = f"Each child has a title of at most {policy.LONGEST_LINE} characters."
        problems.append({"field": "title", "reason": words})
    if len({title.lower() for title in titles}) < len(titles):
        problems.append({"field": "title", "reason": "Two children have the same title."})
    return problems
