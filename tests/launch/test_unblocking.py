"""What opportunities wait for, as people say it, and the pipeline that proposals would unblock."""

from decimal import Decimal

import pytest

from ideaflow.accounts.models import OpportunityStage
from ideaflow.clock import now, today
from ideaflow.errors import Conflict, Invalid
from ideaflow.launch.unblocking import pipeline as pipelines
from ideaflow.launch.unblocking import saving
from ideaflow.launch.unblocking.gaps import Severity, Split
from ideaflow.market.models import ExchangeRate
from tests.launch.scenes import Scenes


@pytest.fixture
def scenes(session) -> Scenes:
    return Scenes(session)


@pytest.fixture
def waiting(scenes):
    """A sale of 320 thousand in which the customer spoke of a theme that a proposal rests on."""
    account = scenes.account(name="Brinkmann Logistik")
    contact = scenes.contact(account_id=account.id)
    sale = scenes.sale(account, stage="Negotiation/Review")
    theme = scenes.theme(title="Drivers book slots")
    scenes.said(contact, theme, "Let the driver pick the slot.", opportunity_id=sale.id)
    proposal = scenes.proposal(theme, title="Dock Scheduling")
    return sale, theme, proposal


def test_one_click_on_what_was_heard_says_what_a_sale_waits_for(waiting, client_of):
    sale, theme, proposal = waiting
    browser = client_of("sales")
    page = browser.get(f"/opportunities/{sale.id}").text
    assert "Heard in this sale: does it wait for that?" in page and "Let the driver pick the slot." in page
    said = {"what": f"theme:{theme.id}", "version": "0", "severity": "deal_breaker", "suggested": "1"}
    page = browser.post(f"/opportunities/{sale.id}/gaps", data=said, follow_redirects=True).text
    assert "Kept as deal-breaker." in page and "would close it" in page and "after a suggestion" in page
    assert "Heard in this sale" not in page  # It is answered.
    page = browser.get(f"/proposals/{proposal.id}").text
    assert "Pipeline it would unblock" in page and "€320\u202fk touched" in page
    listed = browser.get(f"/proposals/{proposal.id}/pipeline").text
    assert sale.name in listed and "Negotiation" not in listed
    assert "Unblocks" in browser.get("/proposals/").text


def test_what_is_no_gap_is_suggested_no_more(waiting, client_of, scenes):
    sale, theme, _ = waiting
    browser = client_of("service")
    said = {"what": f"theme:{theme.id}", "version": "0", "severity": "none"}
    page = browser.post(f"/opportunities/{sale.id}/gaps", data=said, follow_redirects=True).text
    assert "It does not wait for that." in page and "Nothing is said to stand in its way." in page


def test_what_was_refused_once_can_be_said_again(waiting, client_of):
    sale, _, proposal = waiting
    browser = client_of("service")
    address, what = f"/opportunities/{sale.id}/gaps", f"proposal:{proposal.id}"
    browser.post(address, data={"what": what, "version": "0", "severity": "none"})
    assert f'value="{what}:1"' in browser.get(f"/opportunities/{sale.id}").text
    page = browser.post(
        address, data={"what": f"{what}:1", "version": "0", "severity": "nice"}, follow_redirects=True
    )
    assert "Kept as nice to have." in page.text and f'value="{what}"' in page.text  # As a gap, to be changed.
    assert f'<option value="{what}' not in page.text


def test_two_who_say_it_at_once_are_told_of_each_other(waiting, make):
    sale, theme, _ = waiting
    one, other = make.user().actor, make.user().actor
    saving.set_gap(sale.id, f"theme:{theme.id}", "nice", 0, by=one)
    with pytest.raises(Conflict, match=r"“nice to have”.*version 1; you saw 0"):
        saving.set_gap(sale.id, f"theme:{theme.id}", "deal_breaker", 0, by=other)
    again = saving.set_gap(sale.id, f"theme:{theme.id}", "nice", 0, by=other)  # The same said twice.
    assert again.version == 1


