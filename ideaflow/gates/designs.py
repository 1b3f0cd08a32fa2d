"""A customer's design becomes a deliverable of the stage its proposal is in."""

from collections.abc import Callable
from dataclasses import dataclass

from ideaflow.audit import Actor
from ideaflow.codesign import versions
from ideaflow.codesign.designs import queries as drafts
from ideaflow.codesign.designs.models import DesignDraft, DesignVersion
from ideaflow.codesign.models import CodesignSession
from ideaflow.db import transaction
from ideaflow.errors import Conflict
from ideaflow.gates import queries
from ideaflow.gates.models import Deliverable
from ideaflow.gates.moving import journey_for_change
from ideaflow.gates.policy import DeliverableStatus, State
from ideaflow.gates.process.definition import DeliverableRule
from ideaflow.gates.review import packing
from ideaflow.gates.working import set_deliverable
from ideaflow.proposals.models import Proposal

FITTING = ("design", "sketch", "concept", "solution", "prototype", "specification", "product")
"""What deliverables are called that a design can be; the first that fits is offered first."""


@dataclass(frozen=True)
class Table:
    """What the stage of a proposal still asks for, what fits first; and which designs lie there, by link."""

    open: list[DeliverableRule]
    taken: dict[str, str]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(rule.key, rule.name) for rule in self.open]


def table_of(proposal: Proposal) -> Table:
    """Return where a design could go; empty where nothing is asked for now."""
    journey = queries.journey_of(proposal.id)
    if journey is None or journey.where not in (State.WORKING, State.GATE_READY):
        return Table([], {})
    lines = packing.deliverables_of(journey)
    free = [line["rule"] for line in lines if line["status"] is DeliverableStatus.OPEN]
    taken = {line["row"].link: line["rule"].name for line in lines if line["row"] and line["row"].link}
    return Table(sorted(free, key=lambda rule: not _fits(rule)) if proposal.can_be_edited else [], taken)


def lay_on_table(
    session_id: int, version_id: int, key: str, link_of: Callable[[int], str], seen: int, *, by: Actor
) -> Deliverable:
    """Make a version of a draft a deliverable, with where it stands and who designed it.

    :param link_of: where a draft of this number stands, as a whole address.
    :param seen: the version of the co-design session one looked at.
    :raises NotFound: there is no such version or deliverable.
    :raises Conflict: the session is not closed, was changed meanwhile, or something else lies there already.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.standing.is_over:
            raise Conflict("Drafts are shown once the session is closed, to nobody before.")
        versions.check(held, seen, "make a design a deliverable")
        found = drafts.version_of(session_id, version_id)
        for line in packing.deliverables_of(journey_for_change(session, held.proposal_id)):
            if line["rule"].key == key and line["status"] is not DeliverableStatus.OPEN:
                there = line["row"].note or line["row"].link
                raise Conflict(
                    f"{line['rule'].name} is “{line['status'].words}” already: {there or 'without a note'}. "
                    f"Open it again first. Yours was not put there: {_note(held, found)}"
                )
        link = link_of(found.draft.number)
        made = set_deliverable(held.proposal_id, key, DeliverableStatus.DONE, _note(held, found), link, by=by)
        held.version += 1
    return made


def _note(held: CodesignSession, found: DesignVersion) -> str:
    names = {one["key"]: one["name"] for one in held.definition["options"]}
    design = ", ".join(names[key] for key in found.options if key in names)
    return (
        f"Designed by {_designer(found.draft)} (draft {found.draft.number}, version {found.number}): {design}"
    )


def _designer(draft: DesignDraft) -> str:
    maker = draft.participant.contact
    told = f"{maker.name}, {maker.account.name}" if maker.account else maker.name
    return f"{told}, after {draft.parent.participant.contact.name}" if draft.parent else told


def _fits(rule: DeliverableRule) -> bool:
    return any(word in f"{rule.name} {rule.hint}".lower() for word in FITTING)
