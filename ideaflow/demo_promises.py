"""What the demo company has promised its customers: one kept, one that binds, one at risk."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import func, select

from ideaflow.accounts.models import Account, AccountKind, Contact
from ideaflow.clock import now, stopped, today
from ideaflow.db import db, transaction
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import State
from ideaflow.launch.commitments import forecasts, service
from ideaflow.launch.commitments.authority import Authority
from ideaflow.launch.commitments.forecasting import Delivery
from ideaflow.launch.commitments.models import Commitment
from ideaflow.launch.commitments.service import Draft
from ideaflow.launch.commitments.states import Event
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.themes.models import ThemeMembership
from ideaflow.users.models import User

SELLER, AGENT = "Yuki Aldana", "Lena Prior"
VISIT_DAYS_AGO, VISIT_DAYS, MET_AFTER_DAYS = 40, 21, 18
SURELY = 0.6
"""From this strength on somebody's words belong to a theme beyond doubt."""


def tell(users: Mapping[str, User]) -> int:
    """Let sales and service promise three things, through the services; return how many."""
    running = _running()
    if len(running) < 2 or db.session.scalar(select(func.count()).select_from(Commitment)):
        return 0
    first, last = running[0], running[-1]
    likely = forecasts.of_proposals([first.id, last.id], today())
    with transaction():
        _visit(users[AGENT])
        _promise(users[SELLER], f"{first.title}, on all your sites", _late(likely[first.id], 21), first)
        _promise(users[SELLER], f"{last.title}, before your season", _early(likely[last.id]), last)
    return 3


def _visit(by: User) -> None:
    """Promise a visit some weeks ago, and keep it."""
    with stopped(now() - timedelta(days=VISIT_DAYS_AGO)):
        due_on = today() + timedelta(days=VISIT_DAYS)
        visit = _promise(by, "We come on site and count one hall with you", due_on)
    with stopped(now() - timedelta(days=VISIT_DAYS_AGO - MET_AFTER_DAYS)):
        service.settle(visit.id, Event.MEET, "Two halls, in one morning.", visit.version, by=by.actor)


def _promise(by: User, words: str, due_on: date, proposal: Proposal | None = None) -> Commitment:
    """Promise something to a customer who asked for it; a delivery with the yes of who owns the proposal."""
    account_id, contact_id, item_id = _heard(proposal)
    sources = (("item_id", item_id), *((("proposal_id", proposal.id),) if proposal else ()))
    authority = Authority(proposal.owner_id if proposal else by.id)
    made = service.promise(Draft(account_id, words, due_on, authority, contact_id, sources), by=by.actor)
    if proposal is not None:
        owner = db.session.get_one(User, proposal.owner_id)
        service.answer(made.id, True, "We plan for it.", made.version, by=owner.actor)
    return made


def _heard(proposal: Proposal | None) -> tuple[int, int, int]:
    """Return account, contact and item: a customer who can be written to, with their words of a proposal."""
    query = (
        select(Account.id, Contact.id, FeedbackItem.id)
        .join(Contact, Contact.account_id == Account.id)
        .join(FeedbackItem, FeedbackItem.contact_id == Contact.id)
        .where(Contact.email.is_not(None), FeedbackItem.counts, Account.kind == AccountKind.CUSTOMER)
        .order_by(func.lower(Account.owner_name) != SELLER.lower(), Account.revenue_amount.desc())
        .order_by(FeedbackItem.said_at.desc(), FeedbackItem.id)
    )
    if proposal is not None:
        query = (
            query.join(Statement, Statement.item_id == FeedbackItem.id)
            .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
            .where(ThemeMembership.theme_id.in_(theme_ids_of(proposal.id)))
            .where(ThemeMembership.strength >= SURELY)
        )
    row = db.session.execute(query.limit(1)).one()
    return row[0], row[1], row[2]


def _running() -> list[Proposal]:
    """Return what is worked on, the furthest on its way first."""
    query = select(Proposal).join(Journey, Journey.proposal_id == Proposal.id)
    query = query.where(Journey.state == State.WORKING).order_by(Journey.started_at, Proposal.id)
    return list(db.session.scalars(query))


def _late(likely: Delivery, days: int) -> date:
    return (likely.p85_on or today() + timedelta(days=200)) + timedelta(days=days)


def _early(likely: Delivery) -> date:
    return max((likely.p50_on or today()) - timedelta(days=7), today() + timedelta(days=14))
