"""Ten questions that help most: one at a time, answered with a key, each answer with its way back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import queue
from ideaflow.themes import forms, queries, service
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
    return _page(questioning.next_question())


def _page(found: questioning.Next, **values: Any) -> ResponseReturnValue:
    return render(
        "themes/questions.html",
        next=found,
        question=_shown(found.question) if found.question else None,
        has_themes=page_queries.triage_count() > 0 or queries.coverage().run is not None,
        is_looking=found.question is None and queue.is_waiting("themes.ask"),
        **values,
    )


@bp.post("/questions/<int:question_id>")
@requires(Right.TRIAGE)
def answer(question_id: int) -> ResponseReturnValue:
    """Answer a question; the next one follows. A theme that was not offered is asked about once more."""
    said, target = forms.answer_of(request.form)
    if target and not request.form.get("sure"):
        found = questioning.next_question()
        if found.question and found.question.id == question_id and target not in found.question.candidate_ids:
            return _page(found, doubted=queries.theme(target))
    title = request.form.get("title", "")
    one = service.answer_question(known(question_id), said, to_theme_id=target, title=title, by=actor())
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
    service.look_for_questions()
    return redirect(url_for(".questions"), 303)


def _shown(one: ThemeQuestion) -> dict[str, Any]:
    """Return the words of a question, the statements beside each other, and the themes to choose from."""
    count, theme = plural(len(one.statement_ids), "statement"), queries.theme(one.theme_id)
    near = questioning.candidates(one)
    shown = {
        "id": one.id,
        "theme": theme,
        "near": near,
        "others": page_queries.other_titles([one.theme_id, *(theme.id for theme in near)]),
        "examples": queries.statement_lines(one.example_ids),
        "beside": queries.statement_lines(one.beside_ids),
        "is_whole": one.kind == QuestionKind.SAME,
    }
    if one.kind == QuestionKind.SAME:
        return shown | {
            "asked": f"Is “{theme.title}” a theme of its own?",
            "heads": (f"{theme.title}: {count}", near[0].title if near else ""),
            "stays": "It is one of its own",
            "elsewhere": "It says the same as",
            "effect": "What says the same is merged for good; undo takes it back.",
        }
    return shown | {
        "asked": f"Do these {count} belong to “{theme.title}”?",
        "heads": (f"These {count}", "The rest of the theme"),
        "stays": "They belong here",
        "elsewhere": "They belong to",
        "effect": f"All {count} move, and stay there in every later run; undo takes it back.",
    }


def _done(one: ThemeQuestion) -> str:
    if one.answer == Answer.UNSURE:
        return "Left open. It is not asked again."
    if one.correction_id is None:
        return "Remembered. It is not asked again."
    moved = plural(len(one.statement_ids), "statement")
    if one.answer == Answer.STAYS:
        return f"Kept: {moved} stay where they are, in every later run."
    if one.kind == QuestionKind.SAME:
        return f"Merged: {moved} are together with theirs now."
    if one.other_theme_id is None:
        return f"Split off: {moved} are a theme of their own."
    return f"Moved: {moved} are in “{page_queries.title_of(one.other_theme_id)}” now."
