"""Pages of the levels: the control in the list, areas with their themes, what a theme is made of."""

import html
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from ideaflow.themes.commands import themes
from ideaflow.themes.levels import levels
from ideaflow.themes.models import Area, SubTheme, Theme, ThemeMembership
from tests.conftest import HTMX


def text_of(response) -> str:
    return html.unescape(response.text)


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


@pytest.fixture
def field(seed, session):
    """Two areas: two themes that the same five accounts ask for, and one theme with two parts."""
    floor, dock = Area(title="On the floor"), Area(title="At the dock")
    session.add_all([floor, dock])
    session.flush()
    wifi = seed.theme("Wi-Fi lost", statements=5, area_id=floor.id)
    gloves = seed.theme("Gloves and touch", statements=5, area_id=floor.id)
    slots = seed.theme("Haulier books a slot", statements=8, area_id=dock.id)
    said = session.scalars(
        select(ThemeMembership)
        .where(ThemeMembership.theme_id == slots.id)
        .order_by(ThemeMembership.statement_id)
    ).all()
    for title, members in (("Phones all morning", said[:5]), ("Own time slot", said[5:])):
        part = SubTheme(theme_id=slots.id, title=title, quote="Let the driver pick the slot.")
        session.add(part)
        session.flush()
        for one in members:
            one.sub_theme_id = part.id
    session.flush()
    levels.recount_levels([wifi.id, gloves.id, slots.id])
    session.commit()
    return {"floor": floor, "dock": dock, "wifi": wifi, "gloves": gloves, "slots": slots}


def test_areas_count_accounts_and_money_once(manager, field):
    page = text_of(manager.get("/themes/?level=areas"))
    assert "On the floor" in page and "Wi-Fi lost · Gloves and touch" in page
    row = page[page.index("On the floor") :]
    assert row.index(">2</td>") < row.index(">5</td>") < row.index("€5.4\u202fM") < row.index(">10</td>")
    assert 'aria-current="true">Areas' in page


def test_an_area_opens_to_its_themes_with_and_without_script(manager, field):
    closed = text_of(manager.get("/themes/?level=areas"))
    assert f'href="/themes/{field["wifi"].id}"' not in closed
    for headers in ({}, HTMX):
        opened = text_of(manager.get(f"/themes/?level=areas&open={field['floor'].id}", headers=headers))
        assert f'href="/themes/{field["wifi"].id}"' in opened and 'aria-expanded="true"' in opened
        assert f'href="/themes/{field["slots"].id}"' not in opened


def test_the_list_narrows_to_an_area_and_names_it(manager, field):
    page = text_of(manager.get(f"/themes/?area={field['floor'].id}"))
    assert "Gloves and touch" in page and "Haulier books a slot" not in page
    assert "Accounts <b" in page and "Rename area" in page
    whole = text_of(manager.get("/themes/"))
    assert '<span class="if-in">At the dock</span>' in whole


def test_an_area_is_renamed_and_the_name_taken_back(manager, field, session):
    floor, back = field["floor"], f"/themes/?area={field['floor'].id}"
    answer = manager.post(
        f"/themes/areas/{floor.id}/rename",
        data={"title": "Handhelds", "back": back},
        follow_redirects=True,
    )
    assert "The area is called “Handhelds” now." in text_of(answer)
    session.refresh(floor)
    assert (floor.title, floor.is_named) == ("Handhelds", True)
    undo = {"title": "On the floor", "is_named": "0", "back": back}
    manager.post(f"/themes/areas/{floor.id}/rename", data=undo)
    session.refresh(floor)
    assert (floor.title, floor.is_named) == ("On the floor", False)
    assert manager.post(f"/themes/areas/{floor.id}/rename", data={"title": " "}).status_code == 422
    assert manager.post("/themes/areas/999999/rename", data={"title": "X"}).status_code == 404


def test_sub_themes_stand_under_their_themes_on_demand(manager, field):
    assert "Phones all morning" not in text_of(manager.get("/themes/"))
    page = text_of(manager.get("/themes/?level=sub-themes"))
    assert page.index("Haulier books a slot") < page.index("Phones all morning") < page.index("Own time slot")
    assert "5 statements" in page


def test_a_theme_tells_what_it_is_made_of_and_narrows_its_words(manager, field, session):
    slots = field["slots"]
    page = text_of(manager.get(f"/themes/{slots.id}"))
    assert "What it is made of" in page and "2 sub-themes" in page and "8 statements" in page
    part = session.scalars(select(SubTheme).where(SubTheme.title == "Own time slot")).one()
    narrowed = text_of(manager.get(f"/themes/{slots.id}?part={part.id}"))
    assert "3 statements of “Own time slot”" in narrowed
    assert narrowed.count('id="statement-') == 3
    assert "What it is made of" not in text_of(manager.get(f"/themes/{field['wifi'].id}"))
    assert manager.get(f"/themes/{slots.id}?part=99999999").status_code == 200


def test_a_sub_theme_becomes_a_theme_of_its_area_and_comes_back(manager, field, session):
    slots = field["slots"]
    part = session.scalars(select(SubTheme).where(SubTheme.title == "Own time slot")).one()
    address = f"/themes/{slots.id}/sub-themes/{part.id}/split"
    page = text_of(manager.post(address, data={"version": slots.version}, follow_redirects=True))
    assert "“Own time slot” is a theme of its own now: 3 statements." in page
    fresh = session.scalars(select(Theme).where(Theme.title == "Own time slot")).one()
    assert (fresh.area_id, fresh.statement_count) == (slots.area_id, 3)
    assert (
        "Own time slot"
        not in text_of(manager.get(f"/themes/{slots.id}")).split("What it is made of")[1][:900]
    )
    ids = page.split('name="correction_ids" value="')[1].split('"')[0]
    manager.post("/themes/undo", data={"correction_ids": ids})
    session.refresh(part)
    assert part.statement_count == 3
    assert manager.post(f"/themes/{slots.id}/sub-themes/99999/split").status_code == 404
    assert manager.post(address, data={"version": 1}).status_code == 409


def test_without_structure_there_is_no_control(manager, seed):
    seed.theme("Alone")
    page = text_of(manager.get("/themes/"))
    assert 'aria-label="Level"' not in page
    assert "Alone" in text_of(manager.get("/themes/?level=areas"))


def test_the_terminal_lists_each_level(app, field):
    def listed(*arguments):
        done = CliRunner().invoke(themes, ["list", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    areas = json.loads(listed("--level", "areas", "--json"))
    assert areas[0]["name"] == "At the dock" and areas[1]["accounts"] == 5
    assert [one["name"] for one in areas[1]["themes"]] == ["Wi-Fi lost", "Gloves and touch"]
    parts = json.loads(listed("--level", "sub-themes", "--json"))
    assert [one["name"] for one in parts] == ["Phones all morning", "Own time slot"]
    assert parts[0]["theme"] == {"id": field["slots"].id, "name": "Haulier books a slot"}
    assert "area" not in json.loads(listed("--json"))[0]
    assert "On the floor" in listed("--level", "areas") and "Own time slot" in listed("--level", "sub-themes")
