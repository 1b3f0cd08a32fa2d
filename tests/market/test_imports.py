"""Price books, training, partners, sellers and rates come in by file like any other record."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select

from ideaflow.audit import SYSTEM
from ideaflow.clock import now, stopped
from ideaflow.intake import queries, service
from ideaflow.intake.preparing import Incoming, prepare
from ideaflow.market import hooks
from ideaflow.market.converting import rates_on
from ideaflow.market.measures import partners_certified, price_entry_active, sellers_trained
from ideaflow.market.models import (
    ExchangeRate,
    Partner,
    PartnerCertificate,
    PriceBook,
    PriceEntry,
    PriceTurn,
    Region,
    Seller,
    TrainingRecord,
)
from tests.market.conftest import NOON, TODAY, Market

ENTRIES = """Id,Pricebook2Id,Pricebook2.Name,Product2Id,ProductCode,Name,UnitPrice,CurrencyIsoCode,IsActive
01u1,01s1,Standard,01t1,DOCK-1,Dock Scheduling,120.00,EUR,true
01u2,01s1,Standard,01t1,DOCK-1,Dock Scheduling,105.50,GBP,true
01u3,01s2,Partner list,01t1,DOCK-1,Dock Scheduling,90.00,EUR,false
"""
BOOKS = """Id,Name,IsActive,IsStandard,ValidFrom,ValidTo,Channel,Region
01s1,Standard,true,true,2026-01-01,2026-12-31,Direct,
01s2,Partner list,true,false,2026-01-01,,Partners,DACH
"""


@pytest.fixture
def bring(session, tmp_path: Path):
    """Import files by their text; returns their reports by name."""

    def take(**files: str | bytes):
        incoming = []
        for name, content in files.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            incoming.append(Incoming(path, path.name))
        prepared, directory = prepare(incoming, now(), queries.remembered)
        return {one.incoming.name: service.import_file(one, directory, by=SYSTEM) for one in prepared}

    return take


@pytest.fixture
def told(monkeypatch):
    """What was told of changes."""
    heard: list[hooks.Change] = []
    monkeypatch.setattr(hooks, "on_change", [heard.append])
    return heard


def _count(session, table) -> int:
    return session.scalar(select(func.count()).select_from(table))


def test_a_salesforce_price_book_answers_whether_a_cell_can_quote(session, market: Market, bring):
    reports = bring(books_csv=BOOKS, entries_csv=ENTRIES)
    assert reports["entries.csv"].shape == "Salesforce price book entries"
    assert [report.accepted_count for report in reports.values()] == [2, 3]
    found = price_entry_active("DOCK-1", market.cells, TODAY)
    assert [found[cell].share for cell in market.cells] == [1, 1, 0, 0]
    assert found[market.direct_uk].words == "price entry active: EUR 120 in Standard, GBP 105.50 in Standard"
    assert found[market.direct_uk].expires_on == date(2026, 12, 31)
    assert price_entry_active("DOCK-1", [market.direct_uk], date(2027, 1, 2))[market.direct_uk].share == 0
    turns = session.scalars(select(PriceTurn)).all()
    assert {turn.changed_by for turn in turns} == {"import of entries.csv"}
    assert len(turns) == 3


def test_the_same_file_twice_adds_nothing_and_a_changed_row_tells_its_cells_alone(
    session, market: Market, bring, told
):
    bring(books_csv=BOOKS, entries_csv=ENTRIES)
    told.clear()
    again = bring(books_csv=BOOKS, entries_csv=ENTRIES)
    assert [(one.accepted_count, one.unchanged_count) for one in again.values()] == [(0, 2), (0, 3)]
    assert (_count(session, PriceEntry), _count(session, PriceTurn), told) == (3, 3, [])
    with stopped(NOON):
        bring(entries_csv=ENTRIES.replace("90.00,EUR,false", "90.00,EUR,true"))
    assert _count(session, PriceEntry) == 3
    assert [(one.cells, one.names) for one in told] == [({market.partners_dach}, {"DOCK-1"})]
    entry = session.scalar(select(PriceEntry).where(PriceEntry.source_id == "01u3"))
    assert (entry.turned_at, entry.changed_by) == (NOON, "import of entries.csv")
    session.refresh(entry)
    assert price_entry_active("DOCK-1", [market.partners_dach], TODAY)[market.partners_dach].share == 1


def test_an_unknown_region_names_the_row_the_column_and_the_way_on(session, market: Market, bring):
    sellers = (
        "Email,Name,Channel,Region\n"
        "ann@fernhall.example,Ann,Direct,DACH; uk\n"
        "bob@fernhall.example,Bob,Direct,Iberia\n"
        "cy@fernhall.example,Cy,Telesales,DACH\n"
    )
    report = bring(sellers_csv=sellers)["sellers.csv"]
    assert report.counts() == {"read": 3, "accepted": 1, "unchanged": 0, "rejected": 2}
    region, channel = queries.every_rejected(report.id)
    assert (region.row, region.column) == (3, "Region")
    assert region.reason.startswith("“Iberia” is no region of yours. Add it on the page Market")
    assert (channel.row, channel.column) == (4, "Channel")
    assert _count(session, Seller) == 2
    market.add(Region(name="Iberia"))
    assert bring(sellers_csv=sellers)["sellers.csv"].accepted_count == 1  # The very same file.


def test_training_of_an_lms_as_xlsx_counts_for_the_cell(session, market: Market, bring, tmp_path: Path):
    ann, bob = market.seller(market.direct_dach, name="Ann"), market.seller(market.direct_dach, name="Bob")
    book = Workbook()
    sheet = book.active
    sheet.append(["E-mail", "Name", "Course", "Status", "Completed on", "Expires on"])
    sheet.append([ann.email.upper(), "Ann", "Dock Basics", "Passed", date(2026, 6, 1), date(2027, 6, 1)])
    sheet.append([bob.email, "Bob", "Dock Basics", "Failed", date(2026, 6, 1), None])
    sheet.append([bob.email, "Bob", "Dock Basics", "Passed", date(2026, 7, 1), date(2026, 6, 1)])
    book.save(tmp_path / "x.xlsx")
    report = bring(lms_xlsx=(tmp_path / "x.xlsx").read_bytes())["lms.xlsx"]
    assert (report.kind, report.accepted_count) == ("training", 2)
    assert [(one.row, one.column) for one in queries.every_rejected(report.id)] == [(4, "Expires on")]
    found = sellers_trained("Dock basics", market.cells, TODAY)[market.direct_dach]
    assert (found.counted, found.of, found.missing) == (1, 2, ("Bob",))


def test_partners_and_certificates_come_in_any_order_also_as_json(session, market: Market, bring):
    certificates = '[{"Partner": "Nordlicht GmbH", "Person": "Pia", "Certification": "Dock basics",'
    certificates += ' "Certified on": "2026-05-01", "Expires on": "2027-05-01"}]'
    partners = "Partner,Active,Channel,Region\nNordlicht,yes,,DACH\nSüdwind AG,yes,Partners,\n"
    reports = bring(certificates_json=certificates, partners_csv=partners)
    assert {one.kind: one.accepted_count for one in reports.values()} == {"partner": 2, "certificate": 1}
    assert (_count(session, Partner), _count(session, PartnerCertificate)) == (2, 1)
    found = partners_certified("Dock basics", market.cells, TODAY)
    assert found[market.partners_dach].words == "1 of 2 partners certified"
    assert found[market.partners_uk].words == "0 of 1 partner certified"
    assert found[market.direct_dach].of == 0


def test_the_rates_of_the_european_central_bank_are_taken_as_they_are(session, bring):
    ecb = "Date,USD,JPY,GBP,CYP,ISK,\n2026-11-20,1.0844,163.51,0.8350,N/A,N/A,\n"
    ecb += "2026-11-19,1.08,162,0.83,N/A,145,\n"
    report = bring(eurofxref_csv=ecb)["eurofxref.csv"]
    assert (report.accepted_count, _count(session, ExchangeRate)) == (2, 7)
    found = rates_on(date(2026, 11, 22)).convert(Decimal(1000), "USD", "EUR")
    assert (found.amount, found.day, found.source) == (Decimal("922.17"), date(2026, 11, 20), "ECB")
    bring(
        rates_csv="Date,Currency,Base,Rate\n2026-11-20,USD,EUR,1.10\n20.11.2026,CHF,EUR,0\n2026-11-20,GBP,EUR,0.00000000001\n"
    )
    assert rates_on(date(2026, 11, 20)).convert(Decimal(11), "USD", "EUR").amount == Decimal(10)
    assert _count(session, ExchangeRate) == 7


def test_a_table_of_what_customers_said_is_never_taken_for_a_list_of_sellers(session, market: Market, bring):
    said = "Email,Channel,Region,Comment\nann@brask.example,Phone,DACH,The dock screen forgets my slot.\n"
    assert bring(survey_csv=said)["survey.csv"].kind == "note"
    assert _count(session, Seller) == 0


_WORDS = st.sampled_from(["Dock basics", "Yard", "Alpha"])
_PEOPLE = st.sampled_from(["ann@f.example", "bob@f.example", "cy@f.example"])
_DAYS = st.dates(date(2020, 1, 1), date(2026, 11, 1))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_PEOPLE, _WORDS, st.none() | _DAYS), min_size=1, max_size=12))
def test_whatever_a_file_holds_bringing_it_again_adds_nothing(session, bring, rows):
    text = "Email,Course,Completed on\n" + "".join(f"{who},{what},{day or ''}\n" for who, what, day in rows)
    first = bring(training_csv=text)["training.csv"]
    count = _count(session, TrainingRecord)
    again = bring(training_csv=text)["training.csv"]
    assert (again.accepted_count, _count(session, TrainingRecord)) == (0, count)
    assert again.read_count == first.read_count == len(rows)
    assert _count(session, PriceBook) == 0


def test_the_import_page_says_what_a_list_becomes_and_where_a_missing_region_is_added(
    session, market: Market, client_of
):
    browser = client_of("product_manager")
    rows = b"Email,Name,Channel,Region\nann@fernhall.example,Ann,Direct,Iberia\n"
    answer = browser.post("/import/", data={"files": (io.BytesIO(rows), "team.csv")})
    page = browser.get(answer.location).text
    assert "Sellers and where they sell" in page
    assert "Each row says who sells in which channel and region." in page
    assert "“Iberia” is no region of yours" in page
    assert 'stand on the page <a href="/market/">Market</a>' in page
    browser.post(f"{answer.location}/discard")
