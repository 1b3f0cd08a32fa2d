"""The seller's card: may I sell it to this account now, who of mine asked, what it is worth, what to say."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from ideaflow.clock import now, today
from ideaflow.launch.models import CheckStanding, LaunchCell, ReadinessCheck
from ideaflow.loop.models import ContactNotice
from ideaflow.market.models import AccountPlace, ExchangeRate
from tests.launch.scenes import Scenes


@pytest.fixture
def scenes(session) -> Scenes:
    return Scenes(session)


@pytest.fixture
def brinkmann(scenes):
    """An account in DACH that asked for what is launched, with a sale that waits for it and for two more."""
    account = scenes.account(name="Brinkmann Logistik", region="Germany", owner_name="Yuki Aldana")
    contact = scenes.contact(account_id=account.id, name="Anke Brinkmann", title="shift lead")
    theme = scenes.theme(title="Drivers book slots")
    case = scenes.case(account_id=account.id, source_id="44871")
    scenes.said(contact, theme, "Let the driver pick the slot.", case_id=case.id)
    launch = scenes.launched(theme, account)
    launch.say, launch.never_say = ["Drivers book their own slot on the phone."], ["A day for Iberia."]
    launch.price_from, launch.price_to, launch.price_unit = Decimal(420), Decimal(480), "dock and month"
    sale = scenes.sale(account)
    scenes.gap(sale, offering_id=launch.offering_id)
    for number in range(2):
        scenes.gap(sale, proposal_id=scenes.proposal(title=f"Carrier penalties {number}").id)
    scenes.session.commit()
    return account, launch, contact


def _sell(session, launch, *, partners: bool = False, since: datetime | None = None) -> list[LaunchCell]:
    """Let the direct cell be released and, if asked, the partners' too."""
    cells = session.scalars(
        select(LaunchCell).where(LaunchCell.launch_id == launch.id).order_by(LaunchCell.id)
    ).all()
    for cell in cells if partners else cells[:1]:
        cell.is_ready, cell.ready_since_at, cell.released_at = True, since or now(), now()
        session.execute(
            update(CheckStanding)
            .where(CheckStanding.cell_id == cell.id)
            .values(first_passed_at=now() - timedelta(days=30))
        )
    session.commit()
    return list(cells)


def test_the_card_answers_in_ten_seconds(brinkmann, session, client_of):
    account, launch, _ = brinkmann
    _sell(session, launch)
    page = client_of("sales").get(f"/accounts/{account.id}/card/{launch.id}").text
    assert "Yes, sell it now" in page and "direct, DACH; ready since" in page
    assert "Not through a partner" in page  # A yes of one channel is not one of all.
    assert "Anke asked in" in page and "Let the driver pick the slot." in page and "case 44871" in page
    assert "1 of 1 contact" in page and "Not told yet." in page
    assert "€107\u202fk" in page and "an even third of €320\u202fk" in page and "€0 only gap" in page
    assert "Drivers book their own slot" in page and "€420 to 480 per dock and month." in page
    assert "A day for Iberia." in page and "Anything through a partner" in page


def test_what_expired_last_night_is_no_yes_before_it_is_measured_anew(brinkmann, session, client_of):
    account, launch, _ = brinkmann
    [cell] = _sell(session, launch)[:1]
    standing = session.scalars(
        select(CheckStanding)
        .join(ReadinessCheck)
        .where(CheckStanding.cell_id == cell.id, ReadinessCheck.is_blocking)
    ).first()
    standing.expires_on = today() - timedelta(days=1)
    session.commit()
    page = client_of("sales").get(f"/accounts/{account.id}/card/{launch.id}").text
    assert "Yes, sell it now" not in page


def test_the_answer_comes_first_and_what_to_know_before_the_call_follows(brinkmann, session, client_of):
    account, launch, _ = brinkmann
    account.renews_on = today() + timedelta(days=56)
    session.commit()
    browser = client_of("sales")
    page = browser.get(f"/accounts/{account.id}/card/{launch.id}").text
    follows = f"/accounts/{account.id}/card/before"
    assert "Renewal in 56 days" not in page and f'hx-get="{follows}"' in page
    assert f"/accounts/{account.id}/call" in page  # Without a script the call is one click away.
    assert "Renewal in 56 days" in browser.get(follows).text


