"""What the view of a customer tells of their words: asks with status, milestones, the risk of the renewal."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ideaflow.accounts import milestones, renewal, view
from ideaflow.accounts.asks import Status, place_of
from ideaflow.accounts.models import Contact
from ideaflow.accounts.view import Entry, Found
from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.gates.policy import Decision
from ideaflow.ideas.counting import said_last
from ideaflow.ideas.models import Idea, Support
from ideaflow.ideas.policy import Importance
from ideaflow.ideas.staff_parts import IMPORTANCES
from ideaflow.loop import raised
from ideaflow.loop.raised import Course, Raised
from ideaflow.themes.models import ThemeState
from ideaflow.users.policy import Right
from ideaflow.wording import day, plural, shorten

_raised_by = view.once(raised.raised_by)
OF_IDEAS = {
    "heard": Status.HEARD, "weighed": Status.IN_PROPOSAL, "designed": Status.DESIGNED,
    "planned": Status.DECIDED, "built": Status.LAUNCHED, "not_now": Status.NOT_NOW,
}  # fmt: skip
LONGEST = 400
MOST_TOLD = 4
"""Of so many asks the timeline tells what became of them: more would be a log, not a story."""


def asks(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell of themes and ideas, what was said last first, then of words that are in no theme yet."""
    counts: dict[int, int] = defaultdict(int, raised.theme_counts(account_ids))
    grouped: dict[int, list[Entry]] = defaultdict(list)
    for one in _raised_by(account_ids, most):
        grouped[one.account_id].append(_theme(one))
    for account_id, entry in _ideas(account_ids):
        grouped[account_id].append(entry)
        counts[account_id] += 1
    lone: dict[int, list[Entry]] = defaultdict(list)
    for item, number in raised.ungrouped(account_ids, most):
        if item.account_id not in lone:
            counts[item.account_id] += number
        lone[item.account_id].append(_heard(item))
    return {
        account_id: Found(
            (*sorted(grouped[account_id], key=_newest), *lone[account_id])[:most], count,
            _so_far(grouped[account_id]), f"/feedback/?account={account_id}",
        )
        for account_id, count in counts.items()
    }  # fmt: skip


