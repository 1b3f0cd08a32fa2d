"""What commitments show on pages of others: accounts, proposals, feedback, the start page, the rail."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from ideaflow import navigation, parts, work
from ideaflow.accounts import milestones, view
from ideaflow.accounts.view import Entry, Found
from ideaflow.clock import today
from ideaflow.launch.commitments import queries
from ideaflow.launch.commitments.models import Commitment
from ideaflow.launch.commitments.states import State
from ideaflow.parts import Part
from ideaflow.proposals.parts import PagePart, Place, add_part
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import day, plural
from ideaflow.work import Waiting

MOST, MOST_SHOWN = 8, 5
COMMITMENT = "commitment"
_of_accounts = view.once(queries.of_accounts)


def register() -> None:
    """Add the parts; called once, when the views are imported."""
    view.add_section(view.COMMITMENTS, section, "What we promised")
    milestones.add(COMMITMENT, kept_milestones)
    parts.add("accounts.actions", lambda account: _button(account_id=account.id))
    parts.add("feedback.aside", lambda item: _button(account_id=item.account_id, item_id=item.id))
    parts.add("accounts.case_aside", lambda case: _button(account_id=case.account_id, case_id=case.id))
    parts.add(
        "accounts.opportunity_aside",
        lambda one: _button(account_id=one.account_id, opportunity_id=one.id),
    )
    add_part(Place.GATES, _of_proposal)
    work.waits(waiting)
    navigation.counts("commitments.index", _count)


def section(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell what we promised each account: what binds first, by its day."""
    found, counts = _of_accounts(account_ids, most), queries.counts_of_accounts(account_ids)
    return {
        account_id: Found(
            tuple(map(_entry, own)), counts[account_id][0],
            _bound(counts[account_id][1]),
            f"/commitments/?view=all&account_id={account_id}",
        )
        for account_id, own in found.items()
    }  # fmt: skip


def _bound(count: int) -> str:
    return f"{plural(count, 'promise binds us', 'promises bind us')}." if count else "None binds us now."


def kept_milestones(account_ids: Sequence[int], most: int) -> Mapping[int, Sequence[Entry]]:
    """Return the promises that were kept or broken, as milestones."""
    return {
        account_id: [
            Entry(f"Promise {one.stands.words}: {one.name}", COMMITMENT, status=one.state,
                  status_words=one.stands.words, tone=one.stands.tone, at=one.state_since,
                  address=f"/commitments/{one.id}")
            for one in own
            if one.stands in (State.MET, State.BROKEN)
        ]
        for account_id, own in _of_accounts(account_ids, most).items()
    }  # fmt: skip


def waiting(user: User) -> Iterator[Waiting]:
    """What waits for somebody: a yes of theirs, promises at risk, promises overdue."""
    if not user.may(Right.READ):
        return
    for one in queries.waiting_for(user, MOST):
        url = url_for("commitments.show", commitment_id=one.id)
        due = f"by {day(one.due_on, today())}"
        if one.stands is State.ASKED:
            yield Waiting(
                f"{one.owner.first_name} asks for your yes: {one.name}",
                f"A promise to {one.account.name}; they have heard nothing yet", url, "Answer", due,
                "calendar-check", "accent", is_today=True,
            )  # fmt: skip
        elif one.is_overdue:
            days = plural((today() - one.due_on).days, "day")
            yield Waiting(
                f"What became of your promise to {one.account.name}?" if one.owner_id == user.id
                else f"Overdue at {one.account.name}: {one.name}",
                f"{one.name}; {days} overdue", url, "Say it", due, "calendar-check", "stop", is_today=True,
            )  # fmt: skip
        else:
            known = "they know" if one.is_told else "they do not know yet"
            yield Waiting(
                f"At risk at {one.account.name}: {one.name}", f"{one.reason.partition('. ')[0]}; {known}",
                url, "Look at it", due, "calendar-check", "watch", is_today=True,
            )  # fmt: skip


def _entry(one: Commitment) -> Entry:
    overdue = one.is_overdue
    return Entry(
        one.name, COMMITMENT, f"promised by {one.owner.name}, for {day(one.due_on, today())}",
        status="overdue" if overdue else one.state, status_words="overdue" if overdue else one.stands.words,
        tone="stop" if overdue else one.stands.tone, at=one.created_at, on=one.due_on,
        address=f"/commitments/{one.id}",
    )  # fmt: skip


def _button(account_id: int | None = None, **source: Any) -> Part | None:
    if account_id is None or not current_user.may(Right.COMMIT):
        return None
    url = url_for("commitments.new", account_id=account_id, **source)
    return Part("commitments/_button.html", {"url": url, "is_alone": bool(source)})


def _of_proposal(proposal: Any) -> PagePart | None:
    filters = queries.Filters(view="live", proposal_id=proposal.id)
    page = queries.listed(filters, current_user)
    may = current_user.may(Right.COMMIT) and proposal.is_live
    if not page.rows and not may:
        return None
    rows = page.rows[:MOST_SHOWN]
    return PagePart("commitments/_of_proposal.html", {"rows": rows, "rest": len(page.rows) - len(rows),
                                                      "may": may})  # fmt: skip


def _count() -> tuple[int, bool]:
    count = queries.live_count(current_user)
    return count, count > 0
