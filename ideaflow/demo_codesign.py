"""What customers of the demo company helped design: one result that is evidence, one question still open."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import current_app
from sqlalchemy import String, and_, cast, func, or_, select

from ideaflow import demo_answers
from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.clock import now, stopped
from ideaflow.codesign import adding, casting, closing, inviting, queries, service, spending
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
            _answer(held, contact, _leaning(story, place), random, comment)
            if place == 1:
                _add(story, held, contact, by)
    if "pooled" in story:
        _pool(story, held, people, random, by)
    if not story["is_closed"]:
        return
    with stopped(begun + timedelta(days=story["open_days"], minutes=5)):
        closing.close(held.id, None, by=by)
        closing.tally(held.id, secret=_secret())
        if proposal.can_be_edited and story.get("is_evidence", True):
            closing.cite(held.id, _criterion(proposal), "for", None, by=by)
        closing.publish(held.id, queries.find(held.id).version, by=by)


def _leaning(story: Story, place: int) -> list[float]:
    """Return what matters to a participant; every second one is of the other mind, where there are two."""
    leaning: list[float] = story["second"] if place % 2 and "second" in story else story["leaning"]
    return leaning


def _add(story: Story, held: CodesignSession, contact: Contact, by: Actor) -> None:
    """Let a customer add what is missing; the last of it nobody has read yet."""
    words = story.get("added", [])
    participant = queries.participation(held.id, contact.id)
    for number, one in enumerate(words, start=1):
        found = adding.add(participant.id, one)
        if number < len(words) or story["is_closed"]:
            adding.decide(held.id, found.id, show=True, by=by)


def _pool(story: Story, held: CodesignSession, people: list[Contact], random: Random, by: Actor) -> None:
    """Let those who bought alone buy together."""
    with stopped(now() - timedelta(days=story["days_ago"] - story["open_days"] + 3)):
        spending.open_pool(held.id, queries.find(held.id).version, by=by)
        for place, contact in enumerate(people[: story["pooled"]]):
            _answer(queries.find(held.id), contact, _leaning(story, place), random, "")


def _open(story: Story, proposal: Proposal, by: Actor) -> CodesignSession:
    held = service.begin(proposal.id, story["instrument"], story["title"], by=by)
    definition = {**INSTRUMENTS[story["instrument"]].blank(), **story.get("definition", {})}
    if "options" in story:
        definition["options"] = [
            {"key": f"o{place}", "name": name, "note": note, **({"price": price[0]} if price else {})}
            for place, (name, note, *price) in enumerate(story["options"], start=1)
        ]
    values = {
        "title": story["title"], "intro": story["intro"], "mode": story["mode"], "definition": definition,
        "closes_at": now() + timedelta(days=story["open_days"]),
        "criterion_key": _criterion(proposal) or None,
    }  # fmt: skip
    held = service.edit(held.id, values, held.version, by=by)
    return service.open_session(held.id, held.version, by=by)


def _answer(
    held: CodesignSession, contact: Contact, leaning: list[float], random: Random, comment: str
) -> None:
    participant = queries.participation(held.id, contact.id)
    held = queries.find(held.id)
    instrument, own = INSTRUMENTS[held.instrument], [one + random.gauss(0, 1.1) for one in leaning]
    known = spending.known_to(held, participant) if spending.has_money(held) else held.learned
    asked = {**held.definition, "standing": known}
    answers: dict[str, Any] = {}
    for _ in range(demo_answers.PAIRS):  # Where the next question follows from the answers.
        steps = [one for one in instrument.steps(asked, participant.seed, answers) if one.key not in answers]
        for step in steps:
            filled = demo_answers.form(held.instrument, step.data, own, random)
            answers[step.key] = instrument.read_answer(asked, step, filled)
    seconds = {key: round(random.uniform(9, 34), 1) for key in answers}
    draft = Draft(participant.seed, answers, seconds)
    casting.cast(participant.id, draft, new_receipt(), comment=comment, secret=_secret())


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
