"""A launch as people and assistive programs meet it: the matrix by keyboard, launch day without a reload."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.launch import moves
from ideaflow.launch.models import CheckStanding, CheckTurn, Launch, LaunchCell
from ideaflow.proposals import service as proposals
from tests.browser.looking import Site, assert_sound_in_all_looks
from tests.factories import Factory
from tests.launch.test_board import pass_all, turn_red

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(site: Site):
    """A launch in six cells on its day, one of them held, raced by a competitor."""
    with site.app.app_context():
        make = Factory(db.session)
        pm = make.user()
        channels = [make.channel(name="Direct"), make.channel(name="Partners", is_partner=True)]
        regions = [make.region(name=name) for name in ("DACH", "UK & Ireland", "Benelux & Nordics")]
        launch = make.launch(channels, regions, by=pm)
        pass_all(db.session, launch)
        held = db.session.scalars(select(LaunchCell).order_by(LaunchCell.id.desc())).first()
        turn_red(db.session, launch, "price_entry", held)
        day = launch.launch_on + timedelta(30)
        move = proposals.keep_move(
            {
                "competitor": "Stowline", "title": "Dock booking", "kind": "announced", "sureness": 0.7,
                "begins_on": day, "until_on": day + timedelta(28), "source": "", "url": "", "theme_id": None,
            },
            by=pm.actor,
        )  # fmt: skip
        moves.tie(launch.id, move.id, by=pm.actor)
        db.session.get(Launch, launch.id).launch_on = today()
        db.session.commit()
        found = SimpleNamespace(pm=pm, launch_id=launch.id, held_id=held.id)
        db.session.refresh(pm)
        db.session.expunge(pm)
    return found


def test_matrix_cell_and_race_are_sound_in_every_look(site, world):
    board = f"/launches/{world.launch_id}"
    page, errors = site.open(board, as_user=world.pm)
    expect(page.locator("[data-chart] svg")).to_have_count(2)
    assert_sound_in_all_looks(page, errors, "launch-board")
    for path, name in (
        (f"{board}/cells/{world.held_id}", "launch-cell"),
        (f"/race/?launch={world.launch_id}", "launch-race"),
    ):
        page.goto(site.url + path)
        assert_sound_in_all_looks(page, errors, name)


def test_a_cell_is_reached_and_opened_by_keyboard_and_blockers_are_ordered_in_place(site, world):
    page, _ = site.open(f"/launches/{world.launch_id}", as_user=world.pm)
    page.get_by_role("link", name="By day").click()
    expect(page.get_by_role("link", name="By day")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(f"{site.url}/launches/{world.launch_id}?by=day")
    page.get_by_role("link", name="Partners, Benelux & Nordics").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Partners, Benelux & Nordics", level=1)).to_be_visible()
    expect(page.get_by_text("Price entry inactive since").first).to_be_visible()


def test_launch_day_shows_what_turns_without_a_reload_and_releases_by_one_press(site, world, monkeypatch):
    page, errors = site.open(f"/launches/{world.launch_id}/room", as_user=world.pm)
    assert_sound_in_all_looks(page, errors, "launch-room")
    expect(page.get_by_role("button", name="Launch 5 ready cells")).to_be_visible()
    with site.app.app_context():
        cell = db.session.get(LaunchCell, world.held_id)
        red = select(CheckStanding).where(CheckStanding.cell_id == cell.id, ~CheckStanding.is_passed)
        standing = db.session.scalar(red)
        standing.is_passed, standing.share, standing.since_at = True, 1.0, now()
        db.session.add(CheckTurn(standing_id=standing.id, is_passed=True, share=1.0, turned_at=now()))
        cell.is_ready, cell.ready_since_at = True, now()
        db.session.commit()
    expect(page.get_by_text("Price entry active turned green")).to_be_visible(timeout=15_000)
    monkeypatch.setattr("ideaflow.launch.releasing.measure", lambda *_: [])
    page.get_by_role("button", name="Launch 6 ready cells").click()
    expect(page.get_by_text("6 of 6 cells are on sale")).to_be_visible()
