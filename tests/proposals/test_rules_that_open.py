"""Rules that open drafts: a theme that meets one gets a draft with frozen evidence, once, never twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from ideaflow import audit, queue
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.errors import Invalid
from ideaflow.proposals import service, watching
from ideaflow.proposals.models import EvidenceSnapshot, Proposal, TriggerOpening, TriggerRule
from ideaflow.proposals.triggers.lineage import descendants
from ideaflow.proposals.triggers.terms import Conditions, ThemeFacts, lacking, words_of
from ideaflow.themes import service as themes
from ideaflow.themes.models import Theme, ThemeCorrection, ThemeEvent
from tests.proposals.test_at_once import together  # noqa: F401 - a fixture

ASKS = {"trends": ["growing"], "least_accounts": 5, "least_open": 50_000}


@pytest.fixture
def rule(manager, by):
    """A rule that is switched on: growing, 5 accounts, 50,000 of open pipeline."""
    values = {"name": "Growing", "conditions": ASKS, "type": "improve", "strategy": "satisfy"}
    made = service.add_rule({**values, "owner_id": manager.id}, by=by)
    return service.switch_rule(made.id, True, made.version, by=by)


@pytest.fixture
def big(make_theme):
    """Make a theme that meets the rule."""

    def making(title="Count while picking continues", **values):
        return make_theme(title, accounts=values.pop("accounts", 5), open_amount=60_000, **values)

    return making


def _proposals(session):
    return list(session.scalars(select(Proposal).order_by(Proposal.id)))


# Conditions


def test_conditions_say_what_a_theme_lacks():
    facts = ThemeFacts(1, "Live count", "growing", {"accounts": 5, "open": 20_000}, there=1)
    assert lacking(Conditions.of(ASKS), facts, "EUR") == ["€30\u202fk of open pipeline short"]
    place = Conditions.of({"segment": "3PL", "region": "DACH", "least_there": 2})
    assert lacking(place, facts, "EUR") == ["1 account of 3PL, DACH, 2 asked"]
    assert lacking(Conditions.of({"trends": ["new"]}), facts, "EUR") == ["is growing"]
    told = "growing, at least 5 accounts, at least €50\u202fk of open pipeline"
    assert words_of(Conditions.of(ASKS), "EUR") == told


def test_conditions_are_the_same_after_they_were_kept():
    plain = {**ASKS, "segment": "3PL", "least_there": 3}
    assert Conditions.of(Conditions.of(plain).plain()) == Conditions.of(plain)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.sets(st.integers(0, 9)))
def test_what_descends_from_a_theme_is_closed_and_holds_the_theme(steps, roots):
    found = descendants(roots, steps)
    assert roots <= found
    assert all(after in found for before, after in steps if before in found)
    assert descendants(found, steps) == found


# Opening


def test_a_theme_that_meets_a_rule_opens_one_draft_with_frozen_evidence(session, rule, big, manager):
    theme = big()
    (number,) = service.apply_rules()
    proposal = session.get(Proposal, number)
    assert (proposal.origin, proposal.title, proposal.owner_id) == ("trigger", theme.title, manager.id)
    frozen = session.scalars(select(EvidenceSnapshot).filter_by(proposal_id=number)).one()
    assert (frozen.reason, frozen.numbers["account_count"]) == ("when the rule “Growing” opened it", 5)
    assert session.get(Theme, theme.id).state == "proposed"
    event = session.scalars(select(audit.AuditEvent).filter_by(action="proposals.open_by_rule")).one()
    assert event.after["facts"]["open"] == 60_000 and "at least 5 accounts" in event.reason
    assert event.actor_name == "ideaflow"


def test_it_never_opens_twice_however_often_it_looks(session, rule, big):
    big(), big("Another")
    assert len(service.apply_rules()) == 2
    assert [service.apply_rules() for _ in range(3)] == [[], [], []]
    assert session.scalar(select(func.count()).select_from(TriggerOpening)) == 2


def test_a_draft_that_was_withdrawn_is_not_opened_again(session, rule, big, by):
    big()
    (number,) = service.apply_rules()
    service.withdraw(number, "Not now.", by=by)
    assert service.apply_rules() == []
    (kept,) = watching.look(rule.asks, rule.id).kept
    assert kept.proposal.id == number


@pytest.mark.parametrize("way", ["merged", "split by a person", "split by a run"])
def test_what_came_of_an_opened_theme_is_not_opened_again(session, rule, big, by, way):
    theme = big()
    (number,) = service.apply_rules()
    service.withdraw(number, "Not now.", by=by)
    heir = big("What became of it")
    if way == "merged":
        theme.state, theme.merged_into_id = "merged", heir.id
    elif way == "split by a person":
        made = {"user_name": "Maren Holt", "made_at": now()}
        session.add(ThemeCorrection(kind="split", theme_id=heir.id, other_theme_id=theme.id, **made))
    else:
        event = {"theme_id": theme.id, "other_theme_id": heir.id, "happened_at": now()}
        session.add(ThemeEvent(kind="split", **event))
    session.commit()
    assert service.apply_rules() == []


def test_a_theme_somebody_promoted_is_left_alone(session, rule, big, manager, by):
    theme = big()
    service.promote([theme.id], manager.id, by=by)
    assert service.apply_rules() == []
    assert len(_proposals(session)) == 1


def test_a_dismissed_alarm_opens_nothing(session, rule, big):
    big(trend_ratio=2.0, quieted_ratio=3.0)
    assert service.apply_rules() == []


def test_the_owner_of_the_theme_gets_the_draft(session, rule, big, make):
    owner = make.user(name="Joris Okafor", roles=["product_manager"])
    big(owner_id=owner.id)
    (number,) = service.apply_rules()
    assert session.get(Proposal, number).owner_id == owner.id


def test_a_rule_that_rests_opens_nothing_and_says_why_when_it_cannot(session, rule, big, manager, by):
    big()
    off = service.switch_rule(rule.id, False, rule.version, by=by)
    assert service.apply_rules() == []
    service.switch_rule(rule.id, True, off.version, by=by)
    manager.left_at = now()
    session.commit()
    assert service.apply_rules() == []
    assert "can still sign in" in session.get(TriggerRule, rule.id).problem


def test_only_accounts_of_the_place_count_for_it(session, big, make, say, manager, by):
    theme = big()
    say(theme, make.account(segment="Pharma"))
    two, one = ({"segment": "Pharma", "least_there": count} for count in (2, 1))
    assert watching.look(Conditions.of(two)).meeting == []
    assert [facts.theme_id for facts in watching.look(Conditions.of(one)).meeting] == [theme.id]


def test_a_rule_refuses_what_makes_no_sense(manager, by):
    good = {
        "name": "Big",
        "conditions": ASKS,
        "type": "improve",
        "strategy": "satisfy",
        "owner_id": manager.id,
    }
    for wrong, message in (
        ({"name": ""}, "A name has"),
        ({"conditions": {}}, "Ask for something"),
        ({"conditions": {"trends": ["fading"]}}, "No rule can wait"),
        ({"conditions": {"least_accounts": -2}}, "above 0"),
        ({"owner_id": None}, "who gets its drafts"),
        ({"arena": "Nowhere"}, "not there"),
    ):
        with pytest.raises(Invalid, match=message):
            service.add_rule({**good, **wrong}, by=by)


def test_two_workers_that_look_at_once_open_one_draft(together):  # noqa: F811
    run, by, theme_id = together
    theme = db.session.get(Theme, theme_id)
    theme.account_count, theme.trend = 9, "growing"
    values = {"name": "Big", "conditions": {"least_accounts": 5}, "type": "improve", "strategy": "satisfy"}
    rule = service.add_rule({**values, "owner_id": by.id}, by=by)
    service.switch_rule(rule.id, True, rule.version, by=by)
    opened = run(service.apply_rules)
    assert sorted(len(one) for one in opened) == [0, 0, 0, 1]
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 1
    assert audit.first_broken() is None


def test_rules_look_after_themes_were_counted(session, monkeypatch):
    asked = []
    monkeypatch.setattr(queue, "defer", lambda name, **_: asked.append(name))
    themes.follow_up()
    assert "proposals.apply_rules" in asked


# Pages


def test_a_rule_is_tried_made_switched_on_and_edited_in_the_browser(client_of, session, big):
    browser = client_of("product_manager")
    assert "No rule watches" in browser.get("/proposals/rules").text
    theme = big()
    form = {"name": "Big", "trends": "growing", "least_accounts": "5", "least_open": "50k", "type": "improve"}
    form |= {"strategy": "satisfy", "owner_id": str(browser.user.id)}
    tried = browser.get("/proposals/rules/new", query_string=form).text
    assert "Would open one draft" in tried and theme.title in tried
    assert _proposals(session) == []
    assert browser.post("/proposals/rules", data={**form, "least_open": "much"}).status_code == 422
    assert browser.post("/proposals/rules", data=form).status_code == 303
    rule = session.scalars(select(TriggerRule)).one()
    where = f"/proposals/rules/{rule.id}"
    assert "Would open one draft" in browser.get(where).text
    assert browser.post(f"{where}/switch", data={"version": 1, "is_on": "1"}).status_code == 303
    assert browser.post(f"{where}/switch", data={"version": 1, "is_on": "0"}).status_code == 409
    answer = browser.post(where, data={**form, "name": "Bigger", "version": 1})
    assert answer.status_code == 409 and "Saved meanwhile" in answer.text
    service.apply_rules()
    assert _proposals(session)[0].title in browser.get("/proposals/rules").text
    assert "opened it for theme" in browser.get(f"/proposals/{_proposals(session)[0].id}").text
    assert client_of("sales").post("/proposals/rules", data=form).status_code == 403


def test_the_rules_page_asks_the_database_a_constant_number_of_times(client_of, big, count_queries):
    browser = client_of("product_manager")
    values = {"conditions": ASKS, "type": "improve", "strategy": "satisfy", "owner_id": browser.user.id}

    def cost():
        with count_queries() as statements:
            browser.get("/proposals/rules")
        return len(statements)

    service.add_rule({**values, "name": "One"}, by=browser.user.actor)
    few = cost()
    for number in range(6):
        service.add_rule({**values, "name": f"Rule {number}"}, by=browser.user.actor)
    assert cost() == few
