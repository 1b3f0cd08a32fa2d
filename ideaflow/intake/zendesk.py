"""Zendesk's JSON export: organisations, users, and tickets with their comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ideaflow.accounts.facts import AccountData, CaseData, ContactData
from ideaflow.intake.cells import NAME_LIMIT
from ideaflow.intake.faults import BadValue
from ideaflow.intake.moments import parse_day, parse_moment
from ideaflow.intake.money import parse_money
from ideaflow.intake.records import Record, Words
from ideaflow.intake.rows import Rejected, Row
from ideaflow.intake.values import optional_text, parse_domain, parse_email, words_of

STAFF = frozenset({"agent", "admin"})


@dataclass
class Directory:
    """Who is who: filled while the files are surveyed, asked when tickets name ids only."""

    organizations: dict[str, AccountData] = field(default_factory=dict)
    users: dict[str, tuple[ContactData, str | None]] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)

    def learn(self, row: Row) -> None:
        """Remember an organisation or a user; anything else, and what cannot be read, is passed over."""
        part = part_of(row)
        try:
            if part == "organizations":
                self.organizations[str(row.cells.get("id"))] = _organization(row.cells)
            elif part == "users":
                key = str(row.cells.get("id"))
                self.users[key] = (_user(row.cells), _key(row.cells.get("organization_id")))
                if str(row.cells.get("role", "")).casefold() in STAFF:
                    self.staff.add(key)
        except BadValue:
            return


def part_of(row: Row) -> str:
    """Return which of the three lists a row belongs to, by its list or its fields."""
    if row.part:
        return row.part
    if "domain_names" in row.cells:
        return "organizations"
    if "role" in row.cells and "subject" not in row.cells:
        return "users"
    return "tickets"


def zendesk_record(row: Row, directory: Directory, source: str, latest: datetime | None) -> Record | Rejected:
    """Turn one object into a record."""
    try:
        part = part_of(row)
        if part == "organizations":
            return _organization_record(row, source)
        if part == "users":
            return _user_record(row, directory, source)
        if part == "tickets":
            return _ticket_record(row, directory, source, latest)
    except _At as error:
        return Rejected(row.number, error.column, f"{error}.")
    except BadValue as error:
        return Rejected(row.number, row.part, f"{error}.")
    return Rejected(row.number, row.part, "this list is not known; tickets, users and organizations are.")


class _At(BadValue):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _key(value: Any) -> str | None:
    return (
        optional_text(value, NAME_LIMIT)
        if isinstance(value, str | int) and not isinstance(value, bool)
        else None
    )


def _needed_key(cells: Mapping[str, Any]) -> str:
    key = _key(cells.get("id"))
    if key is None:
        raise _At("id", "the record has no id")
    return key


def _name(cells: Mapping[str, Any], field_name: str) -> str | None:
    try:
        value = cells.get(field_name)
        text = optional_text(value, NAME_LIMIT) if not isinstance(value, dict | list) else None
        return " ".join(text.split()) if text else None
    except BadValue as error:
        raise _At(field_name, str(error)) from error


def _organization(cells: Mapping[str, Any]) -> AccountData:
    extra = cells.get("organization_fields")
    extra = extra if isinstance(extra, dict) else {}
    domains = cells.get("domain_names")
    revenue = parse_money(
        next((extra[key] for key in ("annual_revenue", "arr", "revenue") if key in extra), None)
    )
    return AccountData(
        name=_name(cells, "name"),
        external_id=_key(cells.get("id")),
        domain=parse_domain(domains[0]) if isinstance(domains, list) and domains else None,
        segment=_name(extra, "segment") or _name(extra, "industry"),
        region=_name(extra, "region") or _name(extra, "country"),
        annual_revenue=revenue.amount if revenue else None,
        currency=(revenue.currency if revenue else None) or _name(extra, "currency"),
        owner=_name(extra, "owner") or _name(extra, "account_owner"),
        renewal_on=parse_day(extra.get("renewal_date")) if extra.get("renewal_date") else None,
    )


def _user(cells: Mapping[str, Any]) -> ContactData:
    try:
        email = parse_email(cells.get("email"))
    except BadValue as error:
        raise _At("email", str(error)) from error
    extra = cells.get("user_fields")
    title = _name(extra, "title") or _name(extra, "job_title") if isinstance(extra, dict) else None
    return ContactData(_name(cells, "name"), email, title, _key(cells.get("id")))


def _organization_record(row: Row, source: str) -> Record:
    account = _organization(row.cells)
    if not account.name:
        raise _At("name", "the organisation has no name")
    return Record(row.number, "account", source, _needed_key(row.cells), account=account)


def _user_record(row: Row, directory: Directory, source: str) -> Record:
    contact = _user(row.cells)
    account = (
        None if _is_staff(row.cells) else _organization_of(_key(row.cells.get("organization_id")), directory)
    )
    # Colleagues who answer tickets are no contacts of a customer: kept out, yet accounted for.
    kept = None if _is_staff(row.cells) else contact
    return Record(row.number, "contact", source, _needed_key(row.cells), account=account, contact=kept)


def _is_staff(cells: Mapping[str, Any]) -> bool:
    return str(cells.get("role", "")).casefold() in STAFF


def _organization_of(key: str | None, directory: Directory) -> AccountData | None:
    if key is None:
        return None
    return directory.organizations.get(key) or AccountData(external_id=key)


def _moment(cells: Mapping[str, Any], field_name: str, latest: datetime | None) -> datetime | None:
    try:
        return parse_moment(cells.get(field_name), latest=latest)
    except BadValue as error:
        raise _At(field_name, str(error)) from error


def _ticket_record(row: Row, directory: Directory, source: str, latest: datetime | None) -> Record:
    cells = row.cells
    key = _needed_key(cells)
    requester, organization = _requester(cells, directory)
    account = _organization_of(
        _key(cells.get("organization_id")) or organization, directory
    ) or _inline_account(cells)
    created_at = _moment(cells, "created_at", latest)
    subject = _name(cells, "subject") or _name(cells, "raw_subject")
    case = CaseData(
        key, subject, _name(cells, "status"), _name(cells, "priority"), created_at, _closed_at(cells)
    )
    words = _spoken(cells, directory, requester, created_at, latest)
    if not words and subject:
        words = (Words("description", subject, created_at, requester),)
    if not words:
        raise _At("description", "the ticket holds no words: no description, no comment, no subject")
    return Record(row.number, "case", source, key, account, requester, None, case, words)


def _closed_at(cells: Mapping[str, Any]) -> datetime | None:
    is_done = str(cells.get("status", "")).casefold() in ("solved", "closed")
    return _moment(cells, "solved_at", None) or (_moment(cells, "updated_at", None) if is_done else None)


def _requester(cells: Mapping[str, Any], directory: Directory) -> tuple[ContactData | None, str | None]:
    inline = cells.get("requester")
    if isinstance(inline, dict):
        return _user(inline), _key(inline.get("organization_id"))
    key = _key(cells.get("requester_id"))
    if key is None:
        return (ContactData(name=_name(cells, "requester")), None) if inline else (None, None)
    if key in directory.staff:
        return None, None
    return directory.users.get(key, (ContactData(external_id=key), None))


def _inline_account(cells: Mapping[str, Any]) -> AccountData | None:
    inline = cells.get("organization")
    if isinstance(inline, dict):
        return _organization(inline)
    name = _name(cells, "organization") or _name(cells, "organization_name")
    return AccountData(name=name) if name else None


def _heard(value: Any) -> str | None:
    return words_of(value) if isinstance(value, str | int | float) else None


def _spoken(
    cells: Mapping[str, Any],
    directory: Directory,
    requester: ContactData | None,
    created_at: datetime | None,
    latest: datetime | None,
) -> tuple[Words, ...]:
    """Return the description and each public comment a customer wrote, no words twice."""
    words: list[Words] = []
    heard: set[str] = set()

    def hear(said: Words, text: str | None) -> None:
        if text and text not in heard:
            heard.add(text)
            words.append(replace(said, text=text))

    hear(Words("description", "", created_at, requester), _heard(cells.get("description")))
    comments = cells.get("comments")
    for place, comment in enumerate(comments if isinstance(comments, list) else [], start=1):
        if not isinstance(comment, dict) or comment.get("public") is False:
            continue
        author = _key(comment.get("author_id"))
        if author in directory.staff:
            continue
        speaker = directory.users[author][0] if author in directory.users else requester
        text = _heard(comment.get("plain_body") or comment.get("body") or comment.get("html_body"))
        said_at = _moment(comment, "created_at", latest) or created_at
        key = _key(comment.get("id")) or str(place)
        # Two comments of one id would take each other's place as if one were a new wording.
        key = f"{key}-{place}" if any(said.place == key for said in words) else key
        hear(Words("comment", "", said_at, speaker, key), text)
    return tuple(words)
