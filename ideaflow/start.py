"""The start page: what waits for me, why, and one click to do it; and the administrator's audit page."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from ideaflow import duties, work
from ideaflow.audit import AuditEvent
from ideaflow.feedback import queries as feedback
from ideaflow.paging import Key, Page, page_of
from ideaflow.themes import queries as themes
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render

duties.register()
bp = Blueprint("start", __name__)
audit_bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show the work queue of whoever is signed in."""
    waiting = work.waiting_for(current_user)
    return render(
        "start/index.html",
        today_jobs=[one for one in waiting if one.is_today],
        week_jobs=[one for one in waiting if not one.is_today],
        is_new=feedback.is_empty(),
        coverage=themes.coverage(),
        said=themes.inbox(themes.InboxFilters(), size=1).rows,
    )


@audit_bp.get("/")
@requires(Right.ADMINISTER)
def index_of_audit() -> ResponseReturnValue:
    """Show who did what, newest first."""
    action, subject = request.args.get("action", ""), request.args.get("subject", "")
    return render(
        "audit/index.html",
        fragment="rows",
        page=_events(action, subject, request.args.get("after")),
        action=action,
        subject=subject,
    )


def _events(action: str, subject: str, after: str | None) -> Page[AuditEvent]:
    query = select(AuditEvent)
    if action:
        query = query.where(AuditEvent.action.startswith(action, autoescape=True))
    if subject:
        query = query.where(AuditEvent.subject_name.icontains(subject, autoescape=True))
    return page_of(query, [Key(AuditEvent.id, "id")], after=after)
