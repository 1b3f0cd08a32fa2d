"""Ten questions that help most: one at a time, answered with a key, each answer with its way back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.themes import queries, service
from ideaflow.themes.offers import questioning
from ideaflow.themes.pages.parts import bp, known
from ideaflow.themes.reading import page_queries
from ideaflow.themes.tables.questions import Answer, QuestionKind, ThemeQuestion
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import plural


@bp.get("/questions")
@requires(Right.TRIAGE)
def questions() -> ResponseReturnValue:
    """Show the question whose answer helps most now."""
    found = questioning.next_question()
    return render(
        "themes/questions.html",
        next=found,
        question=_shown(found.question) if found.question else None,
        has_themes=page_queries.triage_count() > 0 or queries.coverage().run is not None,
    )


@bp.post("/questions/<int:question_id>")
@requires(Right.TRIAGE)
def answer(question_id: int) -> ResponseReturnValue:
    """Answer a question; the next one follows."""
    said = request.form.get("answer", "")
    if said not in (Answer.YES, Answer.NO, Answer.UNSURE):
        raise Invalid("Choose an answer: yes, no, or not sure.")
    title = request.form.get("title", "")
    one = service.answer_question(known(question_id), Answer(said), title=title, by=actor())
    undo_url = url_for(".reopen_question", question_id=one.id)
    flash({"words": _done(one), "undo_url": undo_url, "undo": {}})  # type: ignore[arg-type]
    return redirect(url_for(".questions"), 303)


@bp.post("/questions/<int:question_id>/reopen")
@requires(Right.TRIAGE)
def reopen_question(question_id: int) -> ResponseReturnValue:
    """Take an answer back, with what it changed."""
    service.reopen_question(known(question_id), by=actor())
    flash("Undone. The question is open again.")
    return redirect(url_for(".questions"), 303)


@bp.post("/questions/more")
@requires(Right.TRIAGE)
def ask_anew() -> ResponseReturnValue:
    """Look for questions now, without waiting for the next run."""
    count = service.prepare_questions()
    flash(f"{plural(count, 'question')} found." if count else "There is nothing worth asking now.")
    return redirect(url_for(".questions"), 303)


def _shown(one: ThemeQuestion) -> dict[str, Any]:
    count, theme = plural(len(one.statement_ids), "statement"), queries.theme(one.theme_id)
    other = queries.theme(one.other_theme_id) if one.other_theme_id else None
    shown = {
        "id": one.id,
        "theme": theme,
        "other": other,
        "examples": queries.statement_lines(one.example_ids),
        "beside": queries.statement_lines(one.beside_ids),
        "is_same": one.kind == QuestionKind.SAME,
    }
    if other is not None:
        return shown | {
            "asked": "Do these two themes say the same?",
            "heads": (other.title, theme.title),
            "effect": f"If so, {count} move to “{theme.title}”. If not, you are not asked again.",
            "yes": "The same",
            "no": "Different",
        }
    return shown | {
        "asked": f"Do these {count} belong to “{theme.title}”?",
        "heads": (f"Stand apart: {count}", "The rest of the theme"),
        "effect": f"Split off, {count} are a theme of their own. If they belong, you are not asked again.",
        "yes": "They belong",
        "no": "Split them off",
    }


def _done(one: ThemeQuestion) -> str:
    if one.answer == Answer.UNSURE:
        return "Left open. It is not asked again."
    if one.correction_id is None:
        return "Remembered. It is not asked again."
    if one.kind == QuestionKind.SAME:
        return f"Merged: {plural(len(one.statement_ids), 'statement')} moved."
    return f"Split off: {plural(len(one.statement_ids), 'statement')} are a theme of their own."
