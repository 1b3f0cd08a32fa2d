"""What people decide: shown at once, undoable for ever, refused when somebody was faster."""

import pytest
from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import AuditEvent
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.themes import queries, service
from ideaflow.themes.models import ThemeMembership


def picture():
    """Return all that corrections can change, comparable."""
    from ideaflow.themes.models import Theme

    db.session.expire_all()
    themes = {
        theme.id: (
            theme.title, theme.is_named, theme.state, theme.merged_into_id, theme.owner_id, theme.is_pinned,
            theme.statement_count, theme.account_count, theme.revenue_amount,
        )
        for theme in db.session.scalars(select(Theme))
    }  # fmt: skip
    places = {
        one.statement_id: (one.theme_id, one.placed_by, one.strength, one.correction_id)
        for one in db.session.scalars(select(ThemeMembership))
    }
    return themes, places


def lines(theme, count=2):
    return [line.id for line in queries.statements(theme.id).rows[:count]]


DECISIONS = {
    "rename": lambda one, other, by: service.rename(one.id, "No signal", by=by),
    "dismiss": lambda one, other, by: service.dismiss(one.id, "Not ours to solve.", by=by),
    "watch": lambda one, other, by: service.watch(one.id, by=by),
    "owner": lambda one, other, by: service.assign_owner(one.id, by.id, by=by),
    "pin": lambda one, other, by: service.pin(one.id, by=by),
    "merge": lambda one, other, by: service.merge(one.id, other.id, by=by),
    "move": lambda one, other, by: service.move_statements(one.id, lines(one), other.id, by=by),
    "move all": lambda one, other, by: service.move_statements(one.id, lines(one, 12), other.id, by=by),
    "exclude": lambda one, other, by: service.exclude_statements(one.id, lines(one), by=by),
    "split": lambda one, other, by: service.split(one.id, lines(one, 5), by=by),
    "split most": lambda one, other, by: service.split(one.id, lines(one, 11), title="Half", by=by),
}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_undo_brings_everything_back_as_it_was(heard, about, maren, decide):
    before = picture()
    made = decide(about("wifi"), about("label"), maren)
    assert picture() != before
    undone = service.undo(made.id, by=maren)
    assert undone.undone_by_name == maren.name
    themes, places = picture()
    if made.kind == "split":  # The number of the new theme is never given again; it leads back.
        assert themes.pop(made.theme_id)[2:4] == ("merged", made.other_theme_id)
    assert (themes, places) == before
    with pytest.raises(Conflict, match="has undone this already"):
        service.undo(made.id, by=maren)


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_every_decision_is_in_history_and_audit(heard, about, maren, decide):
    theme = about("wifi")
    made = decide(theme, about("label"), maren)
    past = queries.history(theme.id)[0]
    assert (past.correction_id, past.by_name, past.can_undo) == (made.id, maren.name, True)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.action == f"themes.{made.kind}"
    assert (event.subject_id, event.actor_name) == (made.theme_id, maren.name)
    service.undo(made.id, by=maren)
    assert queries.history(theme.id)[0].is_undone
    assert audit.first_broken() is None


def test_a_restored_theme_needs_triage_again(heard, about, maren):
    theme = about("wifi")
    service.dismiss(theme.id, "Duplicate of a known fault.", by=maren)
    assert theme.id not in [one.id for one in queries.inbox(queries.InboxFilters())]
    made = service.restore(theme.id, by=maren)
    assert about("wifi").state == "new"
    service.undo(made.id, by=maren)
    assert about("wifi").state == "dismissed"


def test_the_one_who_comes_second_is_told(heard, about, maren):
    theme = about("wifi")
    version = theme.version
    service.rename(theme.id, "No signal", version=version, by=maren)
    with pytest.raises(Conflict, match="changed by somebody else"):
        service.rename(theme.id, "Dead corners", version=version, by=maren)
    assert about("wifi").title == "No signal"


