"""The pages of themes, as a browser without JavaScript and as htmx ask for them."""

import html
import re

import pytest
from sqlalchemy import select

from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.models import Theme, ThemeMembership
from ideaflow.themes.reading.story import in_context
from ideaflow.themes.trends.terms import RISES, Trend
from tests.conftest import HTMX


def text_of(response) -> str:
    return html.unescape(response.text)


def titles_of(response) -> list[str]:
    return re.findall(r'class="t" href="[^"]+">([^<]+)<', text_of(response))


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


@pytest.fixture
def seller(client_of):
    return client_of("sales")


# ---------- the list ----------
def test_an_empty_list_says_what_to_do_first(manager):
    page = text_of(manager.get("/themes/"))
    assert "No themes yet, because nobody’s words are here yet." in page
    assert "ideaflow demo" in page and "<table" not in page


def test_a_row_shows_words_accounts_money_and_verdict(manager, seed):
    theme = seed.theme(
        "Wi-Fi lost", statements=3, trend=Trend.GROWING, quote="The list is gone.", open_amount=0
    )
    page = text_of(manager.get("/themes/"))
    assert titles_of(manager.get("/themes/")) == ["Wi-Fi lost"]
    assert f'href="/themes/{theme.id}"' in page and "The list is gone." in page
    assert "€3.48\u202fM" in page and "4.1× usual" in page and "q .02" in page and "Needs triage" in page


def test_only_a_rise_that_survived_is_coloured(manager, seed):
    seed.theme("Loud", trend=Trend.ONE_CUSTOMER)
    page = text_of(manager.get("/themes/"))
    assert "one customer only" in page and "0.9× without it" in page
    assert "if-mark on" not in page and "if-spark on" not in page


def test_views_narrow_the_list_and_count_it(manager, seed):
    seed.theme("Waits", state="new")
    seed.theme("Watched", state="watching")
    seed.theme("Gone", state="dismissed")
    assert titles_of(manager.get("/themes/?view=watching")) == ["Watched"]
    assert titles_of(manager.get("/themes/?view=dismissed")) == ["Gone"]
    assert sorted(titles_of(manager.get("/themes/"))) == ["Waits", "Watched"]
    assert re.search(r'All open <span class="n">2</span>', manager.get("/themes/").text)


def test_filters_and_words_stay_in_the_address(manager, seed):
    seed.theme("Login slow on Monday", trend=Trend.FADING)
    seed.theme("Dark screen")
    page = manager.get("/themes/?words=login&trend=fading&segment=3PL&sort=title")
    assert titles_of(page) == ["Login slow on Monday"]
    assert 'value="login"' in page.text and "Clear filters" in page.text
    assert "words=login" in page.text and "segment=3PL" in page.text


def test_an_address_of_yesterday_still_opens(manager, seed):
    seed.theme("Login slow")
    page = manager.get("/themes/?view=nonsense&sort=shoe-size&trend=sideways&owner=x")
    assert page.status_code == 200 and titles_of(page) == ["Login slow"]


def test_a_broken_link_to_the_next_page_is_refused(manager, seed):
    seed.theme("Login slow")
    assert manager.get("/themes/?after=%00").status_code == 422
    assert manager.get("/themes/?after=bm9uc2Vuc2U").status_code == 422


def test_nothing_that_fits_says_so(manager, seed):
    seed.theme("Login slow")
    assert "No theme fits." in text_of(manager.get("/themes/?words=zebra"))


def test_htmx_gets_the_list_alone_and_then_only_rows(manager, seed):
    seed.themes(55)
    part = manager.get("/themes/", headers=HTMX)
    assert "<html" not in part.text and 'id="views" hx-swap-oob' in part.text
    after = re.search(r'after=([\w-]+)"', part.text).group(1)
    rows = manager.get(f"/themes/?after={after}", headers=HTMX)
    assert len(titles_of(rows)) == 5 and "<table" not in rows.text and "if-next" not in rows.text


def test_pages_together_hold_every_theme_once(manager, seed):
    seed.themes(120)
    seen, address = [], "/themes/?sort=revenue"
    while address:
        page = manager.get(address)
        seen += titles_of(page)
        found = re.search(r'class="if-next" hx-get="([^"]+)"', page.text)
        address = html.unescape(found.group(1)) if found else ""
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("address", ["/themes/", "/themes/?lens=revenue&heard=4w&segment=3PL&view=triage"])
def test_the_list_asks_as_often_for_10000_themes_as_for_ten(manager, session, seed, count_queries, address):
    seed.themes(10)
    with count_queries() as few:
        manager.get(address)
    rows = [{"title": f"Slot {number}", "state": "new"} for number in range(9_990)]
    session.execute(Theme.__table__.insert(), rows)
    session.commit()
    with count_queries() as many:
        page = manager.get(address)
    assert page.status_code == 200 and len(many) == len(few) <= 24


