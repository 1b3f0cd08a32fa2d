"""The yardsticks of the benchmark measure what they say."""

import numpy as np
import pytest

from benchmarks.scoring import accuracy, measured, nearest, read, scores, table


def test_noise_counts_as_a_cluster_of_its_own_and_is_also_told_assigned():
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 0, 1]]
    found = scores(["a", "a", "b", "b", "a", "b"], [0, 0, 1, 1, -1, -1], vectors)
    assert found["ARI"] < 1
    assert found["ARI assigned"] == 1
    assert found["clusters"] == 2
    assert found["noise"] == pytest.approx(1 / 3)


def test_names_of_clusters_do_not_matter_to_accuracy_but_one_cluster_takes_one_name():
    truth = ["a"] * 4 + ["b"] * 4
    assert accuracy(truth, np.array([7, 7, 7, 7, 2, 2, 2, 2])) == 1
    assert accuracy(truth, np.array([0, 0, 1, 1, 2, 2, 2, 2])) == 0.75


def test_noise_without_any_cluster_stays_noise():
    labels = np.array([-1, -1])
    assert nearest(labels, np.eye(2, dtype=np.float32)).tolist() == [-1, -1]


def test_a_line_that_is_not_labelled_is_named(tmp_path):
    file = tmp_path / "data.jsonl"
    file.write_text('{"text": "one", "label": "a"}\n{"text": "two"}\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="line 2"):
        read(file)


def test_memory_is_that_of_the_work_alone_and_errors_come_through():
    kept, costs = measured(lambda: np.ones(30_000_000))
    assert len(kept) == 30_000_000
    assert costs["peak MB"] > 228
    with pytest.raises(ZeroDivisionError):
        measured(lambda: 1 / 0)


def test_a_table_leaves_blank_what_was_not_measured():
    shown = table(
        [{"data": "x", "method": "y", "ARI": 0.5}, {"data": "x", "ARI": 12.0}], ("data", "method", "ARI")
    )
    assert shown.splitlines()[2:] == ["x     y       0.500", "x              12.0"]