def test_figures_follow_a_move_at_once(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    service.move_statements(wifi.id, lines(wifi, 5), label.id, by=maren)
    assert (about("wifi").statement_count, about("label").statement_count) == (7, 17)
    assert sum(about("label").weekly) >= 12
    placed = queries.statements(label.id, "newest").rows
    assert {line.placed_by_name for line in placed} == {"", maren.name}


def test_the_named_theme_survives_a_merge_whichever_was_asked(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    service.rename(label.id, "Printer stalls", by=maren)
    made = service.merge(wifi.id, label.id, by=maren)
    assert (made.theme_id, made.other_theme_id) == (label.id, wifi.id)
    assert queries.living_id(wifi.id) == label.id
    assert queries.theme(label.id).statement_count == 24
    assert queries.theme(wifi.id).statement_count == 0


def test_a_split_makes_a_theme_and_both_halves_hold_in_later_runs(heard, about, maren):
    wifi = about("wifi")
    chosen = lines(wifi, 5)
    made = service.split(wifi.id, chosen, title="Dead corners", by=maren)
    left = set(lines(wifi, 12)) - set(chosen)
    assert queries.theme(made.theme_id).title == "Dead corners"
    assert (len(left), queries.theme(made.theme_id).statement_count) == (7, 5)
    for seed in (3, 4, 5):
        for number in range(2):
            heard("wifi", account=number, days_ago=number)
        service.refresh(seed=seed)
        assert set(chosen) <= set(lines(queries.theme(made.theme_id), 30))
        assert left <= set(lines(queries.theme(wifi.id), 30))
        assert {queries.theme(one).state for one in (wifi.id, made.theme_id)} == {"new"}
    assert queries.theme(made.theme_id).title == "Dead corners"
    service.undo(made.id, by=maren)
    assert queries.living_id(made.theme_id) == wifi.id
    service.refresh(seed=6)
    assert about("wifi").statement_count == 18


def test_a_split_without_a_name_is_called_by_its_words_until_a_run_names_it(heard, about, maren):
    wifi = about("wifi")
    made = service.split(wifi.id, lines(wifi, 5), by=maren)
    fresh = queries.theme(made.theme_id)
    assert fresh.quote.startswith(fresh.title) and not fresh.is_named
    service.refresh(seed=3)
    assert not queries.theme(made.theme_id).is_named


def test_a_split_of_a_theme_in_a_proposal_leaves_the_proposal_with_what_is_left(heard, about, maren):
    wifi = about("wifi")
    service.mark_proposed([wifi.id], by=maren)
    made = service.split(wifi.id, lines(wifi, 5), by=maren)
    assert (queries.theme(wifi.id).state, queries.theme(made.theme_id).state) == ("proposed", "new")


def test_a_split_is_undone_after_what_was_built_on_it(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    made = service.split(wifi.id, lines(wifi, 5), by=maren)
    moved = service.move_statements(label.id, lines(label, 2), made.theme_id, by=maren)
    with pytest.raises(Conflict, match="the move by"):
        service.undo(made.id, by=maren)
    service.undo(moved.id, by=maren)
    service.undo(made.id, by=maren)
    assert (about("wifi").statement_count, about("label").statement_count) == (12, 12)


def test_hundreds_of_statements_are_split_at_once(heard, about, maren):
    for number in range(400):
        heard("wifi", account=number % 6, days_ago=number % 50)
    service.take_in_new()
    wifi = about("wifi")
    everything = wifi.statement_count
    chosen = lines_of(wifi.id)[:300]
    made = service.split(wifi.id, chosen, by=maren)
    assert queries.theme(made.theme_id).statement_count == 300
    service.undo(made.id, by=maren)
    assert about("wifi").statement_count == everything


def lines_of(theme_id):
    query = select(ThemeMembership.statement_id).where(ThemeMembership.theme_id == theme_id)
    return list(db.session.scalars(query.order_by(ThemeMembership.statement_id)))


def test_an_earlier_decision_is_held_by_the_later_one_that_builds_on_it(heard, about, maren):
    wifi, label, count = about("wifi"), about("label"), about("count")
    first = service.merge(wifi.id, label.id, by=maren)
    second = service.merge(first.theme_id, count.id, by=maren)
    if second.other_theme_id == first.theme_id:
        with pytest.raises(Conflict, match="the merge by"):
            service.undo(first.id, by=maren)
    service.undo(second.id, by=maren)
    service.undo(first.id, by=maren)
    assert {about(topic).statement_count for topic in ("wifi", "label", "count")} == {12}


def test_a_name_is_not_undone_under_a_newer_name(heard, about, maren):
    theme = about("wifi")
    first = service.rename(theme.id, "No signal", by=maren)
    second = service.rename(theme.id, "Dead corners", by=maren)
    with pytest.raises(Conflict, match="the new name by"):
        service.undo(first.id, by=maren)
    service.undo(second.id, by=maren)
    service.undo(first.id, by=maren)
    assert not about("wifi").is_named


def test_a_statement_moved_twice_is_undone_backwards(heard, about, maren):
    wifi, label, count = about("wifi"), about("label"), about("count")
    [one] = lines(wifi, 1)
    first = service.move_statements(wifi.id, [one], label.id, by=maren)
    second = service.move_statements(label.id, [one], count.id, by=maren)
    with pytest.raises(Conflict, match="the move by"):
        service.undo(first.id, by=maren)
    service.undo(second.id, by=maren)
    service.undo(first.id, by=maren)
    assert about("wifi").statement_count == 12


def test_a_merge_is_undone_after_later_runs(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    made = service.merge(wifi.id, label.id, by=maren)
    for number in range(4):
        heard("label", account=number, days_ago=number)
    service.refresh(seed=4)
    service.undo(made.id, by=maren)
    assert queries.theme(made.other_theme_id).statement_count == 12
    assert queries.theme(made.theme_id).statement_count == 16
    service.refresh(seed=5)
    assert queries.theme(wifi.id).state != "merged"
    assert queries.theme(label.id).state != "merged"


def test_a_move_undone_before_its_theme_is_unmerged_stays_undone(heard, about, maren):
    wifi, label, count = about("wifi"), about("label"), about("count")
    [one] = lines(count, 1)
    moved = service.move_statements(count.id, [one], wifi.id, by=maren)
    merged = service.merge(label.id, wifi.id, by=maren)
    service.undo(moved.id, by=maren)
    service.undo(merged.id, by=maren)
    assert db.session.get(ThemeMembership, one).theme_id == count.id
    assert {about(topic).statement_count for topic in ("wifi", "label", "count")} == {12}


def test_a_theme_left_without_statements_retires_and_comes_back(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    made = service.move_statements(wifi.id, lines(wifi, 12), label.id, by=maren)
    assert queries.theme(wifi.id).state == "retired"
    with pytest.raises(Conflict, match="has retired"):
        service.rename(wifi.id, "No signal", by=maren)
    service.undo(made.id, by=maren)
    assert queries.theme(wifi.id).state == "new"


def test_a_theme_in_a_proposal_cannot_be_dismissed(heard, about, maren):
    theme = about("wifi")
    service.mark_proposed([theme.id], by=maren)
    assert about("wifi").state == "proposed"
    with pytest.raises(Conflict, match="proposal cites"):
        service.dismiss(theme.id, "Too late.", by=maren)
    service.unmark_proposed([theme.id], by=maren)
    assert about("wifi").state == "watching"


def test_what_makes_no_sense_is_refused_in_words(heard, about, maren):
    wifi, label = about("wifi"), about("label")
    for refused, error, words in (
        (lambda: service.rename(wifi.id, "  ", by=maren), Invalid, "needs a name"),
        (lambda: service.rename(wifi.id, "x" * 121, by=maren), Invalid, "too long"),
        (lambda: service.rename(10**9, "No signal", by=maren), NotFound, "no theme"),
        (lambda: service.dismiss(wifi.id, " ", by=maren), Invalid, "Say why"),
        (lambda: service.merge(wifi.id, wifi.id, by=maren), Invalid, "itself"),
        (lambda: service.move_statements(wifi.id, [], label.id, by=maren), Invalid, "at least one"),
        (lambda: service.move_statements(wifi.id, lines(label), label.id, by=maren), Conflict, "not in"),
        (lambda: service.exclude_statements(wifi.id, [10**9], by=maren), Conflict, "not in"),
        (lambda: service.split(wifi.id, [], by=maren), Invalid, "at least one"),
        (lambda: service.split(wifi.id, lines(wifi, 12), by=maren), Invalid, "all its statements"),
        (lambda: service.split(wifi.id, lines(label), by=maren), Conflict, "not in"),
        (lambda: service.split(wifi.id, lines(wifi), title="x" * 121, by=maren), Invalid, "too long"),
        (lambda: service.restore(wifi.id, by=maren), Conflict, "already"),
        (lambda: service.assign_owner(wifi.id, 10**9, by=maren), NotFound, "no user"),
        (lambda: service.undo(10**9, by=maren), NotFound, "no correction"),
    ):
        before = picture()
        with pytest.raises(error, match=words):
            refused()
        assert picture() == before


def test_a_merged_theme_sends_corrections_on(heard, about, maren):
    made = service.merge(about("wifi").id, about("label").id, by=maren)
    with pytest.raises(Conflict, match=f"theme {made.theme_id}"):
        service.rename(made.other_theme_id, "No signal", by=maren)
