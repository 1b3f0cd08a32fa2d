"""One view of a customer for every role: what it tells, who sees what, and what it costs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ideaflow.accounts import view
from ideaflow.accounts.view import Entry, Found
from ideaflow.users.policy import Role, rights_of

DAY = datetime(2026, 3, 14, 9, tzinfo=UTC)


def _customer(make, **values):
    account = make.account(name="Brinkmann Logistik", renews_on=date(2027, 1, 17), **values)
    contact = make.contact(account_id=account.id, name="Anke Brinkmann", title="Shift lead")
    make.case(
        account_id=account.id, contact_id=contact.id, source_id="44871", opened_at=DAY,
        subject="Slots by phone", status="Open",
    )  # fmt: skip
    make.case(account_id=account.id, opened_at=DAY - timedelta(days=9), closed_at=DAY)
    make.case(account_id=account.id, kind="call", opened_at=DAY)
    make.opportunity(account_id=account.id, name="Docks", amount=320_000, closes_on=date(2026, 12, 18))
    make.opportunity(account_id=account.id, name="Docks US", amount=90_000, currency="USD")
    make.opportunity(account_id=account.id, name="Handhelds", state="won", closes_on=date(2026, 6, 1))
    return account


def test_a_view_tells_people_contract_cases_and_business(make):
    account = _customer(make)
    seen = view.views_of([account.id])[account.id]

    glance = {entry.title: entry for entry in seen.section(view.RELATIONSHIP).entries}
    assert glance["Revenue a year"].amount == Decimal(100_000)
    assert glance["Contract renews"].on == date(2027, 1, 17)
    assert glance["Anke Brinkmann"].sentence.startswith("Shift lead, anke")

    (case,) = seen.section(view.CASES).entries
    assert (case.title, case.status, case.at) == ("Slots by phone", "open", DAY)
    assert seen.section(view.CASES).sentence == "1 closed; 1 call note"
    assert [entry.title for entry in seen.section(view.OPPORTUNITIES).entries][-1] == "Handhelds"
    milestones = seen.section(view.TIMELINE).entries
    assert [(entry.kind, entry.title) for entry in milestones][-1] == ("won", "Handhelds")


def test_money_of_two_currencies_stands_side_by_side(make):
    seen = view.views_of([_customer(make).id])
    (one,) = seen.values()
    assert one.section(view.OPPORTUNITIES).sentence == "€320\u202fk + $90\u202fk open in 2 opportunities"
    pipeline = [entry for entry in one.section(view.RELATIONSHIP).entries if entry.kind == "pipeline"]
    assert {(entry.currency, entry.amount) for entry in pipeline} == {("EUR", 320_000), ("USD", 90_000)}


def test_many_customers_cost_as_many_questions_as_one(make, count_queries):
    first = _customer(make)
    others = [make.account().id for _ in range(30)]
    for account_id in others:
        make.opportunity(account_id=account_id)
        make.case(account_id=account_id, opened_at=DAY)
        make.contact(account_id=account_id)
    with count_queries() as for_one:
        view.views_of([first.id])
    with count_queries() as for_all:
        seen = view.views_of([first.id, *others])
    assert len(seen) == 31
    assert len(for_all) == len(for_one)
    # What two sections tell of the same rows is read once, however many sections there come to be.
    assert len(set(map(str, for_one))) == len(for_one)


def test_what_one_may_not_see_is_taken_away_in_one_place_and_all_else_is_equal(make, monkeypatch):
    account = make.account()
    monkeypatch.setattr(view, "_makers", dict(view._makers))

    def watched(account_ids, most):
        return {account.id: Found((Entry("for all"), Entry("for moderators", right="moderate")), count=7)}

    view.add_section("watched", watched, "Watched")
    whole = view.views_of([account.id])[account.id]
    rights = {role: rights_of([role]) for role in (Role.SALES, Role.SERVICE, Role.PRODUCT_MANAGER)}
    told = {role: view.plain(view.masked(whole, rights[role])) for role in rights}

    assert told[Role.SERVICE] == told[Role.PRODUCT_MANAGER] == view.plain(whole)
    assert told[Role.SALES] != told[Role.SERVICE]
    for values in told.values():
        section = values["sections"]["watched"]
        taken = [entry for entry in section["entries"] if entry["right"] == "moderate"]
        section["entries"] = [entry for entry in section["entries"] if entry["right"] != "moderate"]
        section["count"] -= len(taken)
    assert told[Role.SALES] == told[Role.SERVICE] == told[Role.PRODUCT_MANAGER]


def test_each_address_of_a_view_opens(make, client_of):
    account = _customer(make)
    browser = client_of("sales")
    seen = view.views_of([account.id])[account.id]
    addresses = {section.address for section in seen.sections}
    addresses |= {entry.address for section in seen.sections for entry in section.entries}
    for address in addresses - {""}:
        assert browser.get(address).status_code == 200
    assert "Slots by phone" in browser.get(f"/accounts/{account.id}").text
