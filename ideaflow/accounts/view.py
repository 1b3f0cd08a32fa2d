"""What a customer is to us: one view for every role, filled by the slices, masked in one place.

A slice adds a section from a module that the application loads (its ``elsewhere`` or ``views``)::

    view.add_section(view.COMMITMENTS, commitments_of, "What we promised")

    def commitments_of(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
        ...  # one question for all accounts; the first ``most`` entries of each, and how many there are
        return {7: Found((Entry("A list that never vanishes", status="at_risk", …),), count=12)}

Every maker gets all account ids at once, so that a list of customers asks as often as one customer. What
several makers read goes through :func:`once`.
Nothing in a view depends on who looks: :func:`masked` alone takes away what a reader may not see, and
page, JSON and card show what is left.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ideaflow.accounts import owners, queries
from ideaflow.users.policy import Right

RELATIONSHIP = "relationship"
RISK = "risk"
COMMITMENTS = "commitments"
ASKS = "asks"
CASES = "cases"
OPPORTUNITIES = "opportunities"
CODESIGN = "codesign"
TIMELINE = "timeline"
ORDER = (RELATIONSHIP, RISK, COMMITMENTS, ASKS, CASES, OPPORTUNITIES, CODESIGN, TIMELINE)
"""The sections in the order they are read; those of other keys come after them."""

MOST = 50
"""So many entries a section holds at most; its ``count`` tells of all, its ``address`` leads to them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing about a customer, ready to be read, counted or sent.

    :ivar title: what it is, as its own page calls it.
    :ivar kind: what sort of thing within its section: ``contact``, ``call``, ``theme``, ``idea``.
    :ivar sentence: what is to be known of it, one plain sentence or less.
    :ivar words: the customer's own words, verbatim; ``speaker``: who of them said so.
    :ivar status: one word for programs (``in_proposal``); ``status_words``: the same for people.
    :ivar tone: how its state is drawn: go, watch, stop, accent, hollow or nothing.
    :ivar at: when it happened; ``on``: the day it is due, closes, renews.
    :ivar amount: money with its ``currency``; amounts of two currencies are never added up.
    :ivar address: the path of its page, as in “/cases/12”: views are made outside of requests, too.
    :ivar right: who may see it; everybody who reads unless told otherwise.
    """

    title: str
    kind: str = ""
    sentence: str = ""
    words: str = ""
    speaker: str = ""
    status: str = ""
    status_words: str = ""
    tone: str = ""
    at: datetime | None = None
    on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    address: str = ""
    right: Right = Right.READ


@dataclass(frozen=True, slots=True)
class Found:
    """What a maker found about one account.

    :ivar count: how many there are, where ``entries`` are only the first ones.
    :ivar sentence: what all of them say together.
    :ivar address: the path of the page with all of them.
    """

    entries: tuple[Entry, ...] = ()
    count: int | None = None
    sentence: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the view, empty where there is nothing to tell."""

    key: str
    title: str
    entries: tuple[Entry, ...] = ()
    count: int = 0
    sentence: str = ""
    address: str = ""

    @property
    def rest_count(self) -> int:
        """Return how many there are beyond the entries."""
        return self.count - len(self.entries)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """All that is known of one customer or prospect."""

    account_id: int
    name: str
    kind: str
    segment: str
    region: str
    owner: str
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """Return a section; an empty one where nobody fills it."""
        return next((one for one in self.sections if one.key == key), Section(key, ""))


Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Maker = Callable[[Sequence[int], int], Mapping[int, Found]]
_makers: dict[str, tuple[str, Maker]] = {}
_read: ContextVar[dict[Any, Any] | None] = ContextVar("what the views being made have read", default=None)


def add_section(key: str, maker: Maker, title: str) -> None:
    """Let ``maker(account_ids, most)`` fill the section ``key``; said again, the last one counts."""
    _makers[key] = (title, maker)


def once(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let the makers of one view share what ``read`` answers to equal arguments; they do not change it."""

    @wraps(read)
    def reading(*args: Asked.args, **named: Asked.kwargs) -> Answer:
        known = _read.get()
        if known is None:
            return read(*args, **named)
        key = (read, args, *named.items())
        if key not in known:
            known[key] = read(*args, **named)
        answer: Answer = known[key]
        return answer

    return reading


accounts_of = once(queries.some)
owner_names_of = once(owners.names_of)


def views_of(
    account_ids: Collection[int], *, only: Collection[str] | None = None, most: int = MOST
) -> dict[int, CustomerView]:
    """Return the view of each of these accounts, unmasked; an account that is not there has none.

    :param only: the keys of the sections wanted; all when left out.
    :param most: entries a section holds at most.
    """
    before = _read.set({})
    try:
        return _views_of(tuple(dict.fromkeys(account_ids)), only, most)
    finally:
        _read.reset(before)


def _views_of(
    account_ids: tuple[int, ...], only: Collection[str] | None, most: int
) -> dict[int, CustomerView]:
    known = {account.id: account for account in accounts_of(account_ids)}
    ids = tuple(one for one in account_ids if one in known)
    wanted = [key for key in sorted(_makers, key=_place) if only is None or key in only]
    found = {key: _makers[key][1](ids, most) for key in wanted} if ids else {}
    names = owner_names_of(ids)
    return {
        account.id: CustomerView(
            account.id, account.name, account.kind, account.segment or "", account.region or "",
            names[account.id],
            tuple(_section(key, found[key].get(account.id, Found()), most) for key in wanted),
        )
        for account in known.values()
    }  # fmt: skip


def masked(view: CustomerView, rights: Collection[Right]) -> CustomerView:
    """Return the view without the entries that somebody with ``rights`` may not see; counts follow."""
    return replace(view, sections=tuple(_masked(section, rights) for section in view.sections))


def plain(view: CustomerView) -> dict[str, Any]:
    """Return the view as values JSON can hold: days and moments in ISO form, amounts as text."""
    return {
        "id": view.account_id, "name": view.name, "kind": view.kind, "segment": view.segment,
        "region": view.region, "owner": view.owner,
        "sections": {section.key: _plain_section(section) for section in view.sections},
    }  # fmt: skip


def _place(key: str) -> tuple[int, str]:
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)


def _section(key: str, found: Found, most: int) -> Section:
    count = len(found.entries) if found.count is None else found.count
    return Section(key, _makers[key][0], found.entries[:most], count, found.sentence, found.address)


def _masked(section: Section, rights: Collection[Right]) -> Section:
    kept = tuple(entry for entry in section.entries if entry.right in rights)
    return replace(section, entries=kept, count=section.count - len(section.entries) + len(kept))


def _plain_section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title, "sentence": section.sentence, "count": section.count,
        "address": section.address, "entries": [_plain_entry(entry) for entry in section.entries],
    }  # fmt: skip


def _plain_entry(entry: Entry) -> dict[str, Any]:
    values = {one.name: getattr(entry, one.name) for one in fields(entry)}
    for name in ("at", "on"):
        values[name] = values[name].isoformat() if values[name] else None
    values["amount"] = None if entry.amount is None else str(entry.amount)
    values["right"] = str(entry.right)
    return values
