"""What to know before a call, from the customer’s view: the renewal, promises, asks without an answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ideaflow import config
from ideaflow.accounts import view
from ideaflow.accounts.models import Account
from ideaflow.accounts.view import CustomerView, Entry
from ideaflow.wording import day, money, plural

RENEWAL_DAYS = 180
SOLVED = frozenset({"launched", "not_now", "told", "confirmed"})
SETTLED = frozenset({"met", "kept", "broken", "released"})
MOST_ASKS, MOST_PROMISES = 2, 3


@dataclass(frozen=True)
class Before:
    """One thing to know before a call, and where it is dealt with.

    :ivar tone: watch or stop for what bears on the call, else nothing.
    """

    what: str
    why: str
    url: str
    verb: str
    tone: str = ""


def before_call(account: Account, seen: CustomerView | None, today: date) -> list[Before]:
    """Return what to know before a call, what binds us first; nothing where only the answer was asked for."""
    if seen is None:
        return []
    return [
        *_renewal(account, seen, today),
        *_promises(seen.section(view.COMMITMENTS).entries, today),
        *_asks(seen.section(view.ASKS).entries, today),
    ]


def _renewal(account: Account, seen: CustomerView, today: date) -> Iterator[Before]:
    if account.renews_on is None or not 0 <= (days := (account.renews_on - today).days) <= RENEWAL_DAYS:
        return
    entries = seen.section(view.RISK).entries
    value = (
        money(account.revenue_amount, account.currency or config.read().currency)
        if account.revenue_amount
        else ""
    )
    why = ", ".join(part for part in (value, day(account.renews_on, today)) if part)
    if entries and ";" in entries[0].sentence:
        why += ";" + entries[0].sentence.rpartition(";")[2].rstrip(".")
    when = "today" if days == 0 else f"in {plural(days, 'day')}"
    yield Before(f"Renewal {when}", why, f"/accounts/{account.id}", "See them", "watch" if days <= 90 else "")


def _promises(entries: Sequence[Entry], today: date) -> Iterator[Before]:
    for one in [one for one in entries if one.status not in SETTLED][:MOST_PROMISES]:
        due = f" by {day(one.on, today)}" if one.on else ""
        why = "; ".join(part for part in (one.status_words, one.sentence) if part)
        yield Before(f"Commitment: {one.title}{due}", why, one.address, "Open", one.tone)


def _asks(entries: Sequence[Entry], today: date) -> Iterator[Before]:
    waiting = [one for one in entries if one.status not in SOLVED and one.kind == "theme"]
    for one in waiting[:MOST_ASKS]:
        last = f"last {day(one.at.date(), today)}" if one.at else ""
        why = ", ".join(part for part in (one.sentence, last, one.status_words) if part)
        yield Before(one.title, why, one.address, "Words")
