"""The map: tiles of what is in view, regions, what is drawn around and corrected, and that it keeps still."""

import html
import json
import struct

import numpy as np
import pytest
from sqlalchemy import select

from ideaflow.themes import service
from ideaflow.themes.levels import spots
from ideaflow.themes.models import (
    Area,
    StatementPlace,
    StatementVector,
    SubTheme,
    Theme,
    ThemeMembership,
    ThemeState,
)
from tests.conftest import HTMX
from tests.factories import SPOKEN_AT

EVERYWHERE = "0,0;1,0;1,1;0,1"


def text_of(response) -> str:
    return html.unescape(response.text)


def read(body):
    """Return what a tile holds as rows: id or number held, theme, x, y, account."""
    number, coarse = struct.unpack_from("<II", body)
    columns = [struct.unpack_from(f"<{number}{kind}", body, at) for kind, at in (
        ("I", 8), ("I", 8 + 4 * number), ("H", 8 + 8 * number), ("H", 8 + 10 * number), ("B", 8 + 12 * number)
    )]  # fmt: skip
    assert len(body) == 8 + 13 * number
    return bool(coarse), list(zip(*columns, strict=True))


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


@pytest.fixture
def two(seed, session):
    """Two themes on the left and on the right, and three statements in no theme between them."""
    left = seed.theme("Left", statements=6, map_x=0.2, map_y=0.5)
    right = seed.theme("Right", statements=4, map_x=0.8, map_y=0.5)
    for number in range(3):
        said = seed.make.statement(seed.make.item(text=f"Nothing of the kind {number}"))
        vector = np.eye(1, 384, number, np.float32)[0]
        session.add(
            StatementVector(
                statement_id=said.id, mean=vector, mean4=vector, model="test", sorted_at=SPOKEN_AT
            )
        )
        session.add(StatementPlace(statement_id=said.id, x=0.5, y=0.1 + 0.01 * number))
    session.commit()
    return left, right


def members(session, theme):
    query = select(ThemeMembership.statement_id).where(ThemeMembership.theme_id == theme.id)
    return set(session.scalars(query))


def test_tiles_hold_every_statement_once_with_its_theme(manager, two, session):
    left, right = two
    seen = []
    for column in range(2):
        for row in range(2):
            coarse, rows = read(manager.get(f"/themes/map/tiles/1/{column}/{row}").data)
            assert not coarse
            seen += rows
    assert {one[0] for one in seen if one[1] == left.id} == members(session, left)
    assert {one[0] for one in seen if one[1] == right.id} == members(session, right)
    assert len(seen) == 13 and sum(one[1] == 0 for one in seen) == 3
    for url in ("/themes/map/tiles/1/2/0", "/themes/map/tiles/99/0/0"):
        assert manager.get(url).status_code == 404


def test_a_crowded_tile_is_told_in_cells(manager, two, monkeypatch):
    monkeypatch.setattr(spots, "FINE", 5)
    monkeypatch.setattr(spots, "CELLS", 4)
    coarse, rows = read(manager.get("/themes/map/tiles/0/0/0").data)
    assert coarse and sum(one[0] for one in rows) == 13
    # What is in no theme is never counted into a theme's cell.
    assert sum(one[0] for one in rows if one[1] == 0) == 3


def test_a_tile_says_which_of_the_accounts_asked_for_said_it(manager, two, session):
    top = json.loads(manager.get("/themes/map/regions").data)["accounts"]
    asked = "&".join(f"top={one['id']}" for one in top)
    _, rows = read(manager.get(f"/themes/map/tiles/0/0/0?{asked}").data)
    counted = [sum(one[4] == place for one in rows) for place in range(1, len(top) + 1)]
    assert counted == [one["n"] for one in top]


