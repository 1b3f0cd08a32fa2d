"""What customers of the demo company designed in a configurator that is still open, through the services."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import String, cast, func, select

from ideaflow.accounts.models import Contact
from ideaflow.clock import now, stopped
from ideaflow.codesign import inviting, service
from ideaflow.codesign.designs import service as designs
from ideaflow.codesign.designs.keeping import Wish
from ideaflow.codesign.models import CodesignSession
from ideaflow.db import db, transaction
from ideaflow.portal import queries as portal
from ideaflow.portal.queries import Visitor
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

MORE_ASKED = 9


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Open the session of ``designs.json`` and submit its drafts; return how many there are.

    :param users: by name.
    """
    story = json.loads((folder / "designs.json").read_text(encoding="utf-8"))
    known = select(func.count()).select_from(CodesignSession).where(CodesignSession.instrument == "drafts")
    proposals = db.session.scalars(select(Proposal).where(Proposal.title.in_(story["proposals"]))).all()
    proposal = next((one for one in proposals if one.is_live), None)
    if db.session.scalar(known) or proposal is None:
        return 0
    today = now()
    with transaction():
        people = _people(len(story["drafts"]) + MORE_ASKED)
        with stopped(today - timedelta(days=story["days_ago"])):
            held = _open(story, proposal, users[story["by"]], people)
        for act in sorted(_acts(story, held.id, people), key=lambda one: -float(one["days"])):
            with stopped(today - timedelta(days=float(act["days"]))):
                act["do"]()
        for number, who in story["endorsements"]:
            designs.endorse(people[who - 1], held.id, number, stand=True)
    return len(story["drafts"])


def _open(story: Mapping[str, Any], proposal: Proposal, by: User, people: list[Visitor]) -> CodesignSession:
    held = service.begin(proposal.id, "drafts", story["title"], by=by.actor)
    values = {name: getattr(held, name) for name in service.EDITED}
    values |= {
        "intro": story["intro"], "definition": story["definition"],
        "closes_at": now() + timedelta(days=story["open_days"]),
    }  # fmt: skip
    held = service.edit(held.id, values, held.version, by=by.actor)
    inviting.invite(held.id, [one.contact_id for one in people], "by hand", None, by=by.actor)
    return service.open_session(held.id, held.version, by=by.actor)


def _acts(story: Mapping[str, Any], session_id: int, people: list[Visitor]) -> list[dict[str, Any]]:
    """Return what happened: drafts and forks, and changes that were proposed."""
    secret = str(current_app.extensions["settings"].signing_key())

    def submit(one: Mapping[str, Any], who: Visitor) -> None:
        wish = Wish(frozenset(one["options"]), one["sketch"], 140.0)
        designs.submit(who, session_id, wish, parent=one.get("from"), is_shared=one["shared"], secret=secret)

    def propose(one: Mapping[str, Any]) -> None:
        wish = Wish(frozenset(one["options"]), one["sketch"])
        designs.propose(people[one["by"] - 1], session_id, one["draft"], wish, 1)

    drafts = [
        {"days": one["days"], "do": lambda one=one, who=who: submit(one, who)}
        for one, who in zip(story["drafts"], people, strict=False)
    ]
    return drafts + [{"days": one["days"], "do": lambda one=one: propose(one)} for one in story["changes"]]


def _people(count: int) -> list[Visitor]:
    """Return contacts of different accounts, Elina Koski first."""
    first = select(func.min(Contact.id)).where(Contact.email.is_not(None)).group_by(Contact.account_id)
    query = select(Contact.id).where(Contact.id.in_(first), Contact.account_id.is_not(None))
    ids = list(db.session.scalars(query.order_by(func.md5(cast(Contact.id, String))).limit(count)))
    elina = db.session.scalar(select(Contact.id).where(Contact.email.startswith("elina.koski@")))
    found = (
        portal.visitor(contact_id=one)
        for one in [*([elina] if elina else []), *(one for one in ids if one != elina)]
    )
    return [one for one in found if one is not None]