def test_who_may_not_triage_reads_without_boxes_to_tick(seller, seed):
    seed.theme("Login slow")
    page = seller.get("/themes/").text
    assert "Login slow" in page and "theme_ids" not in page and "/themes/refresh" not in page


def test_who_is_signed_out_is_asked_to_sign_in(client):
    for address in ("/themes/", "/themes/1", "/themes/map"):
        assert "/sign-in" in client.get(address).headers["Location"]
    assert client.post("/themes/selected").status_code == 303


def test_next_opens_the_strongest_signal_that_waits(manager, seed):
    seed.theme("Quiet")
    strong = seed.theme("Strong", trend=Trend.GROWING)
    assert manager.get("/themes/next").headers["Location"].endswith(f"/themes/{strong.id}")


def test_next_says_when_all_is_done(manager, seed):
    seed.theme("Seen", state="watching")
    assert "Every theme is triaged." in manager.get("/themes/next", follow_redirects=True).text


# ---------- one theme ----------
def test_a_theme_says_what_changed_and_how_sure_that_is(manager, seed):
    theme = seed.theme("Wi-Fi lost", statements=9, trend=Trend.GROWING)
    page = text_of(manager.get(f"/themes/{theme.id}"))
    assert "9 requests from 8 accounts in the last 4 weeks; we would expect about 2." in page
    assert "4.1× the usual rate (95 %: 1.7–9.1)" in page and "a trend, not one customer" in page
    assert "among the 30 themes tested, about 1 in 50 would be chance (q .02)" in page


def test_a_loud_customer_is_told_from_a_trend(manager, seed):
    theme = seed.theme("Loud", statements=9, trend=Trend.ONE_CUSTOMER)
    page = text_of(manager.get(f"/themes/{theme.id}"))
    assert "Without Brinkmann Logistik: 2 requests, 0.9× the usual rate." in page
    assert "one customer’s issue, not a trend" in page and "c-signal" not in page


@pytest.mark.parametrize(
    ("trend", "words"),
    [
        (Trend.BURSTING, "a burst, and not one customer’s"),
        (Trend.STEP_CHANGE, "a new level since about 8 Oct"),
        (Trend.SEASONAL, "The same weeks of earlier years were at 2.1× too."),
        (Trend.ARTEFACT, "7 requests came as call notes from HubSpot, which brought nothing before."),
    ],
)
def test_each_label_says_why_and_only_rises_are_coloured(manager, seed, trend, words):
    theme = seed.theme("Wi-Fi lost", statements=9, trend=trend)
    page = text_of(manager.get(f"/themes/{theme.id}"))
    assert words in page
    assert ("c-signal" in page) == (trend in RISES)
    listed = text_of(manager.get("/themes/"))
    assert ("if-mark on" in listed) == (trend in RISES)
    found = text_of(manager.get(f"/themes/?trend={trend}"))
    assert f"/themes/{theme.id}" in found


def test_every_label_shows_the_numbers_behind_it(manager, seed):
    for trend in Trend:
        theme = seed.theme(f"About {trend}", statements=5, trend=trend)
        page = text_of(manager.get(f"/themes/{theme.id}/trend"))
        assert "What was asked, in this order" in page and "Who is silent" in page
        assert "among 30 themes" in page
        if trend is not Trend.AS_USUAL:
            assert page.count("This decides.") == 1, trend
    bare = seed.theme("Not judged", trend_detail={})
    assert "Not judged yet." in text_of(manager.get(f"/themes/{bare.id}/trend"))


def test_the_silent_are_weighed_by_segment(manager, seed):
    theme = seed.theme("Wi-Fi lost", statements=7)
    seed.make.account(segment="Pharma", region="UK", revenue_amount=5_000_000)
    page = text_of(manager.get(f"/themes/{theme.id}/trend"))
    assert "7 of 15 accounts" in page
    assert "If those never heard spoke like the others of their segment" in page


