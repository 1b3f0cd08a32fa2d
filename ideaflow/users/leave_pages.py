"""The page on which somebody's things are handed over: chosen, looked at, done."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.audit import Actor
from ideaflow.errors import IdeaflowError, Invalid
from ideaflow.users import handover
from ideaflow.users.handover import Choice, Holdings, Outcome
from ideaflow.web import mark_current, render
from ideaflow.wording import plural

MOST_CHOSEN = 40
"""So many things of one kind can be given to different people; the rest goes the way of their kind."""


def page(
    held: Holdings, outcome: Outcome | None = None, error: IdeaflowError | None = None, status: int = 200
) -> ResponseReturnValue:
    """Show what somebody holds; with an outcome, what would become of it."""
    mark_current("users.index")
    return render(
        "users/leave.html", status=status, held=held, leaver=held.leaver, outcome=outcome, error=error,
        form=request.form, most=MOST_CHOSEN,
    )  # fmt: skip


def hand_over(user_id: int, *, by: Actor) -> ResponseReturnValue:
    """Try it out, or do it when the button under the summary was pressed."""
    held = handover.holdings(user_id)
    name, count = held.leaver.name, held.count
    try:
        choice = handover.suggested(held, _choice(held))
        if request.form.get("do") != "leave":
            return page(held, handover.try_out(user_id, choice, by=by))
        handover.leave(user_id, choice, request.form.get("mark", ""), by=by)
    except Invalid as error:
        return page(handover.holdings(user_id), error=error, status=error.status)
    flash(f"{name} has handed over {plural(count, 'thing')} and cannot sign in any more.", "go")
    return redirect(url_for("users.index"), 303)


def _choice(held: Holdings) -> Choice:
    """Read who takes what over; a field left as suggested says nothing."""
    form = request.form
    kinds, things = {}, {}
    for group in held.groups:
        key = group.kind.key
        if chosen := form.get(f"kind-{key}", type=int):
            kinds[key] = chosen
        for line in group.lines:
            if chosen := form.get(f"thing-{key}-{line.held.id}", type=int):
                things[key, line.held.id] = chosen
    everything = form.get("all", type=int)
    if everything:
        # Who may not take a thing over is not asked to: there our suggestion holds.
        kinds = {
            group.kind.key: everything
            for group in held.groups
            if everything in {user.id for user in group.eligible}
        } | kinds
    return Choice(None, kinds, things)
