"""What humans decided holds in every later run."""

import numpy as np
import pytest

from embeddings.engine import discover
from embeddings.records import NOISE, Known
from tests.embeddings import corpus

ROWS = {name: frozenset(range(8 * place, 8 * place + 8)) for place, name in enumerate(corpus.NEEDS)}


@pytest.fixture(scope="module")
def vectors(encoder):
    return encoder.encode(corpus.TEXTS)


@pytest.fixture
def run(encoder, vectors):
    return lambda **decisions: discover(corpus.TEXTS, vectors=vectors, encoder=encoder, **decisions)


def labels_of(found, rows):
    return set(found.labels[list(rows)].tolist())


def by_key(found, key):
    return next(one for one in found.clusters if one.key == key)


def test_a_moved_statement_stays_where_it_was_put(run):
    row = min(ROWS["dark"])
    found = run(known=[Known(7, rows=ROWS["export"], fixed=frozenset({row})), Known(8, rows=ROWS["dark"])])
    assert row in by_key(found, 7).rows
    assert labels_of(found, ROWS["export"] | {row}) == {by_key(found, 7).label}
    assert found.strengths[row] == 1
    assert found.labels[max(ROWS["dark"])] != found.labels[row]


def test_merged_themes_stay_merged(run):
    both = ROWS["dark"] | ROWS["export"]
    assert len(labels_of(run(), both)) == 2
    found = run(known=[Known(3, rows=both, whole=True)])
    assert labels_of(found, both) == {by_key(found, 3).label}


def test_a_split_theme_stays_split(run):
    half = frozenset(sorted(ROWS["export"])[:4])
    other = ROWS["export"] - half
    found = run(known=[Known(1, rows=half, fixed=half), Known(2, rows=other, fixed=other)])
    assert set(by_key(found, 1).rows) == half
    assert other <= set(by_key(found, 2).rows)


def test_a_statement_taken_out_of_a_theme_does_not_come_back(run):
    row = min(ROWS["mobile"])
    found = run(known=[Known(4, rows=ROWS["mobile"], barred=frozenset({row}))])
    assert row not in by_key(found, 4).rows


def test_an_excluded_statement_is_in_no_theme(run):
    row = min(ROWS["dark"])
    found = run(excluded=[row])
    assert found.labels[row] == NOISE
    assert all(row not in one.rows for one in found.clusters)


def test_decisions_do_not_disturb_the_rest(run):
    before = run()
    row = min(ROWS["dark"])
    after = run(known=[Known(7, rows=ROWS["export"], fixed=frozenset({row}))])
    others = sorted(set(range(len(corpus.TEXTS))) - {row})
    same = before.labels[others][:, None] == before.labels[others][None, :]
    assert np.array_equal(same, after.labels[others][:, None] == after.labels[others][None, :])


def test_decisions_hold_whatever_the_order_of_the_texts(encoder, run):
    row = min(ROWS["dark"])
    known = [Known(7, rows=ROWS["export"], fixed=frozenset({row}))]
    order = np.random.default_rng(2).permutation(len(corpus.TEXTS)).tolist()
    where = {old: new for new, old in enumerate(order)}
    moved = [Known(7, frozenset(where[r] for r in known[0].rows), frozenset({where[row]}))]
    found = discover([corpus.TEXTS[r] for r in order], encoder=encoder, known=moved)
    assert found.labels.tolist() == run(known=known).labels[order].tolist()


def test_a_theme_whose_statements_are_all_new_makes_its_own_cluster(run):
    rows = frozenset({0, 8, 16})
    found = run(
        known=[Known(9, fixed=rows), *(Known(n, rows=rows_) for n, rows_ in enumerate(ROWS.values()))]
    )
    assert set(by_key(found, 9).rows) == rows


@pytest.mark.parametrize(
    ("known", "excluded", "message"),
    [
        ([Known(1, rows=frozenset({999}))], [], "row 999"),
        ([Known(1, fixed=frozenset({3})), Known(2, fixed=frozenset({3}))], [], "fixed in the themes 1 and 2"),
        ([Known(1, fixed=frozenset({3}), barred=frozenset({3}))], [], "both fixed"),
        ([], [-1], "Row -1"),
    ],
)
def test_decisions_that_cannot_hold_are_refused(run, known, excluded, message):
    with pytest.raises(ValueError, match=message):
        run(known=known, excluded=excluded)