def risk(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell how much the renewal of each account is at risk, and why."""
    counts = raised.unsolved_counts(account_ids)
    found = {}
    for account in view.accounts_of(account_ids):
        themes = counts.get(account.id, renewal.Open())
        if account.renews_on is None and not themes.count:
            continue
        days = (account.renews_on - today()).days if account.renews_on else None
        status, tone = renewal.level_of(days, themes)
        sentence = renewal.sentence_of(account.renews_on, themes, today())
        entry = Entry(
            f"Renewal risk: {status}", "renewal", sentence, status=status, status_words=status, tone=tone,
            on=account.renews_on, amount=account.revenue_amount, currency=account.currency or "",
            address="/accounts/renewals",
        )  # fmt: skip
        found[account.id] = Found((entry,), sentence=sentence)
    return found


def milestones_of(account_ids: Sequence[int], most: int) -> Mapping[int, Sequence[Entry]]:
    """Return what the words of each account became, for the few asks of theirs that went furthest."""
    found: dict[int, dict[tuple[str, str], Entry]] = defaultdict(dict)
    told = sorted(_raised_by(account_ids, most), key=lambda one: -place_of(one.status))
    chosen: dict[int, list[Raised]] = defaultdict(list)
    for one in told:
        chosen[one.account_id].append(one)
    for one in (one for own in chosen.values() for one in own[:MOST_TOLD]):
        for entry in _steps(one):
            # Several themes may lead to one proposal: it is one milestone.
            found[one.account_id].setdefault((entry.kind, entry.address), entry)
    return {account_id: list(entries.values()) for account_id, entries in found.items()}


def _steps(one: Raised) -> Iterator[Entry]:
    course = one.best
    if course is None:
        return
    times = "once" if one.times == 1 else f"{one.times} times"
    yield Entry(
        one.title, milestones.THEME, f"first said; {times} until now", at=one.first_said_at,
        address=f"/themes/{one.theme_id}",
    )  # fmt: skip
    title, label, address = course.title, f"P-{course.proposal_id}", f"/proposals/{course.proposal_id}"
    told_at = one.told.get(course.proposal_id)
    begun = f"{label} rests on their words"
    yield Entry(title, milestones.PROPOSAL, begun, at=course.proposed_at, address=address)
    if course.decided_at:
        decided = f"{label} decided: {Decision(course.decision).words.lower()}"
        yield Entry(title, milestones.DECISION, decided, at=course.decided_at, address=address)
    if course.launched_at:
        where = f"/launches/{course.launch_id}" if course.launch_id else address
        name = course.launch_name or title
        yield Entry(name, milestones.LAUNCH, "launched", at=course.launched_at, address=where)
    if told_at:
        yield Entry(title, milestones.TOLD, "they were told", at=told_at, address=address)


def _theme(one: Raised) -> Entry:
    status, facts = one.status, one.facts
    is_again = facts.is_said_again
    return Entry(
        title=one.title, kind="theme", sentence=_became(one), words=shorten(one.words, LONGEST),
        speaker=one.speaker, status=status, status_words="launched, said again" if is_again else status.words,
        tone="watch" if is_again else status.tone, at=one.last_said_at, address=f"/themes/{one.theme_id}",
    )  # fmt: skip


def _became(one: Raised) -> str:
    told = ["said once" if one.times == 1 else f"said {one.times} times"]
    if one.account_count > 1:
        others = plural(one.account_count - 1, "other account says", "other accounts say")
        told.append(f"{others} so too")
    if one.state == ThemeState.DISMISSED:
        told.append("dismissed")
    course = one.best
    return "; ".join([*told, *_course(course, one)] if course else told)


def _course(course: Course, one: Raised) -> Iterator[str]:
    yield f"P-{course.proposal_id} {course.title}"
    if course.launched_at:
        yield f"launched {day(course.launched_at.date(), today())}"
    elif course.decided_at:
        decision = Decision(course.decision).words.lower()
        yield f"decided {decision} {day(course.decided_at.date(), today())}"
    if told_at := one.told.get(course.proposal_id):
        yield f"told {day(told_at.date(), today())}"


def _ideas(account_ids: Sequence[int]) -> Iterator[tuple[int, Entry]]:
    """Return the ideas somebody of each account stands behind; hidden ones are for who moderates."""
    rows = db.session.execute(
        select(Support.account_id, Idea, Support.importance, Support.given_at, Contact.name)
        .join(Idea, Idea.id == Support.idea_id)
        .join(Contact, Contact.id == Support.contact_id)
        .where(among(Support.account_id, account_ids))
        .where(Idea.withdrawn_at.is_(None), Idea.merged_into_id.is_(None))
        .distinct(Support.account_id, Idea.id)
        .order_by(Support.account_id, Idea.id, *said_last())
    )
    for account_id, idea, importance, given_at, name in rows:
        status = OF_IDEAS[idea.status]
        is_hidden = idea.hidden_at is not None
        note = f"hidden: {idea.hidden_reason}" if is_hidden else idea.status_note
        backing = plural(idea.account_count, "company", "companies")
        known = [IMPORTANCES[Importance(importance)], backing, note]
        yield account_id or 0, Entry(
            title=idea.title, kind="idea", sentence=", ".join(filter(None, known)), speaker=name,
            words=shorten(idea.text, LONGEST), status=status, status_words=status.words, tone=status.tone,
            at=given_at, address=f"/ideas/{idea.id}", right=Right.MODERATE if is_hidden else Right.READ,
        )  # fmt: skip


def _heard(item: Any) -> Entry:
    status = Status.HEARD
    return Entry(
        title=item.subject or f"{item.source} {item.source_id}", kind="feedback",
        speaker=item.speaker_name or "", words=shorten(item.text, LONGEST), status=status,
        status_words=status.words, tone=status.tone, at=item.said_at, address=f"/feedback/{item.id}",
    )  # fmt: skip


def _newest(entry: Entry) -> float:
    return -entry.at.timestamp() if entry.at else 0.0


def _so_far(entries: Sequence[Entry]) -> str:
    """Say how far everything has come together: “2 launched, 1 decided, 3 open”."""
    numbers: dict[str, int] = defaultdict(int)
    for entry in entries:
        status = Status(entry.status)
        against = "decided against" if status is Status.NOT_NOW else "open"
        numbers["launched" if status.is_solved else against] += 1
    order = ("launched", "open", "decided against")
    return ", ".join(f"{numbers[word]} {word}" for word in order if numbers[word])


view.add_section(view.ASKS, asks, "What they asked")
view.add_section(view.RISK, risk, "Renewal risk")
milestones.add("loop", milestones_of)
