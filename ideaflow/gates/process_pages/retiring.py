"""Retire a process or a version for a reason, see what still leads to it, bring it back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Conflict, IdeaflowError, Invalid, NotFound
from ideaflow.gates import queries
from ideaflow.gates.process import retiring
from ideaflow.gates.process_pages import shared
from ideaflow.gates.process_pages.shared import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render


@bp.get("/<key>/retire")
@requires(Right.ADMINISTER)
def retire(key: str) -> ResponseReturnValue:
    """Show what retiring a process or a version means, and what still leads to it."""
    return _page(key)


@bp.post("/<key>/retire")
@requires(Right.ADMINISTER)
def do_retire(key: str) -> ResponseReturnValue:
    """Retire a process, or one version of it."""
    try:
        one = retiring.retire(key, _number(), request.form.get("reason", ""), by=actor())
    except (Invalid, Conflict) as error:
        return _page(key, error.status, error)
    flash(f"{one.name} is retired: nothing new comes to it. What runs on it stays.", "go")
    return redirect(url_for(".retire", key=key, version=_number()), 303)


@bp.post("/<key>/bring-back")
@requires(Right.ADMINISTER)
def bring_back(key: str) -> ResponseReturnValue:
    """Let a retired process, or one version of it, be taken again."""
    try:
        one = retiring.bring_back(key, _number(), request.form.get("reason", ""), by=actor())
    except (Invalid, Conflict) as error:
        return _page(key, error.status, error)
    flash(f"{one.name} is back.", "go")
    return redirect(url_for(".index", _anchor=key), 303)


def _number() -> int | None:
    return request.values.get("version", type=int)


def _page(key: str, status: int = 200, error: IdeaflowError | None = None) -> ResponseReturnValue:
    mark_current("processes.index")
    process, number = shared.process_with(key), _number()
    versions = shared.versions_of(process)
    version = next((one for one in versions if one.number == number), None)
    if number is not None and version is None:
        raise NotFound(f"{process.name} has no version {number}.")
    counts = queries.running_on([one.id for one in ([version] if version else versions)])
    return render(
        "processes/retire.html", status=status, process=process, version=version, one=version or process,
        leads=retiring.leads_to(process, version), running=sum(counts.values()), versions=versions,
        error=error, form=request.form,
    )  # fmt: skip
