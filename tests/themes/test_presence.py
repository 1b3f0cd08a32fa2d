"""Two managers at once: who looks at a theme, what changed meanwhile, and that nothing is overwritten."""

import html
from datetime import timedelta

import pytest

from ideaflow import clock
from ideaflow.themes.desk import looking
from ideaflow.themes.models import ThemeLook


@pytest.fixture
def maren(client_of):
    return client_of("product_manager")


@pytest.fixture
def joris(client_of, session):
    browser = client_of("product_manager")
    browser.user.name = "Joris Okafor"
    session.commit()
    return browser


def look(browser, theme, version=None):
    data = {"version": str(version or theme.version)}
    return html.unescape(browser.post(f"/themes/{theme.id}/look", data=data).text)


def test_each_sees_that_the_other_looks_until_the_page_is_closed(session, maren, joris, seed):
    theme = seed.theme("Wi-Fi lost")
    assert "looking at this theme" not in html.unescape(joris.get(f"/themes/{theme.id}").text)
    assert "Joris Okafor is looking at this theme" in look(maren, theme)
    assert "Joris Okafor is looking at this theme" in html.unescape(maren.get(f"/themes/{theme.id}").text)
    assert "Joris Okafor is looking at it" in html.unescape(maren.get("/themes/").text)
    session.query(ThemeLook).update({"seen_at": clock.now() - looking.FRESH - timedelta(seconds=1)})
    session.commit()
    assert "looking" not in look(joris, theme, 1)


def test_who_looks_reads_that_somebody_changed_it(maren, joris, seed):
    theme = seed.theme("Wi-Fi lost")
    seen = theme.version
    joris.post(f"/themes/{theme.id}/rename", data={"title": "Radio lost", "version": seen})
    told = look(maren, theme, seen)
    assert (
        "Joris Okafor renamed it, was “Wi-Fi lost”, while you looked at it." in told and "Look again" in told
    )
    assert "while you looked" not in look(maren, theme, seen + 1)


def test_looks_are_forgotten_and_a_theme_that_is_none_has_no_lookers(session, maren, seed):
    theme = seed.theme("Wi-Fi lost")
    look(maren, theme)
    session.query(ThemeLook).update({"seen_at": clock.now() - looking.KEPT * 2})
    session.commit()
    other = seed.theme("Label")
    look(maren, other)
    assert [one.theme_id for one in session.query(ThemeLook)] == [other.id]
    assert maren.post("/themes/987654/look").status_code == 404


def test_what_a_page_asks_by_itself_takes_no_notice_away(maren, seed):
    theme = seed.theme("Wi-Fi lost")
    maren.get("/themes/")
    answer = maren.post(f"/themes/{theme.id}/look", data={"version": "1"})
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
