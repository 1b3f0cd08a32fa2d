"""Pages about what proves a proposal: search, add, remove, freeze."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.proposals import queries, service
from ideaflow.proposals.forms import read_move, read_number, read_numbers, read_study
from ideaflow.proposals.lines import criteria_for
from ideaflow.proposals.models import Evidence
from ideaflow.proposals.page_parts import bp, record_choices
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
    """Add a theme (or several), another record, a document, or a study or move written down here."""
    form, by = request.form, actor()
    said = {"note": form.get("note", ""), "criterion": form.get("criterion", "")}
    kind = form.get("kind", "theme")
    try:
        if kind == "document":
            service.add_document(proposal_id, form.get("title", ""), form.get("url", ""), by=by, **said)
        elif kind == "new_study":
            service.add_study(proposal_id, service.keep_study(read_study(form), by=by).id, by=by, **said)
        elif kind == "new_move":
            service.add_move(proposal_id, service.keep_move(read_move(form), by=by).id, by=by, **said)
        elif kind == "theme":
            for theme_id in read_numbers(form.getlist("theme_ids"), "The number of the theme"):
                service.add_theme(proposal_id, theme_id, by=by, **said)
        else:
            _adder(kind)(proposal_id, read_number(form.get("record_id"), f"The {kind}"), by=by, **said)
    except Invalid as error:
        if kind not in _FORMS:
            raise
        return _evidence_page(proposal_id, status=422, error=error, wrong=kind)
    return redirect(url_for(".show", proposal_id=proposal_id, _anchor="evidence"), 303)


@bp.post("/<int:proposal_id>/evidence/<int:evidence_id>/criterion")
@requires(Right.PROPOSE)
def speak_to(proposal_id: int, evidence_id: int) -> ResponseReturnValue:
    """Say to which criterion of a gate a piece of evidence speaks."""
    service.speak_to(evidence_id, request.form.get("criterion", ""), of=proposal_id, by=actor())
    return redirect(url_for(".show", proposal_id=proposal_id, by="criterion", _anchor="evidence"), 303)


@bp.post("/<int:proposal_id>/evidence/<int:evidence_id>/remove")
@requires(Right.PROPOSE)
def remove_evidence(proposal_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take a piece of evidence away; the notice offers to put it back."""
    evidence = service.remove_evidence(evidence_id, of=proposal_id, by=actor())
    notice = {
        "words": f"The {EvidenceKind(evidence.kind).words} is evidence no more.",
        "undo_url": url_for(".add_evidence", proposal_id=proposal_id),
        "undo": _pointer(evidence),
    }
    flash(notice)  # type: ignore[arg-type]
    return redirect(url_for(".show", proposal_id=proposal_id, _anchor="evidence"), 303)


_FORMS = ("document", "new_study", "new_move")
_ADDERS: dict[str, Callable[..., Evidence]] = {
    "statement": service.add_statement,
    "account": service.add_account,
    "opportunity": service.add_opportunity,
    "study": service.add_study,
    "competitor_move": service.add_move,
}


def _adder(kind: str) -> Callable[..., Evidence]:
    if kind not in _ADDERS:
        raise Invalid(
            "Choose a theme, a statement, an account, an opportunity, a study, a move or a document."
        )
    return _ADDERS[kind]


def _pointer(evidence: Evidence) -> dict[str, Any]:
    """Return what the form sends to add the same evidence again."""
    said = {"kind": evidence.kind, "note": evidence.note, "criterion": evidence.criterion_key or ""}
    if evidence.kind == EvidenceKind.THEME:
        return {**said, "theme_ids": evidence.theme_id}
    if evidence.kind == EvidenceKind.DOCUMENT:
        return {**said, "title": evidence.title, "url": evidence.url}
    ids = (evidence.statement_id, evidence.account_id, evidence.opportunity_id, evidence.study_id)
    return {**said, "record_id": next((one for one in ids if one), evidence.move_id)}


def _evidence_page(
    proposal_id: int, *, status: int = 200, error: Any = None, wrong: str = ""
) -> ResponseReturnValue:
    words = request.values.get("words", "")
    proposal = queries.find(proposal_id)
    return render(
        "proposals/evidence.html",
        fragment="found",
        status=status,
        proposal=proposal,
        words=words,
        found=queries.candidates(words),
        cited=queries.cited_by(proposal_id),
        criteria=criteria_for(proposal),
        criterion=request.values.get("criterion", ""),
        error=error,
        wrong=wrong,
        form=request.form,
        choices=record_choices(),
    )
