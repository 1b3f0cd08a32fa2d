"""How a session ends: closed by hand or by the clock, tallied by a job, published, made evidence."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ideaflow import audit, typed
from ideaflow.accounts.models import Account, Contact
from ideaflow.accounts.queries import our_revenue
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now, today
from ideaflow.codesign import hooks, inviting, queries, sealing, versions
from ideaflow.codesign.counting.ballots import Ballot as Cast
from ideaflow.codesign.counting.flags import is_speeding
from ideaflow.codesign.hooks import Happened, SessionEvent
from ideaflow.codesign.kinds.contract import Answers, Instrument
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import (
    AnonymousBallot,
    Ballot,
    BallotBox,
    CodesignSession,
    Participant,
    Tally,
)
from ideaflow.codesign.policy import State, reminder_is_due
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.proposals import service as proposals
from ideaflow.proposals.proofs.terms import Outcome, StudyMethod
from ideaflow.queue import defer


def close(session_id: int, seen: int | None, *, by: Actor) -> CodesignSession:
    """Let no ballot count any more, and queue the tally. Closing twice changes nothing.

    :param seen: the version one looked at; None: the clock closes.
    :raises NotFound: there is no such session.
    :raises Conflict: it was never opened, or was changed meanwhile.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if held.state == State.DRAFT:
            raise Conflict("This session has not been opened yet.")
        if held.state == State.OPEN:
            versions.check(held, seen, "close it")
            held.closed_at = min(now(), held.closes_at or now())
            held.state = State.CLOSED
            held.version += 1
            audit.record(by, "codesign.close", held, before={"state": "open"}, after={"state": "closed"})
            defer("codesign.tally", alone=f"codesign.tally:{held.id}", session_id=held.id)
    return held


def keep_time() -> None:
    """Do what the clock asks: close what has passed its deadline, remind the silent in the last days."""
    due = select(CodesignSession.id).where(CodesignSession.state == State.OPEN)
    for session_id in db.session.scalars(due.where(CodesignSession.closes_at <= now())).all():
        close(session_id, None, by=SYSTEM)
    for held in queries.open_sessions():
        if held.opened_at and reminder_is_due(held.closes_at, held.opened_at, now()):
            try:
                inviting.remind(held.id, None, by=SYSTEM)
            except Conflict:  # Nobody is silent.
                continue


def tally(session_id: int, *, secret: str) -> Tally | None:
    """Add a closed session's ballots up, once, and freeze what comes out; open an anonymous box for good.

    :raises Unavailable: the box does not open, as the server's secret has changed.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not State(held.state).is_over:
            return None
        known = queries.tally_of(session_id)
        if known is not None:
            return known
        from ideaflow.codesign import reckoning  # Loads numpy: a worker does, no page.

        instrument = INSTRUMENTS[held.instrument]
        cast = _sealed(session, held, secret) if held.is_anonymous else _named(held)
        counted = [
            reckoning.Counted(_flagged(one, instrument, held), one["comment"], sum(one["seconds"]) or None)
            for one in [*cast, *_by_proxy(held)]
        ]
        if held.is_anonymous:
            _open_box(session, held, counted[: len(cast)], reckoning.coarse([one["segment"] for one in cast]))
        largest = _largest({one["account"] for one in cast})
        result = reckoning.reckon(instrument, held.definition, counted, held.seed, largest=largest)
        result = reckoning.as_kept({**result, "response": _response(held)})
        frozen = Tally(
            session_id=held.id, result=result, hash=reckoning.seal_of(asked(held) | {"result": result}),
            tallied_at=now(),
        )  # fmt: skip
        session.add(frozen)
        audit.record(SYSTEM, "codesign.tally", held, after={"hash": frozen.hash})
    return frozen


def asked(held: CodesignSession) -> dict[str, Any]:
    """Return what a frozen result is hashed with: what was asked, and how."""
    return {
        "title": held.title, "instrument": held.instrument, "definition": held.definition,
        "mode": held.mode, "seed": held.seed,
    }  # fmt: skip


def holds(held: CodesignSession, frozen: Tally) -> bool:
    """Return whether a frozen result still fits its hash."""
    from ideaflow.codesign import reckoning

    return reckoning.seal_of(asked(held) | {"result": frozen.result}) == frozen.hash


def publish(session_id: int, version: int, *, by: Actor) -> CodesignSession:
    """Let everybody who was asked read the result, and tell those who answered.

    :raises Conflict: there is no result yet, or the session was changed meanwhile.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if held.state == State.PUBLISHED:
            return held
        if queries.tally_of(session_id) is None:
            raise Conflict("The ballots are not added up yet. Look again in a minute.")
        versions.check(held, version, "publish the result")
        held.state, held.published_at = State.PUBLISHED, now()
        held.version += 1
        audit.record(by, "codesign.publish", held, before={"state": "closed"}, after={"state": "published"})
        took_part = select(Participant.contact_id).where(_of(held), Participant.is_done | Participant.is_late)
        people = session.scalars(took_part.order_by(Participant.id)).all()
        hooks.tell(SessionEvent(Happened.PUBLISHED, held.id, people))
    return held


