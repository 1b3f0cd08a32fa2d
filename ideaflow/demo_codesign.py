"""What customers of the demo company helped design: one result that is evidence, one question still open."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import current_app
from sqlalchemy import String, and_, cast, func, or_, select

from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.clock import now, stopped
from ideaflow.codesign import casting, closing, inviting, queries, service
from ideaflow.codesign.casting import Draft
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.sealing import new_receipt
from ideaflow.db import db, transaction
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import criteria_of
from ideaflow.users.models import User

Story = Mapping[str, Any]


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Hold the sessions of ``codesign.json``; return how many were held.

    :param users: by name.
    """
    if db.session.scalar(select(func.count()).select_from(CodesignSession)):
        return 0
    held = 0
    with transaction():
        for story in json.loads((folder / "codesign.json").read_text(encoding="utf-8")):
            proposal = _proposal(story["proposals"])
            if proposal is not None:
                _hold(story, proposal, users[story["by"]].actor)
                held += 1
    return held


def _hold(story: Story, proposal: Proposal, by: Actor) -> None:
    begun = now() - timedelta(days=story["days_ago"])
    with stopped(begun):
        held = _open(story, proposal, by)
        people = _people(story)
        inviting.invite(held.id, [one.id for one in people], "by hand", None, by=by)
    random = Random(held.id)  # noqa: S311 - A demo, told the same way each time.
    for place, contact in enumerate(people[: story["answered"]]):
        comment = dict(enumerate(story["comments"], start=2)).get(place, "")
        with stopped(begun + timedelta(days=random.uniform(0.2, story["open_days"] - 1))):
            _answer(held, contact, story["leaning"], random, comment)
    if not story["is_closed"]:
        return
    with stopped(begun + timedelta(days=story["open_days"], minutes=5)):
        closing.close(held.id, None, by=by)
        closing.tally(held.id, secret=_secret())
        if proposal.can_be_edited:
            closing.cite(held.id, _criterion(proposal), "for", None, by=by)
        closing.publish(held.id, queries.find(held.id).version, by=by)


def _open(story: Story, proposal: Proposal, by: Actor) -> CodesignSession:
    held = service.begin(proposal.id, story["instrument"], story["title"], by=by)
    options = [
        {"key": f"o{place}", "name": name, "note": note}
        for place, (name, note) in enumerate(story["options"], start=1)
    ]
    values = {
        "title": story["title"], "intro": story["intro"], "mode": story["mode"],
        "definition": {**INSTRUMENTS[story["instrument"]].blank(), "options": options},
        "closes_at": now() + timedelta(days=story["open_days"]),
        "criterion_key": _criterion(proposal) or None,
    }  # fmt: skip
    held = service.edit(held.id, values, held.version, by=by)
    return service.open_session(held.id, held.version, by=by)


def _answer(
    held: CodesignSession, contact: Contact, leaning: list[float], random: Random, comment: str
) -> None:
    participant = queries.participation(held.id, contact.id)
    instrument, own = INSTRUMENTS[held.instrument], [one + random.gauss(0, 1.1) for one in leaning]
    steps = instrument.steps(held.definition, participant.seed, {})
    answers = {
        step.key: instrument.read_answer(
            held.definition, step, _form(held.instrument, step.data, own, random)
        )
        for step in steps
    }
    seconds = {step.key: round(random.uniform(9, 34), 1) for step in steps}
    draft = Draft(participant.seed, answers, seconds)
    casting.cast(participant.id, draft, new_receipt(), comment=comment, secret=_secret())


def _form(instrument: str, data: Mapping[str, Any], own: list[float], random: Random) -> dict[str, str]:
    """Return what a form would hold; ``own`` is how much each option matters to who answers."""
    if instrument == "maxdiff":
        shown = sorted((one["key"] for one in data["shown"]), key=lambda key: own[int(key[1:]) - 1])
        return {"best": shown[-1], "worst": shown[0]}
    weight = own[int(data["option"]["key"][1:]) - 1]
    there = (
        "expect" if 0.5 < weight < 1.5 else "like" if weight >= 1.5 or random.random() < 0.3 else "neutral"
    )
    absent = "dislike" if weight > 0.6 else "live_with" if weight > -0.6 else "neutral"
    return {
        "functional": there,
        "dysfunctional": absent,
        "importance": str(min(9, max(1, round(5 + 2 * weight)))),
    }


def _people(story: Story) -> list[Contact]:
    """Return who is asked: the contacts named, then those of other accounts, some two from one account."""
    rank = func.row_number().over(partition_by=Contact.account_id, order_by=Contact.id)
    known = (
        select(Contact.id, rank.label("place"))
        .join(Account, Account.id == Contact.account_id)
        .where(Contact.email.is_not(None))
        .subquery()
    )
    query = (
        select(Contact)
        .join(known, known.c.id == Contact.id)
        .where(or_(known.c.place == 1, and_(known.c.place == 2, Contact.account_id % 4 == 0)))
        .where(Contact.email.not_in(story["named"]))
        .order_by(func.md5(cast(Contact.account_id, String)), known.c.place)
        .limit(story["invited"])
    )
    named = db.session.scalars(select(Contact).where(Contact.email.in_(story["named"]))).all()
    others = list(db.session.scalars(query))
    return [*named, *others] if story["is_closed"] else [*others, *named]


def _proposal(titles: list[str]) -> Proposal | None:
    """Return the first of these proposals that can be edited, else the first that lives."""
    found = db.session.scalars(select(Proposal).where(Proposal.title.in_(titles))).all()
    order = sorted(found, key=lambda one: (not one.can_be_edited, titles.index(one.title)))
    return next((one for one in order if one.is_live), None)


def _criterion(proposal: Proposal) -> str:
    """Return a criterion of the next gate that speaks of customers, or none."""
    asked = [one for one in criteria_of(proposal) if one.is_next and not one.fills_itself]
    near = [one for one in asked if "customer" in one.name.lower()]
    return near[0].key if near else ""


def _secret() -> str:
    """Return what seals anonymous ballots on this server."""
    return str(current_app.extensions["settings"].signing_key())
