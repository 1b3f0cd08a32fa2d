"""Whose accounts are sold where: by what somebody said, else by the CRM's region."""

from ideaflow.market import places
from ideaflow.market.models import AccountPlace
from tests.market.conftest import NOON, Market


def test_the_region_in_the_crm_tells_whatever_its_case_or_spelling(market: Market, make):
    accounts = [make.account(region=name) for name in ("dach", " Germany", "uk  &  ireland")]
    found = places.places_of(accounts)
    assert [found[account.id].places[0].region for account in accounts] == ["DACH", "DACH", "UK & Ireland"]
    assert found[accounts[1].id].words == "DACH, by the region in the CRM"
    channels = [market.direct.id, market.partners.id]
    assert found[accounts[0].id].cells(channels) == (market.direct_dach, market.partners_dach)


def test_what_somebody_said_goes_before_the_crm(market: Market, make):
    account = make.account(region="DACH")
    said = {"region_id": market.uk.id, "channel_id": market.partners.id, "said_at": NOON}
    market.add(AccountPlace(account_id=account.id, **said))
    found = places.places_of([account])[account.id]
    assert (found.is_clear, found.words) == (True, "UK & Ireland through Partners")
    assert found.cells([market.direct.id]) == (market.partners_uk,)


def test_accounts_in_no_region_or_in_two_are_named(market: Market, make):
    market.uk.spellings = ["UK", "Austria"]  # So is DACH.
    lost, torn, clear = (make.account(region=name) for name in ("Iberia", "AUSTRIA", "UK"))
    nameless = make.account(region=None)
    assert {one.id for one in places.unclear_accounts()} == {lost.id, torn.id, nameless.id}
    assert places.unclear_count() == 3
    assert places.strange_spellings() == [("Iberia", 1)]
    found = places.places_of([lost, torn, clear, nameless])
    assert found[lost.id].words == "“Iberia” in the CRM is no region of ours"
    assert found[torn.id].words == "“AUSTRIA” in the CRM is a spelling of DACH and UK & Ireland"
    assert found[nameless.id].words == "the CRM names no region"
    market.add(AccountPlace(account_id=torn.id, region_id=market.uk.id, said_at=NOON))
    assert torn.id not in {one.id for one in places.unclear_accounts()}


def test_many_accounts_cost_two_questions(market: Market, make, count_queries):
    accounts = [make.account() for _ in range(12)]
    with count_queries() as statements:
        for account in accounts:
            market.session.refresh(account)
        before = len(statements)
        places.places_of(accounts)
    assert len(statements) - before == 2
