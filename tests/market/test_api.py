"""Programs send what is true of the market as JSON: under the rules of files, all records or none."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from ideaflow.audit import SYSTEM, AuditEvent
from ideaflow.intake.models import Import
from ideaflow.market.models import (
    ExchangeRate,
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceBookCell,
    PriceEntry,
    Seller,
    TrainingRecord,
)
from ideaflow.users import tokens
from tests.market.conftest import Market

PRICE = {
    "id": "01u1", "price_book": "Partner list", "product_code": "DOCK-1", "unit_price": 90.5,
    "currency": "EUR", "is_active": False, "channel": "Partners", "region": "DACH",
}  # fmt: skip
COURSE = {"id": "7", "email": "Ann@fernhall.example", "course": "Dock basics", "passed_on": "2026-06-01",
          "region": "uk"}  # fmt: skip
CERTIFICATE = {"id": "c1", "partner": "Nordlicht GmbH", "contact": "Pia", "course": "Dock basics",
               "passed_on": "2026-06-01"}  # fmt: skip
RATE = {"rate_on": "2026-11-20", "currency": "USD", "rate": "1.0834"}


@pytest.fixture
def call(client, make):
    """Send records to a list of the market with the token of somebody who may import."""
    user = make.user(roles=["product_manager"])

    def sent(path, *records, scope="import", source="sap"):
        _, text = tokens.add(user.id, "SAP", [scope], 30, by=SYSTEM)
        answer = client.post(
            f"/api/v1/market/{path}",
            json={"source": source, "records": list(records)},
            headers={"Authorization": f"Bearer {text}"},
        )
        return answer.status_code, answer.json

    return sent


def _count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_what_is_sent_is_kept_once_and_can_be_read_and_sent_back(session, market: Market, call, client_of):
    for path, record in (
        ("prices", PRICE),
        ("training", COURSE),
        ("certificates", CERTIFICATE),
        ("rates", RATE),
    ):
        status, told = call(path, record)
        assert (status, told["accepted"], told["unchanged"]) == (201, 1, 0)
    events = _count(session, AuditEvent)
    assert call("prices", PRICE)[1] == {"accepted": 0, "unchanged": 1, "import": None}
    assert (_count(session, Import), _count(session, PriceEntry)) == (4, 1)
    (cell,) = session.scalars(select(PriceBookCell))
    assert (cell.channel_id, cell.region_id) == market.partners_dach

    assert call("prices", {**PRICE, "is_active": True})[1]["accepted"] == 1
    entry = session.scalars(select(PriceEntry)).one()
    assert (entry.is_active, entry.unit_amount, entry.changed_by) == (
        True, Decimal("90.5"), "import of Price entries by JSON",
    )  # fmt: skip
    sent = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (sent.action, sent.after["accepted"]) == ("intake.send", 1)
    assert _count(session, AuditEvent) > events

    reader = client_of("sales")
    for path in ("prices", "training", "certificates", "rates"):
        (told,) = reader.get(f"/api/v1/market/{path}").json["records"]
        known = {key for key, value in told.items() if value not in (None, "")}
        back = {key: told[key] for key in known - {"source", "changed_at", "changed_by"}}
        assert call(path, back, source=told["source"])[0] == 201  # What is read can be sent.
    for table in (PriceEntry, TrainingRecord, PartnerCertificate, ExchangeRate):
        assert _count(session, table) == 1
    places = reader.get("/api/v1/market/places").json
    assert [one["name"] for one in places["channels"]] == ["Direct", "Partners"]
    assert places["regions"][0]["spellings"] == ["Germany", "Austria"]


def test_what_holds_in_several_cells_is_a_record_for_each_and_can_be_sent_back(
    session, market: Market, call, client_of
):
    book = market.book(market.direct_dach, market.direct_uk, name="List EUR")
    market.book(name="Sold by nobody")
    market.partner(market.partners_dach, market.partners_uk, name="Nordlicht", name_key="nordlicht")
    market.seller(market.direct_uk)
    tables = (PriceBook, PriceBookCell, Partner, PartnerCell, Seller)
    before = [_count(session, table) for table in tables]

    reader = client_of("sales")
    found = {
        path: reader.get(f"/api/v1/market/{path}").json["records"]
        for path in ("price-books", "partners", "sellers")
    }
    of_book = [one for one in found["price-books"] if one["price_book_id"] == book.source_id]
    assert {(one["channel"], one["region"]) for one in of_book} == {
        ("Direct", "DACH"), ("Direct", "UK & Ireland"),
    }  # fmt: skip
    (unsold,) = [one for one in found["price-books"] if one not in of_book]
    assert "channel" not in unsold
    assert [one["region"] for one in found["partners"]] == ["DACH", "UK & Ireland"]
    for path, records in found.items():
        for one in records:
            back = {key: value for key, value in one.items() if key not in ("source", "changed_at") and value}
            assert call(path, back, source=one.get("source", "sap"))[0] == 201
    assert [_count(session, table) for table in tables] == before


def test_a_record_that_leaves_its_cells_out_moves_no_price_book(session, market: Market, call):
    call("prices", {key: value for key, value in PRICE.items() if key not in ("channel", "region")})
    assert (_count(session, PriceEntry), _count(session, PriceBookCell)) == (1, 0)


@pytest.mark.parametrize(
    ("path", "change", "field", "reason", "expected"),
    [
        ("prices", {"unit_price": "cheap"}, "unit_price", "no amount of money", "Unit price: a number"),
        ("prices", {"unit_price": None}, "unit_price", "it is needed as “Unit price”", "Unit price"),
        ("prices", {"region": "Iberia"}, "region", "is no region of yours", "Region: text"),
        ("prices", {"valid_from_on": "03/04/2026"}, "valid_from_on", "", "Valid from: a day"),
        ("prices", {"is_active": "perhaps"}, "is_active", "neither yes nor no", "true or false"),
        ("prices", {"pice": 1}, "pice", "there is no such field. Known are: ", None),
        ("prices", {"product": ["a"]}, "product", "a list or an object", "Product name: text"),
        ("prices", {"product": "a\x00b"}, "product", "NUL", "Product name: text"),
        ("prices", {"unit_price": float("nan")}, "unit_price", "no number", "Unit price"),
        ("training", {"expires_on": "2026-01-01"}, "expires_on", "lies before", "Expires on: a day"),
        ("certificates", {"passed_on": ""}, "passed_on", "it is needed", "a day, as in “2026-11-23”"),
        ("rates", {"currency": "Euro money"}, "currency", "", "three letters"),
        ("rates", {"currency": "EUR"}, "currency", "no rate to itself", "three letters"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_names_record_field_and_what_is_expected_and_nothing_is_kept(
    session, market: Market, call, path, change, field, reason, expected
):  # fmt: skip
    good = {"prices": PRICE, "training": COURSE, "certificates": CERTIFICATE, "rates": RATE}[path]
    other = {**good, "id": "fine"} if path != "rates" else {**good, "currency": "GBP"}
    status, told = call(path, other, {**good, **change})
    assert status == 422
    assert told["detail"].startswith("Nothing was kept. record 2, ")
    (problem,) = told["problems"]
    assert (problem["record"], problem["field"]) == (2, field)
    assert reason in problem["reason"] and (expected or "") in problem.get("expected", "")
    assert (_count(session, PriceEntry), _count(session, TrainingRecord), _count(session, Import)) == (
        0,
        0,
        0,
    )


def test_who_may_not_and_what_is_no_list_is_refused(market: Market, call, client_of):
    assert call("prices", PRICE, scope="read")[0] == 403
    assert "Name the system" in call("prices", PRICE, source=" ")[1]["detail"]
    assert "1 to 500 records" in call("prices")[1]["detail"]
    assert "record 1 is the same one" in call("prices", PRICE, {**PRICE, "unit_price": 7})[1]["detail"]
    assert "no JSON object" in call("prices", 7)[1]["detail"]
    browser = client_of("service")
    assert browser.post("/api/v1/market/prices", json={"source": 1}).json["problems"][0]["field"] == "source"
    assert client_of("sales").post("/api/v1/market/prices", json={}).status_code == 403
