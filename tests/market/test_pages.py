"""The pages of the market: channels and regions as data, prices, people, rates, and who is sold where."""

import pytest
from sqlalchemy import select

from ideaflow.audit import SYSTEM, AuditEvent
from ideaflow.market import hooks, places, pricing, service
from ideaflow.market.measures import price_entry_active
from ideaflow.market.models import (
    Channel,
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
from ideaflow.users import leaving
from tests.conftest import HTMX
from tests.market.conftest import TODAY, Market

PAGES = ("", "accounts", "prices", "sellers", "training", "partners", "rates")


@pytest.fixture
def maren(client_of):
    return client_of("product_manager")


@pytest.fixture
def told(monkeypatch):
    heard: list[hooks.Change] = []
    monkeypatch.setattr(hooks, "on_change", [heard.append])
    return heard


def test_an_empty_market_says_on_every_page_what_comes_first(maren):
    said = {path: maren.get(f"/market/{path}").text for path in PAGES}
    assert "Say first how and where you sell." in said[""]
    for path, words in (("prices", "No price book yet."), ("rates", "No exchange rate yet.")):
        assert words in said[path]
    assert "Nobody sells anywhere yet." in said["sellers"]


def test_channels_and_regions_are_added_renamed_moved_and_retired(session, maren):
    for name in ("Direct", "Partners"):
        assert maren.post("/market/lines/channels", data={"name": name}).status_code == 303
    dach = {"name": "DACH", "spellings": "Germany\nDE; AT", "currency": "eur"}
    maren.post("/market/lines/regions", data=dach)
    region = session.scalars(select(Region)).one()
    assert (region.spellings, region.currency) == (["Germany", "DE", "AT"], "EUR")
    direct, partners = session.scalars(select(Channel).order_by(Channel.position)).all()
    resellers = {"name": "Resellers", "is_partner": "1", "version": 1}
    maren.post(f"/market/lines/channels/{partners.id}", data=resellers)
    maren.post(f"/market/lines/channels/{partners.id}/move", data={"way": "up"})
    session.expire_all()
    assert [one.name for one in places.current_channels()] == ["Resellers", "Direct"]
    maren.post(f"/market/lines/channels/{direct.id}/retire", data={"version": direct.version, "retired": "1"})
    session.expire_all()
    assert [one.name for one in places.current_channels()] == ["Resellers"]
    assert "retired" in maren.get("/market/").text


def test_a_name_that_is_taken_is_named_at_its_field(market: Market, maren):
    answer = maren.post("/market/lines/regions", data={"name": "dach", "currency": "E"})
    assert answer.status_code == 422
    assert "three letters of a currency" in answer.text
    answer = maren.post("/market/lines/regions", data={"name": "dach"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "There is a region “dach” already" in answer.text


def test_of_two_who_add_the_same_at_one_moment_the_second_is_told(session, maren, monkeypatch):
    # Both look before either writes.
    monkeypatch.setattr(service, "_refuse_same_name", lambda *_, **__: None)
    assert maren.post("/market/lines/channels", data={"name": "Direct"}).status_code == 303
    second = maren.post("/market/lines/channels", data={"name": "Direct"})
    assert second.status_code == 409 and "Nothing of yours was kept" in second.text
    assert len(session.scalars(select(Channel)).all()) == 1


def test_who_saved_first_stands_beside_what_was_sent(session, market: Market, maren):
    book = market.book(market.direct_dach, name="List 2026")
    entry = market.price(book)
    sent = {"unit_amount": "130", "currency": "EUR", "is_active": "1", "version": 1}
    assert maren.post(f"/market/prices/{entry.id}", data=sent).status_code == 303
    answer = maren.post(f"/market/prices/{entry.id}", data={**sent, "unit_amount": "99.90"})
    assert answer.status_code == 409
    assert "It has changed meanwhile" in answer.text
    assert 'value="99.90"' in answer.text
    again = maren.post(f"/market/prices/{entry.id}", data={**sent, "unit_amount": "99.90", "version": 2})
    assert again.status_code == 303
    amounts = session.scalars(select(PriceTurn.unit_amount).order_by(PriceTurn.id)).all()
    assert [float(one) for one in amounts] == [130, 99.9]
    answer = maren.post(f"/market/prices/books/{book.id}", data={"name": "List 2027", "version": 9})
    assert answer.status_code == 409
    region = maren.post(f"/market/lines/regions/{market.uk.id}", data={"name": "UK", "version": 7})
    assert (region.status_code, "It has changed meanwhile" in region.text) == (409, True)


def test_one_entry_switched_off_tells_exactly_its_cells(session, market: Market, maren, told):
    entry = market.price(market.book(market.partners_dach))
    market.price(market.book(market.direct_dach))
    sent = {"unit_amount": "120", "currency": "EUR", "version": 1}
    maren.post(f"/market/prices/{entry.id}", data=sent)
    assert [(one.what, one.cells, one.names) for one in told] == [
        ("prices", {market.partners_dach}, {"DOCK-1"})
    ]
    session.expire_all()
    found = price_entry_active("DOCK-1", market.cells, TODAY)
    assert [found[cell].share for cell in market.cells] == [1, 0, 0, 0]
    assert found[market.partners_dach].words == "price entry inactive"
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.before, event.after) == (
        "market.change_price",
        {"is_active": True},
        {"is_active": False},
    )


def test_a_price_book_is_added_with_its_cells_and_prices(session, market: Market, maren, told):
    channel, region = market.direct_uk
    maren.post("/market/prices/books", data={"name": "UK list", "cells": f"{channel}-{region}"})
    book = session.scalars(select(PriceBook)).one()
    sent = {"product_code": "DOCK-1", "unit_amount": "1,105.50", "currency": "GBP", "is_active": "1"}
    assert maren.post(f"/market/prices/books/{book.id}/entries", data=sent).status_code == 303
    assert "GBP 1,105.50" in maren.get("/market/prices?words=dock").text
    wrong = {**sent, "valid_from_on": "2026-12-01", "valid_until_on": "2026-11-01", "unit_amount": "a lot"}
    answer = maren.post(f"/market/prices/books/{book.id}/entries", data=wrong)
    assert answer.status_code == 422
    assert "It ends before it begins" in answer.text
    assert "Write a number of 0 or more" in answer.text
    assert [one.cells for one in told] == [{market.direct_uk}] * 2
    assert session.scalars(select(PriceEntry)).one().changed_by == maren.user.name


def test_people_are_added_and_leave(session, market: Market, maren, told):
    channel, region = market.direct_dach
    sent = {"name": "Ann", "email": "Ann@Fernhall.example", "channel": channel, "region": region}
    maren.post("/market/sellers", data=sent)
    assert "sells there already" in maren.post("/market/sellers", data=sent).text
    assert "Choose the region." in maren.post("/market/sellers", data={**sent, "region": ""}).text
    learned = {"email": "ann@fernhall.example", "course": "Dock basics", "passed_on": "2026-06-01"}
    assert "Choose another" in maren.post("/market/training", data={**learned, "region": "99"}).text
    maren.post("/market/training", data={**learned, "region": market.dach.id})
    assert "for DACH" in maren.get("/market/training").text
    shown = maren.get("/market/sellers?course=dock basics").text
    assert "passed 1 Jun" in shown
    record = session.scalars(select(TrainingRecord)).one()
    maren.post(f"/market/training/{record.id}/withdraw")
    assert "still to pass" in maren.get("/market/sellers?course=Dock basics").text
    seller = session.scalars(select(Seller)).one()
    maren.post(f"/market/sellers/{seller.id}/left", data={"left": "1"})
    assert "Nobody fits" in maren.get("/market/sellers?words=ann").text
    assert {one.what for one in told} == {"sellers", "training"}


def test_a_partner_is_added_certified_and_sells_no_more(session, market: Market, maren, told):
    ticked = "-".join(map(str, market.partners_uk))
    maren.post("/market/partners", data={"name": "Nordlicht GmbH", "cells": ticked})
    assert "There is a partner" in maren.post("/market/partners", data={"name": "NORDLICHT"}).text
    partner = session.scalars(select(Partner)).one()
    certificate = {"person": "Pia", "course": "Dock basics", "certified_on": "2026-06-01"}
    assert maren.post(f"/market/partners/{partner.id}/certificates", data=certificate).status_code == 303
    bare = maren.post(f"/market/partners/{partner.id}/certificates", data={**certificate, "certified_on": ""})
    assert (bare.status_code, "Say the day." in bare.text) == (422, True)
    soon = maren.post(
        f"/market/partners/{partner.id}/certificates", data={**certificate, "certified_on": "soon"}
    )
    assert (soon.status_code, soon.text.count("“soon” is no day.")) == (422, 1)
    assert "Dock basics" in maren.get("/market/partners").text
    held = session.scalars(select(PartnerCertificate)).one()
    maren.post(f"/market/partners/{partner.id}/certificates/{held.id}/withdraw")
    sent = {"cells": ticked, "version": partner.version}
    assert maren.post(f"/market/partners/{partner.id}", data=sent).status_code == 303
    assert maren.post(f"/market/partners/{partner.id}", data={**sent, "is_active": "1"}).status_code == 409
    assert all(one.cells == {market.partners_uk} for one in told)


def test_a_rate_is_said_with_its_day_and_gives_way_to_a_later_word(session, maren):
    sent = {"base": "eur", "currency": "usd", "rate": "1,0844", "rate_on": "2026-11-20"}
    maren.post("/market/rates", data=sent)
    maren.post("/market/rates", data={**sent, "rate": "1.09"})
    assert float(session.scalars(select(ExchangeRate)).one().rate) == 1.09
    wrong = maren.post("/market/rates", data={**sent, "currency": "EUR", "rate": "0", "rate_on": "tomorrow"})
    assert wrong.status_code == 422
    for reason in ("Choose another currency", "Write a number above 0", "is no day"):
        assert reason in wrong.text
    tiny = maren.post("/market/rates", data={**sent, "rate": "0.00000000001"})
    assert tiny.status_code == 422 and "At most 10 places" in tiny.text
    assert "1 EUR = 1.09 USD" in maren.get("/market/rates").text


def test_regions_are_made_of_what_the_crm_writes_with_one_click(session, market: Market, make, maren):
    iberia, austria = make.account(region="Iberia"), make.account(region="Österreich")
    shown = maren.get("/market/accounts").text
    assert iberia.name in shown
    assert "“Iberia” in the CRM is no region of ours" in shown
    chosen = {"spelling": ["Iberia", "Österreich"], "becomes-0": "0", "becomes-1": str(market.dach.id)}
    maren.post("/market/accounts/regions", data=chosen)
    session.expire_all()
    found = places.places_of([iberia, austria])
    assert [found[one.id].words.split(",")[0] for one in (iberia, austria)] == ["Iberia", "DACH"]
    assert "Every account has its region." in maren.get("/market/accounts").text


def test_an_account_in_two_regions_says_so_where_it_is_looked_at(session, market: Market, make, maren):
    market.uk.spellings = ["Austria"]
    account = make.account(region="Austria")
    page = maren.get(f"/accounts/{account.id}").text
    assert "is a spelling of DACH and UK &amp; Ireland" in page
    maren.post(f"/market/accounts/{account.id}", data={"region": market.uk.id, "channel": market.partners.id})
    assert "UK &amp; Ireland through Partners" in maren.get(f"/accounts/{account.id}").text
    place = session.execute(select(places.AccountPlace)).scalar_one()
    maren.post(f"/market/accounts/{account.id}/{place.id}/take-back")
    assert "is a spelling of" in maren.get(f"/accounts/{account.id}").text


def test_whoever_may_only_read_sees_no_way_to_change(market: Market, client_of):
    browser = client_of("sales")
    assert browser.get("/market/").status_code == 200
    assert "Add a channel" not in browser.get("/market/").text
    assert browser.post("/market/lines/channels", data={"name": "X"}).status_code == 403


def test_lists_come_in_pages_and_ask_the_same_however_long_they_are(market: Market, maren, count_queries):
    book = market.book(market.direct_dach)
    market.price(book)
    market.seller(market.direct_dach)
    market.certified(market.partner(market.partners_uk))
    short = _asked(maren, count_queries)
    for number in range(60):
        market.price(book, f"CODE-{number:03}")
        market.trained(market.seller(market.direct_dach).email)
        market.certified(market.partner(market.partners_uk))
    assert _asked(maren, count_queries) == short
    rows = maren.get("/market/prices", headers=HTMX).text
    assert "<html" not in rows
    assert rows.count("data-row") == 50
    assert "Show more" in rows


def _asked(browser, count_queries) -> dict[str, int]:
    asked = {}
    for path in PAGES:
        with count_queries() as statements:
            assert browser.get(f"/market/{path}?course=Dock basics").status_code == 200
        asked[path] = len(statements)
    return asked


def test_saving_a_book_keeps_the_cells_of_a_retired_region(session, market: Market, maren):
    book = market.book(market.direct_dach, market.direct_uk, name="List")
    maren.post(f"/market/lines/regions/{market.uk.id}/retire", data={"version": 1, "retired": "1"})
    ticked = "-".join(map(str, market.partners_dach))
    sent = {"name": "List", "is_active": "1", "cells": ticked, "version": book.version}
    assert maren.post(f"/market/prices/books/{book.id}", data=sent).status_code == 303
    kept = pricing.cells_of(session, [book.id])[book.id]
    assert kept == {market.partners_dach, market.direct_uk}


def test_the_start_page_names_what_is_placed_nowhere(market: Market, make, maren, client_of):
    make.item(account_id=make.account(region="Iberia").id)
    market.book(name="Nowhere")
    page = maren.get("/").text
    assert "Say where 1 account is sold to" in page
    assert "Say who sells by 1 price book" in page
    assert "is sold to" not in client_of("sales").get("/").text


def test_who_leaves_us_sells_nowhere_from_then_on(session, market: Market, make, told):
    leaver = make.user(roles=["sales"])
    market.seller(market.direct_uk, email=leaver.email)
    other = market.seller(market.direct_uk)
    leaving.end(leaver, SYSTEM)
    session.expire_all()
    still = session.scalars(select(Seller.email).where(Seller.left_at.is_(None))).all()
    assert (still, told[0].cells) == ([other.email], {market.direct_uk})
