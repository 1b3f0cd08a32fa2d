"""What is in no theme, what might be one, and runs: seen, heard by axe, and stopped with a click."""

import re
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ideaflow.db import db
from ideaflow.feedback.models import Statement
from ideaflow.themes import service
from ideaflow.themes.models import StatementVector, ThemeCandidate, ThemeMembership, ThemeRun
from ideaflow.users.models import User
from tests.browser.looking import WIDTHS, Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory
from tests.themes.seed import SPOKEN_AT, Seed

pytestmark = pytest.mark.browser
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenversandrückmeldung and more that nobody wrote"
PAGES = {
    "pool": "/themes/pool",
    "pool-nothing-fits": "/themes/pool?words=zebra",
    "new-themes": "/themes/new",
    "new-theme": "/themes/new/1",
    "where": "/themes/pool/40/where",
    "languages": "/themes/1?language=de",
    "runs": "/themes/runs",
    "run-failed": "/themes/runs/2",
    "run-stopped": "/themes/runs/3",
    "nothing-here": "/themes/987654",
}


@pytest.fixture(scope="module")
def manager(site: Site) -> Iterator[User]:
    """A user, themes in two languages, words in no theme, three questions, and runs of every end."""
    with site.app.app_context():
        make = Factory(db.session)
        manager = make.user(name="Maren Holt")
        seed = Seed(db.session)
        first, second = seed.theme(LONG, statements=12), seed.theme("Wi-Fi lost", statements=9)
        for number, said in enumerate(db.session.scalars(select(Statement).order_by(Statement.id))):
            said.language = "de" if number % 3 == 0 else "en"
        pool = []
        for number in range(40):
            words = f"Lunch was late on day {number}" if number else "https://example.com/" + "a" * 150
            said = make.statement(make.item(text=words, account_id=seed.accounts[number % 9].id))
            vector = np.eye(1, 384, number, np.float32)[0]
            db.session.add(
                StatementVector(
                    statement_id=said.id, mean=vector, mean4=vector, model="test", sorted_at=SPOKEN_AT
                )
            )
            pool.append(said.id)
        for kind, of, other in (
            ("new", None, None),
            ("split", first.id, None),
            ("merge", first.id, second.id),
        ):
            db.session.add(
                ThemeCandidate(
                    kind=kind, of_theme_id=of, other_theme_id=other, title=LONG if other else "Lunch is late",
                    statement_ids=pool[:6], quote_statement_ids=pool[:3], account_count=4,
                    revenue_amount=640_000, likeness=0.71, pool_likeness=0.22,
                    first_said_at=SPOKEN_AT - timedelta(days=40), last_said_at=SPOKEN_AT,
                )
            )  # fmt: skip
        for state, error in (
            ("failed", "The model file is cut in half. Run: ideaflow doctor"),
            ("stopped", "Maren Holt stopped it."),
        ):
            db.session.add(
                ThemeRun(state=state, error=error, seed=7, model="all-MiniLM-L6-v2", finished_at=SPOKEN_AT)
            )
        db.session.commit()
        db.session.refresh(manager)
        yield manager
        db.session.remove()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_fits_and_keeps_the_policy(site, manager, name):
    page, errors = site.open(PAGES[name], as_user=manager)
    if name == "pool":
        expect(page.locator("#rows")).to_contain_text("Lunch was late")
    if name == "nothing-here":
        errors.clear()  # A page that is not there is told as an error too.
    assert_sound_in_all_looks(page, errors, name)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_opens_in_a_question_about_a_new_theme_stays_in_the_page(site, manager, width):
    page, errors = site.open("/themes/new", as_user=manager, width=width)
    for words in ("Add to a theme", "Not a theme"):
        page.locator("summary", has_text=words).first.click()
        expect(page.locator("details[open] button.btn-primary").first).to_be_visible()
        assert_sound(page, errors, f"new-{words.split()[0].lower()}-{width}")
        page.keyboard.press("Escape")


def test_words_of_one_language_are_a_click_and_an_address(site, manager):
    page, errors = site.open("/themes/1", as_user=manager)
    page.get_by_role("link", name="German").click()
    expect(page.locator("#words")).to_contain_text("These are all in German.")
    expect(page).to_have_url(re.compile("language=de"))
    page.get_by_role("link", name="Newest").click()
    expect(page).to_have_url(re.compile("order=newest&language=de"))
    assert_sound(page, errors, "language")


def test_a_run_under_way_is_stopped_with_a_click_from_either_page(site, manager):
    for path in ("/themes/runs", "/themes/"):
        with site.app.app_context():
            run_id = service.queue_refresh().id
            db.session.remove()
        page, errors = site.open(path, as_user=manager)
        expect(page.locator("#run")).to_contain_text("Looking for themes")
        assert_sound(page, errors, f"run-under-way-{path.strip('/').replace('/', '-')}")
        page.get_by_role("button", name="Stop this run").click()
        expect(page.locator("#run")).to_contain_text(
            "Maren Holt stopped it. The themes are those of the run before."
        )
        with site.app.app_context():
            assert db.session.get_one(ThemeRun, run_id).state == "stopped"
            assert db.session.query(ThemeMembership).count() == 21
            db.session.remove()


def test_the_stop_button_keeps_the_focus_while_the_run_goes_on(site, manager):
    with site.app.app_context():
        run_id = service.queue_refresh().id
        db.session.remove()
    page, _ = site.open("/themes/runs", as_user=manager, width=390)
    stop = page.get_by_role("button", name="Stop this run")
    stop.focus()
    with page.expect_response(lambda answer: answer.url.endswith("/themes/run")):
        pass
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#run")).to_contain_text(f"Run {run_id} ended early")
