"""Scores as data: formulas that cannot run as programs, ranges, the order, and what would change it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ideaflow.audit import AuditEvent
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.proposals import ranked, service
from ideaflow.proposals.models import ScoreFormula
from ideaflow.proposals.scores import telling
from ideaflow.proposals.scores.expression import Unreadable, names, read, work_out
from ideaflow.proposals.scores.methods import ECV, PRODUCTIVITY, RICE, Method, input_of
from ideaflow.proposals.scores.ordering import Scored, nearest_turn, order
from ideaflow.proposals.scores.ranges import Span, chance_above, draws, span_of

CHECK = {
    "present_value": 100.0, "chance_commercial": 0.5, "launch_cost": 5.0, "chance_technical": 0.8,
    "development_cost": 10.0, "remaining_cost": 10.0,
}  # fmt: skip
FORMULA = {
    "name": "Fit and risk", "purpose": "What counts for us.", "formula": "0.6 * fit + 0.4 * (10 - risk)",
    "inputs": [
        {"key": "fit", "label": "Fit with our strategy", "least": 0, "most": 10},
        {"key": "risk", "label": "Risk", "least": 0, "most": 10},
    ],
}  # fmt: skip


def rice(number, accounts, impact=1, confidence=0.8, effort=10):
    values = {"accounts": accounts, "impact": impact, "confidence": confidence, "effort_months": effort}
    return Scored(number, f"Proposal {number}", values)


# Formulas


def test_the_check_numbers_of_expected_value_and_productivity():
    assert ECV.value(CHECK) == pytest.approx(26)
    assert PRODUCTIVITY.value(CHECK) == pytest.approx(2.6)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("8 / 4 / 2", 1), ("-2 * 3 + 10", 4), ("5 - 3 - 1", 1),
     ("limit(fit, 0, 5)", 5), ("max(1, min(9, 3))", 3), ("sqrt(16) + abs(-2)", 6), ("2 × 3 − 1", 5)],
)  # fmt: skip
def test_a_formula_is_worked_out_as_one_reads_it(text, value):
    assert float(work_out(read(text), {"fit": 7.0})) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "fit.real", "fit[0]", "lambda: 1", "fit ** 9", "1 +", "(1", "exec(1)", "min(1)",
     "1 2", "", "'a'", "fit if 1 else 2", "(" * 60 + "1" + ")" * 60, "1+" * 300 + "1"],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_words(text):
    with pytest.raises(Unreadable, match=r"\.$"):
        read(text)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_be_read_or_refused(text):
    try:
        names(read(text))
    except Unreadable as error:
        assert str(error)


def test_a_formula_without_a_value_gives_none():
    ratio = Method("x", "x", "x", "accounts / effort_months")
    assert ratio.value({"accounts": 3.0, "effort_months": 0.0}) is None
    assert ratio.value({"accounts": 3.0}) is None


# Ranges


def test_a_range_is_the_same_for_whoever_looks_and_holds_the_value():
    spans = {"present_value": Span(60, 100, 180)}
    low, high = span_of(draws(ECV, CHECK, spans, 14))
    assert span_of(draws(ECV, CHECK, spans, 14)) == (low, high)
    assert low < 26 < high
    # A triangle over 60, 100, 180 has its 10th percentile at 81.9 and its 90th at 149.0 (exact).
    assert (low, high) == (pytest.approx((81.9 * 0.5 - 5) * 0.8 - 10, abs=0.1), pytest.approx(45.6, abs=0.1))


def test_inputs_without_a_range_are_sure():
    assert span_of(draws(ECV, CHECK, {}, 14)) == (pytest.approx(26), pytest.approx(26))


@given(st.floats(1, 50), st.floats(1, 50), st.integers(1, 9))
def test_two_chances_add_up_to_one(one, other, number):
    first = draws(RICE, rice(1, one).values, {}, number)
    second = draws(RICE, rice(2, other).values, {}, number + 1)
    assert chance_above(first, second) + chance_above(second, first) == pytest.approx(1)


# Order


def test_the_best_comes_first_and_what_waits_says_for_what():
    waiting = Scored(9, "No estimates", {"accounts": 50.0})
    places, left, _ = order(RICE, [rice(1, 10), waiting, rice(2, 30)])
    assert [place.scored.number for place in places] == [2, 1]
    assert [one.label for one in left[0].missing] == ["Impact", "Confidence", "Effort"]
    assert places[0].holds > 0.9 and places[1].holds is None


def test_of_many_the_best_are_looked_at_closely_and_equals_share_their_place():
    places, _, more = order(RICE, [rice(number, 20 - number // 2) for number in range(1, 12)], most=4)
    assert ([place.rank for place in places], more) == ([1, 2, 2, 4], 7)
    assert (places[-1].holds is not None and places[-1].turn is not None) or places[-1].value == places[
        -2
    ].value


def test_the_turn_is_where_both_scores_are_equal():
    above, below = rice(1, 20, effort=10), rice(2, 15, effort=10)
    turn = nearest_turn(RICE, above, below)
    moved = Scored(turn.mover.number, "", {**turn.mover.values, turn.input.key: turn.after})
    assert RICE.value(moved.values) == pytest.approx(RICE.value(turn.other.values), rel=1e-4)
    told = telling.turn_words(turn, "EUR")
    assert told.startswith(f"{turn.mover.label} ") and " from " in told
    assert turn.share == pytest.approx(
        0.25, abs=0.01
    )  # The smallest of all: 20 to 15 accounts, or 10 to 7.5 months.


@given(st.floats(1, 99), st.floats(1, 99), st.floats(0.05, 1), st.floats(0.05, 1))
def test_a_turn_is_never_beyond_its_bounds_and_turns_the_order(one, other, sure, doubt):
    places, _, _ = order(RICE, [rice(1, one, confidence=sure), rice(2, other, confidence=doubt)])
    turn = places[0].turn
    if turn is not None:
        assert turn.after >= 0 and (turn.input.most is None or turn.after <= turn.input.most + 1e-9)
        moved = RICE.value({**turn.mover.values, turn.input.key: turn.after})
        gap = moved - RICE.value(turn.other.values)
        assert abs(gap) <= 1e-3 * max(1.0, abs(moved)) or (gap > 0) == turn.is_up


def test_a_turn_within_the_inputs_own_range_is_doubtful():
    risk = Method(
        "x", "x", "x", "10 - risk", (input_of({"key": "risk", "label": "Risk", "least": 0, "most": 10}),)
    )
    above, spread = Scored(1, "", {"risk": 4.0}), {"risk": Span(3, 6, 7)}
    assert nearest_turn(risk, above, Scored(2, "", {"risk": 6.0}, spread)).is_doubtful
    assert not nearest_turn(risk, above, Scored(2, "", {"risk": 6.0})).is_doubtful


# Service


@pytest.fixture
def proposal(manager, by):
    return service.add_blank("Live count", manager.id, by=by)


def _spans(**values):
    return {key: Span(value, value, value) for key, value in values.items()}


def test_estimates_are_set_changed_taken_away_and_audited(session, proposal, by):
    changed = service.set_estimates(proposal.id, _spans(**CHECK), 1, by=by)
    assert changed.version == 2
    line = next(one for one in ranked.scores_of(proposal.id) if one.method.key == "productivity")
    assert (line.value, line.missing) == (pytest.approx(2.6), [])
    assert (
        service.set_estimates(proposal.id, _spans(**CHECK), 1, by=by).version == 2
    )  # Again changes nothing.
    with pytest.raises(service.Overtaken):
        service.set_estimates(proposal.id, _spans(launch_cost=6), 1, by=by)
    service.set_estimates(proposal.id, {"remaining_cost": None}, 2, by=by)
    line = next(one for one in ranked.scores_of(proposal.id) if one.method.key == "productivity")
    assert [one.key for one in line.missing] == ["remaining_cost"]
    actions = list(session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("%set_estimates"))))
    assert len(actions) == 2


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"chance_technical": Span(0.5, 0.8, 1.2)}, "at most 1"),
        ({"launch_cost": Span(9, 5, 10)}, "rise in this order"),
        ({"launch_cost": Span(-1, 5, 10)}, "at least 0"),
        ({"luck": Span(1, 1, 1)}, "No score asks"),
        ({"remaining_cost": Span(0, 0, 0)}, "above 0"),
    ],
)
def test_estimates_refuse_what_makes_no_sense(proposal, by, wanted, message):
    with pytest.raises(Invalid, match=message):
        service.set_estimates(proposal.id, wanted, 1, by=by)


def test_a_proposal_under_review_keeps_its_estimates(proposal, by):
    service.lock(proposal.id, "review", by=by)
    with pytest.raises(Conflict, match="under review"):
        service.set_estimates(proposal.id, _spans(launch_cost=5), 1, by=by)


def test_a_formula_ranks_proposals_and_is_closed(session, proposal, by, manager):
    formula = service.add_formula(FORMULA, by=by)
    service.set_estimates(proposal.id, _spans(fit=8, risk=5), 1, by=by)
    other = service.add_blank("Other", manager.id, by=by)
    service.set_estimates(other.id, {"fit": Span(4, 9, 10), "risk": Span(1, 2, 8)}, 1, by=by)
    places = ranked.ranking(formula.method.key).places
    assert [(place.scored.number, round(place.value, 1)) for place in places] == [
        (other.id, 8.6),
        (proposal.id, 6.8),
    ]
    service.edit_formula(formula.id, {**FORMULA, "is_open": False}, 1, by=by)
    with pytest.raises(NotFound):
        ranked.ranking(formula.method.key)
    with pytest.raises(service.Overtaken):
        service.edit_formula(formula.id, {**FORMULA, "is_open": True}, 1, by=by)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"formula": "fit + luck"}, "formula"), ({"formula": "fit +"}, "formula"), ({"name": ""}, "name"),
        ({"formula": "3 + 4", "inputs": []}, "formula"), ({"formula": "fit"}, "inputs"),
        ({"inputs": [{"key": "accounts", "label": "x", "least": 0, "most": 1}]}, "inputs"),
        ({"inputs": [{"key": "9x", "label": "x", "least": 0, "most": 1}]}, "inputs"),
    ],
)  # fmt: skip
def test_a_formula_refuses_what_cannot_work(session, by, wrong, field):
    with pytest.raises(Invalid) as caught:
        service.add_formula({**FORMULA, **wrong}, by=by)
    assert field in [problem["field"] for problem in caught.value.problems]
    assert session.scalars(select(ScoreFormula)).all() == []


def test_productivity_takes_proposals_until_the_resource_runs_out(proposal, manager, by):
    service.set_estimates(proposal.id, _spans(**CHECK), 1, by=by)
    other = service.add_blank("Other", manager.id, by=by)
    service.set_estimates(other.id, _spans(**{**CHECK, "remaining_cost": 20}), 1, by=by)
    assert (ranked.ranking("productivity", 29).fitting, ranked.ranking("productivity", 29).spent) == (1, 10)
    assert ranked.ranking("productivity", 30).fitting == 2


# Pages


def test_estimates_and_formulas_are_written_in_the_browser(client_of, session):
    boss, browser = client_of("administrator"), client_of("product_manager")
    rows = {"input_key": ["fit", "risk"], "input_label": ["Fit", "Risk"], "input_least": ["0", "0"]}
    form = {**rows, "input_most": ["10", "10"], "name": "Fit and risk", "formula": FORMULA["formula"]}
    assert browser.post("/proposals/formulas", data=form).status_code == 403
    wrong = boss.post("/proposals/formulas", data={**form, "formula": "fit + __class__"})
    assert wrong.status_code == 422 and "cannot be read" in wrong.text
    assert boss.post("/proposals/formulas", data=form).status_code == 303
    formula = session.scalars(select(ScoreFormula)).one()
    proposal = service.add_blank("Live count", browser.user.id, by=browser.user.actor)
    where = f"/proposals/{proposal.id}/scores"
    assert "Waits for fit, risk" in browser.get(where).text
    data = {
        "version": 1,
        "fit": "8",
        "risk": "5",
        "risk_low": "3",
        "present_value": "1,2 M",
        "launch_cost": "x",
    }
    assert "is no number" in browser.post(where, data=data).text
    assert browser.post(where, data={**data, "launch_cost": ""}).status_code == 303
    page = browser.get(where).text
    assert "6.80" in page and "(3–5)" in page
    answer = browser.post(where, data={**data, "launch_cost": "7"})
    assert answer.status_code == 409 and "Saved meanwhile" in answer.text
    assert "Live count" in browser.get(f"/proposals/ranking?by={formula.method.key}").text
    for page in (
        "/proposals/formulas",
        "/proposals/ranking?by=productivity&budget=80k",
        "/proposals/ranking",
    ):
        assert browser.get(page).status_code == 200
    assert browser.get("/proposals/ranking?by=luck").status_code == 404


def test_the_ranking_asks_the_database_a_constant_number_of_times(client_of, count_queries):
    browser = client_of("product_manager")
    by = browser.user.actor

    def cost():
        with count_queries() as statements:
            assert browser.get("/proposals/ranking?by=ecv").status_code == 200
        return len(statements)

    def add():
        proposal = service.add_blank("One more", browser.user.id, by=by)
        service.set_estimates(proposal.id, _spans(**CHECK), 1, by=by)

    add()
    few = cost()
    for _ in range(10):
        add()
    assert cost() == few
