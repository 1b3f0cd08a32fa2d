"""Which account is meant: by its name, by its id in another system, by web domain, by somebody's address."""

from collections.abc import Mapping

from sqlalchemy import func, select

from ideaflow.accounts.models import Account, Contact, SourceKey
from ideaflow.accounts.naming import name_key
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid, NotFound, must_exist

WAYS = {
    "source": "With source_id: the name of the import, as in hubspot",
    "source_id": "What that system calls the account",
    "domain": "The account’s web domain",
    "email": "A contact’s address; without such a contact its domain counts",
}
"""The ways to name an account from outside, and what each means."""


def named(asked: Mapping[str, str]) -> int:
    """Return the account named in one of ``WAYS``.

    :raises Invalid: it is named in none, or in several.
    :raises NotFound: there is none.
    :raises Conflict: several fit.
    """
    match dict(asked):
        case {"source": source, "source_id": source_id, **others} if not others:
            return by_source(source, source_id)
        case {"domain": domain, **others} if not others:
            return by_domain(domain)
        case {"email": email, **others} if not others:
            return by_email(email)
    problems: list[dict[str, object]] = [{"field": name, "reason": words} for name, words in WAYS.items()]
    raise Invalid("Name the account in one way: source and source_id, or domain, or email.", problems)


def contact_with(address: str) -> int | None:
    """Return the contact with this address, or None."""
    return db.session.scalar(select(Contact.id).where(Contact.email == address.strip().lower()))


def called(name: str) -> Account | None:
    """Return the account with this name, whatever its case and legal form."""
    query = select(Account).where(Account.name_key == name_key(name))
    return db.session.scalar(query) if name.strip() else None


def names_like(words: str, limit: int = 12) -> list[str]:
    """Return names of accounts that hold these words."""
    query = select(Account.name).where(Account.name.icontains(words.strip(), autoescape=True))
    return list(db.session.scalars(query.order_by(Account.name).limit(limit))) if words.strip() else []


def contact_called(email_or_name: str, account_id: int | None) -> Contact | None:
    """Return the contact an account knows by this name, or anybody by this mail address."""
    wanted = email_or_name.strip()
    if "@" in wanted:
        return db.session.scalar(select(Contact).where(Contact.email == wanted.lower()))
    if not wanted or account_id is None:
        return None
    same = select(Contact).where(Contact.account_id == account_id, Contact.name == wanted)
    return db.session.scalar(same.order_by(Contact.id).limit(1))


def by_source(source: str, source_id: str) -> int:
    """Return the account that ``source`` calls ``source_id``.

    :raises NotFound: no import has told of it.
    """
    query = select(SourceKey.record_id).where(
        SourceKey.table_name == Account.__tablename__,
        func.lower(SourceKey.source) == source.strip().lower(),
        SourceKey.source_id == source_id.strip(),
    )
    return must_exist(
        db.session.scalar(query),
        f"No account is called {source_id} in {source}. Import it, or ask by domain.",
    )


def by_domain(domain: str) -> int:
    """Return the account with this web domain.

    :raises NotFound: there is none.
    :raises Conflict: several have it; they are named.
    """
    domain = domain.strip().lower().removeprefix("www.")
    query = select(Account.id, Account.name).where(func.lower(Account.domain).in_((domain, f"www.{domain}")))
    found = db.session.execute(query.order_by(Account.id).limit(6)).all()
    if not found:
        raise NotFound(f"No account has the domain {domain}.")
    if len(found) > 1:
        named = ", ".join(f"{row.name} ({row.id})" for row in found)
        raise Conflict(f"Several accounts have the domain {domain}: {named}. Ask for one by its number.")
    return int(found[0].id)


def by_email(address: str) -> int:
    """Return the account of the contact with this address, else the one with the address's domain.

    :raises NotFound: there is neither.
    :raises Conflict: several accounts have the domain.
    """
    address = address.strip().lower()
    account_id = db.session.scalar(select(Contact.account_id).where(Contact.email == address))
    return account_id if account_id is not None else by_domain(address.rpartition("@")[2])
