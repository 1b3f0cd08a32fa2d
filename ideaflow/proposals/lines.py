"""The evidence of a proposal line by line: what it was when added, what it is now, what it speaks to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from ideaflow import config
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.proposals import parts, seen
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.proposals.parts import CriterionWords
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.proposals.proofs.changes import Change, changes, summary
from ideaflow.themes.models import Theme


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence: what it points to, as it was when added beside as it is now."""

    evidence: Evidence
    name: str
    then: str
    now: str
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class LineGroup:
    """Evidence that belongs together: of one kind, or speaking to one criterion.

    :param note: what the criterion asks, or at which gate it is asked.
    """

    name: str
    note: str
    lines: list[EvidenceLine]


def lines_of(proposal_id: int) -> list[EvidenceLine]:
    """Return the evidence of a proposal in the order it was added."""
    query = (
        select(Evidence)
        .options(
            *(
                joinedload(tie)
                for tie in (
                    Evidence.added_by, Evidence.theme, Evidence.account, Evidence.opportunity,
                    Evidence.study, Evidence.move,
                )
            ),
            joinedload(Evidence.statement).joinedload(Statement.item).joinedload(FeedbackItem.account),
        )
        # What was merged elsewhere stays readable where it was cited.
        .where(or_(Evidence.serves_id == proposal_id, Evidence.proposal_id == proposal_id))
        .where(Evidence.removed_at.is_(None))
        .order_by(Evidence.added_at, Evidence.id)
    )  # fmt: skip
    found = db.session.scalars(query).all()
    living, currency = _living(proposal_id), config.read().currency
    return [_line(evidence, living, currency) for evidence in found]


def by_kind(lines: Sequence[EvidenceLine]) -> list[LineGroup]:
    """Return evidence in groups of one kind, in the order of kinds."""
    words = {EvidenceKind.OPPORTUNITY: "Opportunities", EvidenceKind.STUDY: "Studies"}
    groups = []
    for kind in EvidenceKind:
        own = [line for line in lines if line.evidence.kind == kind]
        if own:
            name = words.get(kind, f"{kind.words.capitalize()}s")
            name = "Competitors’ moves" if kind is EvidenceKind.COMPETITOR_MOVE else name
            groups.append(LineGroup(name, "", own))
    return groups


def by_criterion(
    lines: Sequence[EvidenceLine], criteria: Sequence[CriterionWords]
) -> tuple[list[LineGroup], list[CriterionWords]]:
    """Return evidence by the criterion it speaks to, and the next gate's criteria that nothing speaks to.

    Evidence that speaks to no criterion comes last; criteria that fill themselves ask for no evidence.
    """
    own: dict[str | None, list[EvidenceLine]] = defaultdict(list)
    known = {criterion.key: criterion for criterion in criteria}
    for line in lines:
        key = line.evidence.criterion_key
        own[key if key in known else None].append(line)
    groups = [
        LineGroup(one.name, one.question if one.is_next else f"asked at {one.gate}", own[key])
        for key, one in known.items()
        if own[key]
    ]
    if own[None]:
        groups.append(LineGroup("The case as a whole", "", own[None]))
    bare = [one for one in known.values() if one.is_next and not one.fills_itself and not own[one.key]]
    return groups, bare


def criteria_for(proposal: Proposal) -> list[CriterionWords]:
    """Return the criteria that the gates of a proposal will ask, the next gate's first, each once."""
    found = {criterion.key: criterion for criterion in reversed(parts.criteria_of(proposal))}
    return list(reversed(found.values()))


def _line(evidence: Evidence, living: dict[int, Theme], currency: str) -> EvidenceLine:
    live = seen.now_of(evidence, living)
    then = evidence.snapshot
    return EvidenceLine(
        evidence,
        str((live or then or {}).get("name") or evidence.title),
        summary(evidence.kind, then, currency),
        summary(evidence.kind, live, currency),
        changes(evidence.kind, then, live, currency),
    )


def _living(proposal_id: int) -> dict[int, Theme]:
    """Return for each cited theme that was merged since the one it lives on in."""
    lineage = lineage_of(
        current().where(or_(Evidence.serves_id == proposal_id, Evidence.proposal_id == proposal_id))
    )
    rows = db.session.execute(
        select(lineage.c.theme_id, Theme)
        .join(Theme, Theme.id == lineage.c.now_id)
        .where(Theme.merged_into_id.is_(None), lineage.c.theme_id != lineage.c.now_id)
    )
    return {row[0]: row[1] for row in rows}
