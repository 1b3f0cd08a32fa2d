"""What the pages of staff about ideas show."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from ideaflow import config
from ideaflow.accounts import queries as accounts
from ideaflow.ideas import desk, likeness, queries
from ideaflow.ideas.desk import Filters
from ideaflow.ideas.models import Idea, Support
from ideaflow.ideas.moderating import Overtaken
from ideaflow.ideas.policy import WAY, Importance, Status
from ideaflow.ideas.staff_forms import Answer
from ideaflow.paging import Page

bp = Blueprint("ideas", __name__, url_prefix="/ideas")
IMPORTANCES = {Importance.MUST: "must have", Importance.IMPORTANT: "important", Importance.NICE: "nice"}
STATUSES = {
    Status.HEARD: ("Heard", ""),
    Status.WEIGHED: ("Being weighed", "accent"),
    Status.DESIGNED: ("Being designed", "accent"),
    Status.PLANNED: ("Planned", "accent"),
    Status.BUILT: ("Built", "go"),
    Status.NOT_NOW: ("Not now", "stop"),
}
VIEWS = {"": "All", "unanswered": "Without an answer", "reported": "Reported", "hidden": "Hidden"}
STATUS_WORDS = [(one, STATUSES[one][0]) for one in (*WAY, Status.NOT_NOW)]


def for_list(page: Page[Idea], filters: Filters) -> dict[str, Any]:
    """Return what the list shows."""
    return {
        "page": page,
        "filters": filters,
        "views": VIEWS,
        "reported_count": desk.open_report_count() or None,
        "revenue": desk.revenue_of([idea.id for idea in page.rows]),
        "states": STATUSES,
        "status_words": STATUS_WORDS,
        "categories": desk.categories(),
    }


def for_idea(
    idea: Idea, *, sought: str = "", overtaken: Overtaken | None = None, typed: Answer | None = None
) -> dict[str, Any]:
    """Return what the page of an idea shows.

    :param sought: words by which a contact is sought to speak for.
    :param overtaken: somebody answered meanwhile; ``typed`` is what this one wanted to say.
    """
    reports, supports = desk.reports_of(idea), desk.supports_of(idea)
    return {
        "idea": idea,
        "stands": STATUSES[Status(idea.status)],
        "status_words": STATUS_WORDS,
        "importances": IMPORTANCES,
        "revenue": desk.revenue_of([idea.id]).get(idea.id, 0),
        "supports": supports,
        "elsewhere": _in_other_currencies(supports),
        "comments": desk.comments_of(idea),
        "pictures": queries.pictures_of(idea),
        "merged": desk.merged_here(idea),
        "themes": desk.themes_of(idea),
        "close": likeness.close_for_staff(idea),
        "reports": [one for one in reports if one.comment_id is None],
        "reported": {one.comment_id: one for one in reports if one.comment_id is not None},
        "categories": desk.categories(),
        "segments": accounts.segments(),
        "sought": sought,
        "found": desk.contacts_named(sought) if sought else [],
        "overtaken": overtaken,
        "typed": typed or Answer(idea.answer, Status(idea.status), idea.status_note, idea.version),
    }


def _in_other_currencies(supports: Sequence[Support]) -> int:
    """Return how many accounts behind an idea pay in another currency: they are in no sum."""
    ours = (None, config.read().currency)
    return len({one.account_id for one in supports if one.account and one.account.currency not in ours})
