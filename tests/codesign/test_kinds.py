"""What every instrument owes the core, and what MaxDiff and Kano ask."""

import doctest
import json
from random import Random

import pytest
from werkzeug.datastructures import MultiDict

from ideaflow.codesign import forms, policy, reckoning, sealing
from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.kinds import kano, maxdiff
from ideaflow.codesign.kinds.contract import Unanswered
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from tests.codesign.answering import answers_of, definition_of

PLAN = Plan(11, 200)


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_a_participant_is_asked_the_same_at_every_visit(key):
    one, definition = INSTRUMENTS[key], definition_of(key)
    assert one.problems(definition) == []
    assert one.steps(definition, 7, {}) == one.steps(definition, 7, {})


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_a_blank_definition_says_what_is_missing_and_asks_nothing(key):
    one = INSTRUMENTS[key]
    assert one.problems(one.blank()) and one.steps(one.blank(), 1, {}) == []


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_no_answer_is_refused_with_a_code(key):
    one, definition = INSTRUMENTS[key], definition_of(key)
    with pytest.raises(Unanswered):
        one.read_answer(definition, one.steps(definition, 1, {})[0], MultiDict())


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_a_result_is_json_with_a_finding_a_picture_and_a_table(key):
    one, definition = INSTRUMENTS[key], definition_of(key)
    ballots = [Ballot(f"a{n}", answers_of(key, definition, Random(n)), "3PL") for n in range(12)]
    result = json.loads(json.dumps(one.tally(definition, ballots, PLAN)))
    assert set(result["order"]) == {option["key"] for option in definition.get("options", [])}
    assert one.finding(definition, result).lead
    assert one.picture(definition, result).data["rows"]
    table = one.table(definition, result)
    assert {len(row) for row in table.rows} == {len(table.head)}


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_four_accounts_are_not_enough_however_many_people_answer(key):
    one, definition = INSTRUMENTS[key], definition_of(key)
    ballots = [Ballot(f"a{n % 4}", answers_of(key, definition, Random(n))) for n in range(40)]
    assert isinstance(one.tally(definition, ballots, PLAN), NotEnough)


def test_thirty_aliases_of_one_account_do_not_move_the_rank():
    one, definition = INSTRUMENTS["maxdiff"], definition_of("maxdiff")

    def liking(option, seed):
        return answers_of("maxdiff", definition, Random(seed), best=option)

    honest = [Ballot(f"a{n}", liking("o1", n)) for n in range(8)]
    flooded = honest + [Ballot("loud", liking("o8", 100 + n)) for n in range(30)]
    alone = [*honest, Ballot("loud", liking("o8", 100))]
    assert one.tally(definition, flooded, PLAN)["order"][0] == "o1"
    assert one.tally(definition, alone, PLAN)["order"][0] == "o1"
    assert one.tally(definition, flooded, PLAN)["order_by_person"][0] == "o8"


def test_most_and_least_cannot_be_the_same():
    one, definition = INSTRUMENTS["maxdiff"], definition_of("maxdiff")
    step = one.steps(definition, 1, {})[0]
    key = step.data["shown"][0]["key"]
    with pytest.raises(Unanswered) as refused:
        one.read_answer(definition, step, MultiDict({"best": key, "worst": key}))
    assert refused.value.code == "same"


def test_always_the_same_place_is_flagged():
    one, definition = INSTRUMENTS["maxdiff"], definition_of("maxdiff")
    lazy = {
        step.key: {
            "shown": [o["key"] for o in step.data["shown"]],
            "best": step.data["shown"][0]["key"],
            "worst": step.data["shown"][3]["key"],
        }
        for step in one.steps(definition, 5, {})
    }
    assert one.is_straight(definition, lazy)
    assert not one.is_straight(definition, answers_of("maxdiff", definition, Random(1)))


@pytest.mark.parametrize(
    "module", [forms, kano, maxdiff, policy, reckoning, sealing], ids=lambda one: one.__name__
)
def test_examples_in_the_code_run(module):
    assert doctest.testmod(module).failed == 0


def test_a_game_in_which_nobody_must_pool_says_so_in_the_editor():
    one = INSTRUMENTS["buying"]
    options = [{"key": f"o{n}", "name": f"Option {n}", "note": "", "price": n * 10} for n in range(4)]
    said = [
        str(problem["reason"]) for problem in one.problems({**one.blank(), "options": options, "part": 50})
    ]
    assert said[0] == "“Option 0” costs nothing: give it a price." and "accounts must pool" in said[1]
