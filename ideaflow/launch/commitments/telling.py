"""Words about commitments for people: warnings to ours, and the draft of what a customer may be told."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ideaflow import config, outbox, wording
from ideaflow.accounts.models import Account
from ideaflow.accounts.owners import owners_of
from ideaflow.clock import now, today
from ideaflow.db import db, transaction
from ideaflow.launch.commitments.forecasting import Delivery
from ideaflow.launch.commitments.models import Commitment, CommitmentForecast, CommitmentWarning
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User
from ideaflow.users.policy import Role

DEEDS = {
    "commitments.promise": "promised it", "commitments.approve": "said yes", "commitments.refuse": "said no",
    "commitments.slip": "at risk by a new forecast", "commitments.recover": "in time by a new forecast",
    "commitments.meet": "met", "commitments.break": "broken", "commitments.release": "released",
    "commitments.reopen": "opened again", "commitments.write": "wrote to the customer",
    "commitments.hand_over": "handed it over", "commitments.ask_another": "asked somebody else",
}  # fmt: skip
"""What happened, as the history of a commitment tells it."""


def concerned(commitment: Commitment) -> set[int]:
    """Return who hears of a change before the customer is touched by it: who promised, the account's owner,
    and who owns what it depends on.
    """
    found = {commitment.owner_id, *(user.id for user in owners_of([commitment.account_id]).values())}
    if commitment.proposal_id is not None:
        query = select(Proposal.owner_id).where(Proposal.id == commitment.proposal_id)
        found |= set(db.session.scalars(query))
    return found


def above(commitment: Commitment) -> set[int]:
    """Return who hears of it when nobody has answered for days: the authority, else administrators."""
    query = select(User.id).where(User.left_at.is_(None))
    if commitment.authority_role:
        query = query.where(User.roles.contains([commitment.authority_role]))
    elif commitment.authority_id not in (None, commitment.owner_id):
        query = query.where(User.id == commitment.authority_id)
    else:
        query = query.where(User.roles.contains([Role.ADMINISTRATOR.value]))
    return set(db.session.scalars(query))


def account_of(commitment: Commitment) -> str:
    """Return the name of the account it was promised to."""
    return db.session.get_one(Account, commitment.account_id).name


def warn(
    commitment: Commitment, kind: str, about: str, user_ids: Collection[int], subject: str, words: str
) -> list[int]:
    """Warn each of them of one change by mail, inside its transaction; return who had not been warned of it.

    :param about: which change it is: said again of the same one, nobody hears it twice.
    """
    with transaction() as session:
        people = session.scalars(
            select(User).where(User.id.in_(user_ids), User.left_at.is_(None)).order_by(User.id)
        ).all()
        if not people:
            return []
        rows = [
            {"commitment_id": commitment.id, "kind": kind, "about": about, "user_id": user.id,
             "warned_at": now()}
            for user in people
        ]  # fmt: skip
        statement = insert(CommitmentWarning).on_conflict_do_nothing(
            index_elements=["commitment_id", "kind", "about", "user_id"]
        )
        new = set(session.scalars(statement.returning(CommitmentWarning.user_id), rows))
        owner = session.get_one(User, commitment.owner_id)
        what = f"{account_of(commitment)}: {commitment.words}\n(promised by {owner.name} for "
        what += f"{wording.day(commitment.due_on, today())})"
        address = f"{config.read().address}/commitments/{commitment.id}"
        for user in people:
            if user.id in new:
                text = f"Hello {user.first_name},\n\n{what}\n\n{words}\n\n{address}\n"
                key = f"commitment:{commitment.id} {kind} {about} to {user.id}"
                outbox.post(user.email, subject, text, key=key)
    return sorted(new)


def span(forecast: Delivery | CommitmentForecast | None) -> str:
    """Say between which days something is likely to come: “half by 3 Mar, 85 % by 9 Apr”."""
    if forecast is None:
        return "nothing it depends on is named"
    if forecast.p85_on is None or forecast.p50_on is None:
        return "no day can be said"
    first, last = (wording.day(day, today()) for day in (forecast.p50_on, forecast.p85_on))
    return f"half by {first}, 85\N{NARROW NO-BREAK SPACE}% by {last}"


def draft(commitment: Commitment, forecast: CommitmentForecast | None, sender: str) -> str:
    """Return what somebody could write to the customer as it stands; a person reads, changes and sends it."""
    name = commitment.contact.name.split()[0] if commitment.contact else commitment.account.name
    due = _whole_day(commitment.due_on)
    promised = f"we promised you for {due}: {commitment.words.rstrip('.')}."
    last = forecast.p85_on if forecast is not None else None
    match commitment.state:
        case "met":
            news = "It is done. Would you tell me whether it does what you need?"
        case "broken":
            news = (
                "We have not kept this, and I am sorry. I would like to talk with you about what we do now."
            )
        case "released":
            news = "As we agreed, we no longer owe you this. If that is not how you understand it, tell me."
        case _ if last is not None and last > commitment.due_on:
            news = (
                f"I tell you early: it may take longer, until {_whole_day(last)} as we see it today. "
                "What would that mean for you, and what would help you until then?"
            )
        case "at_risk":
            news = "I tell you early: we cannot be sure of that day any more. May I call you about it?"
        case _:
            news = "It stands as promised. I will write again as soon as it is done."
    return f"Hello {name},\n\n{promised}\n\n{news}\n\n{sender}\n"


def _whole_day(day: date) -> str:
    return f"{day:%-d %B %Y}"
