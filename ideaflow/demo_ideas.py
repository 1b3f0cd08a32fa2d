"""What customers of the demo company posted before one signs in, through the services a contact uses."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ideaflow.accounts.models import Account, Contact
from ideaflow.clock import now, stopped
from ideaflow.db import db, transaction
from ideaflow.errors import NotFound
from ideaflow.ideas import service as ideas
from ideaflow.ideas.models import Idea
from ideaflow.ideas.policy import Importance, Status
from ideaflow.portal import queries as portal
from ideaflow.portal.queries import Visitor
from ideaflow.users.models import User

MODERATOR = "Maren Holt"


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Post the ideas of ``ideas.json`` with what was said about them; return how many there are.

    :param users: by name.
    """
    if db.session.scalar(select(func.count()).select_from(Idea)):
        return 0
    story = json.loads((folder / "ideas.json").read_text(encoding="utf-8"))
    today = now()
    with transaction():  # All of it or nothing, so that a demo that was cut off is whole the next time.
        moderator = users[MODERATOR].actor
        with stopped(today - timedelta(days=230)):
            made = {
                one["name"]: ideas.add_category(one["name"], one["segments"], by=moderator).id
                for one in story["categories"]
            }
        steps = [
            step for at, part in enumerate(story["ideas"]) for step in _Told(part, made, users, at).steps()
        ]
        for days, act in sorted(steps, key=lambda step: -step[0]):
            with stopped(today - timedelta(days=days)):
                act()
    return len(story["ideas"])


class _Told:
    """One idea, from its posting to our answer."""

    def __init__(
        self, part: Mapping[str, Any], categories: Mapping[str, int], users: Mapping[str, User], at: int
    ) -> None:
        self.part, self.users, self.at = part, users, at
        self.category_id = categories[part["category"]]
        self.idea_id = 0

    def steps(self) -> list[tuple[float, Callable[[], None]]]:
        """Return what happened, each with how many days ago."""
        part = self.part
        days = part["days_ago"]
        steps: list[tuple[float, Callable[[], None]]] = [(days, self._post), (days * 0.6, self._stand)]
        steps += [(one["days_ago"], partial(self._say, one)) for one in part.get("comments", ())]
        if "answer" in part:
            steps.append((part["answer"]["days_ago"], self._answer))
        return steps

    def _post(self) -> None:
        part = self.part
        draft = ideas.Draft(
            part["title"], part["text"], Importance(part["importance"]), self.category_id,
            is_anonymous=part.get("who") == "anonymous", is_private=part.get("who") == "private",
        )  # fmt: skip
        self.idea_id = ideas.post(_visitor(part["by"]), draft).id

    def _stand(self) -> None:
        """Let one contact of each of so many companies stand behind it, and one of ours for some more."""
        own = db.session.get_one(Idea, self.idea_id).account_id
        people = iter(
            _one_of_each_account(but=own, begin=self.at * 5, segments=self.part.get("segments", ()))
        )
        for importance, count in self.part["stand"].items():
            for _ in range(count):
                ideas.support(_known(next(people)), self.idea_id, Importance(importance))
        proxies = self.part.get("proxies", {"count": 0})
        for _ in range(proxies["count"]):
            by = self.users[proxies["by"]].actor
            ideas.support_for(next(people), self.idea_id, Importance.IMPORTANT, proxies["note"], by=by)

    def _say(self, said: Mapping[str, Any]) -> None:
        who = _visitor(said["by"])
        ideas.comment(who, self.idea_id, said["text"], is_anonymous=said.get("anonymous", False))

    def _answer(self) -> None:
        told = self.part["answer"]
        version = db.session.get_one(Idea, self.idea_id).version
        by = self.users[told["by"]].actor
        ideas.answer(self.idea_id, told["text"], Status(told["status"]), told["note"], version, by=by)


def _visitor(email: str) -> Visitor:
    found = portal.visitor(email=email)
    if found is None:
        raise NotFound(f"The demo company's export has no contact {email}. Install ideaflow again.")
    return found


def _known(contact_id: int) -> Visitor:
    found = portal.visitor(contact_id=contact_id)
    if found is None:
        raise NotFound("A contact of the demo company is gone. Begin with an empty home.")
    return found


def _one_of_each_account(*, but: int | None, begin: int, segments: list[str]) -> list[int]:
    """Return one contact of each account but one, from another place on for each idea."""
    query = (
        select(Contact.account_id, func.min(Contact.id))
        .join(Account, Account.id == Contact.account_id)
        .where(Contact.email.is_not(None), Contact.account_id.is_distinct_from(but))
        .group_by(Contact.account_id)
        .order_by(Contact.account_id)
    )
    if segments:
        query = query.where(Account.segment.in_(segments))
    found = [row[1] for row in db.session.execute(query)]
    turn = begin % len(found)
    return found[turn:] + found[:turn]
