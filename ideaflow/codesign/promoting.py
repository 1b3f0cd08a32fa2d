"""What a customer added to a survey, and others liked, becomes a draft proposal of its own."""

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.codesign import closing, queries, versions
from ideaflow.codesign.kinds.options import names_of
from ideaflow.codesign.models import Addition
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.proofs.terms import Outcome
from ideaflow.wording import percent


def propose(session_id: int, option: str, seen: int, *, by: Actor) -> Proposal:
    """Begin a proposal of an option that a customer added, with the result as its evidence.

    :param option: its key; ``seen``: the version of the session one looked at.
    :raises NotFound: no customer added it, or the result does not rank it.
    :raises Conflict: there is no result, it is a proposal already, or the session was changed meanwhile.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        frozen = queries.tally_of(session_id)
        if frozen is None:
            raise Conflict("The ballots are not added up yet. Look again in a minute.")
        name = names_of(held.definition.get("options", [])).get(option, "")
        added = session.scalar(
            select(Addition).where(Addition.session_id == session_id, Addition.text == name).with_for_update()
        )
        row = next((one for one in frozen.whole.get("rows", []) if one["option"] == option), None)
        if added is None or row is None or "score" not in row:
            raise NotFound()
        if added.proposal_id is not None:
            raise Conflict(f"“{name}” is a proposal already: P-{added.proposal_id}.")
        versions.check(held, seen, f"make “{name}” a proposal")
        made = proposals.add_blank(name, by.id or 0, by=by)
        told = (
            f"“{name}”, which a customer added, beats another in {percent(row['score'] / 100)} of pairs "
            f"({row['low']:.0f}–{row['high']:.0f}); rank {row['rank']} of {len(frozen.whole['rows'])}."
        )
        study = proposals.keep_study(closing.study_of(held, frozen, Outcome.FOR, told), by=by)
        proposals.add_study(made.id, study.id, note=closing.seal_note(frozen), criterion="", by=by)
        added.proposal_id = made.id
        held.version += 1
        audit.record(by, "codesign.propose_added", held, after={"text": name, "proposal": made.label})
    return made


def proposed(session_id: int) -> dict[str, int]:
    """Return which options that customers added are proposals by now, by name."""
    query = select(Addition.text, Addition.proposal_id).where(Addition.session_id == session_id)
    rows = db.session.execute(query.where(Addition.proposal_id.is_not(None)))
    return {row[0]: row[1] for row in rows if row[1]}
