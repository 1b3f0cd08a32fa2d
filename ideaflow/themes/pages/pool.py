"""What is in no theme yet: the groups that might be new themes, and the pool itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.clock import today
from ideaflow.feedback.models import Statement
from ideaflow.themes import forms, service
from ideaflow.themes.models import ThemeCandidate
from ideaflow.themes.pages.parts import back_url, bp, known, may_triage, tell
from ideaflow.themes.reading import page_queries, pool
from ideaflow.themes.reading.pieces import source_label
from ideaflow.themes.reading.pool import Group, PoolLine
from ideaflow.users.access import actor, requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role
from ideaflow.web import render, wants_fragment
from ideaflow.wording import day, decimal, plural
from ideaflow.work import Waiting, waits


@bp.get("/new")
@requires(Right.READ)
def new_themes() -> ResponseReturnValue:
    """Show the groups that might be new themes, with their evidence."""
    groups = pool.groups()
    return render(
        "themes/new.html",
        groups=[_group(one) for one in groups],
        fresh_count=sum(one.candidate.kind == "new" for one in groups),
        pool_count=pool.pool_count(),
        tabs=_tabs("new", len(groups)),
        may_triage=may_triage(),
    )


@bp.get("/new/<int:candidate_id>")
@requires(Right.READ)
def new_theme(candidate_id: int) -> ResponseReturnValue:
    """Show one group with all of its statements."""
    group = pool.group(known(candidate_id))
    return render("themes/group.html", group=_group(group), may_triage=may_triage())


@bp.post("/new/<int:candidate_id>/make")
@requires(Right.TRIAGE)
def make_new_theme(candidate_id: int) -> ResponseReturnValue:
    """Make a theme of the group."""
    title = request.form.get("title", "")
    made = service.make_theme(known(candidate_id), title=title, by=actor())
    words = f"“{page_queries.title_of(made.theme_id)}” is a theme now, with "
    tell(f"{words}{plural(len(made.statement_ids), 'statement')}.", [made], url_for(".new_themes"))
    return redirect(url_for(".show", theme_id=made.theme_id), 303)


@bp.post("/new/<int:candidate_id>/add")
@requires(Right.TRIAGE)
def add_group(candidate_id: int) -> ResponseReturnValue:
    """Put the group's statements into a theme there is."""
    target = forms.id_of(request.form, "target_id", "Choose the theme they belong to.")
    made = service.add_group(known(candidate_id), target, by=actor())
    words = f"{plural(len(made.statement_ids), 'statement')} went into “{page_queries.title_of(target)}”."
    tell(words, [made], url_for(".new_themes"))
    return redirect(url_for(".new_themes"), 303)


@bp.post("/new/<int:candidate_id>/split")
@requires(Right.TRIAGE)
def split_off(candidate_id: int) -> ResponseReturnValue:
    """Make the part that a run found a theme of its own."""
    made = service.split_off(known(candidate_id), title=request.form.get("title", "").strip(), by=actor())
    tell(
        f"“{page_queries.title_of(made.theme_id)}” is a theme of its own now.", [made], url_for(".new_themes")
    )
    return redirect(url_for(".new_themes"), 303)


@bp.post("/new/<int:candidate_id>/merge")
@requires(Right.TRIAGE)
def merge_both(candidate_id: int) -> ResponseReturnValue:
    """Put the two themes together that a run found to be one."""
    made = service.merge_both(known(candidate_id), by=actor())
    words = f"They are one theme now: “{page_queries.title_of(made.theme_id)}”."
    tell(words, [made], url_for(".new_themes"))
    return redirect(url_for(".new_themes"), 303)


@bp.post("/new/<int:candidate_id>/reject")
@requires(Right.TRIAGE)
def reject_group(candidate_id: int) -> ResponseReturnValue:
    """Say that the group is no theme, and why."""
    candidate = service.reject_group(known(candidate_id), request.form.get("reason", ""), by=actor())
    words = {
        "split": f"“{page_queries.title_of(candidate.of_theme_id or 0)}” stays whole.",
        "merge": "They stay two themes.",
    }.get(candidate.kind, f"“{candidate.title}” is no theme. It comes back when it has grown by half.")
    undo_url = url_for(".reopen_group", candidate_id=candidate.id)
    flash({"words": words, "undo_url": undo_url, "undo": {}})  # type: ignore[arg-type]
    return redirect(url_for(".new_themes"), 303)


@bp.post("/new/<int:candidate_id>/reopen")
@requires(Right.TRIAGE)
def reopen_group(candidate_id: int) -> ResponseReturnValue:
    """Take back that the group is no theme."""
    candidate = service.reopen_group(known(candidate_id), by=actor())
    flash(f"“{candidate.title}” waits for a decision again.")
    return redirect(url_for(".new_themes"), 303)


