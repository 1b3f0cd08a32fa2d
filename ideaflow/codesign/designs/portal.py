"""The doors for contacts who design: drafts, the configurator, what others make of a draft."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from ideaflow import typed
from ideaflow.codesign import answering
from ideaflow.codesign import queries as sessions
from ideaflow.codesign.casting import Outcome
from ideaflow.codesign.designs import queries, service, words
from ideaflow.codesign.designs.keeping import Moved, Submitted, Wish
from ideaflow.codesign.designs.models import DesignDraft
from ideaflow.codesign.kinds.drafts import Drafts, read_choices
from ideaflow.codesign.kinds.drafts_board import board_of, take
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.ideas.queries import accounts_by_kind
from ideaflow.portal.access import for_contacts, visitor
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.web import render

bp = Blueprint("portal_designs", __name__, url_prefix="/portal/design/<int:session_id>/drafts")
bp.app_template_filter("whole_money")(words.money)
bp.app_template_filter("extra_money")(words.extra)
bp.app_template_filter("lead_time")(words.lead_time)
bp.app_template_filter("named")(words.named)


@bp.get("/")
@for_contacts(ContactRight.READ)
def index(session_id: int) -> ResponseReturnValue:
    """Show one's drafts, the company's and those shared; who sees none goes straight to the configurator."""
    mine = _mine(session_id)
    drafts = queries.visible(session_id, visitor())
    if not drafts and mine.session.is_open:
        return redirect(url_for(".new", session_id=session_id), 303)
    kinds, standings = accounts_by_kind(), queries.standings(session_id)
    lines: list[dict[str, Any]] = [
        {
            "draft": one, "by": words.by(visitor(), one.participant, kinds), "last": one.versions[-1],
            "parts": words.parts_of(mine.session.definition, one.versions[-1].options),
            "standing": standings.get(one.id, queries.Standing()),
        }
        for one in drafts
    ]  # fmt: skip
    lines.sort(key=lambda one: not one["by"].is_me)
    return render("codesign/portal/drafts.html", session=mine.session, lines=lines, mine=mine)


@bp.get("/new")
@for_contacts(ContactRight.READ)
def new(session_id: int) -> ResponseReturnValue:
    """Show the configurator, empty, as it was left, or with another's draft to build on."""
    mine, source = _mine(session_id), _source(session_id)
    _refuse_closed(mine)
    chosen = source.versions[-1].options if source else session.get(_left(session_id), [])
    return _configurator(mine.session, chosen, source=source)


@bp.post("/new")
@for_contacts(ContactRight.SPEAK)
def submit(session_id: int) -> ResponseReturnValue:
    """Say what a choice costs and forbids, or submit the draft."""
    mine, source = _mine(session_id), _source(session_id)
    held, wish = mine.session, _wish(mine.session)
    if not source:
        session[_left(session_id)] = sorted(wish.options)
    if request.form.get("then") != "submit":
        return _configurator(held, wish.options, source=source)
    try:
        done = service.submit(
            visitor(), session_id, wish, parent=source.number if source else None,
            is_shared=request.form.get("share") == "yes", secret=_secret(),
        )  # fmt: skip
    except Invalid as error:  # What was read before is stale now.
        held, source = _mine(session_id).session, _source(session_id)
        return _configurator(held, wish.options, source=source, error=error, status=422)
    session.pop(_left(session_id), None)
    return _thanks(mine, done)


@bp.get("/<int:number>")
@for_contacts(ContactRight.READ)
def show(session_id: int, number: int) -> ResponseReturnValue:
    """Show a draft: what it is, what it builds on, how it came to be."""
    mine, who = _mine(session_id), visitor()
    draft, kinds = queries.find(session_id, number, who), accounts_by_kind()
    definition = mine.session.definition
    standing = queries.standings(session_id).get(draft.id, queries.Standing())
    return render(
        "codesign/portal/draft.html", session=mine.session, draft=draft, last=draft.versions[-1],
        by=words.by(who, draft.participant, kinds), source=words.source_of(who, draft, kinds),
        parts=words.parts_of(definition, draft.versions[-1].options), standing=standing,
        is_endorsed=mine.id in standing.endorsed_by, history=words.history(definition, draft.versions),
        amendments=words.amended(definition, draft, queries.amendments(draft.id), who, kinds),
    )  # fmt: skip