def test_a_gap_is_refused_where_it_says_nothing(waiting, make):
    sale, theme, _ = waiting
    with pytest.raises(Invalid, match="offering, a proposal or a theme"):
        saving.set_gap(sale.id, "theme:999999", "nice", 0, by=make.user().actor)
    with pytest.raises(Invalid, match="how much it matters"):
        saving.set_gap(sale.id, f"theme:{theme.id}", "huge", 0, by=make.user().actor)
    with pytest.raises(Conflict, match="is won"):
        saving.set_gap(make.opportunity(state="won").id, f"theme:{theme.id}", "nice", 0, by=make.user().actor)


def test_gatekeepers_read_gaps_and_set_none(waiting, client_of):
    sale, theme, _ = waiting
    said = {"what": f"theme:{theme.id}", "version": "0", "severity": "nice"}
    assert client_of("gatekeeper").post(f"/opportunities/{sale.id}/gaps", data=said).status_code == 403
    assert client_of("gatekeeper").get(f"/opportunities/{sale.id}").status_code == 200


def test_money_of_another_currency_is_converted_by_the_dated_table_or_left_out(scenes, waiting):
    sale, theme, proposal = waiting
    scenes.gap(sale, theme_id=theme.id)
    abroad = scenes.sale(scenes.account(), 100_000, currency="USD")
    scenes.gap(abroad, proposal_id=proposal.id)
    pipeline = pipelines.pipeline_of([proposal.id])
    assert [one.id for one in pipeline.left_out] == [abroad.id]
    assert pipeline.worth([proposal.id]).touched == 320_000
    rate = {"base": "EUR", "currency": "USD", "rate": Decimal("1.25"), "source": "ECB"}
    scenes._add(ExchangeRate(rate_on=today(), said_at=now(), **rate))
    pipeline = pipelines.pipeline_of([proposal.id])
    assert pipeline.left_out == () and pipeline.worth([proposal.id]).touched == 400_000
    [(words, count)] = pipeline.rates
    assert count == 1 and "1 USD = 0.8" in words and "ECB" in words


def test_an_offering_is_waited_for_through_what_feeds_it_and_a_merged_proposal_through_its_heir(scenes, make):
    account = scenes.account()
    launch = scenes.launched(scenes.theme(), account)
    sale = scenes.sale(account, 90_000)
    scenes.gap(sale, offering_id=launch.offering_id, severity="nice")
    source, heir = scenes.proposal(), scenes.proposal()
    scenes.gap(sale, proposal_id=source.id, severity="deal_breaker")
    saving.follow_merge(source.id, heir.id, make.user().actor)
    pipeline = pipelines.pipeline_of([launch.proposal_id, heir.id])
    assert pipeline.worth([launch.proposal_id]).share == 45_000
    assert pipeline.worth([heir.id], Split.WEIGHTED).share == 67_500
    assert pipeline.worth([heir.id, launch.proposal_id]).sole == 90_000
    assert pipeline.worth([source.id]).sale_count == 0


def test_a_chance_is_that_of_the_stage_where_enough_have_ended(scenes, waiting):
    sale, theme, proposal = waiting
    scenes.gap(sale, theme_id=theme.id)
    assert pipelines.pipeline_of([proposal.id]).sales[0].chance is None
    for number in range(24):
        ended = scenes.opportunity(state="won" if number % 4 else "lost", stage="Closed")
        scenes._add(OpportunityStage(opportunity_id=ended.id, stage="Negotiation/Review"))
    [one] = pipelines.pipeline_of([proposal.id]).sales
    assert (one.chance.won, one.chance.ended, one.chance.stage) == (18, 24, "Negotiation/Review")
    assert pipelines.pipeline_of([proposal.id]).worth([proposal.id]).expected == 240_000


def test_the_pipeline_asks_as_often_for_many_sales_as_for_one(scenes, waiting, count_queries):
    sale, theme, proposal = waiting
    scenes.gap(sale, theme_id=theme.id)
    with count_queries() as few:
        pipelines.pipeline_of([proposal.id])
    for _ in range(8):
        scenes.gap(scenes.sale(scenes.account()), theme_id=theme.id, severity=Severity.NICE)
    with count_queries() as many:
        assert len(pipelines.pipeline_of([proposal.id]).sales) == 9
    assert len(many) == len(few) <= 6
