"""Who said what, and when: every entry is given a contact and a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from company import Account, Contact, Opportunity, table
from words import NOISE, Entry, Need

FIRST_DAY = datetime(2025, 5, 20, 6, 0)
LAST_DAY = datetime(2026, 11, 20, 18, 0)
RELEASE = datetime(2026, 6, 15)  # What a fading need asked for came with this release.
GERMAN = re.compile(r"\b(nicht|und|wir|bitte|ist|eine[nrs]?|auf|für|das|der|die)\b", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMED = re.compile(
    r"\b(January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|\b\d{1,2} (Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
)
LEADER = re.compile(
    r"VP|director|diret|CEO|owner|partner|managing|geschäftsf|gerente|gérant|inhaber|founder|chief|vorstand|general m",
    re.IGNORECASE,
)
CHRISTMAS = re.compile(r"christmas|black (friday|week)|cyber week|santa|november|december", re.IGNORECASE)


@dataclass(frozen=True)
class Filing:
    """One entry, filed by one contact at one moment."""

    entry: Entry
    account: Account
    contact: Contact
    at: datetime
    again: bool = False


def seeded(*parts: object) -> Random:
    """Return dice of their own for a purpose, so that a change in one place moves nothing elsewhere."""
    return Random("/".join(str(part) for part in ("fernhall", *parts)))


def hints_of(entry: Entry) -> dict[str, str]:
    """Return what a text says about its author: column and wished value."""
    words = f"{entry.subject}\n{entry.text}"
    found: dict[str, str] = {}
    if len(GERMAN.findall(words)) >= 4 and not re.search(r"\b(the|and|is)\b", words):
        found["region"] = "DACH"
    for row in table("hints"):
        if row["column"] not in found and re.search(row["pattern"], words, re.IGNORECASE | re.MULTILINE):
            found[row["column"]] = row["value"]
    return found


def fits(account: Account, hints: dict[str, str]) -> int:
    """Count how well an account fits the hints; a broken sure hint (a name, a language) weighs most."""
    points = 0
    for column, value in hints.items():
        if column == "contact":
            points += 20 if value in {contact.name for contact in account.contacts} else -20
        elif column == "account":
            points += 15 if account.name == value else -15
        else:
            points += (3 if column == "industry" else 6) if str(getattr(account, column)) in value else -3
    return points


def sureness(entry: Entry) -> int:
    """Say how much a text gives away of its author: a name most, an industry least."""
    columns = hints_of(entry).keys()
    return (
        4 * bool({"account", "contact"} & columns) + 2 * bool({"region", "country"} & columns) + len(columns)
    )


def circle_of(need: Need, accounts: list[Account]) -> list[Account]:
    """Choose the accounts that ask for a need, the loudest first."""
    interest = {row["need"]: row for row in table("interests")}.get(need.key)
    dice = seeded("circle", need.key)
    industries = interest["industries"].split() if interest else []

    def pull(account: Account) -> float:
        liking = 0.25 + (
            1.6 / (1 + 0.3 * industries.index(account.industry)) if account.industry in industries else 0
        )
        size = (account.arr or 120_000) ** 0.35 * (1 if account.is_customer else 0.45)
        return liking * size * dice.uniform(0.35, 1)

    ranked = sorted(accounts, key=pull, reverse=True)
    return ranked[: int(interest["accounts"]) if interest else 12]


def deal(need: Need, entries: list[Entry], accounts: list[Account]) -> dict[str, Account]:
    """Give each entry of a need an account: everybody in the circle speaks, some more than others."""
    dice = seeded("deal", need.key)
    if need.pace.startswith("shout:"):
        name = need.pace.removeprefix("shout:")
        return {entry.key: next(one for one in accounts if one.name == name) for entry in entries}
    if need.is_noise:
        customers = [account for account in accounts if account.is_customer]
        weights = [account.arr**0.4 for account in customers]
        places = dice.choices(customers, weights, k=len(entries) * 2)
    else:
        circle = circle_of(need, accounts)
        weights = [1 / (rank + 1) ** 0.6 for rank in range(len(circle))]
        places = circle + dice.choices(circle, weights, k=max(0, len(entries) - len(circle)))
    dealt: dict[str, Account] = {}
    hinted = sorted(entries, key=lambda entry: -sureness(entry))
    for entry in hinted:
        hints = hints_of(entry)
        at = max(range(len(places)), key=lambda place: (fits(places[place], hints), dice.random()))
        place = places.pop(at)
        if hints and fits(place, hints) < 0:
            place = max(
                accounts, key=lambda account: (fits(account, hints), account.is_customer, dice.random())
            )
        dealt[entry.key] = place
    return dealt


def speaker(entry: Entry, account: Account) -> Contact:
    """Choose who at the account says it: by name if the text has one, else by job, and in calls by pronoun."""
    pinned = hints_of(entry).get("contact")
    for contact in account.contacts:
        if contact.name == pinned:
            return contact
    interest = {row["need"]: row["roles"] for row in table("interests")}.get(entry.need, "")
    weights = [liking(entry, contact, interest) for contact in account.contacts]
    return seeded("speaker", entry.key, account.name).choices(account.contacts, weights)[0]


def liking(entry: Entry, contact: Contact, interest: str) -> float:
    """Weigh how likely a contact says a text: whose job it is; who leads writes few short cases but takes calls."""
    weight = 4.0 if interest and re.search(interest, contact.title, re.IGNORECASE) else 1.0
    jobs = set(re.findall(r"[A-Za-z]{2,}", contact.title.lower())) - {
        "of",
        "and",
        "for",
        "manager",
        "lead",
        "team",
    }
    if jobs & set(re.findall(r"[a-z]{2,}", entry.text[:160].lower())):
        weight *= 2.5
    if LEADER.search(contact.title):
        weight *= 2.0 if entry.kind == "call" else 0.8 if len(entry.text) > 300 else 0.15
    said = set(re.findall(r"\b(he|his|him|she|her)\b", entry.text.lower())) if entry.kind == "call" else set()
    if said and (contact.pronoun == "she") != bool(said & {"she", "her"}):
        weight *= 0.01
    return weight


# When


def moment(entry: Entry, pace: str) -> datetime:
    """Choose when an entry was filed: by the pace of its need, on a working day, near the month it names."""
    dice = seeded("moment", entry.key)
    draws = [working_time(draw_day(dice, pace, entry), dice, is_call=entry.kind == "call") for _ in range(8)]
    wished = wished_months(entry)
    if not wished:
        return draws[0]
    return min(
        draws, key=lambda at: min(min(abs(at.month - one), 12 - abs(at.month - one)) for one in wished)
    )


def draw_day(dice: Random, pace: str, entry: Entry) -> datetime:
    """Draw a moment by pace: steady, rising, late, fading, seasonal, shout."""
    span = LAST_DAY - FIRST_DAY
    name, _, weeks = pace.partition(":")
    if name in {"rising", "late"}:
        share = 0.68 if name == "rising" else 0.95
        if dice.random() < share:
            # The square root thickens the end: each week brings more than the one before.
            return LAST_DAY - timedelta(weeks=int(weeks)) * (1 - dice.random() ** 0.5)
        return FIRST_DAY + (span - timedelta(weeks=int(weeks))) * dice.random()
    if name == "fading":
        if re.search(r"\b6\.2\b|upgrade|new version|since the update", entry.text, re.IGNORECASE):
            return RELEASE + timedelta(days=10 + 80 * dice.random())
        return FIRST_DAY + (RELEASE - FIRST_DAY) * (1 - (1 - dice.random()) ** 0.6)
    if name == "seasonal":
        start = dice.choice((datetime(2025, 9, 8), datetime(2026, 8, 31)))
        early = FIRST_DAY + span * dice.random()
        return early if dice.random() < 0.15 else start + timedelta(days=80 * dice.random())
    return FIRST_DAY + span * dice.random()


def wished_months(entry: Entry) -> set[int]:
    """Return the months a text speaks of."""
    words = f"{entry.subject} {entry.text}"
    named = {MONTHS.index((long or short)[:3].lower()) + 1 for long, short in MONTH_NAMED.findall(words)}
    return named or ({10, 11, 12} if CHRISTMAS.search(words) else set())


def working_time(at: datetime, dice: Random, *, is_call: bool) -> datetime:
    """Move a moment to working hours; one in nine writes at the weekend or by night, nobody calls then."""
    hour = int(dice.triangular(5, 20, 9)) if dice.random() < 0.9 else dice.randrange(24)
    hour = min(max(hour, 8), 17) if is_call else hour
    at = at.replace(hour=hour, minute=dice.randrange(60), second=dice.randrange(60), microsecond=0)
    if at.weekday() >= 5 and (is_call or dice.random() < 0.85):
        at -= timedelta(days=at.weekday() - 4)
    return min(max(at, FIRST_DAY + timedelta(minutes=at.minute)), LAST_DAY - timedelta(minutes=at.minute))


def monday_morning(at: datetime) -> datetime:
    """Move a moment to the Monday before, from six o'clock."""
    return max(at - timedelta(days=at.weekday()), FIRST_DAY + timedelta(days=6)).replace(
        hour=6 + at.minute // 30
    )