def test_an_account_in_two_regions_is_answered_for_each_by_name(brinkmann, session, client_of, scenes):
    account, launch, _ = brinkmann
    _sell(session, launch)
    dach = session.scalar(select(LaunchCell.region_id).where(LaunchCell.launch_id == launch.id).limit(1))
    for region_id in (dach, scenes.region(name="Nordics").id):
        scenes._add(AccountPlace(account_id=account.id, region_id=region_id, said_at=now()))
    page = client_of("sales").get(f"/accounts/{account.id}/card/{launch.id}").text
    assert "Yes, sell it now in DACH" in page and "Not in Nordics" in page
    assert "Anything in Nordics: it is not planned there." in page


def test_an_account_nobody_can_place_says_so_with_a_way_on(brinkmann, session, client_of):
    account, launch, _ = brinkmann
    account.region = "Terra Nova"
    session.commit()
    page = client_of("sales").get(f"/accounts/{account.id}/card/{launch.id}").text
    assert "Nobody knows where they buy" in page and "is no region of ours" in page
    assert "Yes, sell it now" not in page


def test_before_any_launch_the_card_says_what_will_stand_there(scenes, client_of):
    account = scenes.account(renews_on=today() + timedelta(days=56))
    page = client_of("sales").get(f"/accounts/{account.id}/card").text
    assert "No launch is planned yet." in page and "Renewal in 56 days" in page
    assert client_of("sales").get(f"/accounts/{account.id}/card/99").status_code == 404


def test_a_call_is_prepared_for_all_launches_on_one_page(brinkmann, session, client_of, scenes):
    account, *_ = brinkmann
    other = scenes.launch(offering_name="Live cycle count")
    page = client_of("service").get(f"/accounts/{account.id}/call").text
    assert "Dock Scheduling" in page and "Live cycle count" in page and "Not in DACH" in page
    first = client_of("sales").get(f"/accounts/{account.id}/card").text
    assert "Live cycle count for Brinkmann" in first or "Dock Scheduling for Brinkmann" in first
    assert other.id and ("Previous launch" in first or "Next launch" in first)


def test_my_accounts_are_mine_alone_and_tell_what_changed(brinkmann, session, client_of, scenes):
    account, launch, contact = brinkmann
    scenes.account(name="Somebody else’s", owner_name="Elsbeth van Dam")
    _sell(session, launch)
    scenes.said(contact, None, "Two halls stop.", said_at=now() - timedelta(days=1))
    browser = client_of("sales")
    browser.user.name = "yuki aldana"  # As the CRM spells it, in any case.
    session.commit()
    page = browser.get("/my-accounts/").text
    assert "Brinkmann Logistik" in page and "Somebody else" not in page
    assert "1 thing said" in page and "Dock Scheduling: direct can sell in DACH" in page
    start = browser.get("/").text
    assert "1 account of yours changed" in start
    led = browser.get(f"/launches/{launch.id}/card", follow_redirects=True).text
    assert f"/accounts/{account.id}/card/{launch.id}" in led


def test_a_sale_that_closes_soon_waits_on_the_start_page(brinkmann, session, client_of, scenes):
    account, *_ = brinkmann
    browser = client_of("sales")
    browser.user.name = "Yuki Aldana"
    scenes.sale(account, 60_000, name="Brinkmann Logistik - Gate 4", closes_on=today() + timedelta(days=3))
    page = browser.get("/").text
    assert "Call Brinkmann Logistik" in page and "Gate 4 closes in 3 days, €60" in page


def test_the_card_asks_as_often_for_a_large_account_as_for_a_small_one(
    brinkmann, session, client_of, scenes, count_queries
):
    account, launch, _ = brinkmann
    theme = scenes.theme(title="Night alarms")
    scenes.said(scenes.contact(account_id=account.id), theme, "It rings all night.")
    scenes.rests_on(scenes.proposal(title="Quiet nights"), theme)
    browser = client_of("sales")
    address = f"/accounts/{account.id}/card/{launch.id}"
    browser.get(address)
    with count_queries() as few:
        browser.get(address)
    for number in range(6):
        other = scenes.contact(account_id=account.id)
        scenes.said(other, theme, f"It rings {number} times at night.")
        scenes.gap(scenes.sale(account, 1_000), theme_id=theme.id)
        scenes.rests_on(scenes.proposal(title=f"Quiet nights {number}"), theme)
    with count_queries() as many:
        assert "Quiet nights 5" in browser.get(address).text
    assert len(many) == len(few)


