"""What the list of themes is narrowed to: views, filters, and those that later slices add."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, false, func, or_, select

from ideaflow.accounts.models import Account
from ideaflow.clock import now
from ideaflow.errors import Invalid
from ideaflow.feedback.models import FeedbackItem
from ideaflow.feedback.queries import says, words_of
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import LIVE_STATES, OPEN_STATES, Theme, ThemeMembership, ThemeState

ROLLING = {"1w": 7, "4w": 28, "12w": 84, "26w": 182, "52w": 364}
"""Rolling spans by their key: so many days back from the last day anybody said something."""
MONEY = "revenue"
ME, NOBODY = "me", "nobody"
"""Who owns a theme, where it is no number: whoever looks, or no one."""


class View(StrEnum):
    """The lists one opens with one click."""

    OPEN = "open"
    TRIAGE = "triage"
    SIGNALS = "signals"
    MINE = "mine"
    WATCHING = "watching"
    PROPOSED = "proposed"
    RENEWALS = "renewals"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class InboxFilters:
    """What the reader of the list wants to see; empty means all.

    :ivar words: all of them in the title or the quote, or in one statement.
    :ivar view: one of ``View``.
    :ivar user_id: who “mine” and “me” is.
    :ivar owner: ``ME`` or ``NOBODY``, in place of ``owner_id``.
    :ivar state: one of ``ThemeState`` that live; dismissed ones are then found among the open too.
    :ivar heard: one of ``ROLLING``: heard within it, by whoever segment, region and source leave.
    :ivar born: one of ``ROLLING``: first heard within it.
    :ivar more: what later slices filter by, as name and value.
    :ivar sort: one of ``ORDERS``.
    :ivar lens: ``MONEY`` shows what accounts stand for in place of the trend.
    """

    words: str = ""
    view: str = View.OPEN
    segment: str = ""
    region: str = ""
    source: str = ""
    trend: str = ""
    owner_id: int | None = None
    user_id: int | None = None
    sort: str = "signal"
    area_id: int | None = None
    owner: str = ""
    state: str = ""
    heard: str = ""
    born: str = ""
    revenue_from: int | None = None
    pipeline_from: int | None = None
    accounts_from: int | None = None
    more: tuple[tuple[str, str], ...] = ()
    lens: str = ""


@dataclass(frozen=True)
class MoreFilter:
    """A filter that a later slice adds to the list of themes.

    :ivar name: how the address calls it: “objective”.
    :ivar options: what can be chosen, as value and word.
    :ivar condition: which themes a value leaves.
    """

    name: str
    label: str
    options: Callable[[], Sequence[tuple[str, str]]]
    condition: Callable[[str], ColumnElement[bool]]


MORE: dict[str, MoreFilter] = {}


def add_filter(one: MoreFilter) -> None:
    """Let the list be narrowed by what a later slice knows of themes."""
    MORE[one.name] = one


def filtered(query: Select[*tuple[Any, ...]], filters: InboxFilters) -> Select[*tuple[Any, ...]]:
    """Narrow a query of themes to what the filters leave.

    :raises Invalid: there is no such view.
    """
    try:
        view = View(filters.view)
    except ValueError as error:
        raise Invalid(f"There is no view “{filters.view}”. Use one of: {', '.join(View)}.") from error
    query = query.where(in_view(view, filters.user_id, any_state=bool(filters.state)))
    query = query.where(*_own(filters), *_by_whom(filters))
    query = query.where(*(MORE[name].condition(value) for name, value in filters.more if name in MORE))
    if filters.words.strip():
        query = query.where(_about(filters.words))
    return query


def _about(words: str) -> ColumnElement[bool]:
    """Return the condition “title and quote have all of these words, or one statement says them”."""
    shown = [
        or_(Theme.title.icontains(word, autoescape=True), Theme.quote.icontains(word, autoescape=True))
        for word in words_of(words)
    ]
    # Asked once for all themes, so that the index of words answers it.
    saying = counting(select(ThemeMembership.theme_id)).where(says(words))
    return or_(and_(*shown) if shown else false(), Theme.id.in_(saying))


def in_view(view: View, user_id: int | None, *, any_state: bool = False) -> ColumnElement[bool]:
    """Return the condition “is in this view”.

    :param any_state: a filter names the state, so that what is open does not.
    """
    is_open = Theme.state.in_(LIVE_STATES if any_state else OPEN_STATES)
    return {
        View.OPEN: is_open,
        View.TRIAGE: Theme.state == ThemeState.NEW,
        View.SIGNALS: and_(is_open, Theme.signal_rank > 0),
        View.MINE: and_(is_open, Theme.owner_id == (user_id or 0)),
        View.WATCHING: Theme.state == ThemeState.WATCHING,
        View.PROPOSED: Theme.state == ThemeState.PROPOSED,
        View.RENEWALS: and_(is_open, Theme.renewal_count > 0),
        View.DISMISSED: Theme.state == ThemeState.DISMISSED,
    }[view]


def since(span: str) -> ColumnElement[Any]:
    """Return the moment a rolling span begins: counted back from the last word that was heard.

    An export of last year shows the last weeks of last year, as its trends do.
    """
    last = (
        select(func.max(FeedbackItem.said_at))
        .where(FeedbackItem.counts, FeedbackItem.said_at < now())
        .correlate(None)
        .scalar_subquery()
    )
    return func.coalesce(last, now()) - timedelta(days=ROLLING[span])


def _own(filters: InboxFilters) -> list[ColumnElement[bool]]:
    """Return what is asked of the theme itself."""
    asked: list[ColumnElement[bool]] = []
    for column, value in ((Theme.trend, filters.trend), (Theme.state, filters.state)):
        if value:
            asked.append(column == value)
    for number, least in (
        (Theme.revenue_amount, filters.revenue_from),
        (Theme.open_amount, filters.pipeline_from),
        (Theme.account_count, filters.accounts_from),
    ):
        if least is not None:
            asked.append(number >= least)
    if filters.area_id is not None:
        asked.append(Theme.area_id == filters.area_id)
    if filters.owner == NOBODY:
        asked.append(Theme.owner_id.is_(None))
    elif filters.owner == ME or filters.owner_id is not None:
        asked.append(Theme.owner_id == (filters.user_id if filters.owner == ME else filters.owner_id))
    if filters.born in ROLLING:
        asked.append(Theme.first_said_at >= since(filters.born))
    return asked


def _by_whom(filters: InboxFilters) -> list[ColumnElement[bool]]:
    """Return what is asked of who said it, and when."""
    about = [
        column == value
        for column, value in (
            (Account.segment, filters.segment),
            (Account.region, filters.region),
            (FeedbackItem.source, filters.source),
        )
        if value
    ]
    heard = filters.heard in ROLLING
    if about:
        when = [FeedbackItem.said_at >= since(filters.heard)] if heard else []
        return [_said_by(*about, *when)]
    return [Theme.last_said_at >= since(filters.heard)] if heard else []


def _said_by(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return “somebody like this speaks in the theme”.

    The themes are gathered once, into an array: beside tables the database takes for empty, as after a
    first import, it would go through all that was said for each theme.
    """
    query = counting(select(ThemeMembership.theme_id).distinct()).outerjoin(
        Account, Account.id == FeedbackItem.account_id
    )
    return Theme.id == any_(func.array(query.where(*conditions).scalar_subquery()))