@bp.get("/<int:number>/change")
@for_contacts(ContactRight.READ)
def edit(session_id: int, number: int) -> ResponseReturnValue:
    """Show the configurator with a draft: to change one's own, to propose a change to another's."""
    mine, draft = _mine(session_id), queries.find(session_id, number, visitor())
    _refuse_closed(mine)
    last, taken = draft.versions[-1], _amendment(draft)
    chosen = taken.options if taken else last.options
    return _configurator(mine.session, chosen, draft=draft, sketch=last.sketch if _is_mine(draft) else "")


@bp.post("/<int:number>/change")
@for_contacts(ContactRight.SPEAK)
def change(session_id: int, number: int) -> ResponseReturnValue:
    """Submit another version of one's own draft, or propose a change to another's."""
    mine, draft = _mine(session_id), queries.find(session_id, number, visitor())
    held, wish = mine.session, _wish(mine.session)
    if request.form.get("then") != "submit":
        return _configurator(held, wish.options, draft=draft)
    base = typed.number(request.form.get("base")) or 0
    try:
        if not _is_mine(draft):
            service.propose(visitor(), session_id, number, wish, base)
            flash(text("Your change is proposed. Whoever made the draft answers it."), "go")
            return redirect(url_for(".show", session_id=session_id, number=number), 303)
        taken = _amendment(draft)
        done = service.change(
            visitor(), session_id, number, wish, base, amendment=taken.id if taken else None, secret=_secret()
        )
    except (Invalid, Moved) as error:  # What was read before is stale now.
        held, draft = _mine(session_id).session, queries.find(session_id, number, visitor())
        if isinstance(error, Moved):
            return _configurator(held, wish.options, draft=draft, moved=draft.versions[-1], status=409)
        return _configurator(held, wish.options, draft=draft, error=error, status=422)
    except Conflict as error:
        return _back(session_id, number, error)
    return _thanks(mine, done)


@bp.post("/<int:number>/endorse")
@for_contacts(ContactRight.SPEAK)
def endorse(session_id: int, number: int) -> ResponseReturnValue:
    """Stand behind another's draft, or no longer."""
    try:
        service.endorse(visitor(), session_id, number, stand=request.form.get("stand") == "yes")
    except Conflict as error:
        return _back(session_id, number, error)
    return redirect(url_for(".show", session_id=session_id, number=number), 303)


@bp.post("/<int:number>/share")
@for_contacts(ContactRight.SPEAK)
def share(session_id: int, number: int) -> ResponseReturnValue:
    """Show one's draft to other companies, or keep it to one's own."""
    try:
        service.share(
            visitor(), session_id, number, typed.number(request.form.get("version")) or 0,
            is_shared=request.form.get("share") == "yes",
        )  # fmt: skip
    except Conflict as error:
        return _back(session_id, number, error)
    return redirect(url_for(".show", session_id=session_id, number=number), 303)


@bp.post("/<int:number>/amendments/<int:amendment_id>")
@for_contacts(ContactRight.SPEAK)
def answer(session_id: int, number: int, amendment_id: int) -> ResponseReturnValue:
    """Accept or reject what another would change; or work it in, in the configurator."""
    then = request.form.get("then", "")
    if then == "work":
        return redirect(url_for(".edit", session_id=session_id, number=number, amendment=amendment_id), 303)
    try:
        service.answer(
            visitor(), session_id, number, amendment_id, accept=then == "accept",
            reply=request.form.get("reply", ""), secret=_secret(),
        )  # fmt: skip
    except Conflict as error:
        return _back(session_id, number, error)
    return redirect(url_for(".show", session_id=session_id, number=number), 303)


def _mine(session_id: int) -> Participant:
    """Return this contact's part in a session of this kind; anything else reads as missing."""
    mine = sessions.participation(session_id, visitor().contact_id)
    if mine.session.instrument != Drafts.key:
        raise NotFound()
    return mine


