"""The words of a launch's page: each cell, each blocker, the race."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ideaflow import wording
from ideaflow.launch.forecast import LEAST_SLIPS, Ground, burn_up
from ideaflow.launch.items import rule_words
from ideaflow.launch.matrix.racing import Group, Race, span_of
from ideaflow.launch.matrix.sheet import Blocker, CellView, Sheet
from ideaflow.launch.readiness import CellCheck, CellState
from ideaflow.launch.standings import since_words

ICONS = {CellState.CAN_SELL: "circle-check", CellState.SOON: "clock", CellState.BLOCKED: "ban"}
MOST_PLACES = 3
STEPS = {"revenue": "By revenue", "owner": "By owner", "day": "By day"}


@dataclass(frozen=True)
class CellWords:
    """What a cell says: its state, what holds it, since when or how late it may be."""

    title: str
    why: str
    foot: str
    icon: str
    tone: str


def cell_words(view: CellView, now: datetime) -> CellWords:
    """Return what a cell of the matrix says."""
    return CellWords(
        _title(view, now.date()),
        why_of(view, now),
        _foot(view, now.date()),
        ICONS[view.state],
        view.state.tone,
    )


def _title(view: CellView, today: date) -> str:
    if view.state is CellState.CAN_SELL:
        return "Can sell"
    if view.readiness.share is None:
        return "No check yet"
    earliest = view.forecast.p50
    return "No day yet" if earliest is None else f"From {wording.day(earliest, today)}"


def why_of(view: CellView, now: datetime) -> str:
    """Return the one thing that holds a cell, with its moment when it was green before, and how many more."""
    one = view.readiness.held_by
    if one is None:
        return "" if view.checks else "Say what must be true first"
    rest = len(view.readiness.needed) - 1
    return check_words(one, now) + (f", {rest} more" if rest else "")


def check_words(one: CellCheck, now: datetime) -> str:
    """Return why a check does not pass: “Price entry inactive since 10:02”, “Order code: no evidence yet”.

    >>> check_words(CellCheck(1, "Order code", 0.0, False, True, words="no evidence yet"), datetime.now())
    'Order code: no evidence yet'
    """
    words = one.words or "not shown yet"
    if one.was_passed and not one.is_passed and one.since_at is not None and " since " not in words:
        words = since_words(f"{words}, red", one.since_at.isoformat(), now)
    first = one.title.split()[0].casefold()
    return words[:1].upper() + words[1:] if words.casefold().startswith(first) else f"{one.title}: {words}"


def _foot(view: CellView, today: date) -> str:
    if view.cell.released_at is not None:
        return f"on sale since {wording.day(view.cell.released_at.date(), today)}"
    if view.state is CellState.CAN_SELL:
        since = view.cell.ready_since_at
        return f"since {wording.day(since.date(), today)}" if since else ""
    late = view.forecast.p85
    return f"P85 {wording.day(late, today)}" if late else ""


@dataclass(frozen=True)
class BlockerWords:
    """One line of the blockers: what, where, by what rule, until when, and what helps."""

    note: str
    is_news: bool  # It was green before.
    places: str
    rule: str
    forecast: str
    is_late: bool
    help: str  # assign, confirm, ask or remind.


def blocker_words(one: Blocker, sheet: Sheet, now: datetime) -> BlockerWords:
    """Return what the line of a blocker says, and the one thing that helps with it."""
    worst, check = one.worst, one.check
    is_news = worst.was_passed and worst.since_at is not None
    note = worst.words
    if is_news and worst.since_at is not None:
        turned = "" if " since " in worst.words else f"; turned red {wording.ago(worst.since_at, now)}"
        note = f"{worst.words}{turned}, was green before"
    if not one.is_blocking:
        note = f"{note}; does not block, but R needs it"
    forecast = f"forecast {wording.day(one.earliest_on, now.date())}" if one.earliest_on else "no day yet"
    if check.forecast_note:
        forecast = f"{forecast}, {check.forecast_note}"
    late = one.earliest_on is None or one.earliest_on > sheet.facts.launch.launch_on
    return BlockerWords(
        note, is_news, places_of(one.cells), rule_words(check.rule), forecast, late, help_with(one, sheet)
    )


def help_with(one: Blocker, sheet: Sheet) -> str:
    """Return the one thing that helps a blocked check on."""
    if one.check.owner_id is None:
        return "assign"
    if one.waits_for_second:
        return "confirm"
    planned = one.check.forecast_on or one.check.due_on
    return "ask" if planned < sheet.today or one.earliest_on is None else "remind"


def places_of(cells: Sequence[CellView]) -> str:
    """Name cells by channel: “Marketplace: DACH, UK & Ireland”; of many the first and how many more."""
    by_channel: dict[str, list[str]] = {}
    for one in cells[:MOST_PLACES]:
        by_channel.setdefault(one.cell.channel.name, []).append(one.cell.region.name)
    told = "; ".join(f"{channel}: {', '.join(regions)}" for channel, regions in by_channel.items())
    rest = len(cells) - MOST_PLACES
    return f"{told} and {wording.plural(rest, 'cell')} more" if rest > 0 else told


def lead_words(days: int | None) -> str:
    """Return how far we are ahead of them, or behind.

    >>> lead_words(41), lead_words(-5), lead_words(0), lead_words(None)
    ('6 weeks ahead', '5 days behind', 'the same day', 'no day to compare')
    """
    if days is None:
        return "no day to compare"
    if days == 0:
        return "the same day"
    size = abs(days)
    told = wording.plural(size, "day") if size < 14 else wording.plural(round(size / 7), "week")
    return f"{told} {'ahead' if days > 0 else 'behind'}"


def race_picture(race: Race, sheet: Sheet, currency: str) -> dict[str, Any]:
    """Return the picture of the race: bars from P50 to P85 against each competitor's days."""
    first, last = span_of(race, sheet)
    return {
        "min": first.isoformat(),
        "max": last.isoformat(),
        "launch": sheet.facts.launch.launch_on.isoformat(),
        "them": [
            {
                "name": one.claim.competitor,
                "from": one.claim.begins_on.isoformat(),
                "to": one.claim.until_on.isoformat(),
            }
            for one in race.rivals
        ],
        "rows": [
            {
                "name": f"{one.name}, {wording.money(one.amount, currency)}",
                "p50": one.p50.isoformat() if one.p50 else None,
                "p85": one.p85.isoformat() if one.p85 else None,
                "text": f"first {wording.decimal(one.lead.first_share)}",
                "go": one.is_ready,
            }
            for one in shown_groups(race)
        ],
    }


