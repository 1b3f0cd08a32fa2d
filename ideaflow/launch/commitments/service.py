"""What people do with commitments: promise, answer who asks, say what became of it, agree another day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ideaflow import audit, outbox
from ideaflow.accounts.models import Account, Case, Contact, Opportunity
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.feedback.models import FeedbackItem
from ideaflow.launch.commitments import authority, states, telling, watching
from ideaflow.launch.commitments.authority import Authority
from ideaflow.launch.commitments.models import Commitment
from ideaflow.launch.commitments.states import Event, State
from ideaflow.launch.models import LaunchCell
from ideaflow.proposals.models import Proposal
from ideaflow.saving import locked, refuse
from ideaflow.themes.models import Theme
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role, may

LONGEST_WORDS, LONGEST_REASON, LONGEST_MAIL = 600, 600, 6_000
FURTHEST_YEARS = 10
SOURCES: dict[str, Any] = {
    "proposal_id": Proposal, "cell_id": LaunchCell, "theme_id": Theme, "item_id": FeedbackItem,
    "case_id": Case, "opportunity_id": Opportunity,
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A promise as somebody writes it down.

    :param sources: of ``SOURCES``: what it depends on (proposal, cell) and where it came from.
    """

    account_id: int
    words: str
    due_on: date | None
    authority: Authority
    contact_id: int | None = None
    sources: tuple[tuple[str, int], ...] = ()


def promise(draft: Draft, *, by: Actor, follows: Commitment | None = None) -> Commitment:
    """Write a promise down; beyond one's own authority it waits for a yes, and nothing binds us yet.

    :raises NotFound: there is no such account.
    :raises Invalid: words, day, contact, source or authority are missing or do not fit.
    """
    with transaction() as session:
        account = session.get(Account, draft.account_id)
        if account is None:
            raise NotFound()
        refuse(_problems(session, draft), "Nothing was promised.")
        me = session.get_one(User, by.id)
        own = _may_say_yes(draft.authority, _right_for(dict(draft.sources)), me)
        commitment = Commitment(
            account_id=account.id, contact_id=draft.contact_id, words=" ".join(draft.words.split()),
            due_on=draft.due_on, owner_id=me.id, authority_id=draft.authority.user_id,
            authority_role=draft.authority.role, approved_by_id=me.id if own else None,
            approved_at=now() if own else None, state=State.OPEN if own else State.ASKED, state_since=now(),
            follows_id=follows.id if follows else None, created_by_id=by.id, **dict(draft.sources),
        )  # fmt: skip
        session.add(commitment)
        session.flush()
        after = {"account": account.name, "due_on": commitment.due_on, "state": commitment.state}
        audit.record(by, "commitments.promise", commitment, after=after)
        watching.look(session, commitment)
        if not own:
            _ask(commitment, me)
    return commitment


def answer(commitment_id: int, is_yes: bool, reason: str, seen: int, *, by: Actor) -> Commitment:
    """Say yes or no to what somebody wants to promise on one's authority.

    :raises Forbidden: it is not one's to say.
    :raises Invalid: a no without a reason.
    :raises Conflict: it was answered, or changed since it was looked at.
    """
    reason = _reason(reason, is_needed=not is_yes)
    with transaction() as session:
        commitment = _unchanged(session, commitment_id, seen)
        me = session.get_one(User, by.id)
        if not _may_say_yes(commitment.on_authority, _right_of(commitment), me):
            raise Forbidden("Somebody else was asked, and it is theirs to say. Talk with them.")
        if is_yes:
            commitment.approved_by_id, commitment.approved_at = me.id, now()
        _move(session, commitment, Event.APPROVE if is_yes else Event.REFUSE, reason, by)
        watching.look(session, commitment)
        word = "Yes" if is_yes else "No"
        telling.warn(
            commitment, "answered", f"version {commitment.version}", {commitment.owner_id} - {me.id},
            f"{word} to what you want to promise {telling.account_of(commitment)}",
            f"{me.name} says {word.lower()}. {reason}".strip(),
        )  # fmt: skip
    return commitment


