"""A salesperson two minutes before a call: from the queue on the start page to a ready call."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.launch.models import LaunchCell
from ideaflow.proposals.models import CompetitorMove, Evidence
from tests.browser.looking import ANSWERED, Site, assert_sound, assert_sound_in_all_looks
from tests.launch.scenes import Scenes

pytestmark = pytest.mark.browser
MOST_CLICKS = 3
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def scene(site: Site) -> SimpleNamespace:
    with site.app.app_context():
        make = Scenes(db.session)
        seller = make.user(name="Yuki Aldana", roles=["sales"])
        account = make.account(
            name="Brinkmann Logistik", region="Germany", owner_name="Yuki Aldana",
            renews_on=today() + timedelta(days=56), revenue_amount=1_240_000,
        )  # fmt: skip
        theme = make.theme(title="Drivers book slots")
        for days, name, words in (
            (30, "Dirk Wessels", "A slot for each truck, or we stand in the road."),
            (5, "Anke Brinkmann", "Let the driver pick the slot, we are on the phone all morning."),
        ):
            person = make.contact(account_id=account.id, name=name, title="shift lead")
            case, said_at = make.case(account_id=account.id), now() - timedelta(days=days)
            make.said(person, theme, words, case_id=case.id, said_at=said_at)
        launch = make.launched(theme, account)
        launch.say = ["Drivers book their own slot on the phone; your desk sees the day filling up."]
        launch.price_from, launch.price_to, launch.price_unit = Decimal(420), Decimal(480), "dock and month"
        day = today() + timedelta(days=40)
        move = make._add(
            CompetitorMove(
                competitor="Stowline", title="Slots by app", kind="announced", begins_on=day,
                until_on=day + timedelta(days=30), sureness=0.8,
            )
        )  # fmt: skip
        ties = {"proposal_id": launch.proposal_id, "serves_id": launch.proposal_id, "move_id": move.id}
        make._add(Evidence(**ties, kind="competitor_move", added_at=now()))
        sale = make.sale(
            account, name="Dock Scheduling against Stowline", closes_on=today() + timedelta(days=3)
        )
        make.gap(sale, offering_id=launch.offering_id)
        for title in ("Carrier penalties", "Yard map"):
            make.gap(sale, proposal_id=make.rests_on(make.proposal(title=title), theme).id)
        cell = db.session.query(LaunchCell).filter_by(launch_id=launch.id).order_by(LaunchCell.id).first()
        cell.is_ready, cell.ready_since_at, cell.released_at = True, now() - timedelta(days=13), now()
        db.session.commit()
        found = SimpleNamespace(account=account.id, launch=launch.id, sale=sale.id, seller=seller)
        db.session.refresh(seller)
        db.session.expunge(seller)
    return found


def _counting(page: Page) -> list[str]:
    """Write down each click on the page, whoever makes it."""
    clicks: list[str] = []
    page.expose_function("clicked", lambda words: clicks.append(words))
    page.add_init_script("addEventListener('click', (e) => clicked(e.target.textContent.trim()), true)")
    page.reload()
    page.evaluate(ANSWERED)
    return clicks


def test_a_new_salesperson_comes_from_the_queue_to_a_ready_call_in_three_clicks(site: Site, scene):
    page, errors = site.open("/", as_user=scene.seller, width=390)
    page.set_viewport_size(PHONE)
    clicks = _counting(page)
    page.get_by_role("link", name="Call Brinkmann Logistik", exact=True).click()
    expect(page.get_by_role("heading", name="Dock Scheduling for Brinkmann")).to_be_visible()
    answer = page.get_by_label("Can I sell it now?")
    expect(answer).to_contain_text("Yes, sell it now")
    expect(answer).to_contain_text("Not through a partner")
    box = answer.bounding_box()
    assert box and box["y"] + box["height"] <= PHONE["height"]  # Without scrolling past the answer.
    for words in (
        "Anke asked",
        "€107",
        "Drivers book their own slot",
        "€420 to 480",
        "Carrier penalties: not decided",
    ):
        expect(page.locator("[data-card]")).to_contain_text(words)
    expect(page.get_by_label("Competitor")).to_contain_text("Stowline is in the deal")
    expect(page.get_by_label("Competitor")).to_contain_text("We are first here")
    expect(page.get_by_text("Renewal in 56 days", exact=True)).to_be_visible()
    page.get_by_role("link", name="Send “you asked”").click()
    expect(page.get_by_role("checkbox", name="Anke Brinkmann, shift lead")).to_be_visible()
    page.get_by_role("button", name="Read and send").click()
    expect(page.get_by_text("1 contact can read it now")).to_be_visible()
    assert len(clicks) <= MOST_CLICKS, clicks
    site.visit(page, f"/accounts/{scene.account}/card/{scene.launch}")
    assert_sound_in_all_looks(page, errors, "seller-card")


@pytest.mark.parametrize(
    "path",
    [
        "/my-accounts/",
        "/accounts/{account}/call",
        "/opportunities/{sale}",
        "/accounts/{account}/card/{launch}/you-asked",
    ],
)
def test_a_sellers_pages_are_sound_on_a_phone_and_without_script(site: Site, scene, path: str):
    address = path.format(**{name: value for name, value in vars(scene).items() if name != "seller"})
    page, errors = site.open(address, as_user=scene.seller, width=390, theme="dark")
    assert_sound(page, errors, f"selling{path.replace('/', '-').replace('{', '').replace('}', '')}-390-dark")
    plain, _ = site.open(address, as_user=scene.seller, java_script_enabled=False)
    expect(plain.get_by_role("heading", level=1)).to_be_visible()


def test_two_clicks_say_what_else_a_sale_waits_for(site: Site, scene):
    page, errors = site.open(f"/opportunities/{scene.sale}", as_user=scene.seller)
    adding = page.locator("form.if-gap-add")
    adding.get_by_role("combobox").select_option(index=1)
    adding.get_by_role("button", name="Nice to have").click()
    expect(page.get_by_text("Kept as nice to have.")).to_be_visible()
    assert errors == []
