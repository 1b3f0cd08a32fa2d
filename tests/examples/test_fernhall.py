"""The demo company is as large and as untidy as its README says, and can be built again."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

FERNHALL = Path(__file__).resolve().parents[2] / "examples" / "fernhall"
EXPORTS = (
    "salesforce-accounts.csv",
    "salesforce-opportunities.csv",
    "zendesk-export.json",
    "hubspot-tickets.csv",
    "truth.csv",
)


def report_rows(name: str) -> list[dict[str, str]]:
    """Read a Salesforce report up to the empty line above its footer."""
    text = (FERNHALL / name).read_bytes().decode("utf-8-sig")
    assert "Copyright (c) 2000-2026 salesforce.com" in text
    return list(csv.DictReader(io.StringIO(text.split("\r\n\r\n\r\n")[0], newline="")))


@pytest.fixture(scope="module")
def zendesk() -> dict[str, Any]:
    return json.loads((FERNHALL / "zendesk-export.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hubspot() -> list[dict[str, str]]:
    with (FERNHALL / "hubspot-tickets.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    with (FERNHALL / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entries(path: Path) -> list[str]:
    """Return the entries of a file of words, without their marks and subjects."""
    body = re.sub(r"\A(#.*\n)+", "", path.read_text(encoding="utf-8"))
    parts = re.split(r"^%%[ \t]*$", body, flags=re.MULTILINE)
    return [
        re.sub(r"^(\[\w+\]|Subject:.*|#also:.*)\n?", "", part.strip(), flags=re.MULTILINE) for part in parts
    ]


def need_texts() -> dict[str, str]:
    """Return every text that speaks of a need, by file and place."""
    files = [path for path in sorted((FERNHALL / "words").glob("*.txt")) if not path.stem.startswith("noise")]
    return {f"{path.stem} {place}": text for path in files for place, text in enumerate(entries(path), 1)}


def test_building_again_gives_the_same_bytes(tmp_path):
    subprocess.run(
        [sys.executable, str(FERNHALL / "build.py"), str(tmp_path)], check=True, capture_output=True
    )
    for name in EXPORTS:
        assert (tmp_path / name).read_bytes() == (FERNHALL / name).read_bytes(), (
            f"{name} differs: run build.py and commit"
        )


def test_there_are_at_least_sixty_accounts_with_owner_and_region():
    accounts = report_rows("salesforce-accounts.csv")
    assert len(accounts) >= 64
    assert sum(row["Type"] == "Customer" for row in accounts) >= 52
    assert sum(row["Type"] == "Prospect" for row in accounts) >= 10
    assert all(re.fullmatch(r"001[0-9A-Za-z]{15}", row["Account ID"]) for row in accounts)
    assert len({row["Account ID"] for row in accounts}) == len(accounts)
    assert all(row["Account Owner"] and row["Region"] and row["Industry"] for row in accounts)
    assert all(
        re.fullmatch(r"[€$][\d,]+", row["Annual Recurring Revenue"])
        for row in accounts
        if row["Type"] == "Customer"
    )


def test_opportunities_are_open_won_and_lost_at_known_accounts():
    rows = report_rows("salesforce-opportunities.csv")
    known = {row["Account Name"] for row in report_rows("salesforce-accounts.csv")}
    assert len(rows) >= 160
    assert {row["Account Name"] for row in rows} <= known
    assert len({row["Opportunity ID"] for row in rows}) == len(rows)
    lost = [row for row in rows if row["Stage"] == "Closed Lost"]
    assert len(lost) >= 60 and all(row["Closed Lost Reason"] for row in lost)
    assert sum(row["Stage"] == "Closed Won" for row in rows) >= 30
    assert sum(not row["Stage"].startswith("Closed") for row in rows) >= 50


def test_at_least_250_contacts_have_an_address_nobody_owns(zendesk):
    contacts = [user for user in zendesk["users"] if user["role"] == "end-user"]
    assert len(contacts) >= 260
    assert all(user["email"].isascii() and user["email"].endswith(".example") for user in zendesk["users"])
    assert len({user["email"] for user in zendesk["users"]}) == len(zendesk["users"])
    assert {user["organization_id"] for user in contacts} == {one["id"] for one in zendesk["organizations"]}


def test_cases_and_call_notes_are_many_and_span_eighteen_months(zendesk, hubspot):
    assert len(zendesk["tickets"]) >= 600
    assert len(hubspot) >= 550
    assert len(zendesk["tickets"]) + len(hubspot) >= 1200
    assert sum(row["Pipeline"] == "Customer calls" for row in hubspot) >= 90
    days = [datetime.fromisoformat(ticket["created_at"][:10]) for ticket in zendesk["tickets"]]
    days += [datetime.fromisoformat(row["Create date"][:10]) for row in hubspot]
    assert min(days) >= datetime(2025, 5, 20)
    assert max(days) <= datetime(2026, 11, 20)
    assert (max(days) - min(days)).days >= 540


def test_every_record_belongs_to_a_contact_of_its_account(zendesk, hubspot):
    home = {user["id"]: user.get("organization_id") for user in zendesk["users"]}
    assert all(home[ticket["requester_id"]] == ticket["organization_id"] for ticket in zendesk["tickets"])
    company = {one["id"]: one["name"] for one in zendesk["organizations"]}
    by_email = {user["email"]: company.get(user["organization_id"]) for user in zendesk["users"]}
    assert all(by_email[row["Associated Contact Email"]] == row["Primary Company"] for row in hubspot)


def test_no_name_is_left_open_in_a_text(zendesk, hubspot):
    bodies = [comment["body"] for ticket in zendesk["tickets"] for comment in ticket["comments"]]
    bodies += [row["Ticket description"] + row["Ticket name"] for row in hubspot]
    assert not [
        body for body in bodies if re.search(r"\{\w+\}|^#also|^%%|^\[(call|long|lost)\]", body, re.MULTILINE)
    ]
    assert all(bodies)


def test_tickets_carry_private_notes_beside_public_words(zendesk):
    comments = [comment for ticket in zendesk["tickets"] for comment in ticket["comments"]]
    assert sum(not comment["public"] for comment in comments) >= 100
    assert all(ticket["comments"][0]["body"] == ticket["description"] for ticket in zendesk["tickets"])


def test_truth_names_every_record_once(zendesk, hubspot, truth):
    named = [(row["source"], row["source_id"]) for row in truth]
    assert len(named) == len(set(named))
    wanted = {("zendesk", str(ticket["id"])) for ticket in zendesk["tickets"]}
    wanted |= {("hubspot", row["Record ID"]) for row in hubspot}
    assert wanted <= set(named)
    files = {path.stem for path in (FERNHALL / "words").glob("*.txt")} | {"noise"}
    assert {need for row in truth for need in row["need"].split(";")} <= files


def test_no_two_need_texts_say_the_same_words():
    texts = need_texts()
    assert len(set(texts.values())) >= 600
    grams = {}
    for key, text in texts.items():
        words = re.findall(r"\w+", text.lower())
        grams[key] = {tuple(words[at : at + 3]) for at in range(len(words) - 2)} or {tuple(words)}
    alike = [
        (one, other)
        for one, other in combinations(grams, 2)
        if len(grams[one] & grams[other]) > 0.6 * min(len(grams[one]), len(grams[other]))
    ]
    assert alike == []


def test_a_rising_need_comes_mostly_at_the_end_and_from_many(zendesk, hubspot, truth):
    needs = {(row["source"], row["source_id"]): row["need"].split(";")[0] for row in truth}
    records = [
        ("zendesk", str(one["id"]), one["created_at"][:10], one["organization_id"])
        for one in zendesk["tickets"]
    ]
    records += [
        ("hubspot", row["Record ID"], row["Create date"][:10], row["Primary Company"]) for row in hubspot
    ]
    offline = [(day, who) for source, key, day, who in records if needs[source, key] == "offline-picking"]
    assert sum(day >= "2026-09-11" for day, _ in offline) > len(offline) / 2
    assert len({who for _, who in offline}) >= 8
