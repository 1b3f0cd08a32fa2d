"""Areas above themes and sub-themes below them: taken from a run, followed, corrected, counted."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from embeddings.records import Group
from ideaflow.errors import Invalid, NotFound
from ideaflow.themes import engine, service
from ideaflow.themes.levels import areas, levels
from ideaflow.themes.models import Area, SubTheme, Theme, ThemeMembership
from tests.themes.conftest import TOPICS

FIELDS = {"signal": ("wifi", "login"), "goods": ("label", "count", "pallet", "truck", "glove", "report")}


@pytest.fixture
def fields(monkeypatch):
    """What the engine is told to find above and below its clusters: area title → topics; changes at will."""
    chosen = {"areas": dict(FIELDS), "parts": True}
    discover = engine.discover

    def with_levels(texts, *rest, **named):
        found = discover(texts, *rest, **named)
        topic_of = [next(topic for topic in TOPICS if topic in texts[one.rows[0]]) for one in found.clusters]
        groups = []
        for title, topics in chosen["areas"].items():
            own = [one for one, topic in zip(found.clusters, topic_of, strict=True) if topic in topics]
            if own:
                rows = tuple(row for one in own for row in one.rows)
                labels = tuple(one.label for one in own)
                groups.append(Group(len(groups), title, rows[0], rows, labels, own[0].centroid))
        parts = []
        for one in found.clusters if chosen["parts"] else ():
            half = len(one.rows) // 2
            for name, rows in (("near", one.rows[:half]), ("far", one.rows[half:])):
                parts.append(
                    Group(len(parts), f"{name} {one.title}"[:60], rows[0], rows, (one.label,), one.centroid)
                )
        return replace(found, areas=tuple(groups), parts=tuple(parts))

    monkeypatch.setattr(engine, "discover", with_levels)
    return chosen


def area_named(session, title):
    found = session.scalars(select(Area).where(Area.title == title, Area.retired_at.is_(None))).one()
    session.refresh(found)
    return found


def test_a_run_keeps_areas_and_the_parts_of_themes(fields, heard, about, session):
    signal = area_named(session, "signal")
    assert about("wifi").area_id == about("login").area_id == signal.id
    assert about("label").area_id == about("count").area_id == area_named(session, "goods").id
    parts = areas.sub_themes([about("wifi").id])[about("wifi").id]
    assert sum(part.statement_count for part in parts) == about("wifi").statement_count
    assert all(part.quote and part.account_count for part in parts)
    counts = areas.level_counts()
    assert (counts.areas, counts.themes, counts.sub_themes) == (2, 4, 8)


def test_an_account_that_speaks_in_two_themes_counts_once_in_their_area(fields, heard, accounts, session):
    signal = area_named(session, "signal")
    themes = session.scalars(select(Theme).where(Theme.area_id == signal.id)).all()
    assert [theme.account_count for theme in themes] == [6, 6]
    assert (signal.account_count, signal.theme_count, signal.statement_count) == (6, 2, 24)
    assert signal.revenue_amount == 600_000  # Six accounts of 100,000 each, not twelve.
    assert max(signal.weekly) <= 6 and sum(signal.weekly) < sum(sum(theme.weekly) for theme in themes)


def test_an_area_keeps_its_number_and_the_name_a_human_gave_it(fields, heard, session, maren):
    number = area_named(session, "signal").id
    levels.rename_area(number, "  Getting   through ", by=maren)
    fields["areas"] = {"wireless": ("wifi", "login", "glove"), "goods": FIELDS["goods"]}
    heard("glove", text="glove glove plainly new")
    service.refresh(seed=3)
    assert area_named(session, "Getting through").id == number
    assert {row.area.title for row in areas.areas()} == {"Getting through", "goods"}


def test_an_area_that_is_no_more_gives_its_themes_to_the_others(fields, heard, about, session):
    gone = area_named(session, "signal").id
    fields["areas"] = {"everything": TOPICS}
    service.refresh(seed=3)
    assert len(areas.areas()) == 1 and about("wifi").area_id == about("count").area_id != None  # noqa: E711
    fields["areas"] = {}
    service.refresh(seed=3)
    assert areas.areas() == [] and about("wifi").area_id is None
    assert areas.known_area(gone) is None and areas.area_titles() == []


def test_corrections_leave_the_levels_right(fields, heard, about, session, maren):
    wifi, login, label = about("wifi"), about("login"), about("label")
    part = areas.sub_themes([wifi.id])[wifi.id][0]
    inside = list(areas.statements_of_part(part))
    made = service.move_statements(wifi.id, inside[:2], label.id, by=maren)
    session.refresh(part)
    assert part.statement_count == len(inside) - 2
    assert set(areas.statements_of_part(part)) == set(inside[2:])
    assert area_named(session, "signal").statement_count == 22
    assert area_named(session, "goods").statement_count == 26
    service.undo(made.id, by=maren)
    session.refresh(part)
    assert part.statement_count == len(inside)
    merged = service.merge(wifi.id, label.id, by=maren)
    assert area_named(session, "signal").statement_count + area_named(session, "goods").statement_count == 48
    service.undo(merged.id, by=maren)
    assert area_named(session, "signal").statement_count == 24
    dismissed = service.dismiss(login.id, "Not ours", by=maren)
    assert (area_named(session, "signal").statement_count, area_named(session, "signal").theme_count) == (
        12,
        1,
    )
    service.undo(dismissed.id, by=maren)
    assert area_named(session, "signal").theme_count == 2


def test_a_part_that_loses_its_quote_speaks_in_other_words(fields, heard, about, session, maren):
    wifi = about("wifi")
    part = areas.sub_themes([wifi.id])[wifi.id][0]
    before = part.quote
    service.exclude_statements(wifi.id, [part.quote_statement_id], by=maren)
    session.refresh(part)
    assert part.quote != before and part.quote_statement_id in areas.statements_of_part(part)


def test_a_theme_without_structure_has_no_parts(fields, heard, about):
    fields["parts"] = False
    service.refresh(seed=3)
    assert areas.sub_themes([about("wifi").id]) == {}
    assert areas.level_counts().sub_themes == 0


def test_an_area_needs_a_name_of_sensible_length(fields, heard, session, maren):
    number = area_named(session, "signal").id
    for wrong in ("  ", "x" * 121):
        with pytest.raises(Invalid):
            levels.rename_area(number, wrong, by=maren)
    with pytest.raises(NotFound):
        levels.rename_area(10**9, "Nowhere", by=maren)


def test_levels_cost_a_constant_number_of_queries(fields, heard, about, count_queries, session, maren):
    def counted():
        session.expire_all()
        with count_queries() as asked:
            areas.areas()
            areas.level_counts()
            areas.sub_themes([about("wifi").id])
        with count_queries() as moved:
            wifi = about("wifi").id
            one = session.scalars(
                select(ThemeMembership.statement_id).where(ThemeMembership.theme_id == wifi).limit(1)
            ).one()
            service.move_statements(wifi, [one], about("count").id, by=maren)
        return len(asked), len(moved)

    before = counted()
    fields["areas"] = {topic: (topic,) for topic in TOPICS}
    for topic in ("pallet", "truck", "glove"):
        for number in range(12):
            heard(topic, account=number % 8, days_ago=number)
    service.refresh()
    assert len(areas.areas()) > 4
    assert counted() == before


def test_a_run_that_dies_leaves_the_levels_before_it(fields, heard, session, monkeypatch):
    from ideaflow.themes.runs import swap

    before = [(row.area.id, row.area.title) for row in areas.areas()]
    parts = session.scalars(select(SubTheme.id).order_by(SubTheme.id)).all()
    fields["areas"] = {"other": TOPICS}

    def die(_name):
        raise RuntimeError("killed")

    monkeypatch.setattr(swap, "reach", die)
    with pytest.raises(RuntimeError):
        service.refresh(seed=3)
    assert [(row.area.id, row.area.title) for row in areas.areas()] == before
    assert session.scalars(select(SubTheme.id).order_by(SubTheme.id)).all() == parts


def test_places_stay_with_their_statements(heard, session):
    placed = session.scalars(select(Theme.map_x)).all()
    assert all(0 <= x <= 1 for x in placed) and np.isfinite(placed).all()
