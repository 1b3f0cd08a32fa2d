"""The company's own tables: accounts, contacts, owners, opportunities, written by hand in ``company/``."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Contact:
    """A person at an account. ``number`` is the id in the Zendesk export."""

    name: str
    title: str
    email: str
    account: str
    pronoun: str
    number: int

    @property
    def first(self) -> str:
        words = [word for word in self.name.split() if not word.endswith(".")]
        return words[0]


@dataclass
class Account:
    """A customer or prospect, with its contacts."""

    name: str
    type: str
    industry: str
    region: str
    country: str
    arr: int
    currency: str
    contract_end: date | None
    owner: str
    domain: str
    employees: int
    number: int
    contacts: list[Contact] = field(default_factory=list)

    @property
    def id(self) -> str:
        return salesforce_id("001", self.name)

    @property
    def is_customer(self) -> bool:
        return self.type == "Customer"


@dataclass(frozen=True)
class Opportunity:
    """A possible sale. ``amount`` is in whole units of its account's currency."""

    account: Account
    name: str
    type: str
    stage: str
    amount: int
    created: date
    close: date

    @property
    def id(self) -> str:
        return salesforce_id("006", f"{self.account.name}/{self.name}/{self.created}")


@dataclass(frozen=True)
class Owner:
    """A person on the vendor's side: seller, agent, product manager."""

    name: str
    email: str
    role: str
    number: int


def salesforce_id(prefix: str, name: str) -> str:
    """Make a stable 18-character Salesforce id: 15 characters and the checksum of their upper case."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")
    tail = ""
    for _ in range(7):
        number, digit = divmod(number, 62)
        tail = BASE62[digit] + tail
    short = f"{prefix}Qz000{tail}"
    check = ""
    for at in range(0, 15, 5):
        bits = sum(1 << place for place, sign in enumerate(short[at : at + 5]) if "A" <= sign <= "Z")
        check += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
    return short + check


def plain(text: str) -> str:
    """Write a name in the letters of an e-mail address."""
    text = text.translate(
        str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "đ": "d"})
    )
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9-]+", ".", folded).strip(".")


def email_of(name: str, domain: str) -> str:
    """Make the address of a contact: first.last at the account's domain, titles left out."""
    words = [word for word in name.split() if word not in {"Dr.", "Mag.", "Drs."}]
    return f"{plain(' '.join(words))}@{domain}"


@cache
def table(name: str) -> list[dict[str, str]]:
    """Read one of the hand-written tables."""
    with (HERE / "company" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_owners() -> list[Owner]:
    """Read the vendor's own people."""
    return [
        Owner(row["name"], row["email"], row["role"], 360_100 + 7 * place)
        for place, row in enumerate(table("owners"), 1)
    ]


def read_accounts() -> list[Account]:
    """Read the accounts, each with its contacts.

    :raises KeyError: a contact names an account that is not in the table.
    """
    accounts = {}
    for place, row in enumerate(table("accounts"), 1):
        accounts[row["name"]] = Account(
            name=row["name"],
            type=row["type"],
            industry=row["industry"],
            region=row["region"],
            country=row["country"],
            currency=row["currency"],
            owner=row["owner"],
            domain=row["domain"],
            arr=int(row["arr"] or 0),
            contract_end=date.fromisoformat(row["contract_end"]) if row["contract_end"] else None,
            employees=int(row["employees"]),
            number=520_000 + 13 * place,
        )
    for place, row in enumerate(table("contacts"), 1):
        account = accounts[row["account"]]
        email = email_of(row["name"], account.domain)
        contact = Contact(
            row["name"], row["title"], email, account.name, row["pronoun"], 910_000 + 17 * place
        )
        account.contacts.append(contact)
    return list(accounts.values())


def read_opportunities(accounts: list[Account]) -> list[Opportunity]:
    """Read the opportunities.

    :raises KeyError: an opportunity names an account that is not in the table.
    """
    by_name = {account.name: account for account in accounts}
    return [
        Opportunity(
            by_name[row["account"]],
            row["name"],
            row["type"],
            row["stage"],
            int(row["amount_k"]) * 1000,
            date.fromisoformat(row["created"]),
            date.fromisoformat(row["close"]),
        )
        for row in table("opportunities")
    ]
