"""Pages of proposals: the list, one proposal, its forms."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import navigation
from ideaflow.errors import Forbidden, Invalid
from ideaflow.proposals import (
    elsewhere,
    evidence_pages,
    hooks,
    pages,
    parts,
    policy,
    queries,
    scoring,
    service,
)
from ideaflow.proposals.fields import open_arenas, who_may_benefit
from ideaflow.proposals.forms import read_changes, read_number, read_numbers
from ideaflow.proposals.lines import by_criterion, by_kind, criteria_for
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.page_parts import bp, link_to, type_choices
from ideaflow.proposals.policy import Origin
from ideaflow.users import queries as users
from ideaflow.users.access import actor, is_local, requires
from ideaflow.users.policy import Right
from ideaflow.web import render, wants_fragment

__all__ = ["bp", "elsewhere", "evidence_pages", "pages"]
bp.add_app_template_filter(scoring.shown, "score")
navigation.counts("proposals.index", lambda: (queries.live_count(), False))


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show what is worked on, the best score first; htmx asks again for rows."""
    filters = queries.Filters(
        sort=request.args.get("sort", "score"),
        owner_id=request.args.get("owner", type=int),
        state=request.args.get("state", ""),
    )
    listing = queries.listing(filters, after=request.args.get("after"))
    return render(
        "proposals/index.html",
        fragment="rows",
        listing=listing,
        filters=filters,
        owners=[(owner.id, owner.name) for owner in queries.owners()],
        sorts=list(queries.SORTS.items()),
        themes_url=link_to("themes.index"),
        figures=parts.figures_of([row.proposal.id for row in listing.rows]),
    )


@bp.get("/new")
@requires(Right.PROPOSE)
def new() -> ResponseReturnValue:
    """Ask for the title of a proposal that no theme stands behind yet."""
    values = {"parent_id": request.args.get("parent", ""), "origin": request.args.get("origin", "")}
    return render("proposals/new.html", error=None, values=values, arenas=open_arenas())


@bp.post("/")
@requires(Right.PROPOSE)
def add() -> ResponseReturnValue:
    """Begin a proposal without a theme: an idea of our own, or what our strategy asks for."""
    form, me = request.form, current_user.id
    try:
        if form.get("origin") == Origin.STRATEGY:
            title, arena, why = (form.get(name, "") for name in ("title", "arena", "problem"))
            proposal = service.add_from_strategy(title, arena, why, me, by=actor())
        else:
            parent_id = form.get("parent_id", type=int)
            proposal = service.add_blank(form.get("title", ""), me, parent_id=parent_id, by=actor())
    except Invalid as error:
        return render("proposals/new.html", status=422, error=error, values=form, arenas=open_arenas())
    flash(f"{proposal.label} is begun. Say what customers gain, and add evidence.", "go")
    return _to(proposal)


@bp.post("/promote")
@requires(Right.PROPOSE)
def promote() -> ResponseReturnValue:
    """Make a proposal of themes, owned by whoever presses."""
    theme_ids = read_numbers(request.form.getlist("theme_ids"), "The number of the theme")
    try:
        proposal = service.promote(theme_ids, current_user.id, by=actor())
    except service.AlreadyProposed as error:
        if wants_fragment():
            raise
        left = [theme_id for theme_id in error.theme_ids if theme_id not in queries.citing(error.theme_ids)]
        return render("proposals/already.html", status=409, error=error, left=left)
    flash(f"{proposal.label} is yours. Its numbers are frozen as of now and stay live beside.", "go")
    # Who triages a list goes on there.
    back = request.form.get("back", "")
    return redirect(back, 303) if is_local(back) else _to(proposal)


@bp.get("/<int:proposal_id>")
@requires(Right.READ)
def show(proposal_id: int) -> ResponseReturnValue:
    """Show one proposal: what customers gain, what proves it, how it scores, where it stands."""
    # Later slices come first: at their very first use they may write, and what was read before is stale.
    added = parts.parts_of(queries.find(proposal_id))
    sheet = queries.sheet_of(proposal_id)
    proposal = sheet.proposal
    criteria = criteria_for(proposal)
    by = request.args.get("by") or (
        "criterion" if any(line.evidence.criterion_key for line in sheet.lines) else "kind"
    )
    groups, bare = by_criterion(sheet.lines, criteria) if by == "criterion" else (by_kind(sheet.lines), [])
    return render(
        "proposals/show.html",
        sheet=sheet,
        proposal=proposal,
        may_withdraw=proposal.can_be_edited
        and not hooks.withdrawal_refused(proposal.id, proposal.owner_id, current_user.id),
        grouped={"by": by, "groups": groups, "bare": bare, "criteria": criteria},
        parts=added,
        state=parts.states_of([proposal])[proposal.id],
        impacts=_impacts(),
        people=_possible_owners() if current_user.may(Right.PROPOSE) else [],
        link=link_to,
    )


