"""A theme is split by a suggested part or by hand, both halves seen before."""

import html
import re

import numpy as np
import pytest

from embeddings.halves import halves
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.themes.reading import parting


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


def ids_of(session, theme):
    query = session.query(ThemeMembership.statement_id).filter_by(theme_id=theme.id)
    return [row[0] for row in query.order_by(ThemeMembership.statement_id)]


def test_texts_of_two_kinds_fall_into_halves_whatever_their_order():
    chance = np.random.default_rng(7)
    vectors = chance.normal(0, 0.1, (30, 16))
    vectors[:20, 0] += 1
    vectors[20:, 1] += 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    order = chance.permutation(30)
    assert halves(vectors).tolist() == [0] * 20 + [1] * 10
    assert halves(vectors[order]).tolist() == halves(vectors)[order].tolist()
    assert halves(vectors[:1]).tolist() == [0] and halves(np.ones((5, 4)) / 2).tolist() == [0] * 5


def test_both_halves_are_shown_before_anything_is_split(manager, session, seed):
    theme = seed.theme("Wi-Fi", statements=16)
    first = ids_of(session, theme)[:2]
    address = f"/themes/{theme.id}/split?shown={first[0]},{first[1]}"
    page = html.unescape(manager.get(f"{address}&statement_ids={first[0]}&statement_ids={first[1]}").text)
    assert re.search(r"Stays, with its number.*?Statements</dt><dd class=\"num\">14<", page, re.S)
    assert re.search(r"Goes: a theme of its own.*?Statements</dt><dd class=\"num\">2<", page, re.S)
    assert "2 accounts ask in both" in page
    assert session.query(Theme).count() == 1


def test_a_suggested_half_goes_but_for_what_is_unticked(manager, session, seed):
    theme = seed.theme("Wi-Fi", statements=8)
    goes = parting.other_half(theme.id)
    assert 1 <= len(goes) <= 4
    assert "Two halves" in manager.get(f"/themes/{theme.id}/split").text
    kept = goes[0]
    data = {
        "by": "half",
        "shown": str(kept),
        "title": "Mezzanine",
        "version": str(theme.version),
        "back": "/themes/",
    }
    if len(goes) > 1:
        page = manager.post(f"/themes/{theme.id}/split-in-two", data=data, follow_redirects=True)
        assert f"{len(goes) - 1} statement" in page.text and "split off" in page.text
        made = session.query(Theme).filter_by(title="Mezzanine").one()
        assert ids_of(session, made) == sorted(goes[1:])


def test_nothing_chosen_or_changed_meanwhile_is_refused_with_the_way_back(manager, session, seed):
    theme = seed.theme("Wi-Fi", statements=8)
    first = ids_of(session, theme)[0]
    address = f"/themes/{theme.id}/split-in-two"
    assert manager.post(address, data={}).status_code == 422
    manager.post(f"/themes/{theme.id}/rename", data={"title": "Radio"})
    answer = manager.post(address, data={"version": "1", "statement_ids": str(first), "shown": str(first)})
    page = html.unescape(answer.text)
    assert answer.status_code == 409 and f'href="/themes/{theme.id}/split">Look at it again first' in page
    assert "It is called “Radio” now" in page and "You wanted to split 1 statement off" in page
    assert "1 of the 1 you chose are still here" in page and "Apply mine again" in page
