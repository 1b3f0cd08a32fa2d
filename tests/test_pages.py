"""Every page of the foundation, opened as those who use it do."""

import pytest

from tests.conftest import HTMX


@pytest.fixture
def world(make):
    account = make.account(name="Nordhavn Cold Storage", region="Nordics")
    contact = make.contact(account_id=account.id, name="Jonas Petersen")
    case = make.case(account_id=account.id, contact_id=contact.id, source_id="48213")
    make.opportunity(account_id=account.id, amount=180_000)
    item = make.item(
        text="The list has to stay on the device.",
        account_id=account.id,
        contact_id=contact.id,
        case_id=case.id,
    )
    for number in range(60):
        make.account(revenue_amount=1000 + number)
    return account, item


@pytest.mark.parametrize("address", ["/", "/accounts/", "/feedback/", "/users/", "/audit/", "/you"])
def test_pages_open_empty_and_full(client_of, make, address):
    browser = client_of("administrator")
    assert browser.get(address).status_code == 200
    make.item()
    assert browser.get(address).status_code == 200


def test_accounts_page_by_key_and_show_all_once(client_of, world):
    browser = client_of("sales")
    seen, address = [], "/accounts/"
    while address:
        page = browser.get(address, headers=HTMX).text
        assert "<html" not in page
        seen += [part.split("<")[0] for part in page.split('href="/accounts/')[1:] if part[0].isdigit()]
        more = page.split('hx-get="')
        address = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else ""
    assert len(seen) == len(set(seen)) == 61


def test_a_customer_page_shows_words_and_money(client_of, world):
    account, item = world
    page = client_of("sales").get(f"/accounts/{account.id}").text
    assert "Jonas Petersen" in page
    assert "€180" in page
    assert item.text in page


def test_an_item_leads_to_its_account_and_record(client_of, world):
    account, item = world
    page = client_of("service").get(f"/feedback/{item.id}").text
    assert f"/accounts/{account.id}" in page
    assert "case 48213" in page


def test_a_withdrawn_item_counts_no_more_and_can_come_back(client_of, world):
    _, item = world
    browser = client_of("product_manager")
    assert browser.post(f"/feedback/{item.id}/withdraw", data={"reason": "test ticket"}).status_code == 303
    assert item.text not in browser.get("/feedback/").text
    assert browser.post(f"/feedback/{item.id}/withdraw").status_code == 409
    assert browser.post(f"/feedback/{item.id}/restore").status_code == 303
    assert item.text in browser.get("/feedback/").text


def test_a_seller_cannot_withdraw(client_of, world):
    _, item = world
    assert client_of("sales").post(f"/feedback/{item.id}/withdraw").status_code == 403


@pytest.mark.parametrize(
    "address", ["/accounts/999999999", "/feedback/999999999", "/accounts/99999999999999999999"]
)
def test_what_is_not_there_answers_404(client_of, address):
    assert client_of("sales").get(address).status_code == 404


def test_lists_ask_the_database_a_constant_number_of_times(client_of, world, make, count_queries):
    browser = client_of("sales")
    with count_queries() as few:
        browser.get("/feedback/")
    for _ in range(40):
        make.item()
    with count_queries() as many:
        browser.get("/feedback/")
    assert len(many) == len(few)


def test_a_broken_page_link_is_told_not_crashed(client_of, world):
    for broken in ("x", "W10", "WzEsMl0", "%00", "bnVsbA"):
        assert client_of("sales").get(f"/accounts/?after={broken}").status_code in {200, 422, 404}
