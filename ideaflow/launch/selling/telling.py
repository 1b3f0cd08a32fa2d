"""The words of a seller’s card: under the answer, of a channel that is held, of what not to promise. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from ideaflow.launch.selling.answering import Answer, Blocker, Channel, Verdict, by_channel, joined
from ideaflow.launch.unblocking.gaps import Worth, fraction_words
from ideaflow.wording import MONTHS, day, money, plural, sum_of


def below(answer: Answer, now: datetime) -> str:
    """Say where and since when, or what is waited for: “direct, DACH; ready since 9 Nov”."""
    best = answer.best
    if best is None:
        return "no cell of this launch is planned there"
    where = f"{joined(answer.open_channels)}, {answer.region}"
    if answer.verdict is Verdict.NOW:
        since = best.cell.ready_since_at
        return f"{where}; ready since {since_words(since, now)}" if since else f"{where}; ready"
    if best.cell.is_ready:
        return f"{where}; ready, launch day is {day(best.cell.launch_on, now.date())}"
    return f"{where}; {held_words(best.cell.blocker, now)}"


def held_words(blocker: Blocker | None, now: datetime) -> str:
    """Say the one thing that blocks and since when: “price entry inactive since 10:02”."""
    if blocker is None:
        return "no check of it has been made yet"
    words = blocker.words or blocker.title
    told = f"{blocker.title}: {words}" if words in ("no evidence yet", "not measured yet") else words
    if blocker.since_at is not None and "since" not in told:
        told = f"{told}, since {since_words(blocker.since_at, now)}"
    return told


def but(channel: Channel, now: datetime) -> tuple[str, str]:
    """Return what another channel of the region cannot do, the first part to be set in bold."""
    first = f"Not {by_channel(channel.cell)}"
    when = f" before {day(channel.from_on, now.date())}" if channel.from_on else " yet"
    cell = channel.cell
    why = "ready, before launch day" if cell.is_ready else held_words(cell.blocker, now)
    return first, f"{when}: {why}"


def since_words(moment: datetime, now: datetime) -> str:
    """Write since when: the clock today, else the day."""
    here = moment.astimezone(now.tzinfo)
    return f"{here:%H:%M}" if here.date() == now.date() else day(here.date(), now.date())


def asked_words(first_name: str, said_at: datetime, today: date) -> str:
    """Return the head above the customer's words: “Anke asked in March”."""
    month = MONTHS[said_at.month - 1] if said_at.year != today.year else f"{said_at:%B}"
    when = f"in {month}" if said_at.year == today.year else f"in {month} {said_at.year}"
    return f"{first_name or 'They'} asked {when}"


def worth_words(worth: Worth, currency: str) -> str:
    """Return what the share is of: “an even third of €320 k”, “even shares of 3 sales”."""
    if worth.sale_count != 1:
        return f"even shares of {plural(worth.sale_count, 'sale')}"
    if worth.gap_count == 1:
        return "all of it, the only gap"
    return f"{fraction_words(worth.gap_count)} of {money(worth.touched, currency)}"


def price_words(low: float | None, high: float | None, unit: str, currency: str) -> str:
    """Return the band of prices as one says it: “€420 to 480 per dock and month.”; empty: not said."""
    known = [one for one in (low, high) if one]
    if not known:
        return ""
    sign = sum_of(0, currency).removesuffix("0")
    first = f"{sign}{_plain(known[0])}"
    if len(known) == 2 and known[0] != known[1]:
        first = f"{first} to {_plain(known[1])}"
    return f"{first} per {unit}." if unit else f"{first}."


def _plain(amount: float) -> str:
    """Write a price as it is paid: 420, 4.50; a rounded one is a wrong one."""
    return f"{amount:,.0f}" if amount == int(amount) and amount >= 100 else f"{amount:,.2f}"


def never(answers: Sequence[Answer], now: datetime) -> list[str]:
    """Return what not to promise of the channels that cannot sell: “Anything by partner before 14 Jan.”"""
    found = []
    for answer in answers:
        for one in answer.held:
            until = f"before {day(one.from_on, now.date())}" if one.from_on else "yet"
            where = f" in {answer.region}" if len(answers) > 1 else ""
            found.append(f"Anything {by_channel(one.cell)}{where} {until}.")
        if answer.verdict is Verdict.NOT_HERE:
            found.append(f"Anything in {answer.region}: it is not planned there.")
    return list(dict.fromkeys(found))
