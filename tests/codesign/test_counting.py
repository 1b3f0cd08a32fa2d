"""The account is the unit, intervals hold their estimate, and nobody's answer can be had by subtraction."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.counting import ballots, flags, hiding, sampling
from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import Hidden, NotEnough, Plan

VOICES = st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), min_size=1, max_size=40)


@given(voices=VOICES)
def test_weights_add_up_to_the_number_of_accounts(voices):
    cast = [Ballot(f"a{account}", value) for account, value in voices]
    sample = sampling.sample(cast)
    assert sample.weight.sum() == pytest.approx(len(sample.accounts))
    sums = sample.by_account(np.ones((len(cast), 1)))
    assert sums[:, 0] == pytest.approx(np.ones(len(sample.accounts)))


@settings(max_examples=40, deadline=None)
@given(voices=VOICES, seed=st.integers(0, 2**32 - 1))
def test_an_interval_holds_its_estimate(voices, seed):
    cast = [Ballot(f"a{account}", value) for account, value in voices]
    rows = np.array([[value, 1.0] for _, value in voices])
    [mean] = sampling.estimates(
        sampling.sample(cast).by_account(rows), rows.sum(axis=0),
        lambda sums: (sums[..., :1] / sums[..., 1:]), Plan(seed, 200),
    )  # fmt: skip
    assert mean.low <= mean.value <= mean.high


def test_the_same_seed_gives_the_same_interval_and_another_a_different_one():
    sums = np.random.default_rng(1).random((30, 2))
    first, again, other = (sampling.drawn(sums, Plan(seed, 500)) for seed in (7, 7, 8))
    assert (first == again).all()
    assert (first != other).any()


def test_the_bootstrap_of_a_mean_is_as_wide_as_its_standard_error_says():
    values = np.random.default_rng(2).normal(size=(200, 1))
    draws = sampling.drawn(values, Plan(3)) / 200
    assert draws.std() == pytest.approx(values.std() / np.sqrt(200), rel=0.05)


def test_under_five_accounts_there_is_no_number():
    cast = [Ballot(f"a{place % 4}", None) for place in range(30)]
    assert ballots.too_few(cast) == NotEnough(accounts=4, persons=30)
    assert ballots.too_few([*cast, Ballot("fifth", None)]) is None


@given(persons=st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 12), max_size=8))
def test_hidden_cells_are_never_alone_nor_few_when_the_total_is_shown(persons):
    cells = hiding.hide(persons)
    assert all(persons[cell] >= 5 or persons[cell] == 0 for cell in cells.shown)
    if cells.hidden and cells.has_total:
        assert len(cells.hidden) >= 2
        assert sum(persons[cell] for cell in cells.hidden) >= 5


@settings(max_examples=150, deadline=None)
@given(counts=st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_cell_of_a_table_can_be_computed_from_the_shown_ones_and_the_totals(counts):
    persons = {(f"r{i}", f"c{j}"): count for i, row in enumerate(counts) for j, count in enumerate(row)}
    cells = hiding.hide_table(persons)
    assert all(persons[cell] >= 5 or persons[cell] == 0 for cell in cells.shown)
    hidden = sorted(cells.hidden)
    if not hidden or not cells.has_total:
        return
    lines = sorted({row for row, _ in hidden}) + sorted({column for _, column in hidden})
    equations = np.array([[float(line in cell) for cell in hidden] for line in lines])
    for place in range(len(hidden)):
        unit = np.zeros((1, len(hidden)))
        unit[0, place] = 1
        rank = np.linalg.matrix_rank(equations)
        assert np.linalg.matrix_rank(np.vstack([equations, unit])) == rank + 1


def test_a_segment_of_three_takes_the_next_smallest_with_it():
    sizes = {"DACH": 12, "Nordics": 7, "UK": 3}
    cast = [Ballot(f"{name}{n}", 1, name) for name, size in sizes.items() for n in range(size)]
    shown = ballots.by_segment(cast, len)
    assert shown == {"DACH": 12, "Nordics": Hidden(), "UK": Hidden()}


def test_many_people_of_two_accounts_are_no_segment_and_are_not_told_by_subtraction():
    cast = [Ballot(f"{name}{n}", 1, name) for name, size in {"DACH": 9, "UK": 6}.items() for n in range(size)]
    cast += [Ballot(f"big{n % 2}", 1, "Nordics") for n in range(30)]
    assert ballots.by_segment(cast, len) == {"DACH": 9, "Nordics": Hidden(), "UK": Hidden()}


def test_proxies_are_a_series_of_their_own():
    cast = [Ballot("a", 1), Ballot("b", 2, is_proxy=True)]
    assert [one.answers for one in ballots.own(cast)] == [1]
    assert [one.answers for one in ballots.proxies(cast)] == [2]


def test_who_answers_in_under_two_seconds_or_always_the_same_place_is_flagged():
    assert flags.is_speeding([0.9, 1.1, 1.9, 8.0])
    assert not flags.is_speeding([2.0, 5.0, 1.0])
    assert flags.is_straight([(0, 3)] * 5)
    assert not flags.is_straight([(0, 3), (0, 2), (0, 3), (0, 3)])
    assert not flags.is_straight([(0, 3)] * 3)


def test_what_pages_need_of_codesign_loads_no_numpy_and_no_solver():
    light = [f"ideaflow.codesign.counting.{name}" for name in ("figures", "ballots", "hiding", "flags")] + [
        f"ideaflow.codesign.instruments.{name}" for name in LIGHT
    ]
    code = (
        f"import sys, {', '.join(light)}; print(sorted({{'numpy', 'scipy', 'ortools'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


LIGHT = ("buying", "kano", "maxdiff", "maxdiff_designs", "opinions", "pairwise", "prices")
DRAFTING = ("parts", "solving", "advice", "forks", "stored")


@pytest.mark.parametrize("part", ["counting", "instruments", "configurator", "findings"])
def test_examples_in_the_documentation_of_functions_run(part):
    package = importlib.import_module(f"ideaflow.codesign.{part}")
    found = [one.name for one in pkgutil.iter_modules(package.__path__)]
    assert found
    for name in found:
        module = importlib.import_module(f"{package.__name__}.{name}")
        assert doctest.testmod(module).failed == 0, name
