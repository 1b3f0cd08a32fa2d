"""What is in no theme: it waits in the pool, and what is dense there may be a new theme."""

import pytest
from sqlalchemy import func, select, text

from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.themes import queries, service
from ideaflow.themes.models import ThemeCandidate
from ideaflow.themes.reading import pool
from tests.conftest import HTMX
from tests.themes.test_runs import members


@pytest.fixture
def new_topic(heard):
    """Five statements of three accounts about trucks, which no theme speaks of; returns how to say more."""

    said = [0]

    def say(number=5, accounts=3):
        for place in range(number):
            said[0] += 1
            text = f"The truck is plainly late, number {said[0]}"
            heard("truck", account=place % accounts, days_ago=place, text=text)
        service.take_in_new()
        service.look_for_new()

    say()
    return say


def test_words_that_fit_nowhere_wait_in_the_pool_with_the_nearest_theme(heard, about):
    heard(None, text="Where did you leave the blue umbrella of the wifi man?")
    heard(None, text="A green umbrella")
    service.take_in_new()
    lines = pool.pool().rows
    assert "A green umbrella" in [line.statement.text for line in lines]
    assert all(line.theme_title and 0 <= line.likeness <= 1 for line in lines)
    assert [line.statement.text for line in pool.pool(words="green").rows] == ["A green umbrella"]
    assert pool.pool_count() == len(lines)


def test_a_dense_group_of_several_accounts_may_be_a_new_theme(new_topic):
    [group] = pool.groups()
    assert group.statement_count == 5
    assert group.candidate.account_count == 3
    assert group.candidate.revenue_amount == 300_000
    assert len(group.quotes) == 3
    assert group.candidate.likeness > group.candidate.pool_likeness + 0.2
    assert group.nearest.theme_title


def test_one_account_or_three_statements_are_no_new_theme(heard):
    for number in range(6):
        heard("truck", account=2, days_ago=number)
    for number in range(3):
        heard("glove", account=number, days_ago=number)
    service.take_in_new()
    assert service.look_for_new() == 0


def test_a_group_keeps_its_number_while_it_grows(new_topic):
    [before] = pool.groups()
    new_topic(2)
    [after] = pool.groups()
    assert after.candidate.id == before.candidate.id
    assert after.statement_count == 7
    service.look_for_new()
    assert [one.candidate.id for one in pool.groups()] == [before.candidate.id]


def test_a_group_made_a_theme_holds_in_later_runs_and_can_be_undone(new_topic, maren, about):
    [group] = pool.groups()
    made = service.make_theme(group.candidate.id, title="Trucks wait at the gate", by=maren)
    theme = queries.theme(made.theme_id)
    assert (theme.title, theme.statement_count, theme.account_count) == ("Trucks wait at the gate", 5, 3)
    assert pool.groups() == []
    assert queries.history(theme.id)[0].kind == "create"
    service.refresh(seed=5)
    assert about("truck").id == theme.id
    assert about("truck").title == "Trucks wait at the gate"
    with pytest.raises(Conflict, match="already"):
        service.make_theme(group.candidate.id, by=maren)
    service.undo(made.id, by=maren)
    assert queries.theme(theme.id).state == "retired"
    assert [one.candidate.id for one in pool.groups()] == [group.candidate.id]


def test_a_rejected_group_comes_back_only_when_it_has_grown_by_half(new_topic, maren):
    [group] = pool.groups()
    service.reject_group(group.candidate.id, "Not ours.", by=maren)
    assert service.look_for_new() == 0
    new_topic(2)
    assert pool.groups() == []
    new_topic(1)
    [again] = pool.groups()
    assert again.candidate.id == group.candidate.id
    assert (again.candidate.decided_count, again.candidate.reason) == (5, "Not ours.")


def test_a_rejection_can_be_taken_back(new_topic, maren):
    [group] = pool.groups()
    service.reject_group(group.candidate.id, by=maren)
    with pytest.raises(Conflict, match="Maren"):
        service.reject_group(group.candidate.id, by=maren)
    service.reopen_group(group.candidate.id, by=maren)
    assert [one.candidate.id for one in pool.groups()] == [group.candidate.id]
    with pytest.raises(Conflict, match="nothing to take back"):
        service.reopen_group(group.candidate.id, by=maren)


