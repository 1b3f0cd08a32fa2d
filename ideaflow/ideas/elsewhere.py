"""What other pages of staff show of ideas, and what waits for who moderates."""

from collections.abc import Iterator

from flask import url_for

from ideaflow import parts
from ideaflow.feedback.models import FeedbackItem
from ideaflow.ideas import desk
from ideaflow.ideas.staff_parts import STATUSES
from ideaflow.parts import Part
from ideaflow.themes.models import Theme
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

LEAST_UNANSWERED = 5
"""Companies behind an idea from which it is time to say something."""


def _of_theme(theme: Theme) -> Part | None:
    found, count = desk.ideas_of_theme(theme.id)
    return (
        Part("ideas/_of_theme.html", {"ideas": found, "count": count, "states": STATUSES}) if found else None
    )


def _of_item(item: FeedbackItem) -> Part | None:
    found = desk.idea_of_item(item.id) if item.source == "portal" else None
    return Part("ideas/_of_item.html", {"idea": found}) if found else None


@waits
def moderation(user: User) -> Iterator[Waiting]:
    """Reports that nobody looked at, and ideas of many companies without an answer."""
    if not user.may(Right.MODERATE):
        return
    reported, unanswered = desk.open_report_count(), desk.unanswered_count(LEAST_UNANSWERED)
    if reported:
        yield Waiting(
            what=f"{plural(reported, 'idea')} reported by customers",
            why="Look at what was reported, then hide it or let it stay",
            url=url_for("ideas.index", view="reported"),
            verb="Look",
            icon="flag",
            tone="watch",
            is_today=True,
        )
    if unanswered:
        yield Waiting(
            what=f"{plural(unanswered, 'idea')} without an answer",
            why=f"{LEAST_UNANSWERED} companies or more stand behind each and read nothing from us yet",
            url=url_for("ideas.index", view="unanswered"),
            verb="Answer",
            icon="bulb",
        )


parts.add("themes.page", _of_theme)
parts.add("feedback.aside", _of_item)
