"""Like statements follow a correction: offered at once, taken along by the next run, and put back again."""

import pytest

from ideaflow.db import db
from ideaflow.errors import Conflict, NotFound
from ideaflow.themes import queries, service
from ideaflow.themes.models import PlacedBy, ThemeMembership
from ideaflow.themes.offers import following
from ideaflow.themes.statements import snapshot
from tests.themes.test_corrections import lines_of


@pytest.fixture(params=[10])
def mixed(heard, about, request, monkeypatch):
    """The theme about Wi-Fi also holds statements that speak of it and of pallets."""
    monkeypatch.setattr(snapshot, "ANCHORS", 0)  # They are its most typical ones, which hold it in place.
    for number in range(request.param):
        heard("wifi", account=number % 6, days_ago=number, text=f"wifi wifi wifi pallet plainly{number}")
    service.take_in_new()
    wifi = about("wifi")
    pallets = [one for one in lines_of(wifi.id) if "pallet" in text_of(one)]
    assert len(pallets) == request.param
    return wifi, pallets


def text_of(statement_id):
    return queries.statement_lines([statement_id])[0].text


def place(statement_id):
    db.session.expire_all()
    return db.session.get(ThemeMembership, statement_id)


def test_like_statements_are_offered_and_go_along(mixed, about, maren):
    wifi, pallets = mixed
    label = about("label")
    made = service.move_statements(wifi.id, pallets[:3], label.id, by=maren)
    offered = following.like_statements(made.id)
    assert set(offered) == set(pallets[3:])
    more = service.follow(made.id, offered[:4], by=maren)
    assert place(offered[0]).theme_id == label.id
    assert queries.history(label.id)[0].reason == "like those before"
    assert len(following.like_statements(made.id)) == 3
    service.undo(more.id, by=maren)
    assert place(offered[0]).theme_id == wifi.id


# Four are too few to be a theme without the two that somebody split off.
few = pytest.mark.parametrize("mixed", [4], indirect=True)


@few
def test_a_run_lets_like_statements_follow_and_undo_takes_them_back(mixed, about, maren):
    wifi, pallets = mixed
    made = service.split(wifi.id, pallets[:2], title="Wi-Fi at the pallets", by=maren)
    service.refresh(seed=3)
    followed = [one for one in pallets[2:] if place(one).placed_by == PlacedBy.LEARNED]
    assert followed and {place(one).correction_id for one in followed} == {made.id}
    assert {place(one).theme_id for one in followed} == {made.theme_id}
    service.refresh(seed=4)
    assert {place(one).theme_id for one in followed} == {made.theme_id}
    back = service.take_back(made.id, followed[:1], by=maren)
    assert (back.theme_id, place(followed[0]).placed_by) == (wifi.id, PlacedBy.USER)
    service.refresh(seed=5)
    assert place(followed[0]).theme_id == wifi.id
    service.undo(back.id, by=maren)
    service.undo(made.id, by=maren)
    assert {place(one).theme_id for one in pallets} == {wifi.id}
    assert PlacedBy.LEARNED not in {place(one).placed_by for one in pallets}


@few
def test_all_that_followed_goes_back_at_once(mixed, about, maren):
    wifi, pallets = mixed
    made = service.split(wifi.id, pallets[:2], by=maren)
    service.refresh(seed=3)
    service.take_back(made.id, by=maren)
    assert {place(one).theme_id for one in pallets[2:]} == {wifi.id}
    assert {place(one).theme_id for one in pallets[:2]} == {made.theme_id}
    with pytest.raises(Conflict, match="do not follow"):
        service.take_back(made.id, by=maren)


def test_what_cannot_follow_says_why(mixed, about, maren):
    wifi, pallets = mixed
    made = service.exclude_statements(wifi.id, pallets[:3], by=maren)
    assert set(following.like_statements(made.id)) == set(pallets[3:])
    named = service.rename(wifi.id, "No signal", by=maren)
    assert following.like_statements(named.id) == []
    service.undo(made.id, by=maren)
    assert following.like_statements(made.id) == []
    with pytest.raises(Conflict, match="undone"):
        service.follow(made.id, pallets[3:], by=maren)
    with pytest.raises(NotFound):
        service.follow(10**9, pallets, by=maren)