def shown_groups(race: Race, most: int = 7) -> list[Group]:
    """Return the groups that the picture has room for: the ready ones and the largest."""
    return race.groups[:most]


def race_label(race: Race, today: date) -> str:
    """Say in a sentence what the picture of the race shows."""
    them = "; ".join(
        f"{one.claim.competitor} {span_words(one.claim.begins_on, one.claim.until_on, today)}"
        for one in race.rivals
    )
    ours = "; ".join(
        f"{one.name} {wording.day(one.p50, today) if one.p50 else 'no day yet'}, "
        f"chance to be first {wording.decimal(one.lead.first_share)}"
        for one in shown_groups(race)
    )
    return f"Earliest sell day by group of cells against {them}. {ours}."


def span_words(begins: date, until: date | None, today: date) -> str:
    """Return a day, or from when to when: “12 Jan 2027 to 9 Feb 2027”, “12 to 19 Jan 2027”."""
    if until is None or until == begins:
        return wording.day(begins, today)
    if (begins.year, begins.month) == (until.year, until.month):
        return f"{begins.day} to {wording.day(until, today)}"
    return f"{wording.day(begins, today)} to {wording.day(until, today)}"


def burn_picture(sheet: Sheet) -> dict[str, Any]:
    """Return the picture of the burn-up: checks planned to pass and green ones, each counted once a cell."""
    due = {one.id: one.due_on for one in sheet.facts.checks.values()}
    planned = [due[one.check_id] for view in sheet.views for one in view.checks]
    launch_on = sheet.facts.launch.launch_on
    turned = sheet.facts.turned
    days = [*planned, *turned, sheet.today, launch_on]
    rows = burn_up(planned, turned, min(days), max(days), sheet.today) if planned else []
    return {
        "rows": [[day.isoformat(), plan, green] for day, plan, green in rows],
        "today": sheet.today.isoformat(),
        "launch": launch_on.isoformat(),
        "total": len(planned),
    }


def burn_words(sheet: Sheet) -> str:
    """Say where the burn-up stands today: “183 of 240 pass; 190 were planned to by today”."""
    checks = [one for view in sheet.views for one in view.checks]
    due = {one.id: one.due_on for one in sheet.facts.checks.values()}
    passed = sum(one.is_passed for one in checks)
    planned = sum(due[one.check_id] <= sheet.today for one in checks)
    return f"{passed:,} of {len(checks):,} pass; {planned:,} were planned to by today"


def ground_words(sheet: Sheet) -> str:
    """Say what the days rest on: the seed and the past slips of each function, or that too few are known."""
    count, seed = sheet.simulation.slips.count, sheet.simulation.seed
    if count < LEAST_SLIPS:
        known = f"{wording.plural(count, 'past slip')} known, {LEAST_SLIPS} needed"
        return f"Days are as planned: {known} before their doubt can be drawn."
    grounds = sheet.simulation.grounds().items()
    own = ", ".join(f"{number:,} {name}" for name, (number, ground) in grounds if ground is Ground.OWN)
    few = ", ".join(name for name, (_, ground) in grounds if ground is Ground.ALL)
    every = f"all {wording.plural(count, 'past slip')}"
    if not own:
        why = f"; fewer than {LEAST_SLIPS} are known of {few}" if few else ""
        return f"P50, P85: 10,000 draws from {every}, seed {seed}{why}."
    rest = f"; for {few}, with fewer than {LEAST_SLIPS}, from {every}" if few else ""
    return f"P50, P85: 10,000 draws from past slips of the same function ({own}), seed {seed}{rest}."