def test_an_alarm_is_dismissed_up_to_its_level_and_comes_back_above_it(manager, seed, session):
    theme = seed.theme("Wi-Fi lost", statements=9, trend=Trend.GROWING)
    url = f"/themes/{theme.id}"
    assert manager.post(f"{url}/dismiss-alarm", data={"reason": "nonsense"}).status_code == 422
    done = manager.post(f"{url}/dismiss-alarm", data={"reason": "chance"}, follow_redirects=True)
    assert "Alarm dismissed: Chance." in text_of(done)
    session.refresh(theme)
    assert (theme.quieted_ratio, theme.quieted_reason) == (pytest.approx(4.06), "Chance")
    # What was counted from the few words of this test is no alarm; the level is what matters here.
    theme.trend, theme.trend_ratio, theme.signal_rank = Trend.GROWING, 4.06, 0
    session.commit()
    assert "This alarm was dismissed at 4.1× (Chance). It comes back above that." in text_of(manager.get(url))
    assert "dismissed at 4.1×" in text_of(manager.get("/themes/"))
    assert manager.post(f"{url}/dismiss-alarm", data={"reason": "chance"}).status_code == 409
    theme.trend_ratio = 5.2
    session.commit()
    page = text_of(manager.get(url))
    assert "An alarm was dismissed at 4.1× (Chance); it is 5.2× now." in page and "c-signal" in page
    assert "dismissed its alarm at 4.1×" in page
    undo = re.search(r'name="correction_ids" value="(\d+)"', page)
    manager.post("/themes/undo", data={"correction_ids": undo[1]})
    session.refresh(theme)
    assert theme.quieted_ratio is None


def test_words_are_shown_within_what_was_said_and_lead_to_their_record(manager, seed):
    theme = seed.theme("Wi-Fi lost", statements=1)
    page = text_of(manager.get(f"/themes/{theme.id}"))
    passage = "<mark>In aisle 14 the scanner drops and the pick list is gone.</mark>"
    assert f"Hello, Anke here. {passage} Can you help?" in page
    assert re.search(r'href="/feedback/\d+"', page) and re.search(r'href="/accounts/\d+"', page)


@pytest.mark.parametrize("order", ["typical", "newest", "least_sure", "nonsense"])
def test_words_come_in_every_order_and_page_by_page(manager, seed, order):
    theme = seed.theme("Wi-Fi lost", statements=41)
    seen, address = [], f"/themes/{theme.id}?order={order}"
    while address:
        page = manager.get(address, headers=HTMX if seen else {})
        seen += re.findall(r'<li id="statement-(\d+)"', page.text)
        found = re.search(r'class="if-more" hx-get="([^"]+)"', page.text)
        address = html.unescape(found.group(1)) if found else ""
    assert len(seen) == len(set(seen)) == 41


def test_who_asks_adds_up(manager, seed):
    theme = seed.theme("Wi-Fi lost", statements=14)
    page = text_of(manager.get(f"/themes/{theme.id}"))
    assert "14 of 14 accounts" in page and ">3 more customers<" in page and "1 prospect<" in page
    assert ">4 more<" not in manager.get(f"/themes/{theme.id}?who=all").text


def test_why_here_shows_the_nearest_statements(manager, seed):
    theme = seed.theme("Wi-Fi lost", statements=3)
    number = re.search(r'id="statement-(\d+)"', manager.get(f"/themes/{theme.id}").text).group(1)
    address = f"/themes/{theme.id}/statements/{number}/why"
    assert "Of the 2 statements nearest to it, 2 are in this theme." in manager.get(address).text
    part = manager.get(address, headers=HTMX).text
    assert "nearest to it" in part and "<html" not in part


@pytest.mark.parametrize("address", ["/themes/987654", "/themes/99999999999999999999", "/themes/1x"])
def test_a_theme_that_is_not_there_is_told_so(manager, address):
    assert manager.get(address).status_code == 404


def test_a_merged_theme_leads_to_where_it_lives_on(manager, seed, session):
    survivor, gone = seed.theme("Survivor"), seed.theme("Gone")
    gone.state, gone.merged_into_id = "merged", survivor.id
    session.commit()
    answer = manager.get(f"/themes/{gone.id}")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/themes/{survivor.id}")
    assert "was merged into this theme" in manager.get(answer.headers["Location"]).text


def test_who_may_not_triage_reads_a_theme_without_its_forms(seller, seed):
    theme = seed.theme("Wi-Fi lost")
    page = seller.get(f"/themes/{theme.id}").text
    assert "Wi-Fi lost" in page and f"/themes/{theme.id}/rename" not in page and "/exclude" not in page


# ---------- the map ----------
def test_the_map_holds_every_theme_also_as_a_list(manager, seed):
    seed.themes(5)
    page = manager.get("/themes/map")
    assert len(re.findall(r'data-map-theme="\d+"', page.text)) == 5
    assert 'data-map="/themes/map"' in page.text and 'role="img"' in page.text


def test_the_map_selects_a_theme_by_address_and_by_htmx(manager, seed):
    one, other = seed.theme("One"), seed.theme("Other")
    assert f'href="/themes/{other.id}">Other</a>' in manager.get(f"/themes/map?theme={other.id}").text
    part = manager.get(f"/themes/map?theme={one.id}", headers=HTMX).text
    assert f'href="/themes/{one.id}">One</a>' in part and "<html" not in part


