"""The service exports as the vendors write them, Zendesk JSON and HubSpot CSV, and the truth about both."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

from cast import LAST_DAY, Filing, seeded
from company import Account, Owner
from words import HERE, NOISE, Entry, sections

Row = list[str]


def said(filing: Filing, agent: str) -> str:
    """Return the words of a filing with the names of who signs and who is addressed put in."""
    return fill(filing.entry.text, filing, agent)


def fill(text: str, filing: Filing, agent: str) -> str:
    """Put names into a text."""
    contact = filing.contact
    names = {
        "{name}": contact.name,
        "{first}": contact.first,
        "{title}": contact.title,
        "{account}": filing.account.name,
        "{agent}": agent.split()[0],
        "{first_agent}": agent.split()[0],
    }
    for mark, name in names.items():
        text = text.replace(mark, name)
    return text


def subject_of(filing: Filing) -> str:
    """Return the written subject, else what people write who have to fill the field."""
    entry, dice = filing.entry, seeded("subject", filing.entry.key)
    if entry.subject:
        return entry.subject
    if dice.random() < 0.3:
        return dice.choice(
            ("Question", "(no subject)", "Support request", "Issue", "Re: your call", "Fernhall", "Help")
        )
    line = fill(entry.text, filing, "Support").splitlines()[0]
    words = line.split()[:7]
    return " ".join(words).rstrip(".,;:") + (" ..." if len(line.split()) > 7 else "")


def needs_of(entry: Entry) -> str:
    """Return the needs of an entry as the truth file writes them."""
    return ";".join(need for need in (entry.need, entry.also) if need)


# Zendesk


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def zendesk(filings: list[tuple[int, Filing]], accounts: list[Account], owners: list[Owner]) -> bytes:
    """Write organisations, users and tickets with their comments as one JSON object."""
    agents = [one for one in owners if one.role in {"Support", "Customer success"}]
    users: list[dict[str, Any]] = [
        {
            "id": one.number,
            "name": one.name,
            "email": one.email,
            "role": "agent",
            "organization_id": None,
            "active": True,
        }
        for one in agents
    ]
    users += [
        {
            "id": who.number,
            "name": who.name,
            "email": who.email,
            "role": "end-user",
            "organization_id": account.number,
        }
        | {"active": True, "user_fields": {"job_title": who.title}}
        for account in accounts
        for who in account.contacts
    ]
    tickets = [zendesk_ticket(number, filing, agents) for number, filing in filings]
    whole = {"organizations": [organization(one) for one in accounts], "users": users, "tickets": tickets}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def organization(account: Account) -> dict[str, Any]:
    """Write an account as Zendesk has it."""
    fields = {"segment": account.industry.lower(), "region": account.region, "arr": account.arr}
    fields |= {"currency": account.currency, "salesforce_id": account.id}
    names = [account.domain]
    return {"id": account.number, "name": account.name, "domain_names": names, "organization_fields": fields}


def zendesk_ticket(number: int, filing: Filing, agents: list[Owner]) -> dict[str, Any]:
    """Write one ticket with its conversation."""
    dice = seeded("zendesk", number)
    agent = dice.choice(agents)
    body = signed(said(filing, agent.name), filing, dice.random())
    comments = conversation(number, filing, agent, body)
    age = (LAST_DAY - filing.at).days
    recent = ("new", "open", "pending") if age < 9 else ("solved", "open")
    subject = subject_of(filing)
    channel = dice.choices(("email", "web", "chat"), (6, 3, 1))[0]
    return {
        "id": number,
        "url": f"https://fernhall.zendesk.example/api/v2/tickets/{number}.json",
        "external_id": None,
        "via": {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": stamp(filing.at),
        "updated_at": comments[-1]["created_at"],
        "type": dice.choice(("question", "problem", "incident", None)),
        "subject": subject,
        "raw_subject": subject,
        "description": body,
        "priority": "urgent" if "URGENT" in body else dice.choice(("low", "normal", "normal", "high", None)),
        "status": "closed" if age > 40 else dice.choice(recent),
        "requester_id": filing.contact.number,
        "submitter_id": filing.contact.number,
        "assignee_id": agent.number,
        "organization_id": filing.account.number,
        "group_id": 8104,
        "brand_id": 7001,
        "is_public": True,
        "tags": [filing.account.industry.lower(), "wms"],
        "custom_fields": [],
        "satisfaction_rating": {"score": "unoffered"},
        "comments": comments,
    }


def signed(text: str, filing: Filing, chance: float) -> str:
    """Add what mail programs add: a signature under one mail in five, a phone's line under a few."""
    if filing.entry.kind == "long" or filing.contact.name in text:
        return text
    if chance < 0.2:
        return f"{text}\n\n-- \n{filing.contact.name}\n{filing.contact.title}\n{filing.account.name}"
    return f"{text}\n\nSent from my iPhone" if chance < 0.25 else text


