"""A launch manager drives twelve cells from red to ready, with a second person who looks at what is shown."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.launch import jobs
from ideaflow.market.models import (
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceBookCell,
    PriceEntry,
    Seller,
    TrainingRecord,
)
from ideaflow.users.models import User
from tests.browser.looking import AT_REST, Site, assert_sound
from tests.factories import SPOKEN_AT, Factory

pytestmark = pytest.mark.browser
NAME = "Dock Scheduling"
CHANNELS, REGIONS = ("Direct", "Inside sales", "Partners", "Marketplace"), ("DACH", "Nordics", "UK & Ireland")


@pytest.fixture(scope="module")
def town(site: Site) -> SimpleNamespace:
    """Four channels in three regions, priced, trained and certified; nothing shown by a file yet."""
    with site.app.app_context():
        make = Factory(db.session)
        make.item()
        boss, mate = make.user(name="Maren Holt"), make.user(name="Tom Wrona", roles=["sales"])
        proposal = make.passed_proposal(owner_id=boss.id, title=NAME)
        channels = [make.channel(name=name, is_partner=name == "Partners") for name in CHANNELS]
        regions = [make.region(name=name) for name in REGIONS]
        people = [("seller@fernhall.example", NAME), ("a@f.example", f"{NAME} support")]
        people.append(("b@f.example", f"{NAME} support"))
        for email, course in people:
            _keep(TrainingRecord, email=email, course=course, course_key=course.lower(), passed_on=today())
        partner = _keep(Partner, name="Rampe", name_key="rampe")
        person = {"person": "Pia", "course": NAME, "course_key": NAME.lower(), "certified_on": today()}
        _keep(PartnerCertificate, partner_id=partner.id, **person)
        book = _keep(PriceBook, name="List", turned_at=SPOKEN_AT)
        entry = {"product_code": "DOCK-1", "unit_amount": 120, "currency": "EUR", "is_active": True}
        _keep(PriceEntry, book_id=book.id, turned_at=SPOKEN_AT, changed_by="Clara", **entry)
        for place in [{"channel_id": c.id, "region_id": r.id} for c in channels for r in regions]:
            db.session.add(PriceBookCell(book_id=book.id, **place))
            db.session.add(Seller(email="seller@fernhall.example", name="Yuki Aldana", **place))
            if place["channel_id"] == channels[2].id:
                db.session.add(PartnerCell(partner_id=partner.id, **place))
        db.session.commit()
        return SimpleNamespace(boss=_free(boss), mate=_free(mate), proposal_id=proposal.id)


def _keep(table, **values):
    common = {"source": "page", "source_id": str(id(values)), "changed_at": SPOKEN_AT}
    record = table(**values, **{name: value for name, value in common.items() if hasattr(table, name)})
    db.session.add(record)
    db.session.commit()
    return record


def _free(user: User) -> User:
    db.session.refresh(user)
    db.session.expunge(user)
    return user


def test_a_launch_manager_drives_twelve_cells_from_red_to_ready(site: Site, town: SimpleNamespace) -> None:
    page, errors = site.open("/", as_user=town.boss)
    page.get_by_role("link", name=re.compile("Plan the launch")).click()
    expect(page.get_by_role("heading", name="Plan the launch of Dock Scheduling")).to_be_visible()
    assert_sound(page, errors, "launch-plan-new-1440-light")
    _fill_plan(page)
    page.get_by_role("button", name="Plan the launch").click()
    expect(page.locator(".if-headline")).to_contain_text("0 of 12 cells can sell")
    second, _ = site.open("/", as_user=town.mate)
    for address in _checks_to_show(page):
        page.goto(site.url + address)
        _show(page)
        second.goto(site.url + address)
        second.get_by_role("button", name="I looked: it shows it").click()
        expect(second.locator(".if-lead")).to_contain_text("Green in")
    second.set_viewport_size({"width": 390, "height": 900})
    assert_sound(second, [], "launch-check-390-light")
    with site.app.app_context():
        jobs.measure_all()
    page.goto(site.url + "/launches/")
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.locator(".if-headline")).to_contain_text("12 of 12 cells can sell = 100")
    page.goto(page.url + "/plan")
    expect(page.get_by_role("heading", name=f"Plan of {NAME}")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 900})
    page.emulate_media(color_scheme="dark")
    page.evaluate(AT_REST)
    assert_sound(page, errors, "launch-plan-390-dark")


def _fill_plan(page: Page) -> None:
    """Give every cell a target, a day and points of a small launch; the tier is said at once."""
    page.get_by_label("Code in the price book").fill("DOCK-1")
    page.get_by_label("Launch day").fill((today() + timedelta(days=40)).isoformat())
    targets = page.get_by_label(re.compile("^Target of "))
    expect(targets).to_have_count(12)
    for number in range(12):
        targets.nth(number).fill("100k")
    for driver in page.locator("fieldset.if-driver").all():
        driver.get_by_role("radio").nth(0).check()
    expect(page.locator("#tier")).to_contain_text("0 points: tier 3, small.")


def _checks_to_show(page: Page) -> list[str]:
    """Return the pages of the checks that are shown by a file or a link, from the launch's plan."""
    page.goto(page.url.split("?")[0] + "/plan")
    rows = page.get_by_role("row").filter(has_text="checked by a second person")
    found = [row.get_by_role("link").first.get_attribute("href") or "" for row in rows.all()]
    assert len(found) >= 6
    return found


def _show(page: Page) -> None:
    page.get_by_label("or a link").fill("https://files.fernhall.example/proof.pdf")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("waits for a second person", exact=True)).to_be_visible()
