"""What the market remembers of us when somebody leaves, and that they sell nowhere from then on."""

from sqlalchemy import select

from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.market import saying
from ideaflow.market.models import Seller
from ideaflow.users import leaving
from ideaflow.users.models import User


def register() -> None:
    """Say what stays; called once, when the program starts."""
    leaving.remembers({"account_places.said_by_id": "Who said where an account is sold to."})
    leaving.at_the_end(_sell_no_more)


def _sell_no_more(leaver: User, by: Actor) -> None:
    """Count who leaves as a seller no more; their cells are measured anew."""
    query = select(Seller.id).where(Seller.email == leaver.email, Seller.left_at.is_(None))
    for seller_id in db.session.scalars(query).all():
        saying.let_seller_leave(seller_id, True, by=by)