def settle(
    commitment_id: int, event: Event, reason: str, seen: int, *, met_on: date | None = None, by: Actor
) -> Commitment:
    """Say what became of a promise: met, broken, released; or take that back.

    :param met_on: the day it was met; today when left out.
    :raises Invalid: no reason, a day to come, or nothing a person says.
    :raises Conflict: its state leaves no room for that, or it changed since it was looked at.
    """
    if not event.is_ours or event in (Event.APPROVE, Event.REFUSE):
        raise Invalid("Choose what became of it: met, broken or released.")
    reason = _reason(reason, is_needed=event is not Event.MEET)
    day = (met_on or today()) if event is Event.MEET else None
    if day is not None and day > today():
        raise Invalid(
            "It stands as it was.", [{"field": "met_on", "reason": "Choose today or a day before."}]
        )
    with transaction() as session:
        commitment = _unchanged(session, commitment_id, seen)
        if event is Event.REOPEN and commitment.approved_at is None:
            raise Conflict("Nobody had said yes to it. Promise it anew.")
        commitment.met_on = day
        commitment.settled_by_id = None if event is Event.REOPEN else by.id
        _move(session, commitment, event, reason, by)
        watching.look(session, commitment)
    return commitment


def renew(commitment_id: int, due_on: date | None, reason: str, seen: int, *, by: Actor) -> Commitment:
    """Agree another day with the customer: this promise is released, and another one follows it.

    :raises Invalid: no later day, or no word of how it was agreed.
    :raises Conflict: it does not bind any more, or changed since it was looked at.
    """
    reason = _reason(reason, is_needed=True)
    with transaction() as session:
        commitment = _unchanged(session, commitment_id, seen)
        if due_on is None or due_on == commitment.due_on or due_on < today():
            words = "Choose another day, from today on."
            raise Invalid(f"The day stays. {words}", [{"field": "due_on", "reason": words}])
        if commitment.stands not in states.BINDING:
            raise Conflict(f"{commitment.label} is {commitment.stands.words}; promise it anew instead.")
        commitment.settled_by_id = by.id
        _move(session, commitment, Event.RELEASE, f"Another day was agreed. {reason}", by)
        sources = tuple((name, value) for name in SOURCES if (value := getattr(commitment, name)) is not None)
        asked = commitment.on_authority
        if _authority_problem(session, asked, _right_of(commitment)):  # They have left, or do other work now.
            asked = Authority(role=authority.roles_with(_right_of(commitment))[0])
        draft = Draft(
            commitment.account_id, commitment.words, due_on, asked, commitment.contact_id, sources,
        )  # fmt: skip
        return promise(draft, by=by, follows=commitment)


def write(commitment_id: int, subject: str, words: str, seen: int, *, by: Actor) -> str:
    """Send the customer what somebody has read and signed with their press; returns the address.

    :raises Invalid: no words, or the contact has no address.
    :raises Conflict: it changed since it was looked at: the words may not fit any more.
    """
    subject, words = " ".join(subject.split()), words.strip()
    if not subject or not words or len(words) > LONGEST_MAIL:
        reason = f"Write a subject and up to {LONGEST_MAIL:,} characters."
        raise Invalid(f"Nothing was sent. {reason}", [{"field": "mail", "reason": reason}])
    with transaction() as session:
        commitment = _unchanged(session, commitment_id, seen)
        contact = session.get(Contact, commitment.contact_id) if commitment.contact_id else None
        if contact is None or not contact.email:
            reason = "Nobody with an e-mail address is named here. Call them, or promise it to a contact."
            raise Invalid(f"Nothing was sent. {reason}", [{"field": "mail", "reason": reason}])
        me = session.get_one(User, by.id)
        outbox.post(
            contact.email, subject, words, headers={"Reply-To": me.email},
            key=f"commitment:{commitment.id} written at {seen}",
        )  # fmt: skip
        commitment.told_at = now()
        commitment.version += 1
        session.flush()
        audit.record(by, "commitments.write", commitment, after={"to": contact.name}, reason=words)
        return contact.email


