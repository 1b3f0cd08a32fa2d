"""A customer in JSON: equal for every role, found by what a CRM knows, errors that say what to do."""

import pytest

from ideaflow.accounts import owners
from ideaflow.accounts.models import Account, Contact, SourceKey
from ideaflow.audit import SYSTEM
from ideaflow.feedback.models import FeedbackItem
from ideaflow.users import tokens


@pytest.fixture
def brinkmann(make, session):
    account = make.account(name="Brinkmann Logistik", domain="brinkmann.example")
    make.contact(account_id=account.id, email="anke@elsewhere.example")
    make.opportunity(account_id=account.id, amount=320_000)
    make.case(account_id=account.id)
    session.add(SourceKey(table_name="accounts", source="hubspot", source_id="991", record_id=account.id))
    session.commit()
    return account


def test_the_view_is_equal_for_agent_seller_and_manager_by_cookie_and_by_token(
    brinkmann, make, client_of, client
):
    address = f"/api/v1/accounts/{brinkmann.id}/view"
    told = [client_of(role).get(address).json for role in ("service", "sales", "product_manager")]
    _, text = tokens.add(make.user(roles=["sales"]).id, "CRM", ["read"], 30, by=SYSTEM)
    told.append(client.get(address, headers={"Authorization": f"Bearer {text}"}).json)

    open_to_all = [_without_guarded(values) for values in told]
    assert open_to_all[0] == open_to_all[1] == open_to_all[2] == open_to_all[3]
    assert open_to_all[0]["name"] == "Brinkmann Logistik"
    (sale,) = open_to_all[0]["sections"]["opportunities"]["entries"]
    assert (sale["amount"], sale["currency"]) == ("320000.00", "EUR")


def _without_guarded(values):
    """Return a view without what not everybody may see."""
    for section in values["sections"].values():
        guarded = [entry for entry in section["entries"] if entry["right"] != "read"]
        section["entries"] = [entry for entry in section["entries"] if entry["right"] == "read"]
        section["count"] -= len(guarded)
    return values


def test_the_view_names_who_stands_in_for_the_owner_the_crm_still_names(brinkmann, make, client_of, session):
    brinkmann.owner_name = "Gone Seller"
    session.commit()
    seller = make.user(roles=["sales"])
    owners.stand_in(Account, brinkmann.id, make.user(name="Gone Seller"), seller, by=SYSTEM)
    address, browser = f"/api/v1/accounts/{brinkmann.id}/view?sections=relationship", client_of("service")
    told = browser.get(address).json
    assert told["owner"] == seller.name
    assert f"looked after by {seller.name}" in told["sections"]["relationship"]["sentence"]
    brinkmann.owner_name = "Somebody New"  # The CRM names another: that holds.
    session.commit()
    assert browser.get(address).json["owner"] == "Somebody New"


@pytest.mark.parametrize(
    "asked",
    ["source=HubSpot&source_id=991", "domain=brinkmann.example", "domain=www.Brinkmann.example",
     "email=anke@elsewhere.example", "email=nobody@brinkmann.example"],
)  # fmt: skip
def test_a_crm_finds_the_account_by_what_it_knows(brinkmann, client_of, asked):
    answer = client_of("sales").get(f"/api/v1/accounts/view?{asked}&sections=cases")
    assert (answer.status_code, answer.json["id"]) == (200, brinkmann.id)
    assert list(answer.json["sections"]) == ["cases"]


def test_what_cannot_be_answered_says_why_and_what_to_do(brinkmann, make, client_of, client):
    browser = client_of("sales")
    for asked, status, words in (
        ("", 422, "source and source_id, or domain, or email"),
        ("domain=a.example&email=b@c.example", 422, "in one way"),
        ("source=hubspot&source_id=17", 404, "Import it"),
        ("email=nobody@nowhere.example", 404, "nowhere.example"),
    ):
        answer = browser.get(f"/api/v1/accounts/view?{asked}")
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert words in answer.json["detail"] and answer.json["status"] == status
    make.account(domain="brinkmann.example", name="Brinkmann Süd")
    twice = browser.get("/api/v1/accounts/view?domain=brinkmann.example")
    assert twice.status_code == 409 and "Brinkmann Süd" in twice.json["detail"]
    assert client.get("/api/v1/accounts/view?domain=brinkmann.example").status_code == 401
    assert browser.get("/api/v1/accounts/0/view").json["title"] == "Nothing here"


def test_a_wish_is_captured_by_what_a_crm_knows_and_sent_twice_it_is_one(brinkmann, make, client_of, session):
    browser = client_of("service")
    anke = session.query(Contact).filter_by(email="anke@elsewhere.example").one()
    wish = {
        "words": "Print where the carton is.",
        "email": anke.email,
        "key": "call-17",
        "page": "https://crm.example/7",
    }
    first, again = (browser.post("/api/v1/captures", json=wish) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    item = session.get(FeedbackItem, first.json["item_id"])
    assert (item.account_id, item.contact_id, item.is_proxy) == (brinkmann.id, anke.id, False)
    other = client_of("sales").post("/api/v1/captures", json=wish | {"is_verbatim": False, "words": "Mine"})
    assert other.json["item_id"] != item.id  # Another user's keys are their own.

    for body, status, words in (
        ({"words": " "}, 422, "Write what they said"),
        ({"words": 7}, 422, "must be text"),
        ({"words": "x", "domain": "nobody.example"}, 404, "nobody.example"),
        ({"words": "x", "source": "hubspot"}, 422, "in one way"),
        ([1], 422, "JSON object"),
    ):
        answer = browser.post("/api/v1/captures", json=body)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert words in answer.json["detail"]
    assert browser.post("/api/v1/captures", data="words=x").status_code == 422
    assert client_of("gatekeeper").post("/api/v1/captures", json=wish).status_code == 403


def test_the_openapi_document_describes_every_route_of_the_interface(app, client):
    told = client.get("/api/v1/openapi.json").json
    missing = [
        rule.rule for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "accounts_api.openapi"
        and not hasattr(app.view_functions[rule.endpoint], "described")
    ]  # fmt: skip
    assert missing == []
    asked = told["paths"]["/api/v1/accounts/view"]["get"]["parameters"]
    assert {one["name"] for one in asked} == {"source", "source_id", "domain", "email", "sections"}
    takes = told["paths"]["/api/v1/captures"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert takes["required"] == ["words"]
    assert told["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "detail"]