def test_an_empty_map_says_why(manager):
    assert "No map yet" in manager.get("/themes/map").text


def test_an_item_says_in_which_theme_its_words_went(client_of, seed):
    theme = seed.theme("Login slow on Mondays", statements=2)
    row = seed.session.scalars(select(ThemeMembership).where(ThemeMembership.theme_id == theme.id)).first()
    statement = seed.session.get(Statement, row.statement_id)
    page = client_of("service").get(f"/feedback/{statement.item_id}").text
    assert f"/themes/{theme.id}" in page
    assert "Login slow on Mondays" in page


def test_an_account_shows_what_it_asks_for_and_what_became_of_it(client_of, seed):
    theme = seed.theme("Login slow on Mondays", statements=2)
    row = seed.session.scalars(select(ThemeMembership).where(ThemeMembership.theme_id == theme.id)).first()
    statement = seed.session.get(Statement, row.statement_id)
    item = seed.session.get(FeedbackItem, statement.item_id)
    page = client_of("sales").get(f"/accounts/{item.account_id}").text
    assert f"/themes/{theme.id}" in page
    assert '<li class="now" aria-current="step"><span>Grouped</span>' in page


def test_a_withdrawn_item_leaves_the_figures_of_its_themes_at_once(client_of, seed):
    theme = seed.theme("Login slow on Mondays", statements=3)
    row = seed.session.scalars(select(ThemeMembership).where(ThemeMembership.theme_id == theme.id)).first()
    item_id = seed.session.get(Statement, row.statement_id).item_id
    browser = client_of("product_manager")
    browser.post(f"/feedback/{item_id}/withdraw", data={"reason": "a test ticket"})
    seed.session.refresh(theme)
    assert theme.statement_count == 2
    browser.post(f"/feedback/{item_id}/restore")
    seed.session.refresh(theme)
    assert theme.statement_count == 3


# ---------- languages and reading ----------
def test_words_in_several_languages_are_told_apart_and_read_alone(manager, seller, seed, session):
    theme = seed.theme("Wi-Fi lost", statements=10)
    said = session.scalars(select(Statement).join(ThemeMembership).order_by(Statement.id)).all()
    for number, statement in enumerate(said):
        statement.language = "de" if number in (2, 5, 8) else "en" if number else ""
    session.commit()
    page = text_of(seller.get(f"/themes/{theme.id}"))
    assert re.search(r"English <span class=.num.>67\u202f%", page) and re.search(
        r"German <span class=.num.>33\u202f%", page
    )
    german = text_of(manager.get(f"/themes/{theme.id}?language=de&order=newest"))
    assert re.findall(r'id="statement-(\d+)"', german) == [str(said[number].id) for number in (2, 5, 8)]
    assert "These are all in German." in german
    assert (
        "language=de" in german
        and "order=least_sure&amp;language=de" in manager.get(f"/themes/{theme.id}?language=de").text
    )
    unknown = text_of(manager.get(f"/themes/{theme.id}?language=xx"))
    assert len(re.findall(r'id="statement-(\d+)"', unknown)) == 6


def test_one_language_is_not_worth_a_word(manager, seed, session):
    theme = seed.theme("Wi-Fi lost", statements=4)
    for statement in session.scalars(select(Statement)):
        statement.language = "en"
    session.commit()
    assert "All languages" not in manager.get(f"/themes/{theme.id}").text


def test_what_is_near_the_centre_and_among_its_own_is_read_first(manager, seed, session):
    theme = seed.theme("Wi-Fi lost", statements=3)
    first, second, third = session.scalars(
        select(ThemeMembership).order_by(ThemeMembership.statement_id)
    ).all()
    for one, strength, likeness in ((first, 0.4, 0.9), (second, 0.9, 0.7), (third, 1.0, 0.3)):
        one.strength, one.likeness = strength, likeness
    session.commit()
    shown = re.findall(r'id="statement-(\d+)"', manager.get(f"/themes/{theme.id}").text)
    assert shown == [str(one.statement_id) for one in (second, first, third)]


def test_a_row_quotes_whole_sentences(manager, seed):
    seed.theme(
        "Headset speaks English",
        quote="Half my crew speaks Turkish. The voice headset speaks English and German. They just nod.",
    )
    page = text_of(manager.get("/themes/"))
    assert ">The voice headset speaks English and German.<" in page


def test_only_short_sentences_stand_beside_a_statement():
    said = f"Good morning. The list is gone. Nobody could say why, {'not even they, ' * 4}at any dock."
    begins = said.index("The list")
    assert in_context(said, begins, begins + 17) == ("Good morning. The list is gone.", (14, 31))
    long = "We walk back. " + "The list is gone and " * 9 + "gone."
    assert in_context(long, 14, len(long)) == (long[14:], None)
