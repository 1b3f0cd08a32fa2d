"""The page that connects a frame: opened from the frame in a window of its own, by whoever is signed in."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.launch.frame import connecting, embedding
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("frame_connect", __name__, url_prefix=f"{embedding.PATH}/connect")


@bp.get("/<code>")
@requires(Right.READ)
def ask(code: str) -> ResponseReturnValue:
    """Ask whether the frame with this number may read and capture in one's name."""
    embedding.sites()
    return render("frame/ask.html", code=_code(code), days=connecting.DAYS, is_done=False)


@bp.post("/<code>")
@requires(Right.SELF)
def connect(code: str) -> ResponseReturnValue:
    """Say yes; the frame fetches its token itself."""
    embedding.sites()
    read = _code(code)
    connecting.connect(read, current_user)
    return render("frame/ask.html", code=read, days=connecting.DAYS, is_done=True)


def _code(text: str) -> connecting.Code:
    return connecting.read(text, str(current_app.secret_key))
