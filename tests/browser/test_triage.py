"""A Monday morning: a hundred themes triaged with hands on the keyboard alone, and what the keys lead to."""

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from ideaflow.db import db
from ideaflow.themes.models import Theme, ThemeState
from ideaflow.users.models import User
from tests.browser.looking import WIDTHS, Site, assert_sound, assert_sound_in_all_looks, violations
from tests.factories import Factory
from tests.themes.seed import Seed

pytestmark = pytest.mark.browser
HUNDRED = 100


@pytest.fixture(scope="module")
def maren(site: Site) -> Iterator[User]:
    """A product manager, a colleague, and a hundred and three themes that need triage."""
    with site.app.app_context():
        make = Factory(db.session)
        user, _ = make.user(name="Maren Holt"), make.user(name="Joris Okafor")
        seed = Seed(db.session)
        for number in range(HUNDRED + 3):
            seed.theme(
                f"Theme {number + 1}", statements=8 if number < 3 else 1, revenue_amount=9_000_000 - number
            )
        db.session.refresh(user)
        yield user
        db.session.remove()


@pytest.fixture(scope="module")
def joris(site: Site, maren: User) -> Iterator[User]:
    """Her colleague."""
    with site.app.app_context():
        yield db.session.scalars(select(User).where(User.name == "Joris Okafor")).one()
        db.session.remove()


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        # A page that only just came listens to keys once its scripts have run.
        self.page.wait_for_load_state("load")
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def states_of(site: Site) -> Counter[str]:
    with site.app.app_context():
        rows = db.session.execute(select(Theme.state, func.count()).group_by(Theme.state)).all()
        db.session.remove()
        return Counter({row[0]: row[1] for row in rows})


def test_the_pages_beside_each_other_are_sound(site, maren):
    paths = {
        "merge-which": "/themes/merge?theme=1", "merge": "/themes/merge?theme=1&theme=2",
        "merge-three": "/themes/merge?theme=1&theme=2&theme=3", "split": "/themes/1/split?by=half",
    }  # fmt: skip
    for name, path in paths.items():
        page, errors = site.open(path, as_user=maren)
        assert_sound_in_all_looks(page, errors, name)


def test_a_list_narrowed_and_weighed_is_sound_and_saved_as_a_view(site, maren):
    address = "/themes/?lens=revenue&heard=52w&revenue=1000000"
    for width in WIDTHS:
        page, errors = site.open(address, as_user=maren, width=width, theme="dark")
        assert_sound(page, errors, f"inbox-money-{width}")
    page, errors = site.open(address, as_user=maren)
    page.locator("summary", has_text="More").click()
    assert_sound(page, errors, "inbox-more-filters-open")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.keyboard.type("Big ones")
    page.keyboard.press("Enter")
    page.get_by_text("“Big ones” is saved for you.").wait_for()
    expect(page.locator(".if-views [aria-current=page]")).to_contain_text("Big ones 103")
    page.locator(".if-narrowed .if-chip", has_text="revenue from").click()
    page.get_by_role("button", name="Keep this in “Big ones”").wait_for()
    assert_sound(page, errors, "inbox-view-changed")


def test_two_managers_see_each_other_and_nothing_is_overwritten(site, maren, joris):
    his, _ = site.open("/themes/103", as_user=joris)
    expect(his.locator("#presence")).not_to_contain_text("looking")
    hers, _ = site.open("/themes/103", as_user=maren)
    expect(hers.locator("#presence")).to_contain_text("Joris Okafor is looking at this theme")
    his.keyboard.press("r")
    his.keyboard.press("Control+a")
    his.keyboard.type("Called by Joris")
    his.keyboard.press("Enter")
    his.get_by_text("Renamed to “Called by Joris”.").wait_for()
    hers.evaluate("document.querySelector('[data-heartbeat]').dispatchEvent(new Event('look'))")
    expect(hers.locator("#presence")).to_contain_text("while you looked at it")
    hers.keyboard.press("a")
    hers.locator("#owner").select_option(label="Maren Holt")
    hers.get_by_role("button", name="Assign", exact=True).click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("It has changed meanwhile")
    expect(hers.locator(".if-both .on")).to_contain_text("Theme 103")
    assert violations(hers) == []
    hers.get_by_role("button", name="Apply mine again").click()
    hers.get_by_text("Maren Holt looks after this theme now.").wait_for()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Called by Joris")
    hers.keyboard.press("u")
    hers.get_by_text("Undone.").wait_for()


