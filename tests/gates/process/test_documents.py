"""A process as a document: edited in words, checked in words, compared by key, and taken along as a file."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ideaflow
from ideaflow.errors import Invalid
from ideaflow.gates.migrating import mapping
from ideaflow.gates.policy import State
from ideaflow.gates.process import comparing, definition, editing, exchange, rules, schema

SHIPPED = Path(ideaflow.__file__).parent / "gates" / "process" / "shipped"
FULL = json.loads((SHIPPED / "full.json").read_text("utf-8"))


def words_of(document, history=None):
    return " ".join(want.words for want in rules.wants_of(document, history))


@pytest.mark.parametrize(("key", "stages"), [("full", 6), ("express", 3), ("lite", 2)])
def test_the_shipped_processes_can_be_published_as_they_are(key, stages):
    text = (SHIPPED / f"{key}.json").read_text("utf-8")
    document = exchange.load(text)
    assert rules.wants_of(document) == [] and rules.unbound_steps(document) == 0
    read = definition.read(definition.canonical(document))
    assert len(read.stages) == len(read.gates) == stages and read.gates[-1].is_final


def test_the_shipped_processes_call_the_same_thing_by_the_same_key():
    for name in ("express", "lite"):
        other = json.loads((SHIPPED / f"{name}.json").read_text("utf-8"))
        assert {one["key"] for one in other["stages"]} <= {one["key"] for one in FULL["stages"]}
        known = {one["key"]: one["question"] for one in FULL["criteria"]}
        assert all(known[one["key"]] == one["question"] for one in other["criteria"])


def test_a_stage_put_between_two_others_gets_a_gate_and_the_gates_are_counted_anew():
    document = editing.add_stage(FULL, "Security review", (), after="development")
    gates = {gate["key"]: gate for gate in document["gates"]}
    assert gates["gate_security_review"]["name"] == "Gate 5" and gates["gate_5"]["name"] == "Gate 6"
    assert gates["gate_4"]["before"] == "security_review" == gates["gate_security_review"]["after"]
    assert "Security review: say what it is for." in words_of(document)
    assert editing.remove_stage(document, "security_review") == editing.modern(FULL)


def test_a_stage_moved_to_the_end_closes_its_gate_to_conditions():
    document = editing.move_stage(FULL, "validation", 1)
    last = document["gates"][-1]
    assert last["after"] == "validation" and last["before"] is None and last["is_final"]
    assert "conditional_go" not in last["decisions"]


def test_a_step_without_a_function_is_wanted_before_publishing_only():
    document = editing.modern(FULL)
    document["stages"][1]["activities"][0]["function"] = ""
    assert list(schema.faults_of(document)) == []
    assert words_of(document) == "Scoping: no function is bound to “Call customers”."


def test_what_is_missing_is_said_in_words():
    document = editing.modern(FULL)
    document["gates"][2]["should"][0]["weight"] = 30
    document["gates"][1]["decisions"].remove("kill")
    document["stages"][0]["outcome"] = " "
    document["stages"][3]["target_days"] = {"p50": 90, "p85": 10}
    said = words_of(document)
    assert "Gate 3: the weights add up to 110, not to 100." in said
    assert "Gate 2: a gate that cannot kill has no teeth" in said
    assert "Discovery: say what is there when it is over." in said
    document["gates"][4]["should"] = []
    assert "Gate 5: it scores nothing." in words_of(document)
    assert "Development: half in 90 days, but most in 10" in said


def test_a_key_is_never_used_again_for_another_meaning():
    without = editing.remove_stage(FULL, "scoping")
    history = rules.history_of([FULL, without])
    again = editing.modern(without)
    again["stages"][0]["deliverables"].append(
        {"key": "rough_effort", "name": "Carbon footprint", "hint": "", "required": True, "waivable": True}
    )
    assert "“rough_effort” meant “Rough effort” in an earlier version" in words_of(again, history)
    again["stages"][0]["deliverables"][-1]["name"] = "Rough effort"
    assert rules.wants_of(again, history) == []
    added = editing.add_stage(without, "Scoping", {key for _, key in history.retired}, after="discovery")
    assert [stage["key"] for stage in added["stages"]][1] == "scoping_2"


def test_a_must_never_becomes_a_should_under_its_key():
    changed = editing.modern(FULL)
    next(one for one in changed["criteria"] if one["key"] == "feasible")["kind"] = "should"
    assert "“Can be built” was a must-meet criterion" in words_of(changed, rules.history_of([FULL]))


def test_a_comparison_goes_by_key_and_speaks_in_words():
    after = editing.add_stage(FULL, "Security review", (), after="development")
    after["stages"][0]["name"] = "Look around"
    after["gates"][2]["should"][0]["weight"], after["gates"][2]["should"][1]["weight"] = 25, 15
    after["gates"][0]["must"].remove("problem_stated")
    after["stages"][2]["deliverables"].pop(1)
    said = {change.words: change.details for change in comparing.changes_between(FULL, after)}
    assert said["Stage “Look around” changed"] == (("name", "Discovery", "Look around"),)
    assert "Stage “Security review” added" in said and "Gate “Gate 5” added" in said
    assert said["Weight “Strategic fit” changed in Gate 3"] == (("weight", "20", "25"),)
    assert "Question “Problem stated” removed from Gate 1" in said
    assert "Deliverable “Concept test” removed from Business case" in said
    assert comparing.changes_between(FULL, FULL) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda d: d["stages"][2]["target_days"].update(p50="soon"),
         "stages[2].target_days.p50: expected a whole number from 0 to 3,650, found “soon”."),
        (lambda d: d["gates"][0].pop("quorum"), "gates[0].quorum: expected a value, found nothing."),
        (lambda d: d.update(colour="red"), "colour: expected only key, name"),
        (lambda d: d["criteria"][0].update(key="Über"), "criteria[0].key: expected a key of small letters"),
        (lambda d: d["gates"][1].update(vote_rule="dice"), "gates[1].vote_rule: expected one of majority"),
        (lambda d: d.update(stages={}), "stages: expected a list, found an object."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_process_is_told_where_and_what_was_expected(spoil, told):
    document = json.loads(json.dumps(FULL))
    spoil(document)
    with pytest.raises(Invalid) as caught:
        exchange.load(json.dumps(document))
    found = [f"{problem['field']}: {problem['reason']}" for problem in caught.value.problems]
    assert any(words.startswith(told) for words in found), found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "line 1, column 2"),
        ('{"key": 1, "key": 2}', "is there twice"),
        ('{"a": NaN}', "no number"),
        ("[]", "expected an object, found a list"),
        (b"\xff\xfe", "no UTF-8"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_json_is_refused_in_words(text, told):
    with pytest.raises(Invalid, match=told):
        exchange.load(text)


WORDS = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=12)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), WORDS, st.integers(0, 6)),
        st.tuples(st.just("remove"), st.just(""), st.integers(0, 6)),
        st.tuples(st.just("move"), st.just(""), st.integers(-6, 6)),
        st.tuples(st.just("name"), WORDS, st.integers(0, 6)),
    ),
    max_size=8,
)


def edited(document, edits):
    for verb, word, number in edits:
        stages = document["stages"]
        key = stages[abs(number) % len(stages)]["key"] if stages else ""
        if verb == "add":
            document = editing.add_stage(document, word, (), after=key)
        elif verb == "name" and key:
            document = editing.set_stage(document, key, {"name": word})
        elif verb == "move" and key:
            document = editing.move_stage(document, key, number)
        elif verb == "remove" and len(stages) > 1:
            document = editing.remove_stage(document, key)
    return document


@settings(max_examples=60, deadline=None)
@given(EDITS)
def test_whatever_is_edited_stays_a_process_and_comes_back_from_its_file_unchanged(edits):
    document = edited(FULL, edits)
    assert list(schema.faults_of(document)) == []
    assert [gate["after"] for gate in document["gates"]] == [stage["key"] for stage in document["stages"]]
    assert exchange.load(exchange.dump(document)) == document
    again = exchange.load(exchange.dump(document).encode())
    assert definition.canonical(again) == definition.canonical(document)
    assert exchange.dump(again) == exchange.dump(document)


DEFINITION = definition.read(definition.canonical(FULL))
SHORT = definition.read(definition.canonical(editing.remove_stage(FULL, "scoping")))
KEYS = list(mapping.names_of(DEFINITION, "deliverable"))
GOALS = st.sampled_from(["", *mapping.names_of(SHORT, "deliverable")])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DEFINITION.stage_keys),
    st.sampled_from(["working", "gate_ready", "in_review", "tallied", "on_hold"]),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["open", "done", "waived", "na"])),
    st.dictionaries(st.sampled_from(KEYS), GOALS, max_size=6),
    st.dictionaries(st.just("scoping"), st.sampled_from(SHORT.stage_keys)),
)
def test_whoever_can_move_loses_nothing_that_still_matters(stage, state, held, left, stages):
    maps = mapping.Maps(stages, {}, {}, left)
    outcome = mapping.outcome_of(DEFINITION, SHORT, maps, mapping.Stand(State(state), stage, held))
    known = mapping.names_of(SHORT, "deliverable")
    if outcome.verdict is not mapping.Verdict.CAN_MOVE:
        assert outcome.blocks
        return
    assert state not in ("in_review", "tallied") and outcome.stage in SHORT.stage_keys
    for key in mapping.still_ahead(DEFINITION, stage)["deliverable"] & set(held):
        assert held[key] == "open" or key in left or key in known
    renamed = dict(mapping.moved_deliverables(SHORT, maps, held))
    if mapping.problems_of(DEFINITION, SHORT, maps) == []:
        ends = [renamed.get(key, key) for key in held if mapping.goal_of(key, known, left)]
        assert len(ends) == len(set(ends))