@bp.get("/pool")
@requires(Right.READ)
def pool_list() -> ResponseReturnValue:
    """Show what is in no theme; htmx asks again as one types or scrolls."""
    words, after = request.args.get("words", "").strip()[:200], request.args.get("after")
    page = pool.pool(words=words, after=after)
    shared: dict[str, Any] = {
        "lines": [_line(one) for one in page.rows],
        "next_url": url_for(".pool_list", words=words or None, after=page.after) if page.after else "",
        "words": words,
        "may_triage": may_triage(),
        "here": url_for(".pool_list", words=words or None),
    }
    if wants_fragment():
        return render("themes/_pool_rows.html", **shared)
    return render(
        "themes/pool.html",
        **shared,
        pool_count=pool.pool_count(),
        has_themes=bool(page_queries.theme_on_map(None)),
        tabs=_tabs("pool", pool.candidate_count()),
    )


@bp.get("/pool/<int:statement_id>/where")
@requires(Right.TRIAGE)
def where_to(statement_id: int) -> ResponseReturnValue:
    """Ask where a statement, or the group it speaks for, belongs: the likeliest themes first."""
    candidate = request.args.get("group", type=int)
    targets = page_queries.homes_for(known(statement_id), not_in=0)
    return render(
        "themes/where.html",
        fragment="form",
        targets=[(target.id, target.title) for target in targets],
        statement_id=statement_id,
        post_url=url_for(".add_group", candidate_id=known(candidate)) if candidate else url_for(".put_there"),
        back=request.args.get("back", ""),
    )


@bp.post("/pool/put")
@requires(Right.TRIAGE)
def put_there() -> ResponseReturnValue:
    """Put a statement into a theme, where it stays."""
    statement = forms.id_of(request.form, "statement_id", "Choose the statement to place.")
    target = forms.id_of(request.form, "target_id", "Choose the theme it belongs to.")
    made = service.add_statements(target, [statement], by=actor())
    words = f"Put into “{page_queries.title_of(target)}”, where it stays."
    if wants_fragment():
        return render("themes/_put.html", words=words, made=made, back=url_for(".pool_list"))
    tell(words, [made], back_url())
    return redirect(back_url(), 303)


def _tabs(current: str, candidates: int) -> list[dict[str, Any]]:
    return [
        {"label": "All themes", "url": url_for(".index")},
        {
            "label": "New theme?",
            "url": url_for(".new_themes"),
            "count": candidates,
            "is_current": current == "new",
        },
        {"label": "In no theme yet", "url": url_for(".pool_list"), "is_current": current == "pool"},
    ]


def _group(group: Group) -> dict[str, Any]:
    candidate, near = group.candidate, group.nearest
    return {
        "candidate": candidate,
        "count": group.statement_count,
        "quotes": [_said(one) for one in group.quotes],
        "first": group.quotes[0].id if group.quotes else None,
        "why": _why(candidate),
        "near": near if near and near.theme_id and candidate.kind == "new" else None,
        "heading": _heading(group),
        "of": (candidate.of_theme_id, group.of_title),
        "other": (candidate.other_theme_id, group.other_title),
        "before": _before(candidate, group.statement_count),
        "is_open": candidate.state == "open",
    }


def _heading(group: Group) -> str:
    match group.candidate.kind:
        case "split":
            return f"Is “{group.of_title}” two themes?"
        case "merge":
            return f"Are “{group.of_title}” and “{group.other_title}” the same?"
    return group.candidate.title


def _why(candidate: ThemeCandidate) -> str:
    match candidate.kind:
        case "split":
            return "The last run found these apart from the rest. It stays whole until you split it."
        case "merge":
            return "The last run found both in one place. They stay two until you merge them."
    return (
        f"They lie close together: likeness {decimal(candidate.likeness)} to their centre, "
        f"against {decimal(candidate.pool_likeness)} of what else is in no theme."
    )


def _before(candidate: ThemeCandidate, count: int) -> str:
    """Say what somebody decided earlier, where the group comes back."""
    if not candidate.decided_count or candidate.decided_at is None:
        return ""
    when = day(candidate.decided_at.date(), today())
    because = f" ({candidate.reason})" if candidate.reason else ""
    return (
        f"{candidate.decided_by_name} said on {when} that this is no theme{because}. "
        f"It had {plural(candidate.decided_count, 'statement')} then and has {count} now."
    )


def _line(line: PoolLine) -> dict[str, Any]:
    return {**_said(line.statement), "near": line if line.theme_id else None}


def _said(statement: Statement) -> dict[str, Any]:
    item = statement.item
    return {
        "id": statement.id,
        "text": statement.text,
        "item_id": item.id,
        "account": item.account,
        "speaker": item.speaker_name or (item.contact.name if item.contact else ""),
        "source": source_label(item),
        "said_on": item.said_at.date(),
    }


@waits
def new_themes_wait(user: User) -> Iterator[Waiting]:
    """Groups that might be new themes, for who triages."""
    if not user.may(Right.TRIAGE) or Role.PRODUCT_MANAGER not in user.roles:
        return
    count = pool.candidate_count()
    if count:
        yield Waiting(
            what=f"{plural(count, 'question')} about new themes",
            why=_titles([one.candidate.title for one in pool.groups()[:3]]),
            url=url_for("themes.new_themes"),
            verb="Decide",
            icon="bulb",
            tone="accent",
        )


def _titles(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)