def cite(session_id: int, criterion: str, outcome: str, seen: int | None, *, by: Actor) -> CodesignSession:
    """Make the result evidence of the proposal: a study, frozen with its numbers, for one criterion.

    :param criterion: the key of a gate's criterion; empty: the case as a whole.
    :param outcome: of ``Outcome``: what it says about the proposal.
    :param seen: the version one looked at; None: whatever stands.
    :raises Conflict: there is no result, the proposal cannot be changed now, or somebody was faster.
    :raises Invalid: too few accounts answered to prove anything.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        frozen = queries.tally_of(session_id)
        if frozen is None:
            raise Conflict("The ballots are not added up yet. Look again in a minute.")
        if "not_enough" in frozen.whole:
            raise Invalid("Too few accounts answered: this proves nothing yet. Ask more of them.")
        versions.check(held, seen, "use it as evidence")
        if held.study_id is None:
            finding = frozen.result["finding"]
            told = f"{finding['lead']} {finding['rest']}".strip()
            study = proposals.keep_study(study_of(held, frozen, Outcome(outcome), told), by=by)
            held.study_id = study.id
        note = seal_note(frozen)
        proposals.add_study(held.proposal_id, held.study_id, note=note, criterion=criterion, by=by)
        held.version += 1
        audit.record(by, "codesign.cite", held, after={"criterion": criterion, "outcome": outcome})
    return held


def study_of(held: CodesignSession, frozen: Tally, outcome: Outcome, finding: str) -> dict[str, Any]:
    """Return a result as a study that proves a proposal."""
    care = frozen.result["care"]
    return {
        "title": f"{INSTRUMENTS[held.instrument].name}: {held.title}"[:300], "method": StudyMethod.SURVEY,
        "outcome": outcome.value, "finding": finding[:300], "participant_count": care["persons"],
        "account_count": care["accounts"], "url": "",
        "held_on": held.closed_at.date() if held.closed_at else today(),
    }  # fmt: skip


def seal_note(frozen: Tally) -> str:
    """Return by what a result can be known again."""
    return f"Frozen {frozen.tallied_at:%Y-%m-%d}, seal {frozen.hash[:12]}"


def _named(held: CodesignSession) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Ballot, Contact.account_id, Contact.id, Account.segment)
        .join(Participant, Participant.id == Ballot.participant_id)
        .join(Contact, Contact.id == Participant.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Ballot.session_id == held.id, ~Ballot.is_late)
        .order_by(Ballot.id)
    )
    return [
        {
            "account": str(account or f"contact {contact}"), "segment": segment or "", "is_proxy": False,
            "answers": ballot.answers, "seconds": list(ballot.seconds.values()), "comment": ballot.comment,
        }
        for ballot, account, contact, segment in rows
    ]  # fmt: skip


def _by_proxy(held: CodesignSession) -> list[dict[str, Any]]:
    return [
        {
            "account": str(one.proxy_account_id), "segment": "", "is_proxy": True, "answers": one.answers,
            "seconds": [], "comment": one.comment,
        }
        for one in queries.proxy_accounts(held.id)
    ]  # fmt: skip


def _sealed(session: Session, held: CodesignSession, secret: str) -> list[dict[str, Any]]:
    """Return the ballots in the box, in an order of chance; late ones stay in it, sealed."""
    box = session.get_one(BallotBox, held.id, with_for_update=True, populate_existing=True)
    key = sealing.key_of(secret, held.id)
    opened = [(one, sealing.unseal(one, key)) for one in box.sealed]
    box.sealed = [one for one, ballot in opened if ballot["late"]]
    found = [
        {**ballot, "account": str(ballot["account"]), "is_proxy": False}
        for _, ballot in opened
        if not ballot["late"]
    ]
    secrets.SystemRandom().shuffle(found)
    return found


def _flagged(one: Mapping[str, Any], instrument: Instrument, held: CodesignSession) -> Cast[Answers]:
    return Cast(
        one["account"], one["answers"], one["segment"], one["is_proxy"], is_speeding(one["seconds"]),
        instrument.is_straight(held.definition, one["answers"]),
    )  # fmt: skip


def _open_box(
    session: Session, held: CodesignSession, counted: Sequence[Any], segments: Mapping[str, str]
) -> None:
    """Write opened ballots, all at once: no account, no time, a segment only from five voters up."""
    made = [
        AnonymousBallot(
            session_id=held.id, segment=segments[one.ballot.segment], answers=dict(one.ballot.answers),
            comment=one.comment, is_speeding=one.ballot.is_speeding, is_straight=one.ballot.is_straight,
        )
        for one in counted
    ]  # fmt: skip
    session.add_all(made)


def _largest(accounts: set[str]) -> str:
    """Return which of some accounts pays us most."""
    query = select(Account.id).where(
        Account.id.in_(typed.numbers(accounts)), Account.revenue_amount.is_not(None)
    )
    found = db.session.scalar(query.order_by(our_revenue().desc(), Account.id).limit(1))
    return str(found) if found else ""


def _response(held: CodesignSession) -> dict[str, Any]:
    found = queries.responses([held.id]).get(held.id, queries.Response())
    answered = select(Contact.account_id).join(Participant).where(_of(held), Participant.is_done)
    silent = (
        select(Account.id)
        .where(Account.id.in_(select(Contact.account_id).join(Participant).where(_of(held))))
        .where(Account.id.not_in(answered.where(Contact.account_id.is_not(None))))
    )
    revenue = db.session.scalar(select(func.sum(our_revenue())).where(Account.id.in_(silent))) or 0
    total = db.session.scalar(select(func.sum(our_revenue()))) or 0
    late = select(func.count()).select_from(Participant).where(_of(held), Participant.is_late)
    return {
        "persons_invited": found.invited, "persons": found.answered,
        "accounts_invited": found.accounts_invited, "accounts": found.accounts_answered,
        "silent_revenue_share": float(revenue / total) if total else 0.0,
        "late": int(db.session.scalar(late) or 0),
    }  # fmt: skip


def _of(held: CodesignSession) -> ColumnElement[bool]:
    return Participant.session_id == held.id
