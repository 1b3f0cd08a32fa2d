"""The money of buying: one purse an account and round, one pot an option and round; neither overflows.

Each pledge is a conditional UPDATE inside the transaction that casts its ballot, so that no number of people
at once spends more than there is. Purse first, then pots in the order of their keys: no two wait for each
other.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Contact
from ideaflow.audit import Actor
from ideaflow.codesign import hooks, versions
from ideaflow.codesign.hooks import Happened, SessionEvent
from ideaflow.codesign.kinds.buying import POOL, SOLO, budget_of
from ideaflow.codesign.models import Ballot, CodesignSession, Participant, Pot, Purse
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound

Pledges = Mapping[str, int]
NEARLY = 0.1
"""Of its price, an option that lacks no more is nearly funded."""


class Overspent(Invalid):
    """Others spent meanwhile what this ballot wanted to; nothing was kept of it."""

    def __init__(self) -> None:
        super().__init__("Others spent meanwhile. Look at what is left, then pledge again.")


def has_money(held: CodesignSession) -> bool:
    """Return whether a session is bought in, not voted."""
    return held.instrument == "buying" and not held.definition["quadratic"]


def charge(
    session: Session, held: CodesignSession, participant: Participant, answers: Mapping[str, Any],
    before: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Pay for what a ballot pledges in the running round; returns its answers as they are to be kept.

    :param before: what the same participant's ballot before this one held; it is given back.
    :raises Overspent: the account has less left, or an option lacks less.
    """
    name = str(held.definition["round"])
    now, past = answers.get(name), before.get(name) or {}
    if now is None:
        raise Overspent
    of_purse = {"session_id": held.id, "account_key": account_key(session, participant), "round": name}
    _open(session, Purse, of_purse, spent=0, budget=budget_of(held.definition).amount)
    more = sum(now.values()) - sum(past.values())
    _move(session, update(Purse).filter_by(**of_purse).where(Purse.spent + more <= Purse.budget)
          .values(spent=Purse.spent + more), Purse.spent)  # fmt: skip
    prices = {one["key"]: one["price"] for one in held.definition["options"]}
    for key in sorted({*now, *past}):
        more = now.get(key, 0) - past.get(key, 0)
        if not more:
            continue
        of_pot = {"session_id": held.id, "round": name, "option_key": key}
        _open(session, Pot, of_pot, pledged=0, price=prices[key] if name == POOL else None)
        is_room = Pot.price.is_(None) | (Pot.pledged + more <= Pot.price)
        pledged = _move(
            session,
            update(Pot).filter_by(**of_pot).where(is_room).values(pledged=Pot.pledged + more),
            Pot.pledged,
        )
        if name == POOL:
            _tell(session, held, key, participant, more, prices[key] - pledged)
    # What was pledged alone stays as it was cast and paid for.
    kept = {name: dict(now)}
    return kept if name == SOLO or SOLO not in before else {SOLO: dict(before[SOLO]), **kept}


def known_to(held: CodesignSession, participant: Participant) -> dict[str, Any]:
    """Return what a participant may know: what colleagues spent; pooling, what all others did."""
    name = str(held.definition["round"])
    own = db.session.scalar(select(Ballot.answers).where(Ballot.participant_id == participant.id)) or {}
    mine: Pledges = own.get(name) or {}
    key = account_key(db.session(), participant)
    spent = db.session.scalar(
        select(Purse.spent).filter_by(session_id=held.id, account_key=key, round=name)
    ) or 0  # fmt: skip
    pooled = {}
    if name == POOL:
        rows = db.session.execute(
            select(Pot.option_key, Pot.pledged).filter_by(session_id=held.id, round=name)
        )
        pooled = {option: pledged - mine.get(option, 0) for option, pledged in rows}
    return {"colleagues": spent - sum(mine.values()), "pooled": pooled}


def open_pool(session_id: int, version: int, *, by: Actor) -> CodesignSession:
    """End the solo round and let accounts pool, in the open; budgets are whole again.

    :raises Conflict: it runs already, the session is not open, or was changed meanwhile.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not has_money(held):
            raise NotFound()
        if not held.is_open:
            raise Conflict("This session is not open.")
        if held.definition["round"] == POOL:
            raise Conflict("The pooling round runs already.")
        versions.check(held, version, "open the pooling round")
        held.definition = {**held.definition, "round": POOL}
        held.version += 1
        audit.record(by, "codesign.open_pool", held, after={"round": POOL})
    return held


def account_key(session: Session, participant: Participant) -> str:
    """Return whose budget a participant spends: their account's, else their own."""
    query = select(func.coalesce(Contact.account_id, -Contact.id)).where(Contact.id == participant.contact_id)
    return str(session.scalar(query))


def _open(session: Session, table: type[Purse] | type[Pot], key: Mapping[str, Any], **values: Any) -> None:
    session.execute(insert(table).values(**key, **values).on_conflict_do_nothing())


def _move(session: Session, statement: Any, result: Any) -> int:
    """Move money, if there is room; return how much is there now."""
    moved = session.scalar(statement.returning(result), execution_options={"synchronize_session": False})
    if moved is None:
        raise Overspent
    return int(moved)


def _tell(
    session: Session, held: CodesignSession, option: str, by: Participant, more: int, missing: int
) -> None:
    """Tell who stands behind an option that it came near its price, or reached it; not who did it."""
    price = next(one["price"] for one in held.definition["options"] if one["key"] == option)
    kind = crossed(price, missing + more, missing)
    if kind is None:
        return
    pledged = Ballot.answers[POOL][option].as_integer()
    behind = (
        select(Participant.contact_id)
        .join(Ballot, Ballot.participant_id == Participant.id)
        .where(Participant.session_id == held.id, Participant.id != by.id, pledged > 0)
    )
    people = session.scalars(behind.order_by(Participant.id)).all()
    hooks.tell(SessionEvent(kind, held.id, people, option, missing))


def crossed(price: int, missed: int, missing: int) -> Happened | None:
    """Return what a pledge made of an option that lacked ``missed`` and lacks ``missing`` now.

    >>> crossed(100, 30, 5), crossed(100, 5, 0), crossed(100, 30, 20), crossed(100, 5, 30)
    (<Happened.NEARLY_FUNDED: 'nearly_funded'>, <Happened.FUNDED: 'funded'>, None, None)
    """
    if missing == 0 < missed:
        return Happened.FUNDED
    near = price * NEARLY
    return Happened.NEARLY_FUNDED if missing <= near < missed else None