def _configurator(
    held: CodesignSession, chosen: Any, *, source: DesignDraft | None = None,
    draft: DesignDraft | None = None, error: Invalid | None = None, moved: Any = None, sketch: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    if fix := request.form.get("fix", ""):
        known = {one["key"] for one in held.definition["options"]}
        chosen = take(held.definition, chosen, fix if fix in known else "")
    base = request.form.get("base") or (draft.versions[-1].number if draft else "")
    whose = source or draft
    return render(
        "codesign/portal/configurator.html", fragment="design", status=status, session=held,
        goal=_goal(held, draft),
        board=board_of(held.definition, chosen), definition=held.definition, source=source, draft=draft,
        origin=_name_of(whose.participant) if whose else "",
        forks=queries.standings(held.id).get(source.id, queries.Standing()).forks if source else 0,
        is_mine=draft is None or _is_mine(draft), error=error, fixed=fix, moved=moved,
        theirs=words.parts_of(held.definition, moved.options) if moved else [],
        base=moved.number if moved else base, sketch=request.form.get("sketch", sketch),
        share=request.form.get("share", "no"), amendment=request.values.get("amendment", ""),
        shown_at=request.form.get("shown_at") or answering.shown_at(),
    )  # fmt: skip


def _goal(held: CodesignSession, draft: DesignDraft | None) -> str:
    """Return where the configurator's form is sent."""
    if draft is None:
        return url_for(".submit", session_id=held.id)
    return url_for(".change", session_id=held.id, number=draft.number)


def _name_of(one: Participant) -> str:
    return words.said_by(words.by(visitor(), one, accounts_by_kind()))


def _wish(held: CodesignSession) -> Wish:
    seconds = answering.seconds_since(request.form.get("shown_at", ""))
    # Line breaks of a sketch are kept; only what lies around it is not.
    return Wish(read_choices(held.definition, request.form), request.form.get("sketch", "").strip(), seconds)


def _thanks(mine: Participant, done: Submitted) -> Response:
    """Lead to the draft, and keep the receipt in this browser; say so when the session had closed."""
    goal = url_for("portal_codesign.show", session_id=mine.session_id)
    if done.draft is None or done.outcome is Outcome.LATE:
        return make_response(redirect(goal, 303))
    flash(
        text("Draft %(number)s is in, and counts until you submit another.", number=done.draft.number), "go"
    )
    response = make_response(
        redirect(url_for(".show", session_id=mine.session_id, number=done.draft.number), 303)
    )
    sheet = answering.sheet_of(sessions.participation(mine.session_id, visitor().contact_id))
    sheet.receipt, sheet.is_sent = done.receipt, True
    return answering.keep_receipt(sheet, response)


def _back(session_id: int, number: int, error: Conflict) -> Response:
    """Go back to a draft and say why nothing was changed."""
    told = {
        "closed": text("This session has closed; drafts stay as they are."),
        "unfit": text(
            "The draft has moved on, and this change does not fit it any more. Work it in by hand."
        ),
        "answered": text("This proposal was answered already."),
    }
    flash(told.get(str(error), text("Somebody changed this draft meanwhile. Look at it again.")), "stop")
    return make_response(redirect(url_for(".show", session_id=session_id, number=number), 303))


def _refuse_closed(mine: Participant) -> None:
    """Let nobody begin when nothing counts any more; who was designing can still send what they have."""
    if not mine.session.is_open:
        raise Conflict(text("This session has closed; drafts stay as they are."))


def _source(session_id: int) -> DesignDraft | None:
    """Return the draft a new one is forked from."""
    number = typed.number(request.values.get("from"))
    return None if number is None else queries.find(session_id, number, visitor())


def _amendment(draft: DesignDraft) -> Any:
    typed = request.values.get("amendment", "")
    found = [one for one in queries.amendments(draft.id) if str(one.id) == typed and one.state == "proposed"]
    return found[0] if found and _is_mine(draft) else None


def _is_mine(draft: DesignDraft) -> bool:
    return draft.participant.contact_id == visitor().contact_id


def _left(session_id: int) -> str:
    """Return under which name a design that was not submitted is kept in this browser."""
    return f"design-{session_id}"


def _secret() -> str:
    return str(current_app.extensions["settings"].signing_key())
