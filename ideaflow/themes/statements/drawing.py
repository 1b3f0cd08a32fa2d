"""Which passages of an item are its statements: what makes a point, and is more than the writer's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select

from ideaflow.accounts.models import Account, Contact
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.themes import engine

if TYPE_CHECKING:
    from ideaflow.themes.engine import Statement

SIGNED = "the writer's name"
_WORDS = re.compile(r"[^\W\d_]+")

Names = dict[int, frozenset[str]]


def writers(items: Sequence[FeedbackItem]) -> Names:
    """Return the words that only say who wrote an item, by its id: contact, what they are, account."""
    known = {item.account_id for item in items if item.account_id}
    accounts = _by_id(select(Account.id, Account.name).where(Account.id.in_(known)))
    known = {item.contact_id for item in items if item.contact_id}
    person = Contact.name + " " + func.coalesce(Contact.title, "")
    contacts = _by_id(select(Contact.id, person).where(Contact.id.in_(known)))
    return {
        item.id: frozenset(
            _words(f"{accounts.get(item.account_id or 0, '')} {contacts.get(item.contact_id or 0, '')}")
        )
        for item in items
    }


def passages(item: FeedbackItem, templates: frozenset[int], writer: frozenset[str]) -> list[Statement]:
    """Return the passages of an item that are its statements, in their order."""
    return [one for one in engine.split(item.text, templates) if not signs(one.text, writer)]


def signatures(item: FeedbackItem, templates: frozenset[int]) -> list[Statement]:
    """Return the passages of an item that hold nothing but who wrote it."""
    writer = writers([item])[item.id]
    return [one for one in engine.split(item.text, templates) if signs(one.text, writer)]


def signs(text: str, writer: frozenset[str]) -> bool:
    """Return whether a passage has no word but those of its writer's name, title and company.

    >>> signs("Timo Virtanen", frozenset({"timo", "virtanen", "vantaa", "freight"}))
    True
    """
    words = _words(text)
    return bool(words) and writer.issuperset(words)


def _by_id(query: Select[int, str]) -> dict[int, str]:
    return dict(db.session.execute(query).tuples().all())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(text)]