def _move(session: Session, commitment: Commitment, event: Event, reason: str, by: Actor) -> None:
    goal = states.goal_of(commitment.stands, event)
    if goal is None:
        raise Conflict(
            f"{commitment.label} is {commitment.stands.words} now, which leaves no room for this. Reload the "
            "page to see where it stands."
        )
    before = commitment.state
    commitment.state, commitment.state_since, commitment.reason = goal.value, now(), reason
    commitment.version += 1
    session.flush()
    audit.record(
        by, f"commitments.{event.value}", commitment, before={"state": before},
        after={"state": goal.value, "met_on": commitment.met_on}, reason=reason,
    )  # fmt: skip


def _unchanged(session: Session, commitment_id: int, seen: int) -> Commitment:
    commitment: Commitment = locked(session, Commitment, commitment_id, "commitment")
    if commitment.version != seen:
        raise Conflict(
            f"{commitment.label} changed meanwhile: it is {commitment.stands.words} by now (version "
            f"{commitment.version}; you saw {seen}). Nothing of yours was kept. Reload the page to see it."
        )
    return commitment


def _ask(commitment: Commitment, me: User) -> None:
    """Tell the authority that somebody waits for their yes."""
    asked = commitment.on_authority
    people = {asked.user_id} if asked.user_id else telling.above(commitment)
    telling.warn(
        commitment, "asked", f"version {commitment.version}", {one for one in people if one},
        f"{me.name} wants to promise {telling.account_of(commitment)} something on your authority",
        "The customer has heard nothing yet. Say yes or no on its page.",
    )  # fmt: skip


def _right_for(sources: dict[str, int]) -> Right:
    return authority.needed(has_cell="cell_id" in sources, has_proposal="proposal_id" in sources)


def _right_of(commitment: Commitment) -> Right:
    return authority.needed(
        has_cell=commitment.cell_id is not None, has_proposal=commitment.proposal_id is not None
    )


def _may_say_yes(asked: Authority, right: Right, user: User) -> bool:
    return asked.is_of(user.id, user.roles) and user.is_active and user.may(right)


def _problems(session: Session, draft: Draft) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []

    def say(field: str, reason: str) -> None:
        problems.append({"field": field, "reason": reason})

    if not draft.words.strip() or len(draft.words) > LONGEST_WORDS:
        say("words", f"Say what we promise, as they will hear it, in at most {LONGEST_WORDS} characters.")
    if draft.due_on is None:
        say("due_on", "Choose the day by which.")
    elif draft.due_on < today():
        say("due_on", f"{draft.due_on:%-d %B %Y} is past. Choose today or a later day.")
    elif draft.due_on.year > today().year + FURTHEST_YEARS:
        say("due_on", f"Nobody can promise beyond {FURTHEST_YEARS} years.")
    if draft.contact_id is not None:
        contact = session.get(Contact, draft.contact_id)
        if contact is None or contact.account_id != draft.account_id:
            say("contact_id", "Choose somebody of this account.")
    for name, number in draft.sources:
        if name not in SOURCES or session.get(SOURCES[name], number) is None:
            say(name, "What it rests on is not there any more. Choose it again.")
    if why := _authority_problem(session, draft.authority, _right_for(dict(draft.sources))):
        say("authority", why)
    return problems


def _authority_problem(session: Session, asked: Authority, right: Right) -> str:
    if asked.user_id is not None:
        user = session.get(User, asked.user_id)
        if user is None or not user.is_active:
            return "Choose somebody who can still sign in."
        return "" if user.may(right) else f"{user.name} has no say in when this is delivered. Choose who has."
    if not asked.role:
        return "Say on whose authority it is promised."
    title = Role(asked.role).title
    return "" if may([asked.role], right) else f"A {title.lower()} has no say in when this is delivered."


def _reason(text: str, *, is_needed: bool) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST_REASON:
        words = f"At most {LONGEST_REASON} characters; these are {len(text)}."
        raise Invalid(f"It stands as it was. {words}", [{"field": "reason", "reason": words}])
    if is_needed and not text:
        words = "Say why, in a sentence: others read it when they ask what became of it."
        raise Invalid(f"It stands as it was. {words}", [{"field": "reason", "reason": words}])
    return text
