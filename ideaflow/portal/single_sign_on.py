"""Single sign-on over OpenID Connect, for staff and contacts alike: the provider says whose address it is.

Who that is here, and what they may do, is read from our own records: the provider lets nobody in
whom we do not know.
"""

from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user
from joserfc.errors import JoseError
from requests import RequestException

from ideaflow import parts
from ideaflow.config import Settings
from ideaflow.errors import Forbidden, NotFound, Unavailable
from ideaflow.portal import access, queries, service
from ideaflow.portal.languages import text
from ideaflow.users import queries as users
from ideaflow.users import service as users_service
from ideaflow.users.access import is_local, public

bp = Blueprint("single_sign_on", __name__, url_prefix="/sign-in/with")
GOAL_KEY = "single_sign_on_goal"
NAME = "provider"


def init_app(app: Flask, settings: Settings) -> None:
    """Offer the provider on both sign-in pages, if one is set."""
    if not settings.oidc_issuer:
        return
    registry = OAuth(app)
    registry.register(
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 15},
    )
    app.extensions["single_sign_on"] = registry


@bp.get("/")
@public
def leave() -> ResponseReturnValue:
    """Send the person to the provider."""
    goal = request.args.get("next", "")
    # Not from the request's Host header: a forged one would bring the answer elsewhere.
    back = current_app.extensions["settings"].address + url_for(".come_back")
    try:
        answer: ResponseReturnValue = _provider().authorize_redirect(back)
    except (RequestException, ValueError) as error:
        raise _is_away(error) from error
    session[GOAL_KEY] = goal if is_local(goal) else ""
    return answer


@bp.get("/back")
@public
def come_back() -> ResponseReturnValue:
    """Let in whom the provider names, as who they are in our records."""
    try:
        token = _provider().authorize_access_token()
    except (OAuthError, JoseError) as error:
        raise Forbidden(text("You were not signed in: nobody vouched for you. Try again.")) from error
    except (RequestException, ValueError) as error:
        raise _is_away(error) from error
    email = _address_in(token.get("userinfo") or {})
    return _let_in(email, str(session.pop(GOAL_KEY, "")))


def _let_in(email: str, goal: str) -> ResponseReturnValue:
    user = users.with_address(email)
    who = queries.visitor(email=email)
    if user is None and who is None:
        raise Forbidden(
            text("%(email)s is not known here. Ask the person you work with to add it.", email=email)
        )
    access.begin_session()
    if user is not None:
        users_service.note_sign_in(user, "single sign-on")
        login_user(user)
    if who is not None:
        service.note_sign_in(who, "single sign-on")
        access.recognise(who)
    home = url_for("portal.home") if user is None else "/"
    is_theirs = is_local(goal) and (user is not None or goal.startswith("/portal"))
    return redirect(goal if is_theirs else home, 303)


def _address_in(claims: dict[str, Any]) -> str:
    email = str(claims.get("email") or "").strip().lower()
    settings: Settings = current_app.extensions["settings"]
    if not email:
        raise Forbidden(text("The provider did not say which e-mail address is yours."))
    if claims.get("email_verified") is not True and not settings.oidc_trusts_addresses:
        raise Forbidden(text("The provider has not verified that %(email)s is yours.", email=email))
    return email


def _provider() -> Any:
    registry = current_app.extensions.get("single_sign_on")
    if registry is None:
        raise NotFound()
    return registry.create_client(NAME)


def _is_away(error: Exception) -> Unavailable:
    current_app.logger.warning("Single sign-on: %s", error)
    return Unavailable(text("The sign-in service does not answer. Try again, or ask for a link by mail."))


def _button(_: object) -> parts.Part | None:
    if "single_sign_on" not in current_app.extensions:
        return None
    name = current_app.extensions["settings"].oidc_name
    return parts.Part("portal/_single_sign_on.html", {"name": name})


parts.add("portal.sign_in", _button)
parts.add("users.sign_in", _button)
