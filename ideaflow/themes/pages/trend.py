"""The page behind a theme's label."""

from flask.typing import ResponseReturnValue

from ideaflow.themes import queries
from ideaflow.themes.asking.reach import reach
from ideaflow.themes.pages.parts import bp, known
from ideaflow.themes.reading import page_queries
from ideaflow.themes.telling import alarm, pictures, proof
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/<int:theme_id>/trend")
@requires(Right.READ)
def trend(theme_id: int) -> ResponseReturnValue:
    """Show how a theme came to its label: what was asked of it, the numbers, and who is silent."""
    theme = queries.theme(queries.living_id(known(theme_id)))
    return render(
        "themes/trend.html",
        theme=theme,
        alarm=alarm.alarm_of(theme),
        steps=proof.steps_of(theme),
        numbers=proof.numbers_of(theme),
        weeks=pictures.weeks_picture(theme),
        ratio=pictures.ratio_picture(theme),
        reach=reach(theme.id),
        silent=page_queries.silent_part([line.account_id for line in queries.accounts_of(theme.id)]),
    )
