"""Who is a person in the records: their names stand in no title."""

from __future__ import annotations

from sqlalchemy import func, select

from ideaflow.accounts.models import Contact
from ideaflow.db import db
from ideaflow.users.models import User


def known_names() -> list[str]:
    """Return the names and mail addresses of all contacts and users."""
    found: set[str] = set()
    for person in (Contact, User):
        for name, email in db.session.execute(select(person.name, func.coalesce(person.email, ""))):
            found |= {name, email} - {""}
    return sorted(found)
