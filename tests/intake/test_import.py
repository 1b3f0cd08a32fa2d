# ruff: noqa: E501 - exports stand here as they come
"""Imported files become linked records, once, and the report adds up."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from ideaflow.accounts.models import Account, Case, Contact, Opportunity
from ideaflow.audit import SYSTEM, AuditEvent
from ideaflow.feedback.models import FeedbackItem
from ideaflow.intake import queries, service
from ideaflow.intake.models import Import, RejectedRow
from ideaflow.intake.preparing import Incoming, prepare
from tests.intake.exports import NOW, written
from tests.intake.test_shapes import SPOKEN, ZENDESK

ACCOUNTS = (
    "Account Name,Account ID,Account Owner,Type,Industry,Annual Revenue,Billing Country\n"
    'Brask A/S,001A,Lena Prior,Customer,3PL,"$1,234,567",Denmark\n'
    'Møller & Sons Ltd,001B,Lena Prior,Prospect,Retail,"$2,000",UK\n'
)
OPPORTUNITIES = (
    "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date,Loss Reason,Description\n"
    f'006A,Brask 40 seats,Brask,Tom Ash,Closed Lost,"$90,000",3/4/2026,Price was far too high,{SPOKEN}\n'
)


def imported(folder, *contents, name="export.csv", given=None, source=None):
    files = [
        Incoming(written(folder, content, f"{place}-{name}"), f"{place}-{name}", given or {}, source)
        for place, content in enumerate(contents)
    ]
    prepared, directory = prepare(files, NOW, queries.remembered)
    return [service.import_file(one, directory, by=SYSTEM) for one in prepared]


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_records_are_linked_whatever_order_the_files_come_in(session, tmp_path):
    imported(tmp_path, OPPORTUNITIES, ACCOUNTS)
    account = session.scalar(select(Account).where(Account.name_key == "brask"))
    assert (account.name, account.segment, account.revenue_amount) == ("Brask A/S", "3PL", Decimal(1234567))
    sale = session.scalar(select(Opportunity))
    assert (sale.account_id, sale.amount, sale.state, sale.owner_name) == (
        account.id,
        90000,
        "lost",
        "Tom Ash",
    )
    items = session.scalars(select(FeedbackItem).order_by(FeedbackItem.source_id)).all()
    assert [(i.source_id, i.part, i.is_proxy) for i in items] == [
        ("opportunity 006A#description", "description", True),
        ("opportunity 006A#lost-reason", "lost_reason", True),
    ]
    assert {item.account_id for item in items} == {account.id}
    assert items[0].speaker_name == "Tom Ash"


def test_after_many_rows_the_database_has_counted_them(session, tmp_path):
    def counted():
        return session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'accounts'"))

    before = counted()
    rows = [f"Firm {number},{number},Lena Prior,Customer,3PL,9,UK" for number in range(service.BATCH)]
    header = ACCOUNTS.splitlines()[0]
    imported(tmp_path, "\n".join([header, *rows[:-1]]), name="nearly.csv")
    assert counted() == before  # A few rows the database counts in its own time.
    imported(tmp_path, "\n".join([header, *(row.replace(",9,UK", ",8,UK") for row in rows)]), name="many.csv")
    assert counted() == service.BATCH


def test_a_zendesk_export_becomes_accounts_contacts_cases_and_words(session, tmp_path):
    (row,) = imported(tmp_path, json.dumps(ZENDESK), name="zendesk.json")
    assert row.counts() == {"read": 6, "accepted": 5, "unchanged": 0, "rejected": 1}
    assert sorted(session.scalars(select(Contact.name))) == ["Ida Moe", "Jo Bell"]
    case = session.scalar(select(Case))
    words = session.scalars(select(FeedbackItem).order_by(FeedbackItem.id)).all()
    assert [(w.source_id, w.text, w.speaker_name) for w in words] == [
        ("11#description", SPOKEN, "Jo Bell"),
        ("11#comment-104", "It is worse now", "Ida Moe"),
    ]
    assert {w.case_id for w in words} == {case.id} and words[0].account_id is not None


def test_the_same_file_twice_adds_nothing(session, tmp_path):
    first = imported(tmp_path, ACCOUNTS, OPPORTUNITIES)
    before = [count(session, model) for model in (Account, Opportunity, FeedbackItem)]
    again = imported(tmp_path, ACCOUNTS, OPPORTUNITIES)
    assert [row.accepted_count for row in first] == [2, 1]
    assert [row.counts() for row in again] == [
        {"read": 2, "accepted": 0, "unchanged": 2, "rejected": 0},
        {"read": 1, "accepted": 0, "unchanged": 1, "rejected": 0},
    ]
    assert [count(session, model) for model in (Account, Opportunity, FeedbackItem)] == before


def test_a_changed_record_is_updated_and_its_words_superseded_never_edited(session, tmp_path):
    imported(tmp_path, OPPORTUNITIES)
    changed = OPPORTUNITIES.replace("Closed Lost", "Closed Won").replace(SPOKEN, "All is well now")
    (row,) = imported(tmp_path, changed)
    assert row.counts() == {"read": 1, "accepted": 1, "unchanged": 0, "rejected": 0}
    assert session.scalar(select(Opportunity.state)) == "won"
    old, new = session.scalars(
        select(FeedbackItem).where(FeedbackItem.part == "description").order_by(FeedbackItem.revision)
    ).all()
    assert (old.text, new.text, old.superseded_by_id, new.revision) == (SPOKEN, "All is well now", new.id, 2)
    assert not old.counts and new.counts


def test_withdrawn_words_do_not_come_back(session, tmp_path):
    imported(tmp_path, "id,note\n1,please forget this\n")
    item = session.scalar(select(FeedbackItem))
    item.withdrawn_at = NOW
    session.commit()
    imported(tmp_path, "id,note\n1,please forget this too\n")
    assert count(session, FeedbackItem) == 1


def test_empty_cells_leave_what_is_known(session, tmp_path):
    imported(tmp_path, ACCOUNTS)
    imported(tmp_path, ACCOUNTS.replace("3PL", "").replace('"$1,234,567"', ""))
    account = session.scalar(select(Account).where(Account.name_key == "brask"))
    assert (account.segment, account.revenue_amount) == ("3PL", Decimal(1234567))


def test_a_service_desk_fills_gaps_but_does_not_overrule_the_crm(session, tmp_path):
    imported(tmp_path, ACCOUNTS.replace("Denmark", ""))
    desk = {
        **ZENDESK,
        "tickets": [],
        "organizations": [{"id": 5, "name": "BRASK", "domain_names": ["brask.example"]}],
    }
    desk["organizations"][0]["organization_fields"] = {"segment": "3pl logistics", "region": "Nordics"}
    imported(tmp_path, json.dumps(desk), name="zendesk.json")
    account = session.scalar(select(Account).where(Account.name_key == "brask"))
    assert (account.name, account.segment, account.region) == ("Brask A/S", "3PL", "Nordics")
    assert account.domain == "brask.example"


def test_one_id_with_two_contents_keeps_the_first_and_names_the_row(session, tmp_path):
    (row,) = imported(tmp_path, "id,note\n7,first words\n7,other words\n7,first words\n")
    assert row.counts() == {"read": 3, "accepted": 1, "unchanged": 1, "rejected": 1}
    rejected = session.scalar(select(RejectedRow))
    assert (rejected.row, rejected.column) == (3, "id") and "row 2" in rejected.reason
    assert session.scalar(select(FeedbackItem.text)) == "first words"


def test_a_person_is_one_contact_in_every_source(session, tmp_path):
    imported(tmp_path, "note,company,email,contact name\nslow days,Brask,JO@brask.example,Jo Bell\n")
    imported(tmp_path, json.dumps(ZENDESK), name="zendesk.json")
    assert session.scalar(select(func.count()).where(Contact.email == "jo@brask.example")) == 1


def test_a_mapping_once_given_is_remembered_by_its_headers(session, tmp_path):
    imported(tmp_path, f"said,inside\n{SPOKEN},x\n", given={"text": "said"})
    prepared, _ = prepare(
        [Incoming(written(tmp_path, "inside,said\ny,Other words\n"), "x")], NOW, queries.remembered
    )
    assert dict(prepared[0].plan.recipe.mapping) == {"text": "said"}


def test_begin_and_end_of_an_import_stand_in_the_audit(session, tmp_path):
    imported(tmp_path, ACCOUNTS)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject_type == "imports").order_by(AuditEvent.id)
    )
    assert [(e.action, e.after.get("accepted")) for e in events] == [
        ("intake.begin", None),
        ("intake.finish", 2),
    ]


def test_the_end_of_an_import_queues_the_reading_of_its_words(session, tmp_path):
    def queued():
        names = (
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'themes.take_in' AND status = 'todo'"
        )
        return session.execute(text(names)).scalar_one()

    before = queued()
    imported(tmp_path, "id,note\n1,some words\n", "id,note\n2,other words\n")
    assert queued() == before + 1


def test_a_torn_file_leaves_nothing_of_any_file_behind(session, tmp_path):
    from ideaflow.intake.faults import FileRejected

    with pytest.raises(FileRejected):
        imported(tmp_path, ACCOUNTS, 'id,note\n1,"open\n')
    assert count(session, Account) == count(session, Import) == 0


def test_a_batch_costs_the_same_number_of_questions_however_large(session, tmp_path, count_queries):
    def cost(rows, name):
        body = "".join(f"{name}{i},note number {i},Account {i},p{name}{i}@x.example\n" for i in range(rows))
        with count_queries() as statements:
            imported(tmp_path, "id,note,company,email\n" + body)
        return len(statements)

    assert cost(400, "b") <= cost(20, "a") + 8  # Long inserts are split in pages.


def test_tickets_find_the_people_and_organisations_of_an_earlier_file(session, tmp_path):
    imported(
        tmp_path,
        json.dumps({"users": ZENDESK["users"], "organizations": ZENDESK["organizations"]}),
        name="a.json",
    )
    imported(tmp_path, json.dumps({"tickets": ZENDESK["tickets"][:1]}), name="b.json")
    case, account = session.scalar(select(Case)), session.scalar(select(Account))
    first = session.scalar(select(FeedbackItem).order_by(FeedbackItem.id))
    assert case.account_id == first.account_id == account.id
    assert first.speaker_name == "Jo Bell"
