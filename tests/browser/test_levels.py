"""Levels and the map in Chromium: see the whole field, then one corner, and put right what one sees there."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from ideaflow.db import db
from ideaflow.themes.levels import levels
from ideaflow.themes.models import Area, StatementPlace, StatementVector, SubTheme, Theme, ThemeMembership
from ideaflow.users.models import User
from tests.browser.looking import WIDTHS, Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory
from tests.themes.seed import Seed

pytestmark = pytest.mark.browser
PAGES = {
    "areas": "/themes/?level=areas&open=1",
    "sub-themes": "/themes/?level=sub-themes",
    "area": "/themes/?area=1",
    "made-of": "/themes/1",
    "map": "/themes/map",
    "map-statement": "/themes/map?statement=1",
}
SPOTS = ((0.2, 0.25), (0.3, 0.3), (0.8, 0.75), (0.7, 0.7))


@pytest.fixture(scope="module")
def people(site: Site) -> Iterator[dict[str, User]]:
    """A product manager, two areas of two themes each in two corners of the map, and words in no theme."""
    with site.app.app_context():
        make = Factory(db.session)
        manager = make.user(name="Maren Holt")
        seed = Seed(db.session)
        areas = [Area(title="On the floor"), Area(title="At the dock")]
        db.session.add_all(areas)
        db.session.flush()
        titles = ("Wi-Fi lost mid-pick", "Gloves and touch", "Haulier books a slot", "Split one order")
        themes = [
            seed.theme(
                title, statements=12, area_id=areas[at // 2].id, map_x=SPOTS[at][0], map_y=SPOTS[at][1]
            )
            for at, title in enumerate(titles)
        ]
        for title, number in (("In the freezer", 7), ("Near the mezzanine", 5)):
            part = SubTheme(theme_id=themes[0].id, title=title, quote="It forgets what I already picked.")
            db.session.add(part)
            db.session.flush()
            free = select(ThemeMembership).where(
                ThemeMembership.theme_id == themes[0].id, ThemeMembership.sub_theme_id.is_(None)
            )
            for one in db.session.scalars(free.limit(number)).all():
                one.sub_theme_id = part.id
            db.session.flush()
        for number in range(5):
            said = make.statement(make.item(text=f"Lunch was late on day {number}"))
            vector = np.eye(1, 384, number, np.float32)[0]
            db.session.add(StatementVector(statement_id=said.id, mean=vector, mean4=vector, model="test"))
            db.session.add(StatementPlace(statement_id=said.id, x=0.5, y=0.5 + 0.01 * number))
        levels.recount_levels([theme.id for theme in themes])
        db.session.commit()
        db.session.refresh(manager)
        yield {"manager": manager}
        db.session.remove()


def members(site: Site, title: str) -> int:
    with site.app.app_context():
        theme = db.session.scalars(select(Theme).where(Theme.title == title)).one()
        found = db.session.scalars(
            select(ThemeMembership.statement_id).where(ThemeMembership.theme_id == theme.id)
        ).all()
        db.session.remove()
        return len(found)


def the_map(page: Page) -> Locator:
    """Wait until the map is drawn."""
    box = page.locator("[data-map]")
    expect(box).to_have_attribute("data-ready", re.compile(r"\d+"))
    return box


def draw_around(page: Page, left: float, low: float, right: float, high: float) -> None:
    """Draw a rectangle on the whole map, given in its places."""
    frame = page.locator("[data-map]").bounding_box()
    assert frame is not None

    def at(x: float, y: float) -> tuple[float, float]:
        return frame["x"] + x * frame["width"], frame["y"] + (1 - y) * frame["height"]

    page.mouse.move(*at(left, low))
    page.mouse.down()
    for corner in ((right, low), (right, high), (left, high), (left, low)):
        page.mouse.move(*at(*corner), steps=6)
    page.mouse.up()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_fits_and_keeps_the_policy(site, people, name):
    page, errors = site.open(PAGES[name], as_user=people["manager"])
    if name.startswith("map"):
        the_map(page)
    assert_sound_in_all_looks(page, errors, f"levels-{name}")


def test_the_level_switches_by_keyboard_and_stands_in_the_address(site, people):
    page, errors = site.open("/themes/", as_user=people["manager"])
    page.get_by_role("navigation", name="Level").get_by_role("link", name="Areas").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**level=areas")
    row = page.locator("tr", has_text="On the floor")
    expect(row).to_contain_text("Wi-Fi lost mid-pick · Gloves and touch")
    # The same twelve accounts speak in both themes: twelve, not twenty-four.
    expect(row.locator(".c-acc")).to_have_text("12")
    page.get_by_role("link", name="Themes in On the floor").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr.if-inner")).to_have_count(2)
    page.get_by_role("navigation", name="Level").get_by_role("link", name="Sub-themes").click()
    expect(page.locator("tr.if-part")).to_have_count(2)
    assert errors == []


def test_an_area_is_renamed_and_the_name_taken_back(site, people):
    page, errors = site.open("/themes/?area=2", as_user=people["manager"])
    page.get_by_text("Rename area").click()
    page.locator("#area-title").fill("Gates and hauliers")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_text("The area is called “Gates and hauliers” now.").wait_for()
    expect(page.locator("#area-name")).to_have_text("Gates and hauliers")
    page.locator("#notice").get_by_role("button", name="Undo").click()
    expect(page.locator("#area-name")).to_have_text("At the dock")
    assert errors == []


def test_a_part_narrows_the_words_and_becomes_a_theme(site, people):
    page, errors = site.open("/themes/1", as_user=people["manager"])
    page.locator("#made-of").get_by_role("link", name="Near the mezzanine").click()
    expect(page.locator("#words")).to_contain_text("5 statements of “Near the mezzanine”")
    expect(page.locator("#words .if-words > li[id]")).to_have_count(5)
    page.locator("#made-of li", has_text="Near the mezzanine").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Near the mezzanine")
    assert members(site, "Wi-Fi lost mid-pick") == 7
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone.").wait_for()
    assert members(site, "Wi-Fi lost mid-pick") == 12 and errors == []


def test_names_on_the_map_cover_neither_each_other_nor_the_buttons(site, people):
    for width in WIDTHS:
        page, errors = site.open("/themes/map", as_user=people["manager"], width=width)
        the_map(page)
        boxes = page.evaluate(
            """() => [...document.querySelectorAll(".if-map-names span:not([hidden]), .if-map-zoom")]
                .map((one) => one.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])"""
        )
        assert len(boxes) >= 4 and errors == []
        for at, one in enumerate(boxes):
            for other in boxes[at + 1 :]:
                clear = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert clear, (one, other)


def test_colours_tell_what_they_mean(site, people):
    page, errors = site.open("/themes/map", as_user=people["manager"])
    box, legend = the_map(page), page.locator("#map-legend")
    expect(legend).to_contain_text("On the floor")
    expect(legend).to_contain_text("in no theme")
    for name, word in (("Account", "all others"), ("Trend", "rises beyond chance"), ("Theme", "in no theme")):
        page.get_by_role("button", name=name, exact=True).click()
        expect(legend).to_contain_text(word)
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    expect(box).to_have_attribute("data-dots", "53")
    assert errors == []


def test_pointing_reads_a_statement_and_a_click_opens_it(site, people):
    page, errors = site.open("/themes/map", as_user=people["manager"])
    box = the_map(page)
    frame = box.bounding_box()
    page.mouse.move(frame["x"] + 0.5 * frame["width"], frame["y"] + 0.5 * frame["height"])
    expect(page.locator(".if-map-tip")).to_contain_text("Lunch was late")
    expect(page.locator(".if-map-tip")).to_contain_text("in no theme")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#selected")).to_contain_text("One statement")
    expect(page.locator("#selected")).to_contain_text("Lunch was late")
    page.locator(".if-map-names span", has_text="Gloves and touch").click()
    expect(page.locator("#selected h2")).to_have_text("Gloves and touch")
    assert "theme=" in page.url and errors == []


def test_the_map_zooms_by_wheel_and_button_and_asks_for_what_is_in_view(site, people):
    page, errors = site.open("/themes/map", as_user=people["manager"])
    box = the_map(page)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    expect(box).to_have_attribute("data-span", "0.2500")
    frame = box.bounding_box()
    page.mouse.move(frame["x"] + 100, frame["y"] + 100)
    page.mouse.wheel(0, -300)
    expect(box).not_to_have_attribute("data-span", "0.2500")
    page.get_by_role("button", name="Whole map").first.click()
    expect(box).to_have_attribute("data-span", "1.0000")
    assert errors == []


def test_what_is_drawn_around_is_moved_and_put_back(site, people):
    page, errors = site.open("/themes/map", as_user=people["manager"])
    the_map(page)
    page.keyboard.press("l")
    expect(page.locator("[data-map-lasso]")).to_have_attribute("aria-pressed", "true")
    draw_around(page, 0.02, 0.02, 0.5, 0.45)
    caught = page.locator("#selected")
    expect(caught).to_contain_text("24 statements caught")
    caught.get_by_role("link", name="Gloves and touch").click()
    expect(caught).to_contain_text("12 statements caught")
    caught.get_by_label("Leave out").first.check()
    assert_sound(page, errors, "levels-lasso-caught")
    caught.get_by_label("Move to").select_option(label="Haulier books a slot")
    caught.get_by_role("button", name="Move 12 statements").click()
    page.get_by_text("Moved 11 statements to “Haulier books a slot”, where they stay.").wait_for()
    assert members(site, "Gloves and touch") == 1
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone.").wait_for()
    assert members(site, "Gloves and touch") == 12 and errors == []


def test_what_is_drawn_around_becomes_a_theme_where_one_left_off(site, people):
    page, errors = site.open("/themes/map", as_user=people["manager"])
    box = the_map(page)
    page.get_by_role("button", name="Account", exact=True).click()
    page.get_by_role("button", name="Lasso").click()
    draw_around(page, 0.5, 0.72, 0.98, 0.98)
    caught = page.locator("#selected")
    expect(caught.get_by_role("heading", level=2)).to_contain_text("caught")
    caught.get_by_text("Split off, or take out").click()
    caught.get_by_label("Name of the new theme").fill("Gates in winter")
    caught.get_by_role("button", name="Make it a theme").click()
    page.get_by_text("“Gates in winter”.").wait_for()
    the_map(page)
    expect(page.get_by_role("button", name="Account", exact=True)).to_have_attribute("aria-pressed", "true")
    assert members(site, "Gates in winter") > 0
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone").first.wait_for()
    expect(box).to_have_attribute("data-dots", "53")
    assert errors == []


def test_without_a_script_the_list_by_region_is_the_map(site, people):
    page, _ = site.open("/themes/map", as_user=people["manager"], java_script_enabled=False)
    page.get_by_text("themes as a list, by region").click()
    table = page.get_by_role("region", name="Themes of the map")
    expect(table).to_contain_text("On the floor")
    table.get_by_role("link", name="Split one order").click()
    expect(page.locator("#selected h2")).to_have_text("Split one order")