def file_all(needs: list[Need], accounts: list[Account]) -> list[Filing]:
    """File every case, call note and long mail, some of them twice."""
    filings = [filing for need in needs for filing in file_need(need, accounts)]
    filings += file_again([one for one in filings if one.entry.need != NOISE])
    return sorted(filings, key=lambda one: (one.at, one.entry.key, one.contact.email))


def file_need(need: Need, accounts: list[Account]) -> list[Filing]:
    """File the entries of one need once."""
    entries = [entry for entry in need.entries if entry.kind != "lost"]
    dealt = deal(need, entries, accounts)
    filings = []
    for entry in entries:
        account = dealt[entry.key]
        at = moment(entry, need.pace)
        at = monday_morning(at) if need.pace.startswith("shout:") else at
        filings.append(Filing(entry, account, speaker(entry, account), at))
    return filings


def file_again(filings: list[Filing]) -> list[Filing]:
    """Let a few contacts file the same words twice, as people do who got no answer."""
    dice = seeded("again")
    plain = [one for one in filings if one.entry.kind == "case" and one.at < LAST_DAY - timedelta(days=12)]
    return [
        Filing(
            one.entry,
            one.account,
            one.contact,
            one.at + timedelta(days=dice.randint(1, 9), minutes=37),
            again=True,
        )
        for one in dice.sample(plain, 22)
    ]


