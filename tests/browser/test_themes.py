"""The pages of themes in Chromium: what they owe everybody, and what hands on a keyboard do with them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.themes.models import Theme, ThemeMembership, ThemeRun, ThemeState
from ideaflow.themes.tables.questions import QuestionKind, ThemeQuestion
from ideaflow.users.models import User
from tests.browser.looking import Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory
from tests.themes.seed import Seed

pytestmark = pytest.mark.browser
LONG = (
    "A title somebody typed in one go, about hauliers, their slots, the dock and every winter since the move"
)
CARD = {
    "items": 40, "wordless_items": 3, "uncounted_items": 2, "statements": 41, "copies": 5,
    "left_out": {"alone": 7, "excluded": 1}, "accounts": 14, "accounts_heard": 12,
    "accounts_in_themes": 11, "revenue_share": 0.58, "cohesion": 0.71, "stability": 0.93,
    "levels": {"areas": 5, "themes": 20, "parts": 9}, "events": {"born": 2, "split": 1}, "by_people": 6,
}  # fmt: skip
PAGES = {
    "inbox": "/themes/",
    "inbox-nothing-fits": "/themes/?words=zebra",
    "theme": "/themes/1",
    "theme-too-few": "/themes/4",
    "theme-trend": "/themes/1/trend",
    "theme-trend-too-few": "/themes/4/trend",
    "theme-map": "/themes/map",
    "questions": "/themes/questions",
    "why-here": "/themes/1/statements/1/why",
    "move": "/themes/1/statements/1/move",
    "runs": "/themes/runs",
    "run": "/themes/runs/1",
}


def questions_about(themes):
    """Whether some statements belong, and whether a theme is one of its own, in turns."""
    of = {theme.id: [] for theme in themes}
    rows = db.session.execute(select(ThemeMembership.theme_id, ThemeMembership.statement_id))
    for theme_id, statement_id in rows:
        of.get(theme_id, []).append(statement_id)
    near = [theme.id for theme in themes]
    for place, theme in enumerate(themes):
        kind = QuestionKind.SAME if place % 3 == 2 else QuestionKind.BELONGS
        others = [one for one in near if one != theme.id][:5]
        yield ThemeQuestion(
            kind=kind, theme_id=theme.id, candidate_ids=others, statement_ids=of[theme.id][:3],
            example_ids=of[theme.id][:3], beside_ids=of[others[0]][:3], place=place, made_at=now(),
        )  # fmt: skip


@pytest.fixture(scope="module")
def people(site: Site) -> Iterator[dict[str, User]]:
    """Two users, and forty themes they look at; the first is called LONG."""
    with site.app.app_context():
        make = Factory(db.session)
        manager = make.user(name="Maren Holt")
        seller = make.user(name="Sam Seller", roles=["sales"])
        seed = Seed(db.session)
        themes = seed.themes(60)
        seed.run.card = CARD
        themes[5].title = LONG
        db.session.commit()
        db.session.add_all(questions_about(themes[:12]))
        db.session.commit()
        for user in (manager, seller):
            db.session.refresh(user)
        yield {"manager": manager, "seller": seller}
        db.session.remove()


def theme_of(site: Site, title: str) -> Theme:
    with site.app.app_context():
        found = db.session.scalars(select(Theme).where(Theme.title == title)).one()
        db.session.expunge(found)
        return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_fits_and_keeps_the_policy(site, people, name):
    page, errors = site.open(PAGES[name], as_user=people["manager"])
    assert_sound_in_all_looks(page, errors, name)


def test_who_may_only_read_sees_a_sound_page_too(site, people):
    for path in ("/themes/", "/themes/1"):
        page, errors = site.open(path, as_user=people["seller"])
        assert_sound(page, errors, f"seller{path.replace('/', '-')}")


def test_an_alarm_is_dismissed_in_place_and_brought_back(site, people):
    page, errors = site.open("/themes/3", as_user=people["manager"])
    page.get_by_text("Dismiss this alarm").click()
    assert_sound(page, errors, "theme-dismiss-alarm-open")
    page.locator("#alarm-reason").select_option("one_customer")
    page.get_by_role("button", name="Dismiss the alarm").click()
    page.get_by_text("Alarm dismissed: One customer only.").wait_for()
    expect(page.locator("[data-chart=weeks] svg")).to_have_count(1)
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone.").wait_for()
    assert errors == []


def test_open_forms_are_accessible(site, people):
    page, errors = site.open("/themes/1", as_user=people["manager"])
    page.keyboard.press("r")
    expect(page.locator("#rename-title")).to_be_focused()
    assert_sound(page, errors, "theme-rename-open")
    page.keyboard.press("Escape")
    expect(page.locator("details.if-drop-down[open]")).to_have_count(0)
    page.get_by_text("Why here").first.click()
    page.locator("#why-1").get_by_text("If not here").wait_for()
    assert_sound(page, errors, "theme-why-open")


def test_rows_come_as_one_scrolls(site, people):
    page, errors = site.open("/themes/", as_user=people["manager"])
    assert page.locator("tr[data-row]").count() == 50
    page.locator(".if-next").scroll_into_view_if_needed()
    expect(page.locator("tr[data-row]")).to_have_count(60)
    assert page.locator(".if-next").count() == 0 and errors == []


def test_typing_narrows_the_list_and_the_address(site, people):
    page, errors = site.open("/themes/", as_user=people["manager"])
    page.keyboard.press("/")
    page.keyboard.type("hauliers, their slots")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert "words=hauliers" in page.url and errors == []
    assert page.evaluate("document.activeElement.name") == "words"
    page.get_by_text("Clear filters").first.click()
    page.wait_for_url(f"{site.url}/themes/")


def test_keys_select_rows_and_follow_them_with_undo(site, people):
    page, errors = site.open("/themes/?view=triage", as_user=people["manager"])
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.locator(".if-bulk").is_visible() and "2 selected" in page.locator(".if-bulk").inner_text()
    titles = page.locator("tr.sel .t").all_inner_texts()
    page.keyboard.press("f")
    page.get_by_text("Followed 2 themes.").wait_for()
    assert page.locator(".if-bulk").is_hidden()
    assert {theme_of(site, title).state for title in titles} == {ThemeState.WATCHING}
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone, 2 changes.").wait_for()
    assert {theme_of(site, title).state for title in titles} == {ThemeState.NEW} and errors == []


def test_ticked_statements_are_split_off_and_put_back(site, people):
    page, errors = site.open("/themes/1", as_user=people["manager"])
    boxes = page.locator("input[form=chosen]")
    boxes.first.check()
    expect(page.locator("#chosen")).to_be_visible()
    page.locator("#split-title").fill("Split off by hand")
    page.locator("#chosen button").click()
    page.get_by_text("A theme of its own: 1 statement split off").wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text("Split off by hand")
    assert_sound(page, errors, "theme-split")
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone.").wait_for()
    assert theme_of(site, "Split off by hand").state == ThemeState.MERGED


def test_a_question_is_answered_with_a_key_and_the_next_one_follows(site, people):
    page, errors = site.open("/themes/questions", as_user=people["manager"])
    asked = page.locator(".if-ask").get_attribute("action")
    page.keyboard.press("u")
    page.get_by_text("Left open. It is not asked again.").wait_for()
    expect(page.locator(".if-ask")).not_to_have_attribute("action", asked)
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("The question is open again.").wait_for()
    assert page.locator(".if-ask").get_attribute("action") == asked and errors == []


def test_a_group_goes_to_the_theme_whose_number_is_pressed(site, people):
    page, errors = site.open("/themes/questions", as_user=people["manager"])
    offered = page.locator(".if-ask-near button").nth(1).locator("span").first.inner_text()
    page.keyboard.press("2")
    page.get_by_text(f"are in “{offered}” now.").wait_for()
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("The question is open again.").wait_for()
    assert errors == []


def test_a_theme_is_renamed_in_place(site, people):
    page, errors = site.open("/themes/9", as_user=people["manager"])
    page.keyboard.press("r")
    expect(page.locator("#rename-title")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Renamed by hand")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Renamed by hand").wait_for()
    page.get_by_text("Renamed to “Renamed by hand”.").wait_for()
    expect(page.locator("[data-chart=weeks] svg")).to_have_count(1)
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone.").wait_for()
    assert page.locator("h1", has_text="Renamed by hand").count() == 0 and errors == []


def test_statements_leave_one_after_the_other_without_a_reload(site, people):
    page, errors = site.open("/themes/2", as_user=people["manager"])
    for number in (1, 2):
        page.locator("[aria-label^='Exclude statement']").first.click()
        expect(page.locator(".if-gone")).to_have_count(number)
    page.locator("summary", has_text="Move").first.click()
    page.locator(".if-pop select[name=target_id]").wait_for()
    assert_sound(page, errors, "theme-move-open")
    page.get_by_role("button", name="Move it there").click()
    expect(page.locator(".if-gone")).to_have_count(3)
    page.locator(".if-gone button").first.click()
    page.get_by_text("Undone.").wait_for()
    assert errors == []


def test_the_map_tells_the_theme_one_picks(site, people):
    page, errors = site.open("/themes/map", as_user=people["manager"])
    page.get_by_text("themes as a list").click()
    page.locator("[data-map-theme]").nth(3).click()
    title = page.locator("[data-map-theme]").nth(3).inner_text()
    page.locator("#selected h2", has_text=title).wait_for()
    assert "theme=" in page.url and errors == []


def test_a_run_shows_how_far_it_is_until_it_is_done(site, people):
    page, errors = site.open("/themes/", as_user=people["manager"])
    page.get_by_role("button", name="Refresh").click()
    page.locator("#run progress").wait_for()
    top = page.locator("#views").bounding_box()
    with site.app.app_context():
        run = db.session.scalars(select(ThemeRun).order_by(ThemeRun.id.desc())).first()
        run.state, run.step, run.done_count, run.total_count = "running", "Clustering", 6, 17
        db.session.commit()
        page.get_by_text("Looking for themes: Clustering, 6 of 17").wait_for()
        assert page.locator("#views").bounding_box() == top
        run.state, run.theme_count, run.statement_count = "done", 60, 99
        db.session.commit()
    page.get_by_text("found 60 themes in 99 statements").wait_for()
    assert page.locator("#run progress").count() == 0 and errors == []


def test_everything_works_without_javascript(site, people):
    page, _ = site.open("/themes/8", as_user=people["manager"], java_script_enabled=False)
    page.locator("summary", has_text="Rename").click()
    page.fill("#rename-title", "Without a script")
    page.locator(".if-pop button", has_text="Rename").click()
    assert page.locator("h1").inner_text() == "Without a script"
    page.goto(f"{site.url}/themes/?view=triage&sort=title")
    page.locator("input[name=theme_ids]").first.check()
    page.locator("summary", has_text="Dismiss").click()
    page.locator("button[value='dismiss:bug']").click()
    assert "Dismissed 1 theme" in page.locator("#notice").inner_text()
    page.locator("#notice button", has_text="Undo").click()
    assert "Undone." in page.locator("#notice").inner_text()
    page.locator("select[name=trend]").select_option("as_usual")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("tr[data-row]").first).to_be_visible()
    assert "trend=as_usual" in page.url
