"""Names proposed by another machine, where the operator allows it; a person accepts or rejects them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ideaflow import audit, config, queue
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound, Unavailable
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import engine
from ideaflow.themes.asking.people import known_names
from ideaflow.themes.corrections.standing import rename
from ideaflow.themes.models import OPEN_STATES, Theme, ThemeCorrection, ThemeMembership
from ideaflow.themes.offers import naming
from ideaflow.themes.offers.endpoint import Endpoint, EndpointError, configured
from ideaflow.themes.tables.suggestions import SuggestionState, ThemeSuggestion

QUOTES, READ = 12, 60
"""Quotes a model is shown, and the most central statements they come from: one of each account first."""
THEMES = 50
"""Themes asked about after a run, the largest first."""
KNOWN_SHARE = 0.5
"""A theme that shares this much of its quotes with an answer before is not asked about again by itself."""
GIVE_UP = 3
"""After so many themes in a row without an answer the rest is left for another time."""


@dataclass(frozen=True)
class _Asked:
    theme_id: int
    ids: list[int]
    quotes: list[str]


def queue_suggestions(theme_id: int | None = None) -> bool:
    """Ask for names in the background, if an endpoint is set.

    :param theme_id: one theme that somebody wants a name for, also if it was asked about before.
    :returns: whether an endpoint is set.
    """
    if configured(config.read()) is None:
        return False
    with transaction():
        if theme_id is None:
            queue.defer("themes.suggest", alone="themes.suggest")
        else:
            queue.defer("themes.suggest", alone=f"themes.suggest {theme_id}", theme_id=theme_id)
    return True


def suggest(theme_id: int | None = None, *, endpoint: Endpoint | None = None) -> int:
    """Ask for the names of themes that no human has named. One that fails harms no other.

    :param theme_id: this theme alone.
    :param endpoint: whom to ask; the one of the settings when left out.
    :returns: how many answers were grounded.
    """
    endpoint = endpoint or configured(config.read())
    if endpoint is None:
        return 0
    people, proposed, silent = known_names(), 0, 0
    for one in _themes(theme_id):
        asked = _asked(one, people)
        if len(asked.quotes) < naming.CITED or (theme_id is None and _is_known(asked)):
            continue
        db.session.rollback()  # Nothing is held open while the other machine thinks.
        state = _ask(endpoint, asked)
        proposed += state == SuggestionState.PROPOSED
        silent = silent + 1 if state == SuggestionState.FAILED else 0
        if silent == GIVE_UP:
            break
    return proposed


def accept(suggestion_id: int, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Give a theme the name that was proposed; undone like any other renaming.

    :raises Conflict: the proposal was decided on already, or somebody changed the theme.
    """
    with transaction():
        suggestion = _open(suggestion_id)
        made = rename(suggestion.theme_id, suggestion.title, version=version, by=by)
        _decide(suggestion, SuggestionState.ACCEPTED, by)
        return made


def reject(suggestion_id: int, *, by: Actor) -> ThemeSuggestion:
    """Say that a proposed name is none; it is not proposed again for the same quotes.

    :raises Conflict: the proposal was decided on already.
    """
    with transaction():
        suggestion = _open(suggestion_id)
        _decide(suggestion, SuggestionState.REJECTED, by)
        return suggestion


def _decide(suggestion: ThemeSuggestion, state: SuggestionState, by: Actor) -> None:
    before, suggestion.state, suggestion.decided_at = suggestion.state, str(state), now()
    audit.record(
        by, f"themes.suggestion_{state}", suggestion, before={"state": before}, after={"state": state}
    )


def _open(suggestion_id: int) -> ThemeSuggestion:
    found = db.session.get(ThemeSuggestion, suggestion_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(f"There is no proposed name {suggestion_id}.")
    if found.state != SuggestionState.PROPOSED:
        raise Conflict(f"The proposed name “{found.title}” was {found.state} already.")
    return found


def _themes(theme_id: int | None) -> Sequence[int]:
    query = select(Theme.id).where(Theme.state.in_(OPEN_STATES))
    if theme_id is not None:
        return db.session.scalars(query.where(Theme.id == theme_id)).all()
    query = query.where(Theme.is_named.is_(False)).order_by(Theme.statement_count.desc(), Theme.id)
    return db.session.scalars(query.limit(THEMES)).all()


def _asked(theme_id: int, people: Sequence[str]) -> _Asked:
    """Return the quotes of a theme as another machine may see them."""
    rows = db.session.execute(
        select(Statement.id, Statement.text, FeedbackItem.account_id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(ThemeMembership.theme_id == theme_id)
        .order_by(ThemeMembership.likeness.desc(), Statement.id)
        .limit(READ)
    ).all()
    heard: set[int | None] = set()
    first = [row for row in rows if row[2] not in heard and not heard.add(row[2])]  # type: ignore[func-returns-value]
    chosen = [*first, *(row for row in rows if row not in first)][:QUOTES]
    return _Asked(theme_id, [row[0] for row in chosen], naming.shown([row[1] for row in chosen], people))


def _is_known(asked: _Asked) -> bool:
    """Return whether the theme was asked about with much the same quotes, and answered."""
    query = select(ThemeSuggestion.shown_ids).where(
        ThemeSuggestion.theme_id == asked.theme_id, ThemeSuggestion.state != SuggestionState.FAILED
    )
    known = [set(ids) & set(asked.ids) for ids in db.session.scalars(query)]
    return any(len(some) >= KNOWN_SHARE * len(asked.ids) for some in known)


def _ask(endpoint: Endpoint, asked: _Asked) -> SuggestionState:
    """Ask about one theme and keep the answer, or why there is none."""
    made = ThemeSuggestion(theme_id=asked.theme_id, model=endpoint.model[:300], shown_ids=asked.ids)
    try:
        answer = naming.believed(endpoint.ask(naming.question(asked.quotes)), asked.quotes, engine.likeness)
        made.state, made.title, made.summary = SuggestionState.PROPOSED, answer.title, answer.summary
        made.cited_ids = [asked.ids[place] for place in answer.cited]
    except naming.Rejected as error:
        made.state, made.reason = SuggestionState.UNGROUNDED, str(error)[:1000]
    except (EndpointError, Unavailable) as error:
        made.state, made.reason = SuggestionState.FAILED, str(error)[:1000]
    with transaction() as session:
        if made.state == SuggestionState.PROPOSED:
            _supersede(asked.theme_id)
        session.add(made)
        session.flush()
        facts = {"state": made.state, "theme_id": made.theme_id, "quote_count": len(asked.ids)}
        audit.record(SYSTEM, "themes.suggest", made, after=facts, reason=made.reason)
        return SuggestionState(made.state)


def _supersede(theme_id: int) -> None:
    """Take back what was proposed before: one proposed name at a time."""
    query = select(ThemeSuggestion).where(
        ThemeSuggestion.theme_id == theme_id, ThemeSuggestion.state == SuggestionState.PROPOSED
    )
    for older in db.session.scalars(query):
        _decide(older, SuggestionState.REJECTED, SYSTEM)
