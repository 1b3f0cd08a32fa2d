"""Saved views and filters: all in the address, spans that roll on, counts, and who may change what."""

import html
import re
from datetime import timedelta

import pytest

from ideaflow.themes.models import SavedView, Theme, ThemeMembership
from tests.themes.seed import SPOKEN_AT


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


def titles_of(response) -> list[str]:
    return re.findall(r'class="t" href="[^"]+">([^<]+)<', html.unescape(response.text))


def save(browser, name, address, **more):
    return browser.post(
        "/themes/views", data={"name": name, "address": address, **more}, follow_redirects=True
    )


@pytest.fixture
def heard(seed, session):
    """Three themes: heard last week, ten weeks ago and a year ago."""
    for days, title in ((2, "Lately"), (70, "In autumn"), (400, "Long ago")):
        seed.theme(
            title, statements=1, last_said_at=SPOKEN_AT - timedelta(days=days),
            first_said_at=SPOKEN_AT - timedelta(days=days), revenue_amount=days * 10_000,
            open_amount=days * 1_000,
        )  # fmt: skip
    return seed


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("heard=4w", ["Lately"]),
        ("heard=12w", ["In autumn", "Lately"]),
        ("born=12w", ["In autumn", "Lately"]),
        ("revenue=700000", ["In autumn", "Long ago"]),
        ("pipeline=70001", ["Long ago"]),
        ("accounts=2", []),
        ("state=dismissed", []),
        ("state=new&heard=26w", ["In autumn", "Lately"]),
        ("owner=nobody&revenue=3000000", ["Long ago"]),
        ("owner=me", []),
    ],
)
def test_every_filter_is_in_the_address_and_told_in_words(manager, heard, address, found):
    page = manager.get(f"/themes/?{address}&sort=title")
    assert titles_of(page) == found
    assert page.text.count('class="if-chip accent"') == address.count("=")


def test_a_span_is_about_those_whom_the_other_filters_leave(manager, session, seed):
    """Brinkmann (3PL) spoke last; Nordhavn (Food) nine days before."""
    seed.theme("Both", statements=2)
    assert titles_of(manager.get("/themes/?segment=3PL&heard=1w")) == ["Both"]
    assert titles_of(manager.get("/themes/?segment=Food&heard=1w")) == []
    assert titles_of(manager.get("/themes/?segment=Food&heard=4w")) == ["Both"]


def test_a_dismissed_theme_is_found_by_its_state(manager, seed):
    seed.theme("Gone", state="dismissed")
    assert titles_of(manager.get("/themes/")) == []
    assert titles_of(manager.get("/themes/?state=dismissed")) == ["Gone"]


def test_a_view_keeps_filters_and_order_and_counts_what_it_holds_now(manager, session, heard):
    page = save(manager, "Autumn", "heard=12w&sort=title&owner=nobody&nonsense=1&view=sideways")
    assert "“Autumn” is saved for you." in html.unescape(page.text)
    assert titles_of(page) == ["In autumn", "Lately"]
    view = session.query(SavedView).one()
    assert view.address == {"heard": "12w", "owner": "nobody", "sort": "title"}
    assert re.search(r'aria-current="page"[^>]*>.*?Autumn.*?<span class="n">2</span>', page.text, re.S)
    session.query(Theme).filter_by(title="Lately").update({"state": "dismissed"})
    session.commit()
    assert re.search(r'Autumn.*?<span class="n">1</span>', manager.get("/themes/").text, re.S)


def test_a_shared_view_is_everybodys_to_open_and_its_owners_to_change(client_of, manager, session, heard):
    save(manager, "Mine alone", "heard=4w")
    save(manager, "For all", "owner=me", is_shared="1")
    other = client_of("sales")
    page = other.get("/themes/").text
    assert "For all" in page and "Mine alone" not in page and "shared by" in page
    shared = session.query(SavedView).filter_by(name="For all").one()
    private = session.query(SavedView).filter_by(name="Mine alone").one()
    assert other.post(f"/themes/views/{shared.id}/remove").status_code == 403
    assert other.post(f"/themes/views/{private.id}", data={"name": "X"}).status_code == 404
    assert save(other, "For all", "owner=me").status_code == 200, "a name of one's own"
    assert session.query(SavedView).count() == 3


def test_a_view_is_changed_and_removed_and_brought_back(manager, session, heard):
    save(manager, "Autumn", "heard=12w")
    view = session.query(SavedView).one()
    page = manager.get(f"/themes/?heard=4w&saved={view.id}").text
    assert "Keep this in “Autumn”" in html.unescape(page)
    old = {"address": "heard=4w", "version": str(view.version)}
    manager.post(f"/themes/views/{view.id}", data=old)
    session.expire_all()
    assert view.address == {"heard": "4w"} and not view.is_shared
    assert manager.post(f"/themes/views/{view.id}", data=old).status_code == 409
    page = manager.post(f"/themes/views/{view.id}/remove", follow_redirects=True).text
    assert session.query(SavedView).count() == 0
    notice = html.unescape(page[page.index('id="notice"') :].split("</form>")[0])
    undo = dict(re.findall(r'name="(name|is_shared|address)" value="([^"]*)"', notice))
    save(manager, **undo)
    assert session.query(SavedView).one().address == {"heard": "4w"}


@pytest.mark.parametrize(("name", "status"), [(" ", 422), ("x" * 61, 422), ("autumn", 409)])
def test_a_view_without_a_name_of_its_own_is_refused(manager, session, heard, name, status):
    save(manager, "Autumn", "heard=12w")
    assert save(manager, name, "heard=4w").status_code == status
    assert session.query(SavedView).count() == 1


def test_the_list_asks_as_often_with_ten_views_as_with_one(manager, heard, count_queries):
    save(manager, "View", "heard=12w")
    with count_queries() as few:
        manager.get("/themes/")
    for number in range(9):
        save(manager, f"View {number}", f"heard=12w&segment=Food&revenue={number}00000")
    with count_queries() as many:
        manager.get("/themes/")
    assert len(many) == len(few)


def test_the_money_of_a_list_counts_each_account_once_prospects_apart(manager, session, seed):
    """Lumen Retail, the ninth of ten, is a prospect; three of them ask in both themes."""
    seed.theme("Wi-Fi", statements=10)
    seed.theme("Label", statements=3)
    page = html.unescape(manager.get("/themes/?lens=revenue").text)
    rows = {
        name: re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', page, re.S)[1]
        for name in ("Customers", "Prospects")
    }
    figures = {name: re.findall(r'num">([^<]*)', row) for name, row in rows.items()}
    customers = sum(float(one.revenue_amount) for place, one in enumerate(seed.accounts[:10]) if place != 8)
    assert figures["Customers"][0] == "9" and figures["Prospects"][0] == "1"
    assert figures["Customers"][1] == f"€{customers / 1e6:.1f}\u202fM"
    assert session.query(ThemeMembership).count() == 13
    assert "Renew ≤ 180 days" in page and "Lost" in page
