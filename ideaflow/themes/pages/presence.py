"""Who else looks at a theme, and whether somebody changed it while one looks: asked three times a minute."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.themes import forms, queries, service
from ideaflow.themes.desk import looking
from ideaflow.themes.pages.parts import bp, known
from ideaflow.themes.reading import story
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import in_background, render


@bp.post("/<int:theme_id>/look")
@requires(Right.SELF)
def look(theme_id: int) -> ResponseReturnValue:
    """Tell that one looks; learn who else does, and what changed since the page was loaded."""
    in_background()
    service.look(known(theme_id), by=actor())
    theme, seen = queries.theme(theme_id), forms.version_of(request.form)
    news = ""
    if seen is not None and seen != theme.version:
        last = next((line for line in story.lines_of(queries.history(theme_id)) if line.correction_id), None)
        news = story.said(last) if last else "somebody changed it"
    others = looking.lookers([theme_id], but=current_user.id).get(theme_id, [])
    return render("themes/_presence.html", theme=theme, others=others, news=news)
