"""What the demo company's sales wait for, as its sellers said before one signs in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ideaflow.accounts.models import Account, Opportunity, OpportunityState
from ideaflow.db import db, transaction
from ideaflow.launch.models import Offering
from ideaflow.launch.unblocking import saving
from ideaflow.launch.unblocking.models import OpportunityGap
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Say what ``selling.json`` says; return of how many sales.

    :param users: by name.
    """
    if db.session.scalar(select(func.count()).select_from(OpportunityGap)):
        return 0
    story = json.loads((folder / "selling.json").read_text(encoding="utf-8"))
    by = users[story["by"]].actor
    known = {
        "offering": {row[1]: row[0] for row in db.session.execute(select(Offering.id, Offering.name))},
        "proposal": {row[1]: row[0] for row in db.session.execute(select(Proposal.id, Proposal.title))},
    }
    told = 0
    with transaction():  # All of it or nothing, so that a demo that was cut off is whole the next time.
        for part in story["gaps"]:
            sale = _sale(part)
            for gap in part["waits_for"] if sale else ():
                kind = "offering" if "offering" in gap else "proposal"
                number = known[kind].get(gap[kind])
                if sale and number:
                    saving.set_gap(sale.id, f"{kind}:{number}", gap["severity"], 0, by=by)
            told += sale is not None
    return told


def _sale(part: Mapping[str, Any]) -> Opportunity | None:
    """Return the open sale to an account whose name says so, else its largest."""
    query = (
        select(Opportunity)
        .join(Account, Account.id == Opportunity.account_id)
        .where(Account.name == part["account"], Opportunity.state == OpportunityState.OPEN)
        .where(Opportunity.name.icontains(part["sale"], autoescape=True))
    )
    return db.session.scalar(query.order_by(Opportunity.amount.desc().nulls_last()).limit(1))
