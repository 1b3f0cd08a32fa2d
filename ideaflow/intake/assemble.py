"""One row of a table and a mapping → one record, or the column and the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time

from ideaflow.accounts.facts import AccountData, AccountType, CaseData, ContactData, OpportunityData, Outcome
from ideaflow.intake import market_rows
from ideaflow.intake.cells import Cells, Fault, Recipe, digest
from ideaflow.intake.records import Kind, Record, Words
from ideaflow.intake.rows import Rejected, Row

_MIN_REASON_WORDS = 3
_CALL = re.compile(r"\b(call notes?|calls?|meeting|visit)\b", re.IGNORECASE)


def assemble(row: Row, recipe: Recipe) -> Record | Rejected:
    """Turn a row into a record."""
    cells = Cells(row, recipe)
    try:
        return _BUILDERS[recipe.kind](cells)
    except Fault as fault:
        return Rejected(row.number, fault.column, fault.reason)


def _account(cells: Cells) -> AccountData | None:
    revenue = cells.money("annual_revenue")
    owns_money = cells.recipe.kind != "opportunity"
    currency = cells.currency("currency") if owns_money else None
    account = AccountData(
        name=cells.text("account"),
        external_id=cells.text("account_id"),
        domain=cells.domain("domain"),
        segment=cells.text("segment"),
        region=cells.text("region"),
        annual_revenue=revenue.amount if revenue else None,
        currency=(revenue.currency if revenue else None) or currency,
        owner=cells.text("owner"),
        type=account_type(cells.text("account_type")),
        renewal_on=cells.day("renewal_on"),
    )
    return account if account.name or account.external_id or account.domain else None


def account_type(text: str | None) -> AccountType | None:
    """Return whether a type or life-cycle stage means a customer; None when it says nothing of the kind.

    >>> account_type("Customer - Direct")
    'customer'
    """
    plain = (text or "").casefold()
    if not plain:
        return None
    if any(word in plain for word in ("former", "lead", "prospect", "opportunity", "subscriber")):
        return "prospect"
    return (
        "customer" if any(word in plain for word in ("customer", "client", "evangelist", "partner")) else None
    )


def _contact(cells: Cells) -> ContactData | None:
    name = cells.text("contact")
    if name is None:
        parts = [part for part in (cells.text("first_name"), cells.text("last_name")) if part]
        name = " ".join(parts) or None
    contact = ContactData(
        name=name, email=cells.email("email"), title=cells.text("title"), external_id=cells.text("contact_id")
    )
    return contact if contact.name or contact.email or contact.external_id else None


def _account_record(cells: Cells) -> Record:
    account = _account(cells)
    name = cells.needed((account.name or account.external_id) if account else None, "account", "account_id")
    key = (account.external_id if account else None) or name
    return Record(cells.row.number, "account", cells.recipe.source, key, account=account)


def _contact_record(cells: Cells) -> Record:
    contact = _contact(cells)
    key = (contact.external_id or contact.email or contact.name) if contact else None
    key = cells.needed(key, "email", "contact", "last_name")
    return Record(
        cells.row.number, "contact", cells.recipe.source, key, account=_account(cells), contact=contact
    )


def outcome_of(stage: str | None, is_won: bool | None, is_closed: bool | None) -> Outcome:
    """Return whether an opportunity is open, won or lost, from its flags or else its stage's name."""
    if is_won:
        return "won"
    if is_closed:
        return "lost"
    words = (stage or "").casefold()
    if "lost" in words:
        return "lost"
    return "won" if "won" in words.split() or words.replace(" ", "") == "closedwon" else "open"


def _opportunity_record(cells: Cells) -> Record:
    name = cells.needed(cells.text("opportunity"), "opportunity")
    account, contact = _account(cells), _contact(cells)
    amount, stage, close_on = cells.money("amount"), cells.text("stage"), cells.day("close_on")
    key = cells.text("opportunity_id") or cells.text("id") or digest(account and account.name, name)
    lost, won = cells.words("lost_reason"), cells.words("won_reason")
    outcome = outcome_of(stage, cells.flag("is_won"), cells.flag("is_closed"))
    opportunity = OpportunityData(
        external_id=key,
        name=name,
        amount=amount.amount if amount else None,
        currency=cells.currency("currency") or (amount.currency if amount else None),
        stage=stage,
        close_on=close_on,
        outcome=outcome,
        reason=won if outcome == "won" else lost,
        owner=cells.text("record_owner"),
    )
    closed_at = datetime.combine(close_on, time(), UTC) if close_on else None
    if closed_at and cells.recipe.latest and closed_at > cells.recipe.latest:
        closed_at = None
    said_at = cells.moment("said_at")
    words = []
    if text := cells.words("text"):
        words.append(Words("description", text, said_at or closed_at, contact, is_proxy=True))
    for part, reason in (("lost_reason", lost), ("won_reason", won)):
        # A bare pick ("Price") is nobody's words; a sentence is.
        if reason and len(reason.split()) >= _MIN_REASON_WORDS:
            words.append(Words(part, reason, closed_at or said_at, contact, is_proxy=True))
    return Record(
        cells.row.number,
        "opportunity",
        cells.recipe.source,
        key,
        account,
        contact,
        opportunity,
        None,
        tuple(words),
    )


def _case_record(cells: Cells) -> Record:
    subject, text, comment = cells.text("subject"), cells.words("text"), cells.words("comments")
    heard = cells.needed(text or comment or subject, "text", "subject")
    account, contact, opened_at = _account(cells), _contact(cells), cells.moment("said_at")
    key = cells.text("case") or cells.text("id") or digest(account and account.name, subject, heard)
    is_call = bool(_CALL.search(cells.text("case_type") or ""))
    case = CaseData(
        external_id=key,
        subject=subject,
        status=cells.text("status"),
        priority=cells.text("priority"),
        opened_at=opened_at,
        closed_at=cells.moment("closed_at"),
        owner=cells.text("record_owner"),
        is_call=is_call,
    )
    part = "call_note" if is_call else "description"
    words = [
        Words(part, text or (subject if not comment else None) or "", opened_at, contact, is_proxy=is_call)
    ]
    if comment and comment != text:
        words.append(Words("comment", comment, opened_at, contact))
    spoken = tuple(said for said in words if any(letter.isalnum() for letter in said.text))
    return Record(cells.row.number, "case", cells.recipe.source, key, account, contact, None, case, spoken)


def _note_record(cells: Cells) -> Record:
    text = cells.needed(cells.words("text"), "text")
    account, contact, said_at = _account(cells), _contact(cells), cells.moment("said_at")
    key = cells.text("id") or digest(
        account and account.name, contact and (contact.email or contact.name), text
    )
    words = (Words("text", text, said_at, contact),)
    return Record(
        cells.row.number,
        "note",
        cells.recipe.source,
        key,
        account,
        contact,
        words=words,
        subject=cells.text("subject"),
    )


_BUILDERS: dict[Kind, Callable[[Cells], Record]] = {
    "account": _account_record,
    "contact": _contact_record,
    "opportunity": _opportunity_record,
    "case": _case_record,
    "note": _note_record,
    **market_rows.BUILDERS,
}
