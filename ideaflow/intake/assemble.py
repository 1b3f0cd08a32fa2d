"""One row of a table and a mapping → one record, or the column and the reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from ideaflow.intake import moments, money, values
from ideaflow.intake.faults import BadValue
from ideaflow.intake.fields import BY_NAME
from ideaflow.intake.records import (
    AccountData,
    AccountType,
    CaseData,
    ContactData,
    Kind,
    OpportunityData,
    Outcome,
    Record,
    Words,
)
from ideaflow.intake.rows import Rejected, Row

NAME_LIMIT = 255
_MIN_REASON_WORDS = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """What becomes of a file's columns.

    :param mapping: target field to column.
    :param orders: column to the order of its dates; :param marks: column to its decimal mark.
    :param latest: no word can have been said after this moment.
    """

    source: str
    kind: Kind
    mapping: Mapping[str, str]
    orders: Mapping[str, moments.Order] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    latest: datetime | None = None
    default_order: moments.Order | None = None


class _Fault(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class _Cells:
    """The cells of one row, asked for by target field and returned typed."""

    def __init__(self, row: Row, recipe: Recipe) -> None:
        self.row, self.recipe = row, recipe

    def raw(self, name: str) -> Any:
        column = self.recipe.mapping.get(name)
        return None if column is None else _flat(self.row.cells.get(column))

    def _typed(self, name: str, parse: Callable[[Any], Any]) -> Any:
        try:
            return parse(self.raw(name))
        except BadValue as error:
            raise _Fault(self.recipe.mapping[name], f"{error}.") from error

    def text(self, name: str) -> str | None:
        found: str | None = self._typed(name, lambda cell: values.optional_text(cell, NAME_LIMIT))
        return " ".join(found.split()) if found else None

    def words(self, name: str) -> str | None:
        found: str | None = self._typed(name, values.words_of)
        return found

    def email(self, name: str) -> str | None:
        found: str | None = self._typed(name, values.parse_email)
        return found

    def domain(self, name: str) -> str | None:
        found: str | None = self._typed(name, values.parse_domain)
        return found

    def flag(self, name: str) -> bool | None:
        found: bool | None = self._typed(name, values.parse_flag)
        return found

    def currency(self, name: str) -> str | None:
        found: str | None = self._typed(name, money.parse_currency)
        return found

    def money(self, name: str) -> money.Money | None:
        mark = self.recipe.marks.get(self.recipe.mapping.get(name, ""))
        found: money.Money | None = self._typed(name, lambda cell: money.parse_money(cell, mark))
        return found

    def _order(self, name: str) -> moments.Order | None:
        return self.recipe.orders.get(self.recipe.mapping.get(name, ""), self.recipe.default_order)

    def moment(self, name: str) -> datetime | None:
        found: datetime | None = self._typed(
            name, lambda cell: moments.parse_moment(cell, self._order(name), latest=self.recipe.latest)
        )
        return found

    def day(self, name: str) -> date | None:
        found: date | None = self._typed(name, lambda cell: moments.parse_day(cell, self._order(name)))
        return found

    def needed(self, value: str | None, *names: str) -> str:
        """Return the value, or reject the row in the first of these fields that has a column."""
        if value is not None:
            return value
        column = next((self.recipe.mapping[name] for name in names if name in self.recipe.mapping), "")
        raise _Fault(column, f"the cell is empty; it is needed as “{BY_NAME[names[0]].label}”.")


def _flat(cell: Any) -> Any:
    """Return a JSON value as a cell: lists of plain values joined, objects by their name or value."""
    if isinstance(cell, dict):
        return next(
            (cell[key] for key in ("name", "value", "email", "id") if not isinstance(cell.get(key), dict)),
            None,
        )
    if isinstance(cell, list):
        return ", ".join(str(entry) for entry in cell if isinstance(entry, str | int | float))
    return cell


def assemble(row: Row, recipe: Recipe) -> Record | Rejected:
    """Turn a row into a record."""
    cells = _Cells(row, recipe)
    try:
        return _BUILDERS[recipe.kind](cells)
    except _Fault as fault:
        return Rejected(row.number, fault.column, fault.reason)


def _account(cells: _Cells) -> AccountData | None:
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


def _contact(cells: _Cells) -> ContactData | None:
    name = cells.text("contact")
    if name is None:
        parts = [part for part in (cells.text("first_name"), cells.text("last_name")) if part]
        name = " ".join(parts) or None
    contact = ContactData(
        name=name, email=cells.email("email"), title=cells.text("title"), external_id=cells.text("contact_id")
    )
    return contact if contact.name or contact.email or contact.external_id else None


def digest(*parts: object) -> str:
    """Return a key made of content, for records that bring none of their own."""
    return "~" + hashlib.sha256("\x1f".join(str(part).casefold() for part in parts).encode()).hexdigest()[:24]


def _account_record(cells: _Cells) -> Record:
    account = _account(cells)
    name = cells.needed((account.name or account.external_id) if account else None, "account", "account_id")
    key = (account.external_id if account else None) or name
    return Record(cells.row.number, "account", cells.recipe.source, key, account=account)


def _contact_record(cells: _Cells) -> Record:
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


def _opportunity_record(cells: _Cells) -> Record:
    name = cells.needed(cells.text("opportunity"), "opportunity")
    account, contact = _account(cells), _contact(cells)
    amount, stage, close_on = cells.money("amount"), cells.text("stage"), cells.day("close_on")
    key = cells.text("opportunity_id") or cells.text("id") or digest(account and account.name, name)
    reason = cells.words("lost_reason")
    opportunity = OpportunityData(
        external_id=key,
        name=name,
        amount=amount.amount if amount else None,
        currency=cells.currency("currency") or (amount.currency if amount else None),
        stage=stage,
        close_on=close_on,
        outcome=outcome_of(stage, cells.flag("is_won"), cells.flag("is_closed")),
        lost_reason=reason[:2000] if reason else None,
        next_step=cells.text("next_step"),
    )
    closed_at = datetime.combine(close_on, time(), UTC) if close_on else None
    if closed_at and cells.recipe.latest and closed_at > cells.recipe.latest:
        closed_at = None
    said_at = cells.moment("said_at")
    words = []
    if text := cells.words("text"):
        words.append(Words("description", text, said_at or closed_at, contact))
    # A bare pick ("Price") is nobody's words; a sentence is.
    if reason and len(reason.split()) >= _MIN_REASON_WORDS:
        words.append(Words("lost reason", reason, closed_at or said_at, contact))
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


def _case_record(cells: _Cells) -> Record:
    subject, text, comment = cells.text("subject"), cells.words("text"), cells.words("comments")
    heard = cells.needed(text or comment or subject, "text", "subject")
    account, contact, opened_at = _account(cells), _contact(cells), cells.moment("said_at")
    number = cells.text("case") or cells.text("id")
    key = number or digest(account and account.name, subject, heard)
    case = CaseData(
        external_id=cells.text("id") or key,
        number=number or key,
        subject=subject,
        status=cells.text("status"),
        priority=cells.text("priority"),
        opened_at=opened_at,
    )
    words = [Words("description", text or (subject if not comment else None) or "", opened_at, contact)]
    if comment and comment != text:
        words.append(Words("comment", comment, opened_at, contact))
    spoken = tuple(said for said in words if any(letter.isalnum() for letter in said.text))
    return Record(cells.row.number, "case", cells.recipe.source, key, account, contact, None, case, spoken)


def _note_record(cells: _Cells) -> Record:
    text = cells.needed(cells.words("text"), "text")
    account, contact, said_at = _account(cells), _contact(cells), cells.moment("said_at")
    key = cells.text("id") or digest(
        account and account.name, contact and (contact.email or contact.name), text
    )
    words = (Words("note", text, said_at, contact),)
    return Record(cells.row.number, "note", cells.recipe.source, key, account, contact, None, None, words)


_BUILDERS: dict[Kind, Callable[[_Cells], Record]] = {
    "account": _account_record,
    "contact": _contact_record,
    "opportunity": _opportunity_record,
    "case": _case_record,
    "note": _note_record,
}
