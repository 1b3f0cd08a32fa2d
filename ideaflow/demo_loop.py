"""What customers of the demo company were told before one signs in, through the services staff use."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ideaflow.audit import Actor
from ideaflow.clock import now, stopped, today
from ideaflow.db import db, transaction
from ideaflow.gates.models import GateReview
from ideaflow.loop import announcing, contributors, road, service
from ideaflow.loop.announcing import Draft
from ideaflow.loop.models import Announcement
from ideaflow.loop.outcomes import of_review
from ideaflow.loop.road import EntryWish
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

TELLER = "Maren Holt"


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Write what ``loop.json`` says; return how many announcements there are.

    :param users: by name.
    """
    if db.session.scalar(select(func.count()).select_from(Announcement)):
        return 0
    story = json.loads((folder / "loop.json").read_text(encoding="utf-8"))
    proposals = {row[1]: row[0] for row in db.session.execute(select(Proposal.id, Proposal.title))}
    by, moment = users[TELLER].actor, now()
    with transaction():  # All of it or nothing, so that a demo that was cut off is whole the next time.
        for part in story["words"]:
            review = _last_decision(proposals.get(part["proposal"]))
            if review is not None:
                with stopped(moment - timedelta(days=part["days_ago"])):
                    service.write_words(of_review(review.id), part["words"], 0, by=by)
        _tell_one(story["told"], proposals, users)
        for part in story["announcements"]:
            with stopped(moment - timedelta(days=part["days_ago"])):
                _announce(part, proposals, by)
        for part in story["roadmap"]:
            _plan(part, proposals, by)
    return len(story["announcements"])


def _tell_one(part: Mapping[str, Any], proposals: Mapping[str, int], users: Mapping[str, User]) -> None:
    """Tell of one decision everybody whose words belong there beyond doubt."""
    review = _last_decision(proposals.get(part["proposal"]))
    if review is None:
        return
    near = [
        one.contact_id
        for one in contributors.contributors_of(review.proposal_id)
        if one.is_near and one.email
    ]
    if near:
        with stopped(now() - timedelta(days=part["days_ago"])):
            service.tell(of_review(review.id), near, {}, 0, by=users[part["by"]].actor)


def _announce(part: Mapping[str, Any], proposals: Mapping[str, int], by: Actor) -> None:
    tied = [proposals[title] for title in part["proposals"] if title in proposals]
    kept = announcing.save(None, Draft(part["title"], part["words"], (), tied), 0, by=by)
    announcing.publish(kept.id, kept.version, by=by)


def _plan(part: Mapping[str, Any], proposals: Mapping[str, int], by: Actor) -> None:
    day = today() + timedelta(days=part["in_days"]) if "in_days" in part else None
    wish = EntryWish(
        part["column"], part["title"], part.get("words", ""), day, proposals.get(part["proposal"])
    )
    road.save_entry(None, wish, 0, by=by)


def _last_decision(proposal_id: int | None) -> GateReview | None:
    query = select(GateReview).where(GateReview.proposal_id == proposal_id, GateReview.decision.is_not(None))
    return db.session.scalar(query.order_by(GateReview.id.desc()).limit(1))
