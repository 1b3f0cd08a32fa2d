"""Telling those who asked that it can be bought: account by account, with their own words, by a human."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, literal, select

from ideaflow import audit
from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.launch.models import Launch
from ideaflow.launch.selling.asked import Asked
from ideaflow.launch.selling.hooks import News
from ideaflow.loop import notices
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.notices import LONGEST_WORDS
from ideaflow.loop.outcomes import LAUNCHED, abouts, of_launch
from ideaflow.loop.pace import Event
from ideaflow.wording import plural


def tell_launch(
    launch_id: int, account_id: int, people: Sequence[Asked], words: str, seen: int, *, by: Actor
) -> int:
    """Tell people of one account that what they asked for can be bought; return how many had not heard.

    :param people: whom, each with the words of theirs it answers: a human has read each message.
    :param seen: the version of the launch one looked at.
    :raises NotFound: there is no such launch or account.
    :raises Invalid: nothing is said, too much, or nobody was chosen.
    :raises Conflict: the launch was changed meanwhile.
    """
    words = words.strip()
    if not words or len(words) > LONGEST_WORDS:
        raise Invalid(f"Say it in your own words, up to {LONGEST_WORDS:,} characters. Nobody was told.")
    chosen = [(one.contact_id, one) for one in people if one.contact_id is not None]
    if not chosen:
        raise Invalid("Tick at least one contact. Nobody was told.")
    with transaction() as session:
        launch = session.get(Launch, launch_id, with_for_update={"of": Launch}, populate_existing=True)
        account = session.get(Account, account_id)
        if launch is None or account is None:
            raise NotFound()
        if launch.version != seen:
            raise Conflict(
                f"“{launch.name}” was changed meanwhile (version {launch.version}; you read {seen}). "
                "Read the answer again, then send. Nobody was told."
            )
        messages = [
            notices.answering(number, one, launch.name, words, decision=LAUNCHED) for number, one in chosen
        ]
        told = notices.tell(Event.LAUNCHED, of_launch(launch_id).about, messages, by=by)
        audit.record(
            by, "loop.tell_launch", launch, after={"account": account.name, "contacts": sorted(told)}
        )
    return len(told)


def heard(proposal_ids: Collection[int], contact_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """Return who was told of the decision or the launch of which proposal, and when first."""
    asked = {"proposal_ids": sorted(proposal_ids), "contact_ids": sorted(contact_ids)}
    return {(row[0], row[1]): row[2] for row in db.session.execute(_first_told(), asked)}


@cache
def _first_told() -> Select[Any]:
    """Select when ``:contact_ids`` were told of ``:proposal_ids``; written once, as cards ask often."""
    what = abouts()
    return (
        select(what.c.proposal_id, ContactNotice.contact_id, func.min(ContactNotice.happened_at))
        .join(what, what.c.about == ContactNotice.about)
        .where(among(what.c.proposal_id, "proposal_ids"), among(ContactNotice.contact_id, "contact_ids"))
        .group_by(what.c.proposal_id, ContactNotice.contact_id)
    )


def answered(account_ids: Collection[int], since: datetime) -> Mapping[int, list[News]]:
    """Return for each account how many of its people were told of a decision or a launch since a moment."""
    query = (
        select(Contact.account_id, func.count(Contact.id.distinct()), literal(1))
        .join(ContactNotice, ContactNotice.contact_id == Contact.id)
        .where(among(Contact.account_id, account_ids), ContactNotice.happened_at >= since)
        .where(ContactNotice.event.in_((Event.DECISION, Event.LAUNCHED)))
        .group_by(Contact.account_id)
    )
    return {
        row[0] or 0: [News("answered", f"{plural(row[1], 'contact')} answered", f"/accounts/{row[0]}", "go")]
        for row in db.session.execute(query)
    }
