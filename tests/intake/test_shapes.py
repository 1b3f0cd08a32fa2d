# ruff: noqa: E501 - exports stand here as they come
"""The exports of Salesforce, HubSpot and Zendesk are recognised and become linked records."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.intake.faults import FileRejected
from tests.intake.exports import Read, written

SPOKEN = "We cannot count stock while the scanners are offline"


@pytest.mark.parametrize(
    ("header", "shape"),
    [
        (
            "Account Name,Account Owner,Type,Industry,Annual Revenue,Billing Country",
            "salesforce-account-report",
        ),
        ("Id,Name,Type,Website,Industry,AnnualRevenue,OwnerId", "salesforce-account"),
        (
            "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date",
            "salesforce-opportunity-report",
        ),
        ("Id,AccountId,Name,Description,StageName,Amount,CloseDate,IsClosed,IsWon", "salesforce-opportunity"),
        ("Case Number,Subject,Case Owner,Account Name,Status,Created Date", "salesforce-case"),
        ("Id,CaseNumber,AccountId,Subject,Status,Description,CreatedDate", "salesforce-case"),
        ("First Name,Last Name,Title,Account Name,Email", "salesforce-contact"),
        ("Record ID,Ticket name,Ticket description,Ticket status,Create date", "hubspot-ticket"),
        ("hs_object_id,hs_ticket_id,subject,content,hs_pipeline_stage,createdate", "hubspot-ticket"),
        ("Record ID,Deal Name,Deal Stage,Amount,Close Date", "hubspot-deal"),
        ("hs_object_id,dealname,dealstage,amount,closedate", "hubspot-deal"),
        ("Record ID,Company name,Company Domain Name,Industry,Annual Revenue", "hubspot-company"),
        ("Record ID,First Name,Last Name,Email,Associated Company", "hubspot-contact"),
        ("Id,Requester,Requester email,Subject,Status,Created at,Organization", "zendesk-ticket-list"),
        ("CASE_NUMBER,subject,ACCOUNT_NAME", "salesforce-case"),
    ],
)
def test_an_export_is_recognised_by_its_headers(header, shape, tmp_path):
    width = header.count(",")
    read = Read(written(tmp_path, f"{header}\n{',' * width}1\n"))
    assert read.plan.shape == shape


def test_a_salesforce_opportunity_carries_account_money_and_lost_reason(tmp_path):
    content = (
        "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Amount Currency,Close Date,Forecast Category,Loss Reason,Description\n"
        f'006A,"Brask, 40 seats",Brask,Closed Lost,"$1,234,567",EUR,3/4/2026,Call,Price was far too high,"{SPOKEN}"\n'
        "006B,Other,Brask,Negotiation,,,3/17/2027,,Price,\n"
    )
    first, second = Read(written(tmp_path, content)).records
    assert first.opportunity.amount == Decimal(1234567) and first.opportunity.currency == "EUR"
    assert first.opportunity.close_on == date(2026, 3, 4) and first.opportunity.outcome == "lost"
    assert first.account.name == "Brask"
    assert [(w.part, w.text) for w in first.words] == [
        ("description", SPOKEN),
        ("lost_reason", "Price was far too high"),
    ]
    assert second.words == () and second.opportunity.outcome == "open"


def test_a_salesforce_case_speaks_with_its_description(tmp_path):
    content = f"Case Number,Subject,Account Name,Contact Name,Contact Email,Status,Created Date,Description\n00001,Scanners,Brask,Jo Bell,jo@brask.example,New,7/1/26 2:51:07 PM,{SPOKEN}\n"
    (record,) = Read(written(tmp_path, content)).records
    assert record.source_id == record.case.external_id == "00001" and record.case.subject == "Scanners"
    assert record.words[0].text == SPOKEN
    assert record.words[0].said_at == datetime(2026, 7, 1, 14, 51, 7, tzinfo=UTC)
    assert record.words[0].speaker.email == "jo@brask.example"


def test_a_case_without_description_speaks_with_its_subject(tmp_path):
    (record,) = Read(
        written(tmp_path, "Case Number,Subject,Account Name\n7,Scanner is offline again,Brask\n")
    ).records
    assert record.words[0].text == "Scanner is offline again"


ZENDESK = {
    "tickets": [
        {
            "id": 11, "subject": "Scanners", "description": SPOKEN, "requester_id": 1, "organization_id": 5,
            "status": "open", "priority": "high", "created_at": "2026-05-01T10:00:00Z",
            "comments": [
                {"id": 101, "author_id": 1, "public": True, "body": SPOKEN, "created_at": "2026-05-01T10:00:00Z"},
                {"id": 102, "author_id": 9, "public": True, "body": "Have you tried again?", "created_at": "2026-05-01T11:00:00Z"},
                {"id": 103, "author_id": 1, "public": False, "body": "internal", "created_at": "2026-05-01T12:00:00Z"},
                {"id": 104, "author_id": 2, "public": True, "html_body": "<p>It is <b>worse</b> now</p>", "created_at": "2026-05-02T09:00:00Z"},
            ],
        },
        {"id": 12, "subject": "", "description": "", "requester_id": 1, "created_at": "2026-05-01T10:00:00Z"},
    ],
    "users": [
        {"id": 1, "name": "Jo Bell", "email": "jo@brask.example", "role": "end-user", "organization_id": 5},
        {"id": 2, "name": "Ida Moe", "email": "ida@brask.example", "role": "end-user", "organization_id": 5},
        {"id": 9, "name": "Agent", "email": "a@fernhall.example", "role": "agent"},
    ],
    "organizations": [{"id": 5, "name": "Brask", "domain_names": ["brask.example"]}],
}  # fmt: skip


@pytest.mark.parametrize("form", ["object", "pretty", "lines"])
def test_a_zendesk_export_links_tickets_to_people_and_organisations(form, tmp_path):
    content = {
        "object": json.dumps(ZENDESK),
        "pretty": json.dumps(ZENDESK, indent=2),
        "lines": "\n".join(json.dumps(entry) for part in ZENDESK.values() for entry in part),
    }[form]
    read = Read(written(tmp_path, content, "zendesk.json"))
    assert read.plan.shape == "zendesk-json" and read.survey.row_count == 6
    ticket = next(record for record in read.records if record.kind == "case")
    assert ticket.account.name == "Brask" and ticket.account.domain == "brask.example"
    assert [(w.part, w.text, w.speaker.name) for w in ticket.words] == [
        ("description", SPOKEN, "Jo Bell"),
        ("comment", "It is worse now", "Ida Moe"),
    ]
    assert [r.column for r in read.rejected] == ["description"]
    assert "no words" in read.rejected[0].reason


def test_an_unknown_table_is_guessed_by_headers_and_cells(tmp_path):
    content = f"when heard,who,place,said\n2026-05-01,jo@brask.example,Brask,{SPOKEN}\n2026-05-02,ida@brask.example,Brask,{SPOKEN} too\n"
    read = Read(written(tmp_path, content))
    assert read.plan.is_guess and read.plan.unsure == {"email", "said_at", "text"}
    assert dict(read.plan.recipe.mapping) == {"email": "who", "said_at": "when heard", "text": "said"}


def test_a_given_mapping_goes_before_every_guess(tmp_path):
    content = f"place,note,said\nBrask,internal,{SPOKEN}\n"
    read = Read(written(tmp_path, content), given={"text": "said", "account": "PLACE"})
    assert read.records[0].words[0].text == SPOKEN and read.records[0].account.name == "Brask"


@pytest.mark.parametrize(
    ("given", "message"), [({"text": "gone"}, "no column “gone”"), ({"mood": "note"}, "no field “mood”")]
)
def test_a_mapping_to_what_does_not_exist_is_refused(given, message, tmp_path):
    with pytest.raises(FileRejected, match=message):
        Read(written(tmp_path, "note\nhello there\n"), given=given)


def test_a_column_of_dates_is_read_one_way_throughout(tmp_path):
    content = "note,company,date\nfirst words,Brask,03/04/2026\nmore words,Brask,17/04/2026\n"
    first, _ = Read(written(tmp_path, content)).records
    assert first.words[0].said_at.date() == date(2026, 4, 3)


def test_an_equal_row_is_repeated_not_added(tmp_path):
    read = Read(written(tmp_path, "id,note\n1,slow days\n2,other words\n1,slow days\n"))
    assert read.kinds == {"Record": 2, "Repeated": 1}


def test_a_fingerprint_changes_with_the_content_only(tmp_path):
    first = Read(written(tmp_path, "id,note\n1,slow days\n2,more\n")).records[0]
    later = Read(written(tmp_path, "id,note\n2,more\n1,slow days\n")).records[1]
    other = Read(written(tmp_path, "id,note\n1,slow nights\n")).records[0]
    assert first.fingerprint() == later.fingerprint() != other.fingerprint()


def test_records_of_an_interface_are_read_through_their_nesting(tmp_path):
    deals = {
        "results": [
            {"id": "7", "properties": {"dealname": "Docks", "dealstage": "closedwon", "amount": "900"}}
        ]
    }
    (deal,) = Read(written(tmp_path, json.dumps(deals), "deals.json")).records
    assert deal.source_id == "7"
    assert (deal.opportunity.name, deal.opportunity.outcome, deal.opportunity.amount) == ("Docks", "won", 900)
    cases = [
        {
            "attributes": {"type": "Case"},
            "Id": "5",
            "CaseNumber": "17",
            "Subject": "Scanner",
            "Account": {"Name": "Brask"},
        }
    ]
    (case,) = Read(written(tmp_path, json.dumps(cases), "cases.json")).records
    assert (case.source_id, case.account.name) == ("17", "Brask")


def test_a_posts_title_is_its_subject_not_a_job(tmp_path):
    posts = [
        {
            "id": "p1",
            "title": "Dark screen",
            "details": SPOKEN,
            "author": {"name": "Jo Bell"},
            "created": "2026-05-01",
        }
    ]
    (post,) = Read(written(tmp_path, json.dumps(posts), "posts.json")).records
    assert (post.kind, post.subject, post.words[0].text) == ("note", "Dark screen", SPOKEN)
    assert post.contact.name == "Jo Bell" and post.contact.title is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ticket_fields = [
    "id",
    "subject",
    "description",
    "requester_id",
    "organization_id",
    "status",
    "priority",
    "created_at",
    "updated_at",
    "comments",
    "requester",
    "organization",
    "role",
    "email",
    "name",
    "domain_names",
    "organization_fields",
]
table_fields = [
    "id",
    "note",
    "company",
    "email",
    "date",
    "amount",
    "title",
    "deal name",
    "close date",
    "author",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(ticket_fields), anything, max_size=10), max_size=4),
    st.lists(
        st.dictionaries(st.sampled_from(table_fields), anything, min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    ),
)
def test_any_objects_become_records_or_are_rejected(tickets, objects):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        whole = json.dumps({**ZENDESK, "tickets": ZENDESK["tickets"] + tickets})
        lines = "\n".join(json.dumps(entry) for entry in [{"note": SPOKEN}, *objects])
        for content, count in ((whole, 6 + len(tickets)), (lines, 1 + len(objects))):
            try:
                read = Read(written(Path(folder), content, "x.json"))
            except FileRejected:
                continue
            assert len(read.readings) == read.survey.row_count == count
            for record in read.records:
                assert len(record.fingerprint()) == 64
