"""Who is who after a new run."""

from hypothesis import given
from hypothesis import strategies as st

from embeddings.match import match
from embeddings.records import Event, EventKind


def span(first, last, *extra):
    return {*range(first, last + 1), *extra}


OLD = {1: span(0, 19), 2: span(20, 49), 3: span(50, 59), 4: span(60, 74), 6: span(75, 79)}
NEW = {
    11: span(0, 17, "n1", "n2"),
    12: span(20, 35, "n3"),
    13: span(36, 49, "n4", "n5"),
    14: span(50, 74, "n6"),
    15: {f"m{number}" for number in range(8)},
}


def test_the_five_things_that_can_happen_to_a_theme():
    found = match(OLD, NEW)
    assert found.events == (
        Event(EventKind.SPLIT, (2,), (12, 13)),
        Event(EventKind.MERGE, (3, 4), (14,)),
        Event(EventKind.CONTINUE, (1,), (11,)),
        Event(EventKind.DIE, (6,), ()),
        Event(EventKind.BIRTH, (), (15,)),
    )
    assert found.kept == {11: 1, 14: 4}
    assert found.parents == {12: (2,), 13: (2,)}
    assert found.redirects == {3: 4}


def test_a_pinned_theme_survives_a_merge_though_it_is_smaller():
    found = match(OLD, NEW, pinned=[3])
    assert found.kept[14] == 3
    assert found.redirects == {4: 3}


def test_the_larger_child_keeps_the_number_with_most_of_the_parent():
    found = match({1: span(0, 99)}, {7: span(0, 71), 8: span(72, 99)})
    assert found.events == (Event(EventKind.SPLIT, (1,), (7, 8)),)
    assert found.kept == {7: 1}
    assert found.parents == {8: (1,)}


def test_what_a_human_settled_continues_whatever_it_shares():
    found = match({1: span(0, 9), 2: span(10, 19)}, {5: span(10, 19), 6: span(0, 9)}, settled={5: 1})
    assert found.kept == {5: 1}
    assert Event(EventKind.DIE, (2,), ()) in found.events


def test_nothing_before_is_all_birth_and_nothing_after_is_all_death():
    assert [event.kind for event in match({}, {0: "ab", 1: ""}).events] == [EventKind.BIRTH] * 2
    assert [event.kind for event in match({0: "ab", 1: ""}, {}).events] == [EventKind.DIE] * 2


partitions = st.lists(st.integers(0, 5), max_size=40)


@given(partitions, partitions)
def test_each_theme_has_exactly_one_fate(before, after):
    old = {key: {i for i, label in enumerate(before) if label == key} for key in set(before)}
    new = {key: {i for i, label in enumerate(after) if label == key} for key in set(after)}
    found = match(old, new)
    assert sorted(key for event in found.events for key in event.old) == sorted(old)
    assert sorted(key for event in found.events for key in event.new) == sorted(new)
    assert len(set(found.kept.values())) == len(found.kept)
    assert not set(found.kept) & set(found.parents)
    assert set(found.redirects.values()) <= set(found.kept.values())


@given(partitions)
def test_an_unchanged_run_changes_nothing(labels):
    themes = {key: {i for i, label in enumerate(labels) if label == key} for key in set(labels)}
    assert match(themes, themes).kept == {key: key for key in themes}
