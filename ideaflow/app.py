"""create_app: the only place where the parts are put together."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ideaflow import config, outbox, resources, start, web
from ideaflow.accounts import api as accounts_api
from ideaflow.accounts import leaving as accounts_leaving
from ideaflow.accounts import views as accounts_views
from ideaflow.codesign import jobs as codesign_jobs
from ideaflow.codesign import leaving as codesign_leaving
from ideaflow.codesign import portal as codesign_doors
from ideaflow.codesign import views as codesign_views
from ideaflow.codesign.designs import portal as designs_portal
from ideaflow.codesign.designs import staff as designs_staff
from ideaflow.compiled import keep_compiled
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.feedback import api as feedback_api
from ideaflow.feedback import capture_pages
from ideaflow.feedback import leaving as feedback_leaving
from ideaflow.feedback import portal as feedback_portal
from ideaflow.feedback import views as feedback_views
from ideaflow.gates import jobs as gates_jobs
from ideaflow.gates import leaving as gates_leaving
from ideaflow.gates import views as gates_views
from ideaflow.gates.process_pages import doors as process_pages
from ideaflow.ideas import jobs as ideas_jobs
from ideaflow.ideas import leaving as ideas_leaving
from ideaflow.ideas import portal as portal_ideas
from ideaflow.ideas import views as ideas_views
from ideaflow.insights import views as insights_views
from ideaflow.intake import api as intake_api
from ideaflow.intake import jobs as intake_jobs
from ideaflow.intake import views as intake_views
from ideaflow.launch import jobs as launch_jobs
from ideaflow.launch import leaving as launch_leaving
from ideaflow.launch import views as launch_views
from ideaflow.launch.aftermath import pages as aftermath_pages
from ideaflow.launch.commitments import jobs as commitments_jobs
from ideaflow.launch.commitments import views as commitments_views
from ideaflow.launch.frame import pages as frame_pages
from ideaflow.launch.frame import views as frame_views
from ideaflow.launch.pages import rivals as race_pages
from ideaflow.launch.selling import api as selling_api
from ideaflow.launch.selling import views as selling_views
from ideaflow.launch.unblocking import pages as gap_pages
from ideaflow.loop import account_pages, bringing_pages, road_pages
from ideaflow.loop import closing_pages as loop_closing
from ideaflow.loop import jobs as loop_jobs
from ideaflow.loop import leaving as loop_leaving
from ideaflow.loop import news as loop_news
from ideaflow.loop import portal as loop_portal
from ideaflow.loop import public as loop_public
from ideaflow.loop import views as loop_views
from ideaflow.market import leaving as market_leaving
from ideaflow.market import views as market_views
from ideaflow.navigation import add_navigation
from ideaflow.portal import jobs as portal_jobs
from ideaflow.portal import languages, shell, single_sign_on
from ideaflow.portal import portal as portal_doors
from ideaflow.portal import views as portal_views
from ideaflow.proposals import jobs as proposals_jobs
from ideaflow.proposals import leaving as proposals_leaving
from ideaflow.proposals import views as proposals_views
from ideaflow.server import EmbeddedServer
from ideaflow.themes import jobs as themes_jobs
from ideaflow.themes import leaving as themes_leaving
from ideaflow.themes import views as themes_views
from ideaflow.users import access, token_pages
from ideaflow.users import views as users_views

BLUEPRINTS = (
    users_views.bp,
    token_pages.bp,
    accounts_views.bp,
    market_views.bp,
    accounts_api.bp,
    portal_doors.door,
    portal_doors.bp,
    portal_views.bp,
    single_sign_on.bp,
    feedback_views.bp,
    feedback_api.bp,
    capture_pages.bp,
    feedback_portal.bp,
    intake_views.bp,
    intake_api.bp,
    themes_views.bp,
    portal_ideas.bp,
    ideas_views.bp,
    proposals_views.bp,
    codesign_views.bp,
    codesign_doors.bp,
    designs_portal.bp,
    designs_staff.bp,
    gates_views.bp,
    process_pages.bp,
    launch_views.bp,
    race_pages.bp,
    gap_pages.bp,
    commitments_views.bp,
    selling_views.bp,
    selling_api.bp,
    selling_views.mine_bp,
    aftermath_pages.bp,
    frame_views.bp,
    frame_pages.bp,
    loop_portal.bp,
    bringing_pages.bp,
    loop_news.bp,
    loop_public.bp,
    loop_views.bp,
    loop_closing.bp,
    account_pages.bp,
    road_pages.bp,
    road_pages.news,
    insights_views.bp,
    start.bp,
    start.audit_bp,
)
# A worker knows the jobs of modules that were imported.
JOBS = (
    portal_jobs, intake_jobs, themes_jobs, ideas_jobs, proposals_jobs, codesign_jobs, gates_jobs, launch_jobs,
    commitments_jobs, loop_jobs,
)  # fmt: skip
# What each slice puts into somebody's hands, in the order the page of a leaver shows it.
LEAVING = (
    accounts_leaving, market_leaving, feedback_leaving, themes_leaving, ideas_leaving, proposals_leaving,
    codesign_leaving, gates_leaving, launch_leaving, loop_leaving,
)  # fmt: skip


def create_app(settings: Settings | None = None, overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application.

    :param settings: read from the environment when left out.
    :param overrides: Flask settings on top, for tests.
    :raises Unavailable: the embedded database cannot be started.
    :raises RuntimeError: a route has no policy.
    """
    settings = settings or config.read()
    app = Flask("ideaflow", template_folder=str(resources.TEMPLATES), static_folder=str(resources.STATIC))
    app.config.update(_flask_settings(settings))
    app.config.update(overrides or {})
    app.extensions["settings"] = settings
    db.init_app(app)
    web.init_app(app)
    outbox.init_app(app, settings)
    access.init_app(app)
    languages.init_app(app)
    shell.init_app(app)
    single_sign_on.init_app(app, settings)
    _slow_down_guessing(app)
    for holdings in LEAVING:
        holdings.register()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    add_navigation(app, settings)
    keep_compiled(app, settings.home)
    access.check_complete(app)
    return app


def _slow_down_guessing(app: Flask) -> None:
    """Limit how often one address may try to sign in."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    limiter.limit("20 per minute; 200 per hour", methods=["POST"])(users_views.bp)
    limiter.limit("20 per minute; 200 per hour", methods=["POST"])(portal_doors.door)
    limiter.limit("10 per minute; 60 per hour", methods=["POST"])(feedback_portal.bp)
    limiter.limit("30 per minute")(single_sign_on.bp)


def _flask_settings(settings: Settings) -> dict[str, Any]:
    url = settings.database_url
    if url:
        url = url.replace("postgres://", "postgresql://", 1).replace(
            "postgresql://", "postgresql+psycopg://", 1
        )
    else:
        server = EmbeddedServer(settings.home)
        url = server.use()
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10},
        "SECRET_KEY": settings.signing_key(),
        "MAX_CONTENT_LENGTH": settings.max_upload_megabytes * 1024**2,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024**2,
        "SESSION_COOKIE_NAME": "__Host-ideaflow" if settings.secure_cookies else "ideaflow",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "WTF_CSRF_TIME_LIMIT": None,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=30),
    }