def test_a_group_or_a_statement_goes_into_a_theme_and_stays_there(new_topic, heard, about, maren):
    [group] = pool.groups()
    wifi = about("wifi")
    before = wifi.statement_count
    made = service.add_group(group.candidate.id, wifi.id, by=maren)
    assert queries.theme(wifi.id).statement_count == before + 5
    heard(None, text="A green umbrella")
    service.take_in_new()
    [line] = pool.pool().rows
    single = service.add_statements(wifi.id, [line.statement.id], by=maren)
    assert pool.pool_count() == 0
    service.refresh(seed=4)
    placed = {*made.statement_ids, *single.statement_ids}
    assert len(placed) == 6
    assert placed <= members(wifi.id)
    with pytest.raises(Conflict, match="meanwhile"):
        service.add_statements(wifi.id, [line.statement.id], by=maren)
    service.undo(single.id, by=maren)
    service.undo(made.id, by=maren)
    assert not placed & members(wifi.id)


def test_a_group_whose_statements_joined_themes_is_gone(new_topic, session):
    [group] = pool.groups()
    service.refresh()  # Five trucks are a theme to a full run.
    assert service.look_for_new() == 0
    assert session.get(ThemeCandidate, group.candidate.id, populate_existing=True).state == "gone"


def test_wrong_numbers_and_names_are_refused(new_topic, maren):
    [group] = pool.groups()
    with pytest.raises(NotFound):
        service.make_theme(10**9, by=maren)
    with pytest.raises(Invalid, match="too long"):
        service.make_theme(group.candidate.id, title="x" * 121, by=maren)
    assert pool.candidate_count() == 1


def test_the_page_shows_the_evidence_and_decides(new_topic, client_of):
    manager = client_of("product_manager")
    [group] = pool.groups()
    page = manager.get("/themes/new").text
    assert "1 group" in page and "5 statements" in page and "3 accounts" in page
    assert manager.get(f"/themes/new/{group.candidate.id}").text.count("if-voice") == 5
    assert "1 question about new themes" in manager.get("/").text
    assert "New theme?" in manager.get("/themes/").text
    done = manager.post(f"/themes/new/{group.candidate.id}/reject", data={"reason": "Not ours"})
    assert done.status_code == 303
    assert "Nothing new to decide" in manager.get("/themes/new").text
    manager.post(f"/themes/new/{group.candidate.id}/reopen")
    made = manager.post(f"/themes/new/{group.candidate.id}/make", data={"title": "Trucks wait"})
    assert "Trucks wait" in manager.get(made.location).text
    assert "decided: it is in" in manager.get(f"/themes/new/{group.candidate.id}").text


def test_the_pool_page_puts_a_statement_where_it_belongs(heard, about, client_of):
    manager = client_of("product_manager")
    heard(None, text="A green umbrella")
    service.take_in_new()
    page = manager.get("/themes/pool").text
    assert "A green umbrella" in page and "Put it there" in page
    assert "No statement in no theme holds" in manager.get("/themes/pool?words=zebra", headers=HTMX).text
    [line] = pool.pool().rows
    form = manager.get(f"/themes/pool/{line.statement.id}/where", headers=HTMX).text
    assert about("wifi").title in form
    values = {"statement_id": line.statement.id, "target_id": about("wifi").id}
    assert "where it stays" in manager.post("/themes/pool/put", data=values, headers=HTMX).text
    assert "Every statement is in a theme." in manager.get("/themes/pool").text
    assert manager.post("/themes/pool/put", data={"statement_id": "x"}).status_code == 422


def test_readers_see_the_groups_and_may_not_decide(new_topic, client_of):
    reader = client_of("executive")
    [group] = pool.groups()
    assert "Make it a theme" not in reader.get("/themes/new").text
    for verb in ("make", "add", "reject", "reopen"):
        assert reader.post(f"/themes/new/{group.candidate.id}/{verb}").status_code == 403
    assert reader.post("/themes/pool/put").status_code == 403


def test_lists_ask_the_database_a_constant_number_of_times(new_topic, heard, client_of, count_queries):
    manager = client_of("product_manager")
    counts = []
    for _ in range(2):
        for address in ("/themes/new", "/themes/pool"):
            with count_queries() as statements:
                manager.get(address)
            counts.append(len(statements))
        for number in range(10):
            heard(None, text=f"Umbrella of colour {number}", account=number % 5)
        service.take_in_new()
    assert counts[0] == counts[2] and counts[1] == counts[3]


def test_the_follow_up_asks_for_a_look_and_an_index(heard, session):
    service.follow_up()
    names = session.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")).all()
    assert {"themes.look_for_new", "themes.index"} <= set(names)
    assert session.scalar(select(func.count(ThemeCandidate.id))) == 0
