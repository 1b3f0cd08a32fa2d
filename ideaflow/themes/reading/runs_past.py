"""The runs that ended, newest first, and one of them."""

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.paging import Key, Page, page_of
from ideaflow.themes.models import OVER_STATES, ThemeRun


def past_runs(after: str | None = None) -> Page[ThemeRun]:
    """Return a page of the runs that ended, well or not, newest first."""
    ended = select(ThemeRun).where(ThemeRun.state.in_(OVER_STATES))
    return page_of(ended, [Key(ThemeRun.__table__.c.id, "id")], after=after)


def run(run_id: int) -> ThemeRun:
    """Return a run that ended.

    :raises NotFound: there is no such run, or it is still under way.
    """
    found = db.session.get(ThemeRun, run_id)
    if found is None or not found.is_over:
        raise NotFound(f"There is no run {run_id} that has ended.")
    return found
