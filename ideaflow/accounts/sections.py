"""What accounts themselves tell in the view of a customer: who they are, their cases, their opportunities."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from ideaflow import config, wording
from ideaflow.accounts import milestones, queries, view
from ideaflow.accounts.models import Account, Case, CaseKind, Contact, Opportunity, OpportunityState
from ideaflow.accounts.queries import NO_PIPELINE, Pipeline
from ideaflow.accounts.view import Entry, Found
from ideaflow.clock import today

_pipelines_of = view.once(queries.pipelines)
STATES = {"open": ("open", "accent"), "won": ("won", "go"), "lost": ("lost", "")}


def relationship(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell of contract, renewal, revenue and pipeline, then of the contacts."""
    contacts = _by_account(queries.contacts_of_each(account_ids, most))
    pipelines = _pipelines_of(account_ids)
    counts = queries.counts_of_each(Contact, account_ids)
    owners = view.owner_names_of(account_ids)
    found = {}
    for account in view.accounts_of(account_ids):
        facts = _facts(account, pipelines.get(account.id, NO_PIPELINE))
        people = [_contact(contact) for contact in contacts.get(account.id, [])]
        people = people[: most - len(facts)]
        number = counts.get(account.id, 0)
        found[account.id] = Found(
            (*facts, *people), len(facts) + number, _sentence(account, owners[account.id], number)
        )
    return found


def cases(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell of the cases that are open, the newest first."""
    open_ones = _by_account(queries.open_cases_of_each(account_ids, most))
    counts = queries.case_counts(account_ids)
    return {
        account_id: Found(
            tuple(case_entry(case) for case in open_ones.get(account_id, [])),
            count.open,
            f"{count.closed:,} closed; {wording.plural(count.calls, 'call note')}",
            f"/accounts/{account_id}/cases",
        )
        for account_id, count in counts.items()
    }


def opportunities(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell of the opportunities, the open ones first, then by the day they close."""
    found = _by_account(queries.opportunities_of_each(account_ids, most))
    pipelines, counts = _pipelines_of(account_ids), queries.counts_of_each(Opportunity, account_ids)
    return {
        account_id: Found(
            tuple(opportunity_entry(one) for one in own),
            counts[account_id],
            _in_money(pipelines.get(account_id, NO_PIPELINE)),
            f"/accounts/{account_id}/opportunities",
        )
        for account_id, own in found.items()
    }


def first_cases(account_ids: Sequence[int], most: int) -> Mapping[int, Sequence[Entry]]:
    """Return the first case or call of each account: where what we know of them began."""
    return {
        case.account_id or 0: [_milestone(case)]
        for case in queries.first_cases_of_each(account_ids)
        if case.opened_at
    }


def won(account_ids: Sequence[int], most: int) -> Mapping[int, Sequence[Entry]]:
    """Return the sales we won."""
    found = _by_account(queries.won_of_each(account_ids, most))
    return {account_id: [_won(one) for one in own] for account_id, own in found.items()}


def _sentence(account: Account, owner: str, contact_count: int) -> str:
    who = "Prospect" if account.kind == "prospect" else "Customer"
    place = ", ".join(filter(None, (account.segment, account.region)))
    looks = f"looked after by {owner}" if owner else "nobody looks after them"
    return f"{who}{f' ({place})' if place else ''}, {looks}; {wording.plural(contact_count, 'contact')}."


def _facts(account: Account, pipeline: Pipeline) -> list[Entry]:
    facts = []
    if account.revenue_amount:
        facts.append(_money("Revenue a year", "revenue", account.revenue_amount, account.currency))
    if account.renews_on:
        when = wording.day(account.renews_on, today())
        facts.append(Entry("Contract renews", "renewal", sentence=when, on=account.renews_on))
    for currency, amount in sorted(pipeline.open_sums.items()):
        facts.append(_money("Pipeline open", "pipeline", amount, currency))
    return facts


def _money(title: str, kind: str, amount: Decimal, currency: str | None) -> Entry:
    currency = currency or config.read().currency
    return Entry(title, kind, wording.money(amount, currency), amount=amount, currency=currency)


def _contact(contact: Contact) -> Entry:
    known = ", ".join(filter(None, (contact.title, contact.email)))
    return Entry(contact.name, "contact", known)


def case_entry(case: Case) -> Entry:
    """Return a case or call note, loaded with its contact, as an entry."""
    is_open = queries.is_open(case)
    who = f"for {case.contact.name}" if case.contact else ""
    known = ", ".join(filter(None, (case.label, who, f"with {case.owner_name}" if case.owner_name else "")))
    return Entry(
        title=case.subject or case.label, kind=case.kind, sentence=known,
        status="open" if is_open else "closed" if case.kind == CaseKind.CASE else "",
        status_words=", ".join(filter(None, (case.status, case.priority))) or ("open" if is_open else ""),
        tone="watch" if is_open else "",
        at=case.opened_at, address=f"/cases/{case.id}",
    )  # fmt: skip


def opportunity_entry(one: Opportunity) -> Entry:
    """Return an opportunity as an entry."""
    word, tone = STATES[one.state]
    return Entry(
        title=one.name, kind="opportunity", sentence=one.reason or "", status=one.state,
        status_words=(one.stage if one.state == OpportunityState.OPEN else "") or word, tone=tone,
        on=one.closes_on, amount=one.amount, currency=one.currency or config.read().currency,
        address=f"/opportunities/{one.id}",
    )  # fmt: skip


def _in_money(pipeline: Pipeline) -> str:
    currency = config.read().currency
    return "; ".join(
        f"{wording.sums(sums, currency)} {word} in {wording.plural(count, 'opportunity')}"
        for word, sums, count in (
            ("open", pipeline.open_sums, pipeline.open_count),
            ("lost", pipeline.lost_sums, pipeline.lost_count),
        )
        if count
    )


def _milestone(case: Case) -> Entry:
    what = "First call" if case.kind == CaseKind.CALL else "First case"
    return Entry(
        title=case.subject or case.label, kind=milestones.CASE, sentence=f"{what}, {case.label}",
        at=case.opened_at, address=f"/cases/{case.id}",
    )  # fmt: skip


def _won(one: Opportunity) -> Entry:
    closed = datetime.combine(one.closes_on, time(), UTC) if one.closes_on else one.created_at
    return Entry(
        title=one.name, kind=milestones.WON, sentence="Sale won", at=closed, amount=one.amount,
        currency=one.currency or config.read().currency,
        address=f"/opportunities/{one.id}",
    )  # fmt: skip


def _by_account(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return {account_id: list(own) for account_id, own in groupby(rows, key=attrgetter("account_id"))}


view.add_section(view.RELATIONSHIP, relationship, "At a glance")
view.add_section(view.CASES, cases, "Open cases")
view.add_section(view.OPPORTUNITIES, opportunities, "Opportunities")
milestones.add(milestones.CASE, first_cases)
milestones.add(milestones.WON, won)
