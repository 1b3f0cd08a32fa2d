"""What a participant does: answer, page by page, and cast the whole; staff on behalf of an account too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.codesign import sealing, spending
from ideaflow.codesign.kinds.contract import Instrument
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import Ballot, BallotBox, CodesignSession, Participant
from ideaflow.codesign.policy import State
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.queue import defer

LONGEST_COMMENT = 1_000
LONGEST_SECONDS = 600.0


class Outcome(StrEnum):
    """What became of a ballot that was sent."""

    CAST = "cast"
    CHANGED = "changed"  # It takes the place of the one before.
    TWICE = "twice"  # It was in already; nothing was changed.
    LATE = "late"  # The session had closed: kept, not counted.


@dataclass(frozen=True)
class Draft:
    """What a participant has answered so far.

    :ivar seed: of their questions.
    :ivar seconds: by step, how long its page was looked at.
    """

    seed: int
    answers: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None, seed: int) -> "Draft":
        """Return what was kept, or a new one."""
        if not kept:
            return cls(seed)
        return cls(int(kept.get("seed", seed)), kept.get("answers", {}), kept.get("seconds", {}))

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"seed": self.seed, "answers": dict(self.answers), "seconds": dict(self.seconds)}

    def with_answer(self, step: str, answer: Any, seconds: float | None) -> "Draft":
        """Return it with a step answered; seconds of several looks add up."""
        times = dict(self.seconds)
        if seconds is not None:
            times[step] = round(min(times.get(step, 0.0) + max(seconds, 0.0), LONGEST_SECONDS), 1)
        return Draft(self.seed, {**self.answers, step: answer}, times)

    def is_whole(self, instrument: Instrument, definition: Mapping[str, Any]) -> bool:
        """Return whether enough is answered to be cast."""
        steps = {step.key for step in instrument.steps(definition, self.seed, self.answers)}
        answered = sum(key in steps for key in self.answers)
        return answered >= instrument.least_answers(definition, self.seed)


def keep_draft(participant_id: int, draft: Draft) -> None:
    """Keep what a participant of a confidential session has answered so far; after the close too."""
    with transaction() as session:
        participant = session.get_one(Participant, participant_id, with_for_update=True)
        participant.draft = draft.kept()
        participant.started_at = participant.started_at or now()


def cast(participant_id: int, draft: Draft, receipt: str, *, comment: str = "", secret: str) -> Outcome:
    """Cast a participant's ballot: counted once, whatever is sent how often.

    :param receipt: what the voter is shown; sent again with the same ballot, it is found again.
    :param secret: the server's, from which the key of an anonymous session's box is made.
    :raises Invalid: questions are open, or the comment is too long.
    :raises Conflict: the session closed, and an earlier ballot of theirs counts.
    """
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(f"At most {LONGEST_COMMENT:,} characters.", [{"field": "comment", "reason": "long"}])
    with transaction() as session:
        participant, held = _for_casting(session, participant_id)
        if held.is_anonymous and (participant.is_done or participant.is_late):
            return Outcome.TWICE
        if not draft.is_whole(INSTRUMENTS[held.instrument], held.definition):
            raise Invalid("Questions are still open.", [{"field": "answers", "reason": "open"}])
        keep = _drop_sealed if held.is_anonymous else _keep_named
        return keep(session, held, participant, draft, receipt, " ".join(comment.split()), secret)


def cast_for(
    session_id: int, account_id: int, answers: Mapping[str, Any], *, comment: str = "", by: Actor
) -> Ballot:
    """Cast a ballot on behalf of an account, as one of ours heard it: a series of its own, never counted in.

    :raises NotFound: there is no such session or account.
    :raises Conflict: the session is not open.
    """
    with transaction() as session:
        held = session.get(CodesignSession, session_id, with_for_update={"read": True})
        account = session.get(Account, account_id)
        if held is None or account is None:
            raise NotFound("There is no such session or account.")
        if not held.is_open:
            raise Conflict("This session is not open; nothing is counted any more.")
        draft = Draft(held.seed, answers)
        if not draft.is_whole(INSTRUMENTS[held.instrument], held.definition):
            raise Invalid("Answer every question, as the customer did.")
        ballot = Ballot(
            session_id=held.id, proxy_account_id=account.id, proxy_by_id=by.id, answers=dict(answers),
            seconds={}, comment=comment[:LONGEST_COMMENT], cast_at=now(),
        )  # fmt: skip
        session.add(ballot)
        audit.record(by, "codesign.cast_for", held, after={"account": account.name})
    return ballot


def _for_casting(session: Session, participant_id: int) -> tuple[Participant, CodesignSession]:
    """Return participant and session, locked: a close waits for ballots under way, a second ballot too."""
    session_id = session.scalar(select(Participant.session_id).where(Participant.id == participant_id))
    held = session.get(
        CodesignSession, session_id, with_for_update={"read": True}, populate_existing=True
    ) if session_id else None  # fmt: skip
    if held is None or held.state == State.DRAFT:
        raise NotFound()
    participant = session.get_one(Participant, participant_id, with_for_update=True, populate_existing=True)
    return participant, held


def _keep_named(
    session: Session, held: CodesignSession, participant: Participant, draft: Draft, receipt: str,
    comment: str, _secret: str,
) -> Outcome:  # fmt: skip
    before = session.scalar(select(Ballot).where(Ballot.participant_id == participant.id))
    is_late = not held.is_open
    if before is not None and is_late:
        raise Conflict("closed")
    receipt_hash = sealing.receipt_hash(held.id, receipt)
    values: dict[str, Any] = {
        "answers": dict(draft.answers), "seconds": dict(draft.seconds), "comment": comment,
        "is_late": is_late, "cast_at": now(), "receipt_hash": None if is_late else receipt_hash,
    }  # fmt: skip
    if not is_late and spending.has_money(held):
        values["answers"] = spending.charge(
            session, held, participant, draft.answers, before.answers if before else {}
        )
    participant.draft = {**draft.kept(), "answers": values["answers"]}
    participant.is_late, participant.is_done = is_late, not is_late
    participant.started_at = participant.started_at or now()
    participant.done_at = now()
    if INSTRUMENTS[held.instrument].learns:
        defer("codesign.learn", alone=f"codesign.learn:{held.id}", session_id=held.id)
    if before is None:
        session.add(Ballot(session_id=held.id, participant_id=participant.id, **values))
        return Outcome.LATE if is_late else Outcome.CAST
    is_same = before.receipt_hash == receipt_hash
    for name, value in values.items():
        setattr(before, name, value)
    return Outcome.TWICE if is_same else Outcome.CHANGED


def _drop_sealed(
    session: Session, held: CodesignSession, participant: Participant, draft: Draft, receipt: str,
    comment: str, secret: str,
) -> Outcome:  # fmt: skip
    is_late = not held.is_open
    account_id, segment = session.execute(
        select(Contact.account_id, Account.segment)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Contact.id == participant.contact_id)
    ).one()
    # Account and segment go into the sealed ballot, and out of it with the close: docs/codesign.md.
    # A late one stays sealed and is counted nowhere: it names nobody.
    account = "" if is_late else account_id or f"contact {participant.contact_id}"
    value = {
        "account": account, "segment": "" if is_late else segment or "",
        "answers": dict(draft.answers), "seconds": list(draft.seconds.values()), "comment": comment,
        "late": is_late,
    }  # fmt: skip
    box = session.get_one(BallotBox, held.id, with_for_update=True, populate_existing=True)
    box.sealed = sorted([*box.sealed, sealing.seal(value, sealing.key_of(secret, held.id))])
    if is_late:
        participant.is_late = True
        return Outcome.LATE
    box.receipts = sorted([*box.receipts, sealing.receipt_hash(held.id, receipt)])
    participant.is_done = True
    return Outcome.CAST
