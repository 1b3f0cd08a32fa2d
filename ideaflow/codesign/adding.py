"""What participants add to a running session, read by staff before others see it; and what it learns by."""

import secrets

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.codesign.kinds.options import LONGEST_NAME, MOST
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import Addition, Ballot, CodesignSession, Participant
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound

MOST_WAITING, MOST_OF_ONE = 200, 10
# Anonymous additions have numbers of chance: counted on, a number would tell when it came.
FIRST_OF_CHANCE, LAST_OF_CHANCE = 2**40, 2**53


def add(participant_id: int, typed: str) -> Addition:
    """Take what a participant misses among the options; the same again changes nothing.

    :raises Invalid: with the code of what is wrong as its reason: empty, long, there, many.
    :raises NotFound: the session takes no additions.
    """
    text = " ".join(typed.split())
    with transaction() as session:
        participant = session.get_one(Participant, participant_id)
        held = session.get_one(CodesignSession, participant.session_id, with_for_update=True)
        if not held.is_open or not (
            INSTRUMENTS[held.instrument].takes_additions and held.definition.get("additions")
        ):
            raise NotFound()
        _refuse("empty" if not text else "long" if len(text) > LONGEST_NAME else "")
        options = {one["name"].casefold() for one in held.definition["options"]}
        _refuse("there" if text.casefold() in options else "")
        of_session = select(Addition).where(Addition.session_id == held.id)
        known = session.scalar(of_session.where(Addition.text == text))
        if known is not None:
            return known
        whose = None if held.is_anonymous else participant.contact_id
        waiting = select(func.count()).select_from(of_session.where(Addition.state == "waiting").subquery())
        own = select(func.count()).select_from(of_session.where(Addition.contact_id == whose).subquery())
        many = (session.scalar(waiting) or 0) >= MOST_WAITING
        _refuse("many" if many or (whose and (session.scalar(own) or 0) >= MOST_OF_ONE) else "")
        found = Addition(session_id=held.id, contact_id=whose, text=text)
        if held.is_anonymous:
            found.id = secrets.randbelow(LAST_OF_CHANCE - FIRST_OF_CHANCE) + FIRST_OF_CHANCE
        session.add(found)
        session.flush()
        if held.is_anonymous:
            _mix(session, held.id)
    return found


def decide(session_id: int, addition_id: int, *, show: bool, by: Actor) -> Addition:
    """Show an addition to all participants, or refuse it.

    :raises Conflict: it is decided already, the session is over, or has as many options as it can.
    """
    with transaction() as session:
        held = session.get(CodesignSession, session_id, with_for_update=True)
        found = session.get(Addition, addition_id, with_for_update=True)
        if held is None or found is None or found.session_id != session_id:
            raise NotFound()
        if found.state != "waiting":
            word = "shown" if found.state == "shown" else "refused"
            raise Conflict(f"“{found.text}” was {word} already, by somebody else. Nothing was changed.")
        if not held.is_open:
            raise Conflict("The session has closed; nothing is asked any more.")
        if show:
            options = list(held.definition["options"])
            if len(options) >= MOST:
                raise Conflict(f"There are {MOST} already, more than anybody answers. Refuse it.")
            number = sum(one.get("is_added", False) for one in options) + 1
            new = {"key": f"c{number}", "name": found.text, "note": "", "is_added": True}
            held.definition = {**held.definition, "options": [*options, new]}
            held.version += 1
        found.state = "shown" if show else "refused"
        found.decided_by_id, found.decided_at = by.id, now()
        audit.record(by, "codesign.show_addition" if show else "codesign.refuse_addition", held,
                     after={"text": found.text})  # fmt: skip
    return found


def learn(session_id: int) -> None:
    """Note what is known of an open, confidential session, to choose next questions by."""
    with transaction() as session:
        held = session.get(CodesignSession, session_id, with_for_update=True)
        if held is None or not held.is_open or held.is_anonymous:
            return
        cast = select(Ballot.answers).where(
            Ballot.session_id == held.id, Ballot.participant_id.is_not(None), ~Ballot.is_late
        )
        instrument = INSTRUMENTS[held.instrument]
        held.learned = instrument.standing(held.definition, session.scalars(cast).all())


def _mix(session: Session, session_id: int) -> None:
    """Write a session's additions anew in an order of chance.

    PostgreSQL keeps rows in the order they were written, and a dump tells it: in the order they came in they
    would lie as their authors signed in and voted.
    """
    ids = list(session.scalars(select(Addition.id).where(Addition.session_id == session_id)))
    secrets.SystemRandom().shuffle(ids)
    for one in ids:
        session.execute(update(Addition).where(Addition.id == one).values(text=Addition.text))


def _refuse(code: str) -> None:
    if code:
        raise Invalid("This cannot be added.", [{"field": "text", "reason": code}])