def conversation(number: int, filing: Filing, agent: Owner, body: str) -> list[dict[str, Any]]:
    """Write the comments of a ticket: the customer, the answer, sometimes a private note and a reply."""
    dice = seeded("conversation", number)
    folder = HERE / "company"
    turns = [(filing.contact.number, True, body)]
    if dice.random() < 0.35:
        turns.append((agent.number, False, dice.choice(sections(folder / "agent-notes.txt"))))
    if dice.random() < 0.85:
        turns.append((agent.number, True, dice.choice(sections(folder / "agent-replies.txt"))))
        if dice.random() < 0.3:
            turns.append((filing.contact.number, True, dice.choice(sections(folder / "follow-ups.txt"))))
    comments, at = [], filing.at
    for place, (author, public, text) in enumerate(turns):
        text = text if place == 0 else fill(text, filing, agent.name)
        comment = {
            "id": number * 10 + place,
            "ticket_id": number,
            "type": "Comment",
            "author_id": author,
            "public": public,
        }
        comment |= {"body": text, "plain_body": text, "created_at": stamp(at), "attachments": []}
        comments.append(comment)
        at = min(at + timedelta(minutes=dice.randint(20, 2600)), LAST_DAY + timedelta(minutes=place))
    return comments


# HubSpot


def hubspot(filings: list[tuple[int, Filing]], owners: list[Owner]) -> bytes:
    """Write the ticket export: web cases, and the notes sellers wrote after calls."""
    header = [
        "Record ID",
        "Ticket ID",
        "Ticket name",
        "Ticket description",
        "Pipeline",
        "Ticket status",
        "Priority",
    ]
    header += [
        "Category",
        "Source",
        "Create date",
        "Close date",
        "Last modified date",
        "Ticket owner",
        "Resolution",
    ]
    header += ["Primary Company", "Associated Contact", "Associated Contact Email"]
    agents = [one.name for one in owners if one.role == "Support"]
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(hubspot_row(number, filing, agents) for number, filing in filings)
    return file.getvalue().encode()


def hubspot_row(number: int, filing: Filing, agents: list[str]) -> Row:
    """Write one row of the ticket export."""
    dice = seeded("hubspot", number)
    is_call, contact = filing.entry.kind == "call", filing.contact
    owner = filing.account.owner if is_call else dice.choice(agents)
    name = subject_of(filing)
    if is_call:
        forms = (
            "Call with {name}",
            "Call: {account}",
            "{account} / {first}, phone",
            "Notes {name}",
            "Catch-up {account}",
        )
        name = filing.entry.subject or fill(dice.choice(forms), filing, owner)
    closed = filing.at + timedelta(hours=dice.randint(3, 600))
    is_closed = is_call or closed < LAST_DAY
    closed = filing.at if is_call else closed
    category = dice.choice(("Product Issue", "Feature Request", "General Inquiry", ""))
    state = "Closed" if is_closed else dice.choice(("New", "Waiting on contact", "Waiting on us"))
    return [
        *(
            str(number),
            str(number),
            name,
            said(filing, owner),
            "Customer calls" if is_call else "Support Pipeline",
            state,
        ),
        *(dice.choice(("Low", "Medium", "High", "")), "Sales call" if is_call else category),
        *("Phone" if is_call else dice.choice(("Form", "Email", "Chat")), f"{filing.at:%Y-%m-%d %H:%M}"),
        *(
            f"{closed:%Y-%m-%d %H:%M}" if is_closed else "",
            f"{max(closed if is_closed else filing.at, filing.at):%Y-%m-%d %H:%M}",
        ),
        *(owner, "", filing.account.name, contact.name, contact.email),
    ]


# Truth


def truth(
    zendesk_rows: list[tuple[int, Filing]], hubspot_rows: list[tuple[int, Filing]], lost: dict[str, Entry]
) -> bytes:
    """Write which need each record speaks of, for benchmarks; routine is ``noise``."""
    lines = ["source,source_id,need"]
    lines += [f"zendesk,{number},{needs_of(one.entry)}" for number, one in zendesk_rows]
    lines += [f"hubspot,{number},{needs_of(one.entry)}" for number, one in hubspot_rows]
    lines += [f"salesforce,{key},{needs_of(lost[key])}" for key in sorted(lost) if lost[key].need != NOISE]
    return ("\n".join(lines) + "\n").encode()
