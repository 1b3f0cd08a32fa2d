"""A small run of the benchmark of trends: known truth, the same streams each time."""

import pytest

from benchmarks.streams import make, shifted
from benchmarks.trends import judged, measure
from ideaflow.themes.trends.terms import Trend


@pytest.fixture(scope="module")
def found():
    return measure(8)


def test_three_times_the_rate_is_mostly_found_within_four_weeks(found):
    assert found["power"] >= 0.7
    assert sum(found["delay_weeks"].values()) == pytest.approx(1)


def test_few_alarms_are_false(found):
    assert found["false_discovery_rate"] <= 0.15
    assert found["aa"] <= 0.15


def test_what_is_planted_is_called_by_its_name(found):
    confusion = found["confusion"]
    assert set(confusion["new"]) == {Trend.NEW}
    assert set(confusion["one account"]) == {Trend.ONE_CUSTOMER}
    assert set(confusion["tiny"]) == {Trend.TOO_FEW}
    assert confusion["new form"][Trend.ARTEFACT] >= 0.7 * sum(confusion["new form"].values())


def test_a_stream_can_be_seen_as_it_was_weeks_ago():
    stream = make(3)
    before = shifted(stream, 4)
    assert before.listening.depth == stream.listening.depth - 4
    bursts = [key for key, truth in stream.truth.items() if truth == "burst"]
    now, then = judged(stream), judged(before)
    assert sum(now[key].detail["count"] for key in bursts) > sum(then[key].detail["count"] for key in bursts)