def test_the_palette_names_what_applies_here_with_its_key(site, maren):
    page, errors = site.open("/themes/?view=triage", as_user=maren)
    page.keyboard.press("Control+k")
    field = page.locator("#palette input")
    expect(field).to_be_focused()
    assert violations(page) == []
    lines = page.locator("#palette [role=option]")
    for word, key in (("Dismiss, with a reason", "d"), ("Follow", "f"), ("Next row", "j"), ("Search", "/")):
        expect(lines.filter(has=page.get_by_text(word, exact=True)).locator("kbd")).to_have_text(key)
    expect(lines.filter(has_text="Put back")).to_have_count(0)
    page.keyboard.type("assign")
    expect(lines.first).to_contain_text("Assign to somebody")
    page.keyboard.press("Enter")
    expect(page.locator(".if-bulk .if-pop:visible")).to_contain_text("Joris Okafor")
    page.keyboard.press("Escape")
    expect(page.locator(".if-bulk")).to_be_hidden()
    assert errors == []


def test_the_palette_opens_by_touch_and_acts_where_the_screen_is_narrow(site, maren):
    page, errors = site.open("/themes/1", as_user=maren, width=390, has_touch=True)
    page.locator(".if-topbar [data-palette]").tap()
    page.locator("#palette [role=option]", has_text="Merge with another theme").tap()
    page.wait_for_url("**/themes/merge?theme=1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge with which theme?")
    assert errors == []


def test_a_merge_is_seen_swapped_made_and_undone_by_keys(site, maren):
    page, errors = site.open("/themes/?view=triage", as_user=maren)
    keys = Keyboard(page)
    keys.press("j", "x", "j", "x", "m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge 2 themes")
    expect(page.locator(".stays h2")).to_have_text("Theme 1")
    keys.press("x")
    expect(page.locator(".stays h2")).to_have_text("Theme 2")
    keys.press("m")
    page.get_by_text("Merged 2 themes into “Theme 2”.").wait_for()
    assert states_of(site)[ThemeState.MERGED] == 1
    keys.press("u")
    page.get_by_text("Undone.").wait_for()
    assert states_of(site)[ThemeState.MERGED] == 0 and errors == []


def test_a_hundred_themes_are_triaged_with_three_keys_each_at_most(site, maren):
    """Each is followed, dismissed with a reason, or given to somebody and followed; two slips are undone."""
    page, errors = site.open("/themes/?view=triage", as_user=maren)
    keys, did = Keyboard(page), page.locator(".if-last span")
    keys.press("j")
    for number in range(HUNDRED):
        if number in (5, 50):
            keys.press("f")
            expect(did).to_have_text("You last followed 1 theme")
            keys.press("u")
            page.get_by_text("Undone.").first.wait_for()
        at = page.locator("tr.at .t")
        title = at.inner_text()
        if number % 5 == 0:
            keys.press("f")
        elif number % 5 == 1:
            keys.press("a", "1")
            page.locator("tr.at .if-who.me").wait_for()
            keys.press("f")
        else:
            keys.press("d", str(number % 5))
        # Waits look at each frame; what is expected is looked at after ever longer pauses.
        page.locator(f'#rows .t:text-is("{title}")').wait_for(state="detached")
        at.wait_for()
    found = states_of(site)
    assert found[ThemeState.NEW] == 3
    assert found[ThemeState.WATCHING] == 40 and found[ThemeState.DISMISSED] == 60
    assert keys.count <= 3 * HUNDRED, f"{keys.count / HUNDRED:.2f} keys a theme"
    print(f"{keys.count / HUNDRED:.2f} keys a theme")
    assert errors == []
