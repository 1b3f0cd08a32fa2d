"""Accounts and open opportunities that the CRM lists under the name of somebody who leaves."""

from sqlalchemy import Executable, func, select

from ideaflow import parts
from ideaflow.accounts.models import Account, Opportunity, OpportunityState
from ideaflow.accounts.owners import owned_by, stand_in, stand_in_of
from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.parts import Part
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind
from ideaflow.users.models import User
from ideaflow.users.policy import Right

IN_CRM = "The CRM names them still: change it there, too. Until then ours stand in."


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    parts.add("accounts.aside", _ours)
    leaving.register(
        Kind("accounts", "Accounts",
             ("owner_overrides.user_id", "accounts.owner_name"), Right.COMMIT, _accounts, _take_account,
             _near, IN_CRM)
    )  # fmt: skip
    leaving.register(
        Kind("opportunities", "Open opportunities",
             ("owner_overrides.user_id", "opportunities.owner_name"), Right.COMMIT, _opportunities,
             _take_opportunity, note=IN_CRM)
    )  # fmt: skip


def _accounts(user: User) -> list[Held]:
    query = select(Account.id, Account.name, Account.region, Account.kind).where(owned_by(Account, user))
    query = query.order_by(func.coalesce(Account.revenue_amount, 0).desc(), Account.id)
    return [
        Held(row[0], row[1], f"/accounts/{row[0]}", ", ".join(filter(None, (row[3], row[2]))), row[2] or "")
        for row in db.session.execute(query)
    ]


def _opportunities(user: User) -> list[Held]:
    query = (
        select(Opportunity.id, Opportunity.name, Account.id, Account.name, Account.region)
        .outerjoin(Account, Account.id == Opportunity.account_id)
        .where(owned_by(Opportunity, user), Opportunity.state == OpportunityState.OPEN)
        .order_by(Opportunity.closes_on, Opportunity.id)
    )
    return [
        Held(row[0], row[1], f"/accounts/{row[2]}" if row[2] else "", row[3] or "", row[4] or "")
        for row in db.session.execute(query)
    ]


def _ours(account: Account) -> Part | None:
    user = stand_in_of(account)
    return Part("accounts/_stand_in.html", {"user": user}) if user else None


def _near() -> Executable:
    """Select how many accounts of each region the CRM lists under the name of each of us."""
    query = select(Account.region, User.id, func.count())
    query = query.join(User, func.lower(User.name) == func.lower(Account.owner_name))
    return query.where(User.left_at.is_(None)).group_by(Account.region, User.id)


def _take_account(account_id: int, leaver: User, to: User, by: Actor) -> str:
    stand_in(Account, account_id, leaver, to, by=by)
    return ""


def _take_opportunity(opportunity_id: int, leaver: User, to: User, by: Actor) -> str:
    stand_in(Opportunity, opportunity_id, leaver, to, by=by)
    return ""
