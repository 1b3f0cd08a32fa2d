"""Questions about themes: each account once, amounts of one currency, a fixed number of statements of SQL."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, text, update

from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import Invalid
from ideaflow.feedback.models import Statement
from ideaflow.feedback.queries import says
from ideaflow.themes import queries, service
from ideaflow.themes.models import StatementVector, Theme, ThemeMembership
from ideaflow.themes.queries import ORDERS, InboxFilters, View


@pytest.fixture
def money(accounts, make):
    """Customer 0 is the largest; 1 is a prospect; 2 pays in dollars; two opportunities are open, one lost."""
    accounts[0].revenue_amount, accounts[0].renews_on = 900_000, today() + timedelta(days=60)
    accounts[1].kind, accounts[1].revenue_amount = "prospect", None
    accounts[2].revenue_amount, accounts[2].currency = 500_000, "USD"
    accounts[3].region, accounts[3].renews_on = "Nordics", today() + timedelta(days=400)
    make.opportunity(account_id=accounts[0].id, amount=50_000, state="open")
    make.opportunity(account_id=accounts[1].id, amount=70_000, state="open")
    make.opportunity(account_id=accounts[1].id, amount=30_000, state="lost")
    make.opportunity(account_id=accounts[1].id, amount=10_000, state="open", currency="USD")
    make.opportunity(account_id=accounts[0].id, amount=99_000, state="won")
    db.session.commit()


def titles(**filters):
    return [theme.title for theme in queries.inbox(InboxFilters(**filters))]


def test_evidence_counts_an_account_once_over_several_themes(money, heard, about):
    one = queries.evidence_of([about("wifi").id])
    both = queries.evidence_of([about("wifi").id, about("label").id])
    assert (one.account_count, both.account_count) == (6, 6)
    assert both.statement_count == 24
    assert one.revenue_amount == both.revenue_amount == Decimal(900_000 + 3 * 100_000)
    assert (both.open_amount, both.open_count) == (Decimal(120_000), 3)
    assert (both.lost_amount, both.lost_count) == (Decimal(30_000), 1)
    assert (both.customer_count, both.prospect_count) == (5, 1)
    assert both.top_account_name == "Customer 0"
    assert both.top_account_share == pytest.approx(0.75)
    assert {line.times for line in both.accounts} == {4}
    assert len({quote.account_name for quote in both.quotes}) == len(both.quotes) == 6


def test_amounts_in_another_currency_are_counted_apart(money, heard, about):
    evidence = queries.evidence_of([about("wifi").id])
    assert evidence.other_currency_count == 2
    assert about("wifi").other_currency_count == 2
    dollars = next(line for line in evidence.accounts if line.name == "Customer 2")
    assert (dollars.revenue_amount, dollars.other_currency_count) == (Decimal(0), 1)


def test_a_snapshot_can_be_kept_as_json(money, heard, about):
    evidence = queries.evidence_of([about("wifi").id])
    kept = json.loads(json.dumps(evidence.snapshot()))
    assert kept["account_count"] == 6
    assert Decimal(kept["revenue_amount"]) == evidence.revenue_amount
    assert kept["quotes"][0]["text"] == evidence.quotes[0].text


def test_evidence_of_nothing_is_empty(session):
    empty = queries.evidence_of([])
    assert (empty.account_count, empty.revenue_amount, empty.accounts, empty.quotes) == (0, 0, (), ())


def test_the_figures_kept_with_a_theme_equal_its_evidence(money, heard, about):
    theme, evidence = about("wifi"), queries.evidence_of([about("wifi").id])
    for name in (
        "statement_count", "account_count", "customer_count", "prospect_count", "revenue_amount",
        "open_amount", "open_count", "lost_amount", "lost_count", "other_currency_count",
    ):  # fmt: skip
        assert getattr(theme, name) == getattr(evidence, name), name
    assert (theme.renewal_count, theme.renewal_amount) == (1, Decimal(900_000))


def test_new_money_changes_what_themes_stand_for(money, heard, about, make, accounts):
    make.opportunity(account_id=accounts[4].id, amount=1_000, state="open")
    service.take_in_new()
    service.follow_up()
    assert about("wifi").open_amount == Decimal(121_000)


def test_large_themes_are_counted_one_by_one_so_that_new_words_need_not_wait(heard, monkeypatch, session):
    turns = []
    monkeypatch.setattr("ideaflow.themes.runs.figures.A_TURN_STATEMENTS", 20)
    monkeypatch.setattr("ideaflow.themes.runs.figures.take_turn", lambda: turns.append(1))
    before = [(one.id, one.statement_count) for one in queries.inbox(InboxFilters()).rows]
    service.follow_up()
    assert [(one.id, one.statement_count) for one in queries.inbox(InboxFilters()).rows] == before
    assert len(turns) >= 4  # Areas have turns of their own.


def test_to_whom_one_listened_is_read_once_for_all_themes(heard, monkeypatch, count_queries):
    monkeypatch.setattr("ideaflow.themes.runs.figures.A_TURN", 1)
    with count_queries() as statements:
        service.follow_up()
    assert len([one for one in statements if "echo_of_id" in one]) > 2  # What each theme heard is not.
    assert len([one for one in statements if "feedback_items.created_at" in one and "GROUP BY" in one]) == 1


def test_an_account_that_repeats_itself_is_heard_once(by_hand, say, session):
    for number in range(12):
        say("wifi", account=number % 6, days_ago=7 * number)
    first = say("wifi", account=1, days_ago=5, text="The wifi is gone, please call me back")
    copy = say("wifi", account=1, days_ago=2, text="The wifi is gone, please call me back")
    service.refresh()
    vectors = {one.statement_id: one for one in db.session.scalars(select(StatementVector))}
    echoes = [one for one in vectors.values() if one.echo_of_id is not None]
    assert len(echoes) == 1
    theme = queries.inbox(InboxFilters()).rows[0]
    weeks = sum(theme.trend_detail["weeks"])
    assert theme.statement_count == 14
    assert weeks == 13
    shown = {line.item_id: line for line in queries.statements(theme.id)}
    assert shown[first.id].echo_count == 1
    assert copy.id not in shown
    assert [line.item_id for line in queries.echoes(theme.id, shown[first.id].id)] == [copy.id]


@pytest.fixture
def shouting(by_hand, say):
    """Return a theme six accounts speak of, one of which said the same nine times."""
    for number in range(12):
        say("wifi", account=number % 6, days_ago=7 * number)
    for day in range(9):
        say("wifi", account=1, days_ago=20 - day, text="The wifi is gone, please call me back")
    service.refresh()
    return queries.inbox(InboxFilters()).rows[0]


def test_an_account_that_shouts_is_one_line_that_opens(shouting, client_of):
    lines = [line for line in queries.statements(shouting.id) if line.text.startswith("The wifi is gone")]
    assert [line.echo_count for line in lines] == [8]
    manager = client_of("product_manager")
    page = manager.get(f"/themes/{shouting.id}?order=newest").text
    assert "and 8 more times by the same account" in page
    again = manager.get(f"/themes/{shouting.id}/statements/{lines[0].id}/again")
    assert again.text.count("The wifi is gone") == 9
    assert "Said again by" in again.text


def test_an_account_that_shouts_counts_once_a_week_and_gives_one_key_quote(shouting):
    assert shouting.account_count == 6
    assert sum(shouting.trend_detail["weeks"]) == 13
    assert max(shouting.weekly) <= 6
    quotes = queries.quotes_of([shouting.id])
    assert len({quote.account_name for quote in quotes}) == len(quotes) > 1


def test_what_is_said_again_in_no_theme_is_nowhere(shouting, client_of):
    assert (
        client_of("product_manager").get(f"/themes/{shouting.id}/statements/999999/again").status_code == 404
    )


def test_an_echo_whose_original_is_elsewhere_has_its_own_line(shouting, session):
    first = next(line for line in queries.statements(shouting.id) if line.echo_count)
    session.execute(delete(ThemeMembership).where(ThemeMembership.statement_id == first.id))
    lines = [one for one in queries.statements(shouting.id) if one.text == first.text]
    assert len(lines) == 8


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_by_key_show_each_theme_once_in_every_order(heard, about, sort):
    whole = [theme.id for theme in queries.inbox(InboxFilters(sort=sort))]
    paged, after = [], None
    while True:
        page = queries.inbox(InboxFilters(sort=sort), after, size=1)
        paged += [theme.id for theme in page]
        after = page.after
        if after is None:
            break
    assert paged == whole
    assert len(set(paged)) == queries.inbox_count(InboxFilters()) == 4


def test_filters_leave_what_was_asked_for(money, heard, about, maren, accounts):
    heard("truck", account=3, text="The truck waits, plainly")
    service.rename(about("wifi").id, "No signal", by=maren)
    service.assign_owner(about("wifi").id, maren.id, by=maren)
    service.watch(about("label").id, by=maren)
    service.dismiss(about("count").id, "Known.", by=maren)
    assert titles(words="signal") == ["No signal"]
    assert titles(words="WIFI Wifi") == ["No signal"]
    assert titles(words="100%") == []
    assert titles(owner_id=maren.id) == titles(view="mine", user_id=maren.id) == ["No signal"]
    assert titles(view="watching") == [about("label").title]
    assert titles(view="dismissed") == [about("count").title]
    assert len(titles(region="Nordics")) == 3
    assert titles(region="Iberia") == []
    assert len(titles(source="zendesk", segment="3PL")) == 3
    assert len(titles(view="renewals")) == 3
    counts = queries.views_counts(maren.id)
    assert set(counts) == {view.value for view in View}
    assert counts == {view.value: len(titles(view=view.value, user_id=maren.id)) for view in View}


def test_an_unknown_view_or_order_is_told(session):
    with pytest.raises(Invalid, match="no view"):
        queries.inbox(InboxFilters(view="all"))
    with pytest.raises(Invalid, match="cannot be sorted"):
        queries.inbox(InboxFilters(sort="colour"))
    with pytest.raises(Invalid, match="link to the next page"):
        queries.inbox(InboxFilters(), after="nonsense")


def test_coverage_says_who_was_not_heard(money, heard, accounts):
    found = queries.coverage()
    assert (found.statement_count, found.in_theme_count, found.statement_share) == (48, 48, 1.0)
    assert (found.account_count, found.heard_count) == (8, 6)
    assert found.silent_revenue_share == pytest.approx(200 / 1400)
    assert (found.run.state, found.current, found.failed, found.unread_count) == ("done", None, None, 0)


def test_statements_come_typical_newest_or_least_sure_first(heard, about):
    theme = about("wifi")
    typical = queries.statements(theme.id).rows
    assert len(typical) == 12
    assert typical[0].item_text[typical[0].begins_at : typical[0].ends_at] == typical[0].text
    assert typical[0].source_label.startswith("zendesk ")
    newest = [line.said_at for line in queries.statements(theme.id, "newest")]
    assert newest == sorted(newest, reverse=True)
    strengths = [line.strength for line in queries.statements(theme.id, "least_sure")]
    assert strengths == sorted(strengths)
    first = queries.statements(theme.id, "newest", size=5)
    rest = queries.statements(theme.id, "newest", first.after, size=50)
    assert [line.said_at for line in [*first, *rest]] == newest


def test_why_a_statement_is_where_it_is(heard, about, maren):
    line = queries.statements(about("wifi").id).rows[0]
    why = queries.why_here(line.id)
    assert why.theme.id == about("wifi").id
    assert {near.theme_id for near, _ in why.nearest} == {why.theme.id}
    likeness = [value for _, value in why.nearest]
    assert likeness == sorted(likeness, reverse=True)
    assert why.next_theme.id != why.theme.id
    service.exclude_statements(why.theme.id, [line.id], by=maren)
    out = queries.why_here(line.id)
    assert (out.theme, out.line.placed_by_name) == (None, maren.name)


def test_similar_themes_share_accounts(heard, about):
    near = queries.similar(about("wifi").id)
    assert len(near) == 3
    assert all(one.common_account_count == 6 for one in near)
    assert [one.likeness for one in near] == sorted((one.likeness for one in near), reverse=True)


def ask_everything(theme_id):
    return {
        "inbox": lambda: [theme.owner for theme in queries.inbox(InboxFilters(sort="revenue"))],
        "views": lambda: queries.views_counts(1),
        "coverage": queries.coverage,
        "statements": lambda: queries.statements(theme_id),
        "accounts": lambda: queries.accounts_of(theme_id),
        "evidence": lambda: queries.evidence_of([theme_id]),
        "similar": lambda: queries.similar(theme_id),
        "history": lambda: queries.history(theme_id),
    }


def test_more_themes_and_words_need_no_more_sql(heard, about, count_queries, maren):
    def counted():
        db.session.expire_all()
        counts = {}
        for name, ask in ask_everything(about("wifi").id).items():
            with count_queries() as asked:
                ask()
            counts[name] = len(asked)
        return counts

    before = counted()
    for topic in ("pallet", "truck", "glove", "wifi", "wifi"):
        for number in range(12):
            heard(topic, account=number % 8, days_ago=number)
    service.refresh()
    service.rename(about("wifi").id, "No signal", by=maren)
    assert len(db.session.scalars(select(Theme)).all()) > 5
    assert counted() == before
    assert before["inbox"] == 1
    assert max(before.values()) <= 5


def test_what_has_just_come_does_not_wait_for_languages_nobody_told_before(heard, monkeypatch):
    """After a move from a version that told none there may be millions of them."""
    db.session.execute(update(Statement).values(language=None))
    monkeypatch.setattr("ideaflow.themes.statements.encoding.LANGUAGES", 5)
    heard("wifi", account=2, days_ago=0, text="The wifi in the cold store is plainly gone since the update")
    service.take_in_new()
    told = list(db.session.scalars(select(Statement.language).order_by(Statement.id)))
    assert told[-1] == "en" and told[:-5] == [None] * (len(told) - 5)
    service.follow_up()
    assert None not in set(db.session.scalars(select(Statement.language)))


def test_words_are_found_from_their_beginning_in_any_order_through_their_index(session, seed):
    theme = seed.theme("Radio lost", statements=1, quote="")
    session.execute(update(Statement).values(text="The scanner drops off the wi-fi behind the racks."))
    session.commit()
    for words in ("wi-fi scanner", "RACKS", "scan behi", "wi-fi, drops!"):
        found = queries.inbox(queries.InboxFilters(words=words)).rows
        assert [one.id for one in found] == [theme.id], words
    for words in ("canner", "scanner printer", "!!", "' | \\ :*", "drop & table"):
        assert not queries.inbox(queries.InboxFilters(words=words)).rows, words
    session.execute(text("SET LOCAL enable_seqscan = off"))
    asked = select(Statement.id).where(says("scanner"))
    sql = str(asked.compile(session.connection(), compile_kwargs={"literal_binds": True}))
    plan = session.connection().exec_driver_sql(f"EXPLAIN {sql}").scalars().all()
    assert "ix_statements_words" in "\n".join(plan)
