"""The page of one theme: what changed, its words, who asks, what is like it, how it came to be."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.accounts.models import AccountKind
from ideaflow.clock import now, today
from ideaflow.errors import NotFound
from ideaflow.themes import forms, queries, service
from ideaflow.themes.asking import languages
from ideaflow.themes.asking.lens import Worth, lens_of
from ideaflow.themes.desk import looking
from ideaflow.themes.models import PlacedBy, Theme, ThemeState
from ideaflow.themes.pages import following_parts, level_parts
from ideaflow.themes.pages.parts import bp, known, last_deed, may_triage, promote_url, url_of
from ideaflow.themes.pages.suggestions import suggestion_of
from ideaflow.themes.queries import AccountLine, StatementLine
from ideaflow.themes.reading import page_queries, story
from ideaflow.themes.telling import alarm, deeds, pictures, sentences
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render, wants_fragment
from ideaflow.wording import day

WORDS_SHOWN = 6
WORDS_A_PAGE = 30
ACCOUNTS_SHOWN = 10


@bp.get("/<int:theme_id>")
@requires(Right.READ)
def show(theme_id: int) -> ResponseReturnValue:
    """Show one theme; htmx asks again for its statements in another order, or for more of them."""
    if not wants_fragment():  # With or without script: who loads the page looks at it.
        service.look(known(theme_id), by=actor())
    theme = queries.theme(known(theme_id))
    if theme.state == ThemeState.MERGED:
        living = queries.living_id(theme_id)
        flash(f"“{theme.title}” (number {theme_id}) was merged into this theme.")
        return redirect(url_for(".show", theme_id=living), 303)
    shared = _words(theme)
    if request.args.get("after") and wants_fragment():
        return render("themes/_words.html", **shared)
    return render(
        "themes/show.html",
        **shared,
        **_pictures(theme),
        state_now=sentences.state_of(theme),
        reason=_dismissed_because(theme),
        triage_place=page_queries.triage_place(theme),
        suggestion=suggestion_of(theme),
        alarm=alarm.alarm_of(theme),
        figures=sentences.figures_of(theme, current_app.extensions["settings"].currency),
        asking=_asking(theme),
        similar=queries.similar(theme.id),
        past=[_line(line) for line in story.lines_of(queries.history(theme.id))],
        firmness=_firmness(theme),
        owners=[("", "Nobody"), *((user.id, user.name) for user in page_queries.owners())],
        reasons=list(forms.REASONS.items()),
        alarm_reasons=list(forms.ALARM_REASONS.items()),
        like=following_parts.offer_asked(request.args),
        promote_url=promote_url(),
        **last_deed(),
        others=looking.lookers([theme.id], but=current_user.id).get(theme.id, []),
    )


@bp.get("/<int:theme_id>/statements/<int:statement_id>/why")
@requires(Right.READ)
def why_here(theme_id: int, statement_id: int) -> ResponseReturnValue:
    """Say why a statement is in its theme: the statements nearest to it."""
    why = queries.why_here(known(statement_id))
    nearest = [line.theme_id for line, _ in why.nearest if line.theme_id]
    return render(
        "themes/why.html",
        fragment="why",
        theme=queries.theme(known(theme_id)),
        why=why,
        titles=page_queries.titles_of(nearest),
        words=_why(why.line, nearest),
    )


def _why(line: StatementLine, nearest: Sequence[int]) -> str:
    at = line.decided_at if line.placed_by == PlacedBy.USER else line.placed_at
    when = f"on {day(at.date(), today())}" if at else ""
    return deeds.why_words(line.theme_id, nearest, PlacedBy(line.placed_by), line.placed_by_name, when)


@bp.get("/<int:theme_id>/statements/<int:statement_id>/again")
@requires(Right.READ)
def said_again(theme_id: int, statement_id: int) -> ResponseReturnValue:
    """Show how an account said the same again."""
    theme = queries.theme(known(theme_id))
    first = queries.statement_lines([known(statement_id)])
    if not first or first[0].theme_id != theme.id:
        raise NotFound("This statement is not in this theme any more.")
    again = queries.echoes(theme.id, statement_id)
    return render(
        "themes/again.html",
        fragment="again",
        theme=theme,
        first=first[0],
        again=[(line, url_of("feedback.show", item_id=line.item_id)) for line in again],
    )


@bp.get("/<int:theme_id>/statements/<int:statement_id>/move")
@requires(Right.TRIAGE)
def move_form(theme_id: int, statement_id: int) -> ResponseReturnValue:
    """Ask where a statement belongs, the likeliest themes first."""
    lines = queries.statement_lines([known(statement_id)])
    if not lines:
        raise NotFound("This statement is in no theme any more.")
    targets = page_queries.homes_for(statement_id, not_in=theme_id)
    return render(
        "themes/move.html",
        fragment="form",
        theme=queries.theme(known(theme_id)),
        statement=lines[0],
        targets=[(target.id, target.title) for target in targets],
    )


def _words(theme: Theme) -> dict[str, Any]:
    order, after = forms.words_order(request.args), request.args.get("after")
    size = WORDS_A_PAGE if after else WORDS_SHOWN
    spoken = languages.spoken(theme.id)
    language = asked if (asked := request.args.get("language", "")) in spoken else ""
    said: dict[str, Any] = {"order": order if order != "typical" else None, "language": language or None}
    levels = level_parts.made_of(theme, forms.chosen_id(request.args, "part"), said)
    said["part"] = part = levels["part"].id if levels["part"] else None
    page = queries.statements(theme.id, order, after, size=size, part_id=part, language=language)

    counted = spoken[language] if language else (levels["part"] or theme).statement_count

    def address(**changed: Any) -> str:
        return url_for(".show", theme_id=theme.id, **{**said, **changed})

    return {
        **levels,
        "theme": theme,
        "may_triage": may_triage(),
        "words": [_word(line, theme) for line in page.rows],
        "more_url": address(after=page.after) if page.after else "",
        "orders": [
            {
                "word": one.word,
                "url": address(order=one.key if one.key != "typical" else None),
                "is_current": one.key == order,
            }
            for one in forms.WORDS_ORDERS
        ],
        "languages": [
            {"word": name, "share": part_of_all, "url": address(language=key), "is_current": key == language}
            for key, name, part_of_all in languages.shares(spoken)
        ],
        "language": languages.name(language) if language else "",
        "every_language_url": address(language=None),
        "words_count": 0 if language and part else counted,
    }


def _word(line: StatementLine, theme: Theme) -> dict[str, Any]:
    text, passage = story.in_context(line.item_text, line.begins_at, line.ends_at)
    speaker = ", ".join(part for part in (line.speaker_name, line.speaker_title) if part)
    return {
        "line": line,
        "text": text,
        "passage": passage,
        "speaker": f"written down by {speaker or 'one of us'}" if line.is_proxy else speaker,
        "account_url": url_of("accounts.show", account_id=line.account_id) if line.account_id else "",
        "source_url": url_of("feedback.show", item_id=line.item_id),
        "moved_by": line.placed_by_name if line.placed_by == "user" else "",
        "follows": following_parts.why_follows(line),
    }


def _pictures(theme: Theme) -> dict[str, Any]:
    return {
        "trend": pictures.weeks_picture(theme),
        "ratio": pictures.ratio_picture(theme),
        "months": pictures.months_picture(theme, page_queries.months_of(theme.id)),
    }


def _asking(theme: Theme) -> dict[str, Any]:
    lines = queries.accounts_of(theme.id)
    worth = lens_of(lines, today())
    kinds = (
        ("customer", [line for line in lines if line.kind == AccountKind.CUSTOMER], worth.customers),
        ("prospect", [line for line in lines if line.kind != AccountKind.CUSTOMER], worth.prospects),
    )
    return {
        "groups": [_group(theme, noun, own, part) for noun, own, part in kinds if own],
        "total": story.sum_of(lines),
        "account_count": page_queries.account_count(),
        "silent": page_queries.silent_part([line.account_id for line in lines]),
    }


def _group(theme: Theme, noun: str, lines: Sequence[AccountLine], worth: Worth) -> dict[str, Any]:
    """Return customers or prospects: the largest of them, the rest in one line, and what they stand for."""
    shown = len(lines) if request.args.get("who") == "all" else ACCOUNTS_SHOWN
    first, rest = lines[:shown], lines[shown:]
    return {
        "noun": noun,
        "worth": worth,
        "times": sum(line.times for line in lines),
        "lines": [_account(line) for line in first],
        "rest": story.sum_of(rest) if rest else None,
        "rest_url": url_for(".show", theme_id=theme.id, who="all", _anchor="who"),
    }


def _account(line: AccountLine) -> dict[str, Any]:
    days = (line.renews_on - today()).days if line.renews_on else None
    return {
        "line": line,
        "url": url_of("accounts.show", account_id=line.account_id),
        "place": ", ".join(part for part in (line.segment, line.region) if part),
        "days": days if days is not None and days >= 0 else None,
        "is_soon": days is not None and 0 <= days <= story.SOON_DAYS,
    }


def _line(line: story.Line) -> dict[str, Any]:
    undo = {"correction_ids": line.correction_id, "back": request.path}
    return {
        "line": line,
        "other_url": url_for(".show", theme_id=line.other_id) if line.other_id else "",
        "undo": undo if line.can_undo and may_triage() else None,
    }


def _firmness(theme: Theme) -> Sequence[tuple[str, str]]:
    run = queries.coverage().run
    return story.firmness_of(theme, run, now())


def _dismissed_because(theme: Theme) -> str:
    if theme.state != ThemeState.DISMISSED:
        return ""
    return next(
        (one.reason for one in queries.history(theme.id) if one.kind == "dismiss" and one.can_undo), ""
    )