def test_the_card_says_by_which_rate_its_worth_was_converted(brinkmann, session, client_of, scenes):
    account, launch, _ = brinkmann
    abroad = scenes.sale(account, 125_000, currency="USD", name="Night fleet, Ohio")
    scenes.gap(abroad, offering_id=launch.offering_id)
    session.commit()
    browser, address = client_of("sales"), f"/accounts/{account.id}/card/{launch.id}"
    page = browser.get(address).text
    assert (
        "1 sale in no sum" in page and "Night fleet, Ohio" in page and "has no rate from USD to EUR" in page
    )
    assert "€320\u202fk" in page  # What can be counted is still said.
    session.add(ExchangeRate(
        base="EUR", currency="USD", rate=Decimal("1.25"), source="ECB", rate_on=today(), said_at=now()
    ))  # fmt: skip
    session.commit()
    page = browser.get(address).text
    assert "1 amount converted by 1 USD = 0.8 EUR" in page and "in no sum" not in page
    worth = browser.get(f"/api/v1{address.replace('/card/', '/card?launch=')}").json["worth"]
    assert worth["touched"] == "420000.00" and worth["in_no_sum"] == []
    assert worth["converted"][0].startswith("by 1 USD = 0.8 EUR")


def test_a_card_asks_nothing_of_who_ended_and_little_where_nobody_asked(
    brinkmann, session, client_of, scenes, count_queries
):
    """Cards are opened all day: what only a large history could tell is not asked for."""
    _, launch, _ = brinkmann
    stranger = scenes.account(name="Nobody asked")
    browser, address = client_of("sales"), f"/accounts/{stranger.id}/card/{launch.id}"
    browser.get(address)
    with count_queries() as asked:
        browser.get(address)
    assert not [one for one in asked if "opportunity_stages" in one]
    assert len(asked) <= 24


def test_you_asked_is_read_and_sent_by_a_human_and_nobody_gets_it_twice(
    brinkmann, session, client_of, scenes
):
    account, launch, contact = brinkmann
    _sell(session, launch)
    browser = client_of("sales")
    address = f"/accounts/{account.id}/card/{launch.id}"
    assert f"{address}/you-asked" in browser.get(address).text
    draft = browser.get(f"{address}/you-asked").text
    assert "Dock Scheduling is here, and you can have it now." in draft and "Let the driver pick" in draft
    version = session.get(type(launch), launch.id).version
    form = {
        "version": version,
        "contact": contact.id,
        "words": "Dock Scheduling is here. I ring you on Monday.",
    }
    stale = browser.post(f"{address}/you-asked", data={**form, "version": 99})
    assert stale.status_code == 409 and "was changed meanwhile" in stale.text and "I ring you" in stale.text
    nobody = browser.post(f"{address}/you-asked", data={"version": version, "words": "It is here."})
    assert nobody.status_code == 422 and "Tick at least one contact." in nobody.text
    sent = browser.post(f"{address}/you-asked", data=form, follow_redirects=True).text
    assert "1 contact can read it now" in sent and "Told" in sent and "Not told yet." not in sent
    again = browser.post(f"{address}/you-asked", data=form, follow_redirects=True).text
    assert "1 contact had heard already." in again
    [notice] = session.scalars(select(ContactNotice).where(ContactNotice.contact_id == contact.id))
    assert notice.values["quote"] == "Let the driver pick the slot." and notice.mail_at is not None
    assert browser.get(f"{address}/you-asked").text.count("Everybody who asked has been told.") == 1
    assert client_of("gatekeeper").get(f"{address}/you-asked").status_code == 403


def test_the_card_is_the_same_in_json(brinkmann, session, client_of):
    account, launch, _ = brinkmann
    _sell(session, launch)
    told = client_of("sales").get(f"/api/v1/accounts/{account.id}/card?launch={launch.id}").json
    [answer] = told["answers"]
    assert (answer["verdict"], answer["words"], answer["channels"]) == ("now", "Yes, sell it now", ["Direct"])
    assert answer["held"][0]["words"].startswith("Not through a partner")
    assert (
        told["asked"][0]["words"] == "Let the driver pick the slot." and told["asked"][0]["told_at"] is None
    )
    assert (told["worth"]["share"], told["worth"]["touched"]) == ("106666.66", "320000.00")
    assert told["address"] == f"/accounts/{account.id}/card/{launch.id}"
    assert client_of("sales").get("/api/v1/accounts/999999/card").status_code == 404
