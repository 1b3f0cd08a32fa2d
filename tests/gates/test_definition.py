"""The shipped process is sound, and a broken one is refused with every fault named."""

import copy
import json

import pytest

from ideaflow.errors import Invalid
from ideaflow.gates.process import definition
from ideaflow.resources import PACKAGE

TEXT = (PACKAGE / "gates" / "process" / "shipped" / "full.json").read_text()


def broken(change):
    document = copy.deepcopy(json.loads(TEXT))
    change(document)
    with pytest.raises(Invalid) as caught:
        definition.read(definition.canonical(document))
    return str(caught.value)


def test_the_shipped_process_has_six_stages_with_a_gate_after_each():
    full = definition.read(TEXT)
    assert full.stage_keys == (
        "discovery", "scoping", "business_case", "development", "validation", "launch",
    )  # fmt: skip
    assert [full.gate_after(key).number for key in full.stage_keys] == [1, 2, 3, 4, 5, 6]
    assert full.gates[-1].is_final and not full.gates[0].is_final


def test_every_scored_criterion_of_the_shipped_process_has_anchors():
    for gate in definition.read(TEXT).gates:
        assert sum(gate.weights.values()) == 100
        for criterion in gate.should:
            assert set(criterion.anchors) == {"0", "5", "10"}


def test_the_same_content_has_the_same_hash_however_it_is_written():
    document = json.loads(TEXT)
    turned = dict(reversed(document.items()))
    assert definition.digest(definition.canonical(document)) == definition.digest(
        definition.canonical(turned)
    )


def test_weights_that_miss_one_hundred_are_refused():
    def change(document):
        document["gates"][0]["should"][0]["weight"] = 40

    assert "Gate 1: the weights add up to 105, not to 100." in broken(change)


def test_a_criterion_that_is_not_there_is_named():
    def change(document):
        document["gates"][1]["must"].append("lucky")

    assert "Gate 2: there is no must-meet criterion “lucky”." in broken(change)


def test_a_stage_without_a_gate_is_refused():
    def change(document):
        del document["gates"][2]

    assert "Each stage needs one gate after it" in broken(change)


def test_one_key_for_two_things_is_refused():
    def change(document):
        document["stages"][1]["key"] = "discovery"

    assert "The stage “discovery” is there twice." in broken(change)


def test_the_last_gate_takes_no_conditions():
    def change(document):
        document["gates"][-1]["decisions"].append("conditional_go")

    assert "Launch gate: the last gate takes no conditions." in broken(change)
