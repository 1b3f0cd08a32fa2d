"""Pages about what proves a proposal: search, add, remove, freeze."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.proposals import queries, service
from ideaflow.proposals.forms import read_number, read_numbers
from ideaflow.proposals.models import Evidence
from ideaflow.proposals.page_parts import bp
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.post("/<int:proposal_id>/freeze")
@requires(Right.PROPOSE)
def freeze(proposal_id: int) -> ResponseReturnValue:
    """Keep the numbers of this moment beside the live ones."""
    service.freeze(proposal_id, request.form.get("reason", ""), by=actor())
    flash("The numbers of this moment are kept beside the live ones.", "go")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@bp.get("/<int:proposal_id>/evidence")
@requires(Right.PROPOSE)
def evidence(proposal_id: int) -> ResponseReturnValue:
    """Search for what might prove the proposal; htmx asks again while one types."""
    return _evidence_page(proposal_id)


@bp.post("/<int:proposal_id>/evidence")
@requires(Right.PROPOSE)
def add_evidence(proposal_id: int) -> ResponseReturnValue:
    """Add a theme (or several), a statement, an account, an opportunity or a document."""
    form, by = request.form, actor()
    note = form.get("note", "")
    kind = form.get("kind", "theme")
    if kind == "document":
        try:
            service.add_document(proposal_id, form.get("title", ""), form.get("url", ""), note=note, by=by)
        except Invalid as error:
            return _evidence_page(proposal_id, status=422, error=error)
    elif kind == "theme":
        for theme_id in read_numbers(form.getlist("theme_ids"), "The number of the theme"):
            service.add_theme(proposal_id, theme_id, note=note, by=by)
    else:
        adders = {
            "statement": service.add_statement,
            "account": service.add_account,
            "opportunity": service.add_opportunity,
        }
        if kind not in adders:
            raise Invalid("Choose a theme, a statement, an account, an opportunity or a document.")
        adders[kind](proposal_id, read_number(form.get("record_id"), f"The {kind}"), note=note, by=by)
    return redirect(url_for(".show", proposal_id=proposal_id, _anchor="evidence"), 303)


@bp.post("/<int:proposal_id>/evidence/<int:evidence_id>/remove")
@requires(Right.PROPOSE)
def remove_evidence(proposal_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take a piece of evidence away; the notice offers to put it back."""
    evidence = service.remove_evidence(evidence_id, of=proposal_id, by=actor())
    notice = {
        "words": f"The {evidence.kind} is evidence no more.",
        "undo_url": url_for(".add_evidence", proposal_id=proposal_id),
        "undo": _pointer(evidence),
    }
    flash(notice)  # type: ignore[arg-type]
    return redirect(url_for(".show", proposal_id=proposal_id, _anchor="evidence"), 303)


def _pointer(evidence: Evidence) -> dict[str, Any]:
    """Return what the form sends to add the same evidence again."""
    if evidence.kind == EvidenceKind.THEME:
        return {"kind": evidence.kind, "theme_ids": evidence.theme_id, "note": evidence.note}
    if evidence.kind == EvidenceKind.DOCUMENT:
        return {
            "kind": evidence.kind, "title": evidence.title, "url": evidence.url, "note": evidence.note,
        }  # fmt: skip
    record_id = evidence.statement_id or evidence.account_id or evidence.opportunity_id
    return {"kind": evidence.kind, "record_id": record_id, "note": evidence.note}


def _evidence_page(proposal_id: int, *, status: int = 200, error: Any = None) -> ResponseReturnValue:
    words = request.values.get("words", "")
    return render(
        "proposals/evidence.html",
        fragment="found",
        status=status,
        proposal=queries.find(proposal_id),
        words=words,
        found=queries.candidates(words),
        cited=queries.cited_by(proposal_id),
        error=error,
        form=request.form,
    )
