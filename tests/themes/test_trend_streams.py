"""A small run of the benchmark of trends: known truth, the same streams each time."""

import numpy as np
import pytest

from benchmarks.streams import make, shifted
from benchmarks.trends import judged, measure
from ideaflow.themes.trends.expecting import rates_of, usual_of
from ideaflow.themes.trends.terms import Listening, Trend


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


@pytest.mark.parametrize("weeks", [70, 160])
def test_themes_that_never_swing_are_not_said_to(weeks):
    """Poisson weeks have no swing; what was fitted to them, a season too, must not hide or add any."""
    random, listening = np.random.default_rng(weeks), Listening([100] * weeks)
    usuals = []
    for _ in range(150):
        counts = random.poisson(2.5, weeks).tolist()
        usuals.append(usual_of(counts, listening, rates_of(counts, listening), fitted=True))
    assert {one.has_season for one in usuals} == {weeks == 160}
    assert sum(one.excess for one in usuals) / sum(one.mass for one in usuals) == pytest.approx(0, abs=0.004)


def test_what_was_heard_for_a_few_windows_only_is_less_sure():
    def windows(depth):
        counts, listening = [2] * depth, Listening([100] * depth)
        return usual_of(counts, listening, rates_of(counts, listening), fitted=True).windows

    assert (windows(12), windows(70)) == (2, 13)
