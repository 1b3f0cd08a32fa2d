"""What staff do with a session before it closes: begin, edit, open, give it more time, drop it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.codesign import inviting, versions
from ideaflow.codesign.kinds.contract import Problem
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import BallotBox, CodesignSession, Participant
from ideaflow.codesign.policy import LONGEST_INTRO, LONGEST_TITLE, Mode, State, deadline_problem
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.proposals.models import Proposal
from ideaflow.saving import refuse, save

EDITED = ("title", "intro", "definition", "mode", "closes_at", "criterion_key")


def begin(
    proposal_id: int, instrument: str, title: str, *, criterion: str | None = None, by: Actor
) -> CodesignSession:
    """Begin a session on a proposal; it is a draft until it opens.

    :raises NotFound: there is no such proposal.
    :raises Invalid: no question, or no such instrument.
    :raises Conflict: nobody works on the proposal any more.
    """
    title = " ".join(title.split())
    refuse(_title_problems(title), "The session was not begun.")
    if instrument not in INSTRUMENTS:
        raise Invalid("Choose how to ask.", [{"field": "instrument", "reason": "Choose one."}])
    with transaction() as session:
        proposal = session.get(Proposal, proposal_id)
        if proposal is None:
            raise NotFound()
        if not proposal.is_live:
            raise Conflict(f"{proposal.label} is not worked on any more; take it up again first.")
        held = CodesignSession(
            proposal_id=proposal_id, title=title, instrument=instrument,
            definition=dict(INSTRUMENTS[instrument].blank()), mode=Mode.CONFIDENTIAL, state=State.DRAFT,
            criterion_key=criterion or None, seed=secrets.randbelow(2**31), created_by_id=by.id,
        )  # fmt: skip
        session.add(held)
        audit.record(by, "codesign.begin", held, after={"proposal": proposal.label, "instrument": instrument})
    return held


def edit(session_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> CodesignSession:
    """Change a draft. What is still missing is said when it opens; what is wrong, now.

    :param values: of ``EDITED``.
    :raises Conflict: it was opened: what is asked does not change under who answers.
    :raises Overtaken: it was saved by somebody else since.
    """
    refuse(_title_problems(values["title"]) + _length_problems(values), "The session was not saved.")
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.is_draft:
            raise Conflict("This session was opened: what is asked does not change under who answers.")
        save(held, {name: values[name] for name in EDITED}, version, "codesign.edit", by=by)
    return held


def problems_of(held: CodesignSession) -> list[Problem]:
    """Return what must be mended before a session can open."""
    problems = INSTRUMENTS[held.instrument].problems(held.definition)
    if held.is_anonymous and not INSTRUMENTS[held.instrument].can_be_anonymous:
        reason = "Who buys has an account’s budget, so ballots cannot be anonymous: choose confidential."
        problems = [*problems, {"field": "mode", "reason": reason}]
    deadline = deadline_problem(held.closes_at, now())
    return [*problems, {"field": "closes_at", "reason": deadline}] if deadline else problems


def open_session(session_id: int, version: int, *, by: Actor) -> CodesignSession:
    """Open a draft: ballots count from now on, and who was chosen is told.

    :raises Invalid: something is missing.
    :raises Conflict: it is open already, or was changed since it was looked at.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.is_draft:
            raise Conflict("This session was opened already.")
        versions.check(held, version, "open it")
        refuse(problems_of(held), "The session cannot open yet.")
        held.state, held.opened_at = State.OPEN, now()
        held.version += 1
        if held.is_anonymous:
            session.add(BallotBox(session_id=held.id, sealed=[], receipts=[]))
        audit.record(by, "codesign.open", held, after={"closes_at": held.closes_at, "mode": held.mode})
        inviting.tell_invited(session, held)
    return held


def extend(session_id: int, closes_at: datetime | None, version: int, *, by: Actor) -> CodesignSession:
    """Give an open session another last day.

    :raises Invalid: the day is no day to come.
    :raises Conflict: it has closed, or was changed since it was looked at.
    """
    problem = deadline_problem(closes_at, now())
    refuse([{"field": "closes_at", "reason": problem}] if problem else [], "The day was not changed.")
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.is_open:
            raise Conflict("This session has closed; its result is frozen. Begin a new one to ask again.")
        versions.check(held, version, "change its last day")
        before = held.closes_at
        held.closes_at = closes_at
        held.version += 1
        audit.record(
            by, "codesign.extend", held, before={"closes_at": before}, after={"closes_at": closes_at}
        )
    return held


def drop(session_id: int, version: int, *, by: Actor) -> int:
    """Take a draft away that was never opened; returns its proposal.

    :raises Conflict: it was opened, or changed since it was looked at.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.is_draft:
            raise Conflict("This session was opened; it stays with its answers.")
        versions.check(held, version, "drop the draft")
        audit.record(by, "codesign.drop", held, before={"title": held.title})
        session.query(Participant).where(Participant.session_id == held.id).delete()
        session.delete(held)
    return held.proposal_id


def _title_problems(title: str) -> list[Problem]:
    if title and len(title) <= LONGEST_TITLE:
        return []
    reason = f"Write the question, in at most {LONGEST_TITLE} characters: it is the title customers read."
    return [{"field": "title", "reason": reason}]


def _length_problems(values: Mapping[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    if len(values["intro"]) > LONGEST_INTRO:
        problems.append({"field": "intro", "reason": f"At most {LONGEST_INTRO:,} characters."})
    if values["mode"] not in set(Mode):
        problems.append({"field": "mode", "reason": "Choose confidential or anonymous."})
    if len(str(values["definition"])) > 60_000:
        problems.append({"field": "options", "reason": "That is too much text for one session."})
    return problems
