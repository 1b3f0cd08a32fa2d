"""A chosen version of a draft becomes evidence of the proposal."""

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import today
from ideaflow.codesign import versions
from ideaflow.codesign.designs import queries
from ideaflow.codesign.designs.models import DesignVersion
from ideaflow.codesign.findings.words import price
from ideaflow.codesign.models import CodesignSession
from ideaflow.db import transaction
from ideaflow.errors import Conflict
from ideaflow.proposals import service as proposals
from ideaflow.proposals.proofs.terms import Outcome, StudyMethod
from ideaflow.wording import plural


def cite_version(
    session_id: int, version_id: int, criterion: str, seen: int | None, *, by: Actor
) -> DesignVersion:
    """Make a version of a draft a study that proves the proposal; citing it again only adds the criterion.

    :param criterion: the key of a gate's criterion; empty: the case as a whole.
    :raises NotFound: there is no such version in this session.
    :param seen: the version of the session one looked at; None: whatever stands.
    :raises Conflict: the session is not closed yet, or was changed meanwhile.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.standing.is_over:
            raise Conflict("Drafts are shown once the session is closed, to nobody before.")
        versions.check(held, seen, "use a draft as evidence")
        found = queries.version_of(session_id, version_id)
        number = f"Draft {found.draft.number}, version {found.number}"
        if found.study_id is None:
            behind = queries.standings(session_id).get(found.draft_id, queries.Standing())
            study = proposals.keep_study(
                {
                    "title": f"{number}: {held.title}"[:300], "method": StudyMethod.LEAD_USERS,
                    "outcome": Outcome.FOR.value, "finding": _told(held, found, behind.accounts)[:300],
                    "participant_count": 1 + len(behind.endorsed_by), "account_count": 1 + behind.accounts,
                    "held_on": held.closed_at.date() if held.closed_at else today(), "url": "",
                },
                by=by,
            )  # fmt: skip
            found.study_id = study.id
        note = f"{number}, by a customer"
        proposals.add_study(held.proposal_id, found.study_id, note=note, criterion=criterion, by=by)
        held.version += 1
        audit.record(by, "codesign.cite_draft", held, after={"draft": number, "criterion": criterion})
    return found


def _told(held: CodesignSession, found: DesignVersion, behind: int) -> str:
    """Return a design in one sentence."""
    names = {one["key"]: one["name"] for one in held.definition["options"]}
    within = f" in {plural(found.days, 'day')}" if found.days else ""
    others = f" {plural(behind, 'other account')} behind it." if behind else ""
    design = ", ".join(names[key] for key in found.options if key in names)
    return f"{design}: {price(found.price, held.definition['currency'])}{within}.{others}"
