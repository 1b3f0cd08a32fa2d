"""A large collection takes another way to the same themes."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from embeddings import cluster, engine, graph, large, resolutions
from embeddings.encode import unit
from embeddings.records import NOISE, Encoded, Level


@pytest.fixture
def many(blobs):
    vectors, truth = blobs([90, 60, 70, 80, 50, 40], spread=0.9)
    words = ["parcel", "invoice", "login", "photo", "report", "colour"]
    texts = [f"{words[label]} number {'x' * (row % 11)}{row}" for row, label in enumerate(truth)]
    return texts, vectors, truth


@pytest.fixture
def soon(monkeypatch):
    """Let the way of large collections begin at a hundred texts."""
    monkeypatch.setattr(resolutions, "LARGE", 100)


def test_the_way_of_large_collections_finds_the_same_groups(many, soon):
    texts, vectors, truth = many
    found = engine.labels(texts, vectors)
    assert adjusted_rand_score(truth, found) > 0.95


def test_a_large_run_names_and_nests_as_a_small_one(many, soon):
    texts, vectors, _ = many
    found = engine.discover(texts, vectors=vectors)
    assert found.labels.tolist() == engine.labels(texts, vectors).tolist()
    assert len({one.title for one in found.clusters}) == len(found.clusters)
    assert sorted(label for area in found.areas for label in area.clusters) == list(
        range(len(found.clusters))
    )
    assert all(len(level.labels) == len(texts) for level in found.levels)


def test_a_large_run_does_not_depend_on_the_order_of_texts(many, soon):
    texts, vectors, _ = many
    order = np.random.default_rng(3).permutation(len(texts))
    turned = Encoded(vectors.mean[order], vectors.mean4[order])
    one = engine.labels(texts, vectors)
    other = engine.labels([texts[row] for row in order], turned)
    assert other.tolist() == one[order].tolist()


def test_half_precision_is_enough_for_a_large_run(many, soon):
    texts, vectors, _ = many
    half = Encoded(vectors.mean.astype(np.float16), vectors.mean4.astype(np.float16))
    assert adjusted_rand_score(engine.labels(texts, vectors), engine.labels(texts, half)) > 0.95


def test_texts_unlike_all_others_are_left_out_of_a_large_run(many, soon):
    texts, vectors, _ = many
    stray = unit(np.random.default_rng(5).normal(size=(8, 384)))
    both = Encoded(np.vstack([vectors.mean, stray]), np.vstack([vectors.mean4, stray]))
    found = engine.labels([*texts, *(f"{chr(97 + row)}{'y' * row}" for row in range(8))], both)
    assert (found[-8:] == NOISE).mean() > 0.7
    assert (found[:-8] == NOISE).mean() < 0.05


def test_cells_hold_nearly_all_true_neighbours(many):
    _, vectors, _ = many
    short = large.points(vectors, np.arange(len(vectors)))
    quick, likeness = large.neighbours(short)
    exact, _ = graph.neighbours(short, large.NEIGHBOURS)
    shared = [len(set(one) & set(other)) for one, other in zip(quick.tolist(), exact.tolist(), strict=True)]
    assert np.mean(shared) > 0.8 * large.NEIGHBOURS
    assert (np.diff(likeness, axis=1) <= 1e-6).all()


def test_the_words_of_an_edge_count_as_in_a_plain_table():
    keys = ["red parcel lost", "red parcel late", "red parcel", "blue sky", "blue sky again"]
    table = large.word_table(keys)
    like = (table @ table.T).toarray()
    assert np.allclose(np.diag(like), 1, atol=1e-5)
    assert like[0, 1] > 0.9 and like[0, 3] == 0


def test_pieces_keep_the_modularity_of_the_graph():
    rng = np.random.default_rng(1)
    dense = rng.random((60, 60)) * (rng.random((60, 60)) < 0.2)
    matrix = sparse.csr_matrix(np.triu(dense, 1) + np.triu(dense, 1).T)
    pieces = resolutions._pieces(matrix, 0)
    groups = np.arange(int(pieces.piece.max()) + 1) % 4
    whole = cluster.modularity(matrix, groups[pieces.piece])
    assert cluster.modularity(pieces.matrix, groups) == pytest.approx(whole)
    assert pieces.twins.sum() == pytest.approx(matrix.sum())


def test_where_the_cut_of_the_whole_is_far_worse_the_pieces_stay(many, monkeypatch):
    _, vectors, truth = many
    near = large.neighbours(vectors.mean)
    matrix = graph.symmetric(near, len(truth)).tocsr()
    matrix.sort_indices()
    monkeypatch.setattr(resolutions, "LARGE", 100)
    apart = Level(11.0, cluster.modularity(matrix, truth), truth)
    assert cluster.communities(matrix, 11.0, 0).quality < cluster.good_enough([apart])
    assert resolutions.firm(matrix, apart, 0) is apart


def test_a_large_graph_is_cut_less_finely_as_its_cuts_lose_less():
    row = np.arange(8)
    levels = [Level(1.0, 0.9, row // 4), Level(2.0, 0.875, row // 2), Level(4.0, 0.8, row)]
    assert cluster.choose(levels).resolution == 2.0
    assert resolutions.NARROW < cluster.TOLERANCE
    assert cluster.choose(levels, resolutions.NARROW).resolution == 1.0


def test_ties_are_measured_by_what_is_around_a_text():
    crowd = np.linspace(0.99, 0.95, 15, dtype=np.float32)
    open_land = np.linspace(0.6, 0.3, 15, dtype=np.float32)
    close = large.closeness(np.stack([crowd, open_land]))
    assert np.allclose(close[:, 0], 1)
    assert np.allclose(close.sum(axis=1), 4, atol=1e-3)
    assert (np.diff(close, axis=1) < 0).all()
    equal = large.closeness(np.full((2, 15), 0.5, np.float32))
    assert np.allclose(equal, 1)


def test_a_run_can_be_interrupted_at_any_step(many, soon):
    texts, vectors, _ = many
    steps = []
    engine.labels(texts, vectors, progress=lambda step, done, total: steps.append(step))
    for wanted in dict.fromkeys(steps):

        def stop(step, done, total, wanted=wanted):
            if step == wanted:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            engine.labels(texts, vectors, progress=stop)


@pytest.mark.parametrize(
    "texts",
    [
        ["🎉"] * 30 + ["🔥🔥", "👍", "❤️"] * 20,
        ["a" * 100_000, "b " * 50_000, *["please add a dark mode"] * 5],
        ["Wo ist mein Paket?", "Где моя посылка?", "我的包裹在哪里？", "أين طردي؟", "कहाँ है मेरा पार्सल?"] * 20,
        ["\u200b", "\ufeff", "\x00", "   ", "1234", "…"] * 12,
    ],
)
def test_odd_texts_give_a_clear_result(texts):
    rng = np.random.default_rng(0)
    table = {text: unit(rng.normal(size=(1, 384)))[0] for text in dict.fromkeys(texts)}
    vectors = np.stack([table[text] for text in texts]).astype(np.float32)
    found = engine.discover(texts, vectors=Encoded(vectors, vectors))
    assert len(found.labels) == found.report.read == len(texts)
    assert sum(found.report.left_out.values()) == int((found.labels == NOISE).sum())
    assert all(one.title for one in found.clusters)
