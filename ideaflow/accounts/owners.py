"""Whose accounts and opportunities they are: as the CRM names somebody, or whom we put in their place.

The CRM is the source. When somebody leaves, another of ours stands in for the name it still gives; as soon
as it names anybody else, that holds and ours falls by itself.
"""

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, func, or_, select

from ideaflow import audit
from ideaflow.accounts.models import Account, Opportunity, OwnerOverride
from ideaflow.audit import Actor
from ideaflow.db import among, db, transaction
from ideaflow.users.models import User

Owned: TypeAlias = "type[Account] | type[Opportunity]"
"""What somebody owns by name."""


def owned_by(table: Owned, user: User) -> ColumnElement[bool]:
    """Return, for queries, whether an account or opportunity is this user's."""
    ours = select(OwnerOverride.id).where(_column(table) == table.id, OwnerOverride.named == _named(table))
    by_name = _named(table) == user.name.lower()
    return or_(ours.where(OwnerOverride.user_id == user.id).exists(), and_(by_name, ~ours.exists()))


def owners_of(account_ids: Collection[int]) -> dict[int, User]:
    """Return who owns each of these accounts and can still sign in; whom we do not know is left out."""
    query = (
        select(Account.id, User)
        .outerjoin(
            OwnerOverride,
            and_(OwnerOverride.account_id == Account.id, OwnerOverride.named == _named(Account)),
        )
        .join(
            User,
            or_(
                User.id == OwnerOverride.user_id,
                and_(OwnerOverride.id.is_(None), func.lower(User.name) == _named(Account)),
            ),
        )
        .where(Account.id.in_(account_ids), User.left_at.is_(None))
        .order_by(User.id.desc())  # Of two of one name the one who came first counts.
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def names_of(account_ids: Collection[int]) -> dict[int, str]:
    """Return the name of who owns each account: whom we put in place of the CRM's, else the CRM's, or “”."""
    query = (
        select(Account.id, func.coalesce(User.name, Account.owner_name, ""))
        .outerjoin(
            OwnerOverride,
            and_(OwnerOverride.account_id == Account.id, OwnerOverride.named == _named(Account)),
        )
        .outerjoin(User, User.id == OwnerOverride.user_id)
        .where(among(Account.id, account_ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def stand_in_of(account: Account) -> User | None:
    """Return who owns an account in the place of the one the CRM names; None where it is the CRM's word."""
    query = select(User).join(OwnerOverride, OwnerOverride.user_id == User.id)
    named = OwnerOverride.named == (account.owner_name or "").lower()
    return db.session.scalar(query.where(OwnerOverride.account_id == account.id, named))


def stand_in(table: Owned, record_id: int, leaver: User, to: User, *, by: Actor) -> None:
    """Let somebody else own an account or opportunity for as long as the CRM names the leaver."""
    with transaction() as session:
        record: Any = session.get_one(table, record_id, with_for_update=True, populate_existing=True)
        column = "account_id" if table is Account else "opportunity_id"
        kept = session.scalar(select(OwnerOverride).where(_column(table) == record_id))
        kept = kept or OwnerOverride(**{column: record_id})
        kept.named, kept.user_id = (record.owner_name or "").lower(), to.id
        session.add(kept)
        word = {"owner": leaver.name, "crm": record.owner_name}
        audit.record(by, "accounts.stand_in", record, before=word, after={"owner": to.name})


def _named(table: Owned) -> ColumnElement[str]:
    name = Account.owner_name if table is Account else Opportunity.owner_name
    return func.lower(func.coalesce(name, ""))


def _column(table: Owned) -> Any:
    return OwnerOverride.account_id if table is Account else OwnerOverride.opportunity_id