def test_what_did_not_change_is_not_sent_again(manager, two, session, maren):
    for url in ("/themes/map/tiles/0/0/0", "/themes/map/regions", "/themes/map/parts"):
        first = manager.get(url)
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = manager.get(url, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    tag = manager.get("/themes/map/tiles/0/0/0").headers["ETag"]
    left, right = two
    made = service.move_statements(left.id, sorted(members(session, left))[:2], right.id, by=maren)
    moved = manager.get("/themes/map/tiles/0/0/0", headers={"If-None-Match": tag})
    assert moved.status_code == 200 and moved.headers["ETag"] != tag
    service.undo(made.id, by=maren)
    assert manager.get("/themes/map/tiles/0/0/0").headers["ETag"] not in (tag, moved.headers["ETag"])


def test_dismissed_themes_leave_the_map(manager, two, session, maren):
    left, right = two
    service.dismiss(right.id, "Not ours", by=maren)
    _, rows = read(manager.get("/themes/map/tiles/0/0/0").data)
    assert {one[1] for one in rows} == {left.id, 0}
    found = json.loads(manager.get("/themes/map/regions").data)
    assert [one["name"] for one in found["themes"]] == ["Left"]


def test_regions_carry_areas_and_the_middle_of_what_is_said_in_them(manager, two, session):
    area = Area(title="Everywhere", theme_count=2)
    session.add(area)
    session.flush()
    for theme in two:
        theme.area_id = area.id
    session.commit()
    found = json.loads(manager.get("/themes/map/regions").data)
    assert [one["area"] for one in found["themes"]] == [0, 0]
    assert found["areas"][0]["name"] == "Everywhere"
    assert found["areas"][0]["x"] == pytest.approx((6 * 0.2 + 4 * 0.8) / 10)


def test_sub_themes_have_names_where_their_statements_lie(manager, two, session):
    left, _ = two
    part = SubTheme(theme_id=left.id, title="A part", statement_count=6)
    session.add(part)
    session.flush()
    session.query(ThemeMembership).filter_by(theme_id=left.id).update({"sub_theme_id": part.id})
    session.commit()
    (one,) = json.loads(manager.get("/themes/map/parts").data)
    assert (one["name"], one["theme"]) == ("A part", left.id) and abs(one["x"] - 0.2) < 0.1


def test_a_statement_tells_its_words_and_opens_beside_the_map(manager, two, session):
    left, _ = two
    one = min(members(session, left))
    told = manager.get(f"/themes/map/statements/{one}").json
    assert told["theme"] == "Left" and told["words"] and told["account"] and told["said"]
    part = text_of(manager.get(f"/themes/map?statement={one}", headers=HTMX))
    assert told["words"] in part and f"/themes/{left.id}" in part and "<html" not in part
    assert "<html" in text_of(manager.get(f"/themes/map?statement={one}"))
    assert manager.get("/themes/map/statements/99999999").status_code == 404


def test_what_is_drawn_around_is_listed_by_theme_and_page(manager, two, session, monkeypatch):
    monkeypatch.setattr("ideaflow.themes.pages.lasso.SHOWN", 5)
    page = text_of(manager.get(f"/themes/map/caught?shape={EVERYWHERE}"))
    assert "13 statements caught" in page and "Move 13 statements" in page
    assert page.index("Left") < page.index("Right") < page.index("In no theme")
    more = page[page.index("/themes/map/caught?shape=") :]
    after = more[more.index("after=") : more.index("after=") + 20].split('"')[0]
    rest = text_of(manager.get(f"/themes/map/caught?shape={EVERYWHERE}&{after}"))
    assert rest.count("<li>") == 5 and "caught</h2>" not in rest
    only = text_of(manager.get(f"/themes/map/caught?shape={EVERYWHERE}&theme={two[1].id}"))
    assert "4 statements caught" in only
    assert "Nothing lies inside" in text_of(manager.get("/themes/map/caught?shape=0,0;.001,0;.001,.001"))
    for broken in ("", "1,2", "a,b;c,d;e,f", "nan,0;1,0;1,1", ";".join(["0,0"] * 500)):
        assert manager.get(f"/themes/map/caught?shape={broken}").status_code == 422


def correct(browser, **form):
    return browser.post(
        "/themes/map/caught", data={"shape": EVERYWHERE, "back": "/themes/map", **form}, follow_redirects=True
    )


def undo_last(browser, page):
    ids = page.split('name="correction_ids" value="')[1].split('"')[0]
    return browser.post("/themes/undo", data={"correction_ids": ids, "back": "/themes/map"})


def test_caught_statements_move_and_come_back(manager, two, session):
    left, right = two
    before = members(session, left)
    out = sorted(before)[0]
    page = text_of(correct(manager, verb="move", target_id=right.id, theme=left.id, leave_out=out))
    assert "Moved 5 statements to “Right”, where they stay." in page
    assert members(session, left) == {out}
    undo_last(manager, page)
    assert members(session, left) == before


def test_caught_statements_of_several_themes_become_one(manager, two, session):
    left, right = two
    keep = sorted(members(session, left))[0]
    page = text_of(correct(manager, verb="split", title="Middle", leave_out=keep))
    assert "Made a theme of 12 statements: “Middle”." in page
    fresh = session.scalars(select(Theme).where(Theme.title == "Middle")).one()
    assert len(members(session, fresh)) == 12 and members(session, left) == {keep}
    session.refresh(right)
    assert right.state == ThemeState.RETIRED
    undo_last(manager, page)
    assert len(members(session, left)) == 6 and len(members(session, right)) == 4


def test_caught_statements_are_taken_out_and_put_back(manager, two, session):
    right = two[1]
    page = text_of(correct(manager, verb="exclude", theme=right.id))
    assert "Took 4 statements out" in page and members(session, right) == set()
    undo_last(manager, page)
    assert len(members(session, right)) == 4


def test_words_in_no_theme_join_one_and_leave_it_again(manager, two, session):
    left, right = two
    page = text_of(correct(manager, verb="move", target_id=right.id, theme=0))
    assert "Moved 3 statements to “Right”" in page and len(members(session, right)) == 7
    undo_last(manager, page)
    assert len(members(session, right)) == 4
    page = text_of(correct(manager, verb="move", target_id=right.id))
    assert len(members(session, right)) == 13 and members(session, left) == set()
    undo_last(manager, page)
    assert (len(members(session, left)), len(members(session, right))) == (6, 4)


def test_a_catch_that_cannot_be_corrected_says_why_and_changes_nothing(manager, two, session, monkeypatch):
    left, right = two
    assert "Choose the theme they belong to" in text_of(correct(manager, verb="move"))
    assert "in this theme already" in text_of(correct(manager, verb="move", theme=left.id, target_id=left.id))
    for verb in ("exclude", "split"):
        assert "Nothing that is in a theme" in text_of(correct(manager, verb=verb, theme=0, title="New"))
    assert "Choose what to do" in text_of(correct(manager, verb="sing"))
    assert "These are all its statements" in text_of(correct(manager, verb="split", title="All"))
    monkeypatch.setattr("ideaflow.themes.pages.lasso.MOST", 3)
    assert "more than 3 statements" in text_of(correct(manager, verb="exclude"))
    assert "cannot be corrected at once" in text_of(manager.get(f"/themes/map/caught?shape={EVERYWHERE}"))
    assert len(members(session, left)) == 6 and len(members(session, right)) == 4


def test_who_may_not_triage_reads_the_map_and_corrects_nothing(client_of, two):
    seller = client_of("sales")
    page = text_of(seller.get(f"/themes/map/caught?shape={EVERYWHERE}"))
    assert "13 statements caught" in page and "<form" not in page
    assert correct(seller, verb="exclude").status_code == 403


def test_the_map_costs_a_constant_number_of_queries(manager, seed, count_queries):
    addresses = (
        "/themes/map", "/themes/map/regions", "/themes/map/parts", "/themes/map/tiles/0/0/0",
        f"/themes/map/caught?shape={EVERYWHERE}",
    )  # fmt: skip

    def counted():
        counts = []
        for address in addresses:
            with count_queries() as asked:
                assert manager.get(address).status_code == 200
            counts.append(len(asked))
        return counts

    seed.themes(4)
    before = counted()
    seed.themes(30)
    assert counted() == before


# ---------- keeping still ----------
def test_themes_and_statements_stay_where_they_were(heard, session):
    themes = {one.id: (one.map_x, one.map_y) for one in session.scalars(select(Theme))}
    places = {row.statement_id: (row.x, row.y) for row in session.scalars(select(StatementPlace))}
    for number in range(3):  # 48 statements, and 5 % more.
        heard(("wifi", "count", "label")[number], account=number)
    service.refresh(seed=11)
    session.expire_all()
    for one in session.scalars(select(Theme)):
        if one.id in themes:
            assert np.hypot(one.map_x - themes[one.id][0], one.map_y - themes[one.id][1]) < 0.01
    now = {row.statement_id: (row.x, row.y) for row in session.scalars(select(StatementPlace))}
    away = [np.hypot(now[one][0] - x, now[one][1] - y) for one, (x, y) in places.items()]
    assert np.quantile(away, 0.95) < 0.02 and len(now) == len(places) + 3
