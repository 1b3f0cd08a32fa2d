"""The card of a run says what was read, what was left out and why, and what to make of it."""

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.themes import queries, service
from ideaflow.themes.models import ThemeMembership, ThemeRun


def card():
    return db.session.scalars(select(ThemeRun).order_by(ThemeRun.id.desc()).limit(1)).one()


def test_what_is_left_out_adds_up_to_what_is_in_no_theme(heard, about, maren):
    heard("nothing like the others", text="Zebra crossings are painted at dawn.", account=7)
    taken = queries.statements(about("wifi").id).rows[:2]
    service.exclude_statements(about("wifi").id, [one.id for one in taken], by=maren)
    service.refresh()
    run = card()
    inside = db.session.query(ThemeMembership).filter(ThemeMembership.theme_id.is_not(None)).count()
    assert sum(run.card["left_out"].values()) == run.statement_count - inside == run.noise_count
    assert run.card["left_out"]["excluded"] == 2
    assert run.card["by_people"] == 2


def test_coverage_counts_accounts_once_and_names_the_silent_ones(heard, accounts):
    run = card()
    assert run.card["accounts"] == len(accounts)
    assert run.card["accounts_heard"] == run.card["accounts_in_themes"] == 6
    assert 0 < run.card["revenue_share"] <= 1


def test_things_that_say_nothing_are_counted_not_hidden(heard):
    heard("-", text="Thank you very much!", account=1)
    service.refresh()
    run = card()
    assert run.card["wordless_items"] == 1
    assert run.card["items"] == run.card["statements"] + 1


def test_a_run_says_how_steady_it_is(heard):
    run = card()
    assert 0.9 <= run.card["stability"] <= 1
    assert 0 < run.card["cohesion"] <= 1
    assert run.card["levels"]["themes"] == run.theme_count == 4
    assert run.card["events"]["born"] == 4


def test_the_inbox_leads_to_the_card_and_the_card_to_all_runs(heard, client_of):
    browser = client_of("product_manager")
    run = card()
    assert f"/themes/runs/{run.id}" in browser.get("/themes/").text
    page = browser.get(f"/themes/runs/{run.id}").text
    assert "What is in no theme, and why" in page
    assert "How far to trust it" in page
    assert f"/themes/runs/{run.id}" in browser.get("/themes/runs").text


def test_a_run_that_stopped_says_so_and_a_missing_one_is_not_found(session, client_of):
    run = ThemeRun(state="failed", seed=1, error="The model is missing.")
    session.add(run)
    session.commit()
    browser = client_of("product_manager")
    assert "The model is missing." in browser.get(f"/themes/runs/{run.id}").text
    assert browser.get(f"/themes/runs/{run.id + 1}").status_code == 404


def test_a_run_before_cards_were_kept_still_opens(seed, client_of):
    page = client_of("sales").get(f"/themes/runs/{seed.run.id}")
    assert page.status_code == 200
    assert "kept no more than this" in page.text


def test_runs_page_by_key(session, client_of, count_queries):
    for number in range(60):
        session.add(ThemeRun(state="done", seed=number, statement_count=10, theme_count=2))
    session.commit()
    browser = client_of("product_manager")
    page = browser.get("/themes/runs").text
    assert page.count("data-row") == 50
    assert "Older" in page
