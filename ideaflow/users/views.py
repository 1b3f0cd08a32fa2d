"""Signing in and out, and the administrator's page of users."""

from flask import Blueprint, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from ideaflow.errors import Invalid
from ideaflow.users import handover, leave_pages, queries, renewing, service
from ideaflow.users.access import actor, is_local, public, requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role
from ideaflow.web import render, wants_fragment

bp = Blueprint("users", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask who it is."""
    if current_user.is_authenticated:
        return redirect("/", 303)
    return render("users/sign_in.html", next_url=_goal(), email="", error=None)


@bp.post("/sign-in")
@public
def check_in() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    email = request.form.get("email", "")
    try:
        user = service.check_password(email, request.form.get("password", ""))
    except Invalid as error:
        return render("users/sign_in.html", status=422, next_url=_goal(), email=email, error=error)
    return _welcome(user)


@bp.post("/sign-in/link")
@public
def ask_for_link() -> ResponseReturnValue:
    """Mail a one-time link; the answer is the same whether or not the address is known."""
    email = request.form.get("email", "")
    settings = current_app.extensions["settings"]
    # Not from the request's Host header: a forged one would send the token elsewhere.
    service.send_link(email, settings.address + url_for(".sign_in") + "/link/{token}")
    return render("users/link_sent.html", email=email)


@bp.get("/sign-in/link/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Ask for a press on a button: a mail scanner that opens the link must not spend it."""
    return render("users/confirm_link.html", token=token, is_good=queries.link_is_good(token))


@bp.post("/sign-in/link/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    """Spend the link and sign in."""
    return _welcome(service.use_link(token))


@bp.post("/sign-out")
@requires(Right.SELF)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    logout_user()
    session.clear()
    return redirect(url_for("users.sign_in"), 303)


@bp.get("/you")
@requires(Right.READ)
def you() -> ResponseReturnValue:
    """Show who is signed in, what they may do, and the way to a new password."""
    return render("users/you.html", error=None)


@bp.post("/you/password")
@requires(Right.SELF)
def change_password() -> ResponseReturnValue:
    """Set a new password; other sessions end."""
    form = request.form
    try:
        user = service.change_password(current_user.id, form.get("old", ""), form.get("new", ""), by=actor())
    except Invalid as error:
        return render("users/you.html", status=422, error=error)
    login_user(user)
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for(".you"), 303)


@bp.post("/you/again")
@requires(Right.SELF)
def ask_for_again() -> ResponseReturnValue:
    """Mail a one-time link that signs me in again, to sign something with."""
    settings = current_app.extensions["settings"]
    session["again_next"] = _goal()
    service.send_link(current_user.email, settings.address + url_for(".you") + "/again/{token}")
    if wants_fragment():
        # Who asks from a form keeps what they wrote: only the button is answered.
        return render("users/_again_sent.html")
    flash(f"A link is on its way to {current_user.email}. Open it in this browser; it works for 10 minutes.")
    return redirect(_goal() or url_for(".you"), 303)


@bp.get("/you/again/<token>")
@requires(Right.SELF)
def again(token: str) -> ResponseReturnValue:
    """Ask for a press on a button: a mail scanner that opens the link must not spend it."""
    return render("users/confirm_link.html", token=token, is_good=queries.link_is_good(token))


@bp.post("/you/again/<token>")
@requires(Right.SELF)
def use_again(token: str) -> ResponseReturnValue:
    """Spend the link: for some minutes I can sign."""
    renewal = renewing.with_link(current_user.id, token)
    session[renewing.KEY] = {"id": renewal.user_id, "method": renewal.method, "at": renewal.at.isoformat()}
    flash("You signed in again. Sign within five minutes, here or on the page you asked from.", "go")
    goal = session.pop("again_next", "")
    return redirect(goal if is_local(goal) else url_for(".you"), 303)


@bp.get("/users/")
@requires(Right.ADMINISTER)
def index() -> ResponseReturnValue:
    """Show everybody who can sign in, and what they may do."""
    return _users_page()


@bp.post("/users/")
@requires(Right.ADMINISTER)
def add() -> ResponseReturnValue:
    """Let somebody in; they sign in by a link sent to their address."""
    form = request.form
    try:
        user = service.add_user(
            form.get("email", ""),
            form.get("name", ""),
            form.getlist("roles"),
            form.get("password", ""),
            by=actor(),
        )
    except Invalid as error:
        return _users_page(status=422, error=error)
    flash(f"{user.name} can sign in now.")
    return redirect(url_for(".index"), 303)


@bp.post("/users/<int:user_id>/roles")
@requires(Right.ADMINISTER)
def change_roles(user_id: int) -> ResponseReturnValue:
    """Give a user other roles."""
    user = service.change_roles(user_id, request.form.getlist("roles"), by=actor())
    flash(f"{user.name} is now {', '.join(Role(role).title.lower() for role in user.roles)}.")
    return redirect(url_for(".index"), 303)


@bp.get("/users/<int:user_id>/leave")
@requires(Right.ADMINISTER)
def leave(user_id: int) -> ResponseReturnValue:
    """Show what somebody holds and who could take it over."""
    return leave_pages.page(handover.holdings(user_id))


@bp.post("/users/<int:user_id>/leave")
@requires(Right.ADMINISTER)
def hand_over(user_id: int) -> ResponseReturnValue:
    """Say what a hand-over would do; pressed again there, hand over and close the door."""
    return leave_pages.hand_over(user_id, by=actor())


def _users_page(status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    return render(
        "users/index.html",
        status=status,
        people=queries.everybody(),
        roles=list(Role),
        error=error,
        form=request.form,
    )


def _goal() -> str:
    goal = request.values.get("next", "")
    return goal if is_local(goal) else ""


def _welcome(user: User) -> ResponseReturnValue:
    goal = _goal()
    session.clear()  # Nothing of the time before signing in is carried over.
    session.permanent = True
    login_user(user)
    return redirect(goal or "/", 303)
