"""Pages about people who sell: sellers by cell, what they passed, partners and their certificates."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.clock import today
from ideaflow.errors import IdeaflowError, Invalid, Overtaken
from ideaflow.market import forms, places, queries, saying
from ideaflow.market.models import PartnerCertificate, TrainingRecord
from ideaflow.market.page_parts import bp, names, page, retired_cells
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.get("/sellers")
@requires(Right.READ)
def sellers() -> ResponseReturnValue:
    """Show who sells where; with a course, who has passed it."""
    return _sellers()


@bp.post("/sellers")
@requires(Right.LAUNCH)
def add_seller() -> ResponseReturnValue:
    """Say that somebody sells in a cell."""
    reader = forms.Reader(request.form)
    try:
        email, name = reader.email("email"), reader.name("name", "who it is")
        cell = (reader.chosen("channel", "the channel"), reader.chosen("region", "the region"))
        reader.done()
        seller = saying.add_seller(email, name, cell, by=actor())
    except Invalid as error:
        return _sellers(error)
    flash(f"{seller.name} sells there now.")
    return redirect(url_for(".sellers", channel=cell[0], region=cell[1]), 303)


@bp.post("/sellers/<int:seller_id>/left")
@requires(Right.LAUNCH)
def let_seller_leave(seller_id: int) -> ResponseReturnValue:
    """Say that somebody sells in a cell no more, or again."""
    seller = saying.let_seller_leave(seller_id, request.form.get("left") == "1", by=actor())
    flash(f"{seller.name} {'sells there no more' if seller.left_at else 'sells there again'}.")
    return redirect(url_for(".sellers", channel=seller.channel_id, region=seller.region_id), 303)


@bp.get("/training")
@requires(Right.READ)
def training() -> ResponseReturnValue:
    """Show who passed which course, and until when that counts."""
    return _training()


@bp.post("/training")
@requires(Right.LAUNCH)
def add_training() -> ResponseReturnValue:
    """Say that a seller or an agent passed a course."""
    reader = forms.Reader(request.form)
    try:
        email, course = reader.email("email"), reader.name("course", "which course")
        passed_on, expires_on = reader.days("passed_on", "expires_on")
        region = _region(reader)
        reader.done()
        saying.add_training(email, course, passed_on, expires_on, region, by=actor())
    except Invalid as error:
        return _training(error)
    flash(f"Kept: {email}, {course}.")
    return redirect(url_for(".training", course=course), 303)


@bp.post("/training/<int:record_id>/withdraw")
@requires(Right.LAUNCH)
def withdraw_training(record_id: int) -> ResponseReturnValue:
    """Let a training record count no more."""
    saying.withdraw(TrainingRecord, record_id, by=actor())
    flash("It counts no more.")
    return redirect(url_for(".training"), 303)


@bp.get("/partners")
@requires(Right.READ)
def partners() -> ResponseReturnValue:
    """Show the firms that sell for us, where, and who of theirs is certified."""
    return _partners()


@bp.post("/partners")
@requires(Right.LAUNCH)
def add_partner() -> ResponseReturnValue:
    """Add a partner."""
    reader = forms.Reader(request.form)
    try:
        name = reader.name("name", "what the partner is called")
        reader.done()
        partner = saying.add_partner(name, reader.cells(), by=actor())
    except Invalid as error:
        return _partners(error)
    flash(f"“{partner.name}” is added.")
    return redirect(url_for(".partner", partner_id=partner.id), 303)


@bp.get("/partners/<int:partner_id>")
@requires(Right.READ)
def partner(partner_id: int) -> ResponseReturnValue:
    """Show one partner: its cells, and who of theirs is certified."""
    return _partner(partner_id)


@bp.post("/partners/<int:partner_id>")
@requires(Right.LAUNCH)
def change_partner(partner_id: int) -> ResponseReturnValue:
    """Say whether a partner sells for us, and where."""
    reader = forms.Reader(request.form)
    try:
        is_active, version = bool(request.form.get("is_active")), reader.version()
        cells = reader.cells() | retired_cells(queries.partner(partner_id).places)
        saying.change_partner(partner_id, is_active, cells, version, by=actor())
    except (Invalid, Overtaken) as error:
        return _partner(partner_id, error)
    flash("Saved.")
    return redirect(url_for(".partner", partner_id=partner_id), 303)


@bp.post("/partners/<int:partner_id>/certificates")
@requires(Right.LAUNCH)
def add_certificate(partner_id: int) -> ResponseReturnValue:
    """Say that a partner's person is certified on a course."""
    reader = forms.Reader(request.form)
    try:
        person, course = reader.name("person", "who it is"), reader.name("course", "which course")
        certified_on, expires_on = reader.days("certified_on", "expires_on", is_needed=True)
        reader.done()
        saying.add_certificate(partner_id, person, course, certified_on or today(), expires_on, by=actor())
    except Invalid as error:
        return _partner(partner_id, error)
    flash(f"Kept: {person}, {course}.")
    return redirect(url_for(".partner", partner_id=partner_id), 303)


@bp.post("/partners/<int:partner_id>/certificates/<int:record_id>/withdraw")
@requires(Right.LAUNCH)
def withdraw_certificate(partner_id: int, record_id: int) -> ResponseReturnValue:
    """Let a certificate count no more."""
    saying.withdraw(PartnerCertificate, record_id, by=actor())
    flash("It counts no more.")
    return redirect(url_for(".partner", partner_id=partner_id), 303)


def _sellers(error: IdeaflowError | None = None) -> ResponseReturnValue:
    filters = forms.filters(request.args, ("left",))
    found = queries.sellers(filters, after=request.args.get("after"))
    emails = {one.email for one in found.rows}
    return page(
        "market/sellers.html",
        "market.sellers",
        error=error,
        fragment="rows",
        page=found,
        filters=filters,
        courses=queries.courses(),
        passed=queries.passed(emails, filters.course, today()) if filters.course else {},
    )


def _region(reader: forms.Reader) -> str:
    """Return the name of the region that was chosen, "" for every one."""
    known = {one.id: one.name for one in places.current_regions()}
    chosen = reader.number("region")
    if chosen is not None and chosen not in known:
        reader.wrong("region", "This region is retired by now. Choose another.")
    return known.get(chosen or 0, "")


def _training(error: IdeaflowError | None = None) -> ResponseReturnValue:
    filters = forms.filters(request.args)
    found = queries.training(filters, after=request.args.get("after"))
    return page(
        "market/training.html",
        "market.training",
        error=error,
        fragment="rows",
        page=found,
        filters=filters,
        courses=queries.courses(),
        names=names(),
    )


def _partners(error: IdeaflowError | None = None) -> ResponseReturnValue:
    filters = forms.filters(request.args, ("active", "inactive"))
    found = queries.partners(filters, after=request.args.get("after"))
    return page(
        "market/partners.html",
        "market.partners",
        error=error,
        fragment="rows",
        page=found,
        filters=filters,
        certificates=queries.certificates([one.id for one in found.rows]),
        courses=queries.courses(),
        names=names(),
    )


def _partner(partner_id: int, error: IdeaflowError | None = None) -> ResponseReturnValue:
    found = queries.partner(partner_id)
    sent = forms.Reader(request.form) if isinstance(error, Overtaken) else None
    return page(
        "market/partner.html",
        "market.partners",
        error=error,
        partner=found,
        cells=sent.cells() if sent else {(one.channel_id, one.region_id) for one in found.places},
        is_active=bool(request.form.get("is_active")) if sent else found.is_active,
        certificates=queries.certificates([partner_id]).get(partner_id, []),
        courses=queries.courses(),
        names=names(),
    )