def stems(text: str) -> set[str]:
    """Return the beginnings of the longer words of a text."""
    return {word[:6] for word in re.findall(r"[a-z]{4,}", text.lower())}


def assign_lost(opportunities: list[Opportunity], needs: list[Need]) -> dict[str, Entry]:
    """Give each lost reason that names a need to the lost opportunity it fits best; id → entry."""
    open_ones = [one for one in opportunities if one.stage == "Closed Lost"]
    lost = [entry for need in needs for entry in need.entries if entry.kind == "lost"]
    if len(lost) > len(open_ones):
        raise ValueError(
            f"company/opportunities.csv: {len(lost)} lost reasons, only {len(open_ones)} lost rows; add some."
        )
    titles = {need.key: need.title for need in needs}
    assigned: dict[str, Entry] = {}
    for entry in sorted(lost, key=lambda entry: (entry.need == NOISE, -sureness(entry), entry.key)):
        words = stems(f"{titles.get(entry.need)} {entry.need} {entry.text}")
        hints = hints_of(entry)

        def fit(one: Opportunity, words: set[str] = words, hints: dict[str, str] = hints) -> tuple[int, str]:
            shared = words & stems(one.name)
            return fits(one.account, hints) + 2 * len(shared) + (one.account.type == "Prospect"), one.id

        best = max(open_ones, key=fit)
        open_ones.remove(best)
        assigned[best.id] = entry
    return assigned