@bp.get("/<int:proposal_id>/edit")
@requires(Right.PROPOSE)
def edit(proposal_id: int) -> ResponseReturnValue:
    """Show the fields of a proposal to be edited."""
    proposal = queries.find(proposal_id)
    return _edit_page(proposal, {name: _shown(getattr(proposal, name)) for name in policy.EDITABLE})


@bp.post("/<int:proposal_id>/edit")
@requires(Right.PROPOSE)
def save(proposal_id: int) -> ResponseReturnValue:
    """Save the fields; when somebody saved meanwhile, show both versions."""
    form = request.form
    try:
        version = read_number(form.get("version"), "The version of the page")
        proposal = service.edit(proposal_id, read_changes(form), version, by=actor())
    except service.Overtaken as error:
        theirs = {name: _shown(value) for name, value in error.theirs.items()}
        return _edit_page(queries.find(proposal_id), form, status=409, error=error, theirs=theirs)
    except Invalid as error:
        return _edit_page(
            queries.find(proposal_id), form, status=422, error=error, version=form.get("version", "")
        )
    flash(f"{proposal.label} is saved.", "go")
    return _to(proposal)


@bp.post("/<int:proposal_id>/score")
@requires(Right.PROPOSE)
def set_score(proposal_id: int) -> ResponseReturnValue:
    """Set the estimates of the score from the page itself."""
    version = read_number(request.form.get("version"), "The version of the page")
    changes = read_changes({name: request.form.get(name, "") for name in policy.SCORE_FIELDS})
    proposal = service.set_score(
        proposal_id,
        changes["impact"],
        changes["confidence"],
        changes["effort_months"],
        version,
        by=actor(),
    )
    return _to(proposal, "score")


@bp.post("/<int:proposal_id>/owner")
@requires(Right.PROPOSE)
def hand_over(proposal_id: int) -> ResponseReturnValue:
    """Give the proposal another owner."""
    proposal = service.hand_over(
        proposal_id, read_number(request.form.get("owner_id"), "The new owner"), by=actor()
    )
    flash(f"{proposal.label} has a new owner.", "go")
    return _to(proposal)


@bp.get("/<int:proposal_id>/withdraw")
@requires(Right.READ)
def ask_to_withdraw(proposal_id: int) -> ResponseReturnValue:
    """Ask why the proposal is withdrawn, or say who may."""
    return _withdraw_page(proposal_id)


@bp.post("/<int:proposal_id>/withdraw")
@requires(Right.SELF)
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take the proposal off the table."""
    reason = request.form.get("reason", "")
    try:
        proposal = service.withdraw(proposal_id, reason, by=actor())
    except Invalid as error:
        return _withdraw_page(proposal_id, 422, error, reason)
    flash(f"{proposal.label} is withdrawn. It stays readable, and its themes are free again.")
    return _to(proposal)


def _withdraw_page(
    proposal_id: int, status: int = 200, error: Invalid | None = None, reason: str = ""
) -> ResponseReturnValue:
    proposal = queries.find(proposal_id)
    refused = hooks.withdrawal_refused(proposal.id, proposal.owner_id, current_user.id)
    if refused:
        raise Forbidden(refused)
    return render(
        "proposals/withdraw.html", status=status, proposal=proposal, error=error,
        reason=reason,
    )  # fmt: skip


def _to(proposal: Proposal, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("proposals.show", proposal_id=proposal.id, _anchor=anchor), 303)


def _edit_page(
    proposal: Proposal,
    values: Any,
    *,
    status: int = 200,
    error: Any = None,
    theirs: Any = None,
    version: str | int | None = None,
) -> ResponseReturnValue:
    return render(
        "proposals/edit.html",
        status=status,
        proposal=proposal,
        values=values,
        error=error,
        theirs=theirs or {},
        version=proposal.version if version is None else version,
        impacts=_impacts(),
        arenas=[("", "Not chosen yet"), *((name, name) for name in open_arenas(proposal.arena))],
        offers=type_choices(),
        who_benefits=who_may_benefit(proposal.id),
    )


def _possible_owners() -> list[tuple[int, str]]:
    return [(user.id, user.name) for user in users.active() if user.may(Right.PROPOSE)]


def _impacts() -> list[tuple[str, str]]:
    return [("", "Not yet"), *((f"{value:g}", f"{value:g} {word}") for value, word in policy.IMPACTS.items())]


def _shown(value: Any) -> str:
    """Return a value as its field shows it: 2 rather than 2.0, nothing rather than None."""
    if value is None or isinstance(value, str):
        return value or ""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
