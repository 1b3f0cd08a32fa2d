"""The doors for contacts: signing in by a link, the first page, and what is one's own."""

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)  # fmt: skip
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid, NotFound
from ideaflow.portal import access, languages, look, queries, service
from ideaflow.portal.access import for_contacts, visitor
from ideaflow.portal.colors import shades
from ideaflow.portal.languages import text
from ideaflow.portal.models import LinkKind, hash_of
from ideaflow.portal.policy import ContactRight
from ideaflow.queue import defer
from ideaflow.users.access import is_local, public
from ideaflow.web import render

bp = Blueprint("portal", __name__, url_prefix="/portal")
door = Blueprint("portal_door", __name__, url_prefix="/portal")


@bp.get("/")
@for_contacts(ContactRight.READ)
def home() -> ResponseReturnValue:
    """Show a contact what waits for them and what became of their words."""
    return render("portal/home.html", who=visitor())


@bp.get("/you")
@for_contacts(ContactRight.READ)
def you() -> ResponseReturnValue:
    """Show a contact what we keep about them."""
    return render("portal/you.html", who=visitor())


@bp.post("/you/sign-out-everywhere")
@for_contacts(ContactRight.SELF)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of this contact."""
    service.end_sessions(visitor())
    access.leave()
    return redirect(url_for("portal_door.sign_in"), 303)


@bp.post("/sign-out")
@for_contacts(ContactRight.SELF)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    access.leave()
    return redirect(url_for("portal_door.sign_in"), 303)


@door.get("/brand.css")
@public
def style() -> ResponseReturnValue:
    """Return the company's colours as variables; the address changes with the look, so it is kept long."""
    chosen = look.current("")
    answer = make_response(render_template("portal/brand.css", shades=shades(chosen.color)))
    answer.mimetype = "text/css"
    answer.headers["Cache-Control"] = "public, max-age=2592000"
    return answer


@door.get("/logo")
@public
def logo() -> ResponseReturnValue:
    """Return the company's logo."""
    found = look.logo()
    if found is None:
        raise NotFound()
    answer = make_response(found[0])
    answer.mimetype = found[1]
    answer.headers["Cache-Control"] = "public, max-age=2592000"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer


@door.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Show the portal in another language from now on."""
    language = languages.choose(request.form.get("language"))
    session[access.LANGUAGE_KEY] = language
    known = access.visitor_or_none()
    if known is not None:
        service.choose_language(known.contact_id, language)
    return redirect(_goal() or url_for("portal.home"), 303)


@door.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for the e-mail address that a link goes to."""
    if access.visitor_or_none() is not None:
        return redirect(_goal() or url_for("portal.home"), 303)
    return render("portal/sign_in.html", next_url=_goal(), email="", error=None)


@door.post("/sign-in")
@public
def ask_for_link() -> ResponseReturnValue:
    """Mail a one-time link; the answer is the same whether or not the address is known."""
    email = request.form.get("email", "").strip()
    if "@" not in email or " " in email or len(email) > 300:
        error = Invalid(text("This is no e-mail address: “%(email)s”.", email=email[:100]))
        return render("portal/sign_in.html", status=422, next_url=_goal(), email=email, error=error)
    _send_link(email, _goal())
    return render("portal/link_sent.html", email=email)


@door.get("/sign-in/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Ask for a press on a button: a mail scanner that opens the link must not spend it."""
    return _link(token)


@door.post("/sign-in/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    """Spend the link and sign in."""
    try:
        who, goal = service.use_link(token, str(session.get(access.BROWSER_KEY, "")))
    except NotFound:
        return _link(token, status=404)
    access.welcome(who)
    return redirect(goal if is_local(goal) else url_for("portal.home"), 303)


@door.post("/sign-in/<token>/here")
@public
def send_here(token: str) -> ResponseReturnValue:
    """Mail another link, for this browser, to the contact whose link was opened in the wrong one."""
    found = queries.link(token)
    if found is not None and found.is_good and found.contact.email:
        _send_link(found.contact.email, found.goal)
    flash(text("If the link was yours, another one is on its way. Open it in this browser."))
    return redirect(url_for(".sign_in"), 303)


def _link(token: str, *, status: int = 200) -> ResponseReturnValue:
    """Say what can be done with a link; who came in by it goes where it leads, however often it is opened."""
    found, who = queries.link(token), access.visitor_or_none()
    is_good = found is not None and found.is_good
    goal = found.goal if found is not None and is_local(found.goal) else ""
    if found is not None and not is_good and who is not None and who.contact_id == found.contact_id:
        return redirect(goal or url_for("portal.home"), 303)
    is_here = found is not None and found.is_for(str(session.get(access.BROWSER_KEY, "")))
    is_invitation = found is not None and found.kind == LinkKind.INVITATION
    return render(
        "portal/link.html", status=status, is_good=is_good, is_here=is_here, is_invitation=is_invitation,
        goal=goal,
    )  # fmt: skip


def _send_link(email: str, goal: str) -> None:
    settings = current_app.extensions["settings"]
    defer(
        "portal.send_link",
        queue="live",
        email=email,
        browser_hash=hash_of(access.browser_secret()),
        # Not from the request's Host header: a forged one would send the token elsewhere.
        address=settings.address + url_for(".sign_in") + "/{token}",
        goal=goal,
        language=languages.current(),
    )


def _goal() -> str:
    goal = request.values.get("next", "")
    return goal if is_local(goal) and goal.startswith("/portal") else ""
