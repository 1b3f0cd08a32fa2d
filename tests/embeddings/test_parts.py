"""The parts of the engine, one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from embeddings import cluster, duplicates, graph, noise, phrases
from embeddings.assign import assign
from embeddings.encode import unit
from embeddings.engine import discover
from embeddings.layout import layout, radii
from embeddings.name import names
from embeddings.records import NOISE
from embeddings.scatter import scatter


def test_neighbours_are_the_nearest_whatever_the_block(blobs, monkeypatch):
    vectors, _ = blobs([20, 30])
    nearest, likeness = graph.neighbours(vectors.mean, 5)
    table = vectors.mean @ vectors.mean.T
    np.fill_diagonal(table, -1)
    assert np.allclose(likeness, -np.sort(-table, axis=1)[:, :5], atol=1e-6)
    monkeypatch.setattr(graph, "BLOCK_BYTES", 4 * 50 * 7)
    again = graph.neighbours(vectors.mean, 5)
    assert np.array_equal(nearest, again[0])


def test_clear_groups_are_found_and_stray_points_are_not(blobs):
    vectors, truth = blobs([40, 50, 60], spread=0.6)
    stray = unit(np.random.default_rng(5).normal(size=(6, 384)))
    both = type(vectors)(np.vstack([vectors.mean, stray]), np.vstack([vectors.mean4, stray]))
    texts = [f"group {chr(97 + label)} text {'x' * row}" for row, label in enumerate([*truth, *[9] * 6])]
    found = discover(texts, vectors=both)
    assert (found.labels[-6:] == NOISE).all()
    assert all(len(set(truth[list(one.rows)].tolist())) == 1 for one in found.clusters)
    assert (found.labels[:-6] == NOISE).mean() < 0.05


def test_a_dense_pocket_far_from_all_is_found(blobs):
    pocket, _ = blobs([7], spread=0.2, seed=9)
    stray = unit(np.random.default_rng(6).normal(size=(9, 384)))
    labels = cluster.pockets(np.vstack([pocket.mean, stray]), 3, 0.6)
    assert set(labels[:7].tolist()) == {0}
    assert (labels[7:] == NOISE).all()


def test_a_cloud_without_groups_is_not_called_sparser_than_chance():
    cloud = unit(np.random.default_rng(3).normal(size=(800, 384)) * np.linspace(1.5, 0.2, 384) + 0.1)
    _, likeness = graph.neighbours(cloud, 15)
    excess = noise.above_chance(cloud, noise.density(likeness))
    assert -1 < float(np.median(excess)) < 3


def test_a_far_text_stays_where_most_of_its_ties_are(blobs):
    """Texts 0 and 1 are far; the neighbours of 0 are of its group, most of those of 1 of the other one."""
    vectors, labels = blobs([40, 40], spread=0.5)
    likeness = np.tile(np.linspace(0.8, 0.9, 80, dtype=np.float32)[:, None], 15)
    likeness[:2] = 0.1
    ties = np.zeros((80, 80))
    ties[0, [10, 11]] = ties[1, [12, 50, 51]] = 1
    matrix = sparse.csr_matrix(ties + ties.T)
    left_out = noise.outside(labels, (vectors.mean,), (likeness,), matrix)
    assert np.flatnonzero(left_out).tolist() == [1]
    likeness[:20] = 0.1  # Half of the group is far: nobody can tell what it is about.
    assert noise.outside(labels, (vectors.mean,), (likeness,), matrix)[:40].all()


@given(st.lists(st.integers(-1, 6), max_size=60))
def test_clusters_are_numbered_by_size_without_gaps(labels):
    new, number = cluster.by_size(np.array(labels, np.int64))
    sizes = [int((new == label).sum()) for label in range(len(number))]
    assert sizes == sorted(sizes, reverse=True) and all(sizes)
    assert [label == NOISE for label in labels] == (new == NOISE).tolist()
    assert {old: number[old] for old in set(labels) - {NOISE}} == number


@given(st.permutations(range(30)))
@settings(max_examples=20)
def test_centroids_do_not_depend_on_the_order_of_texts(order):
    vectors = unit(np.random.default_rng(0).normal(size=(30, 8)))
    labels = np.arange(30) % 4 - 1
    assert np.allclose(
        cluster.centroids(vectors, labels), cluster.centroids(vectors[order], labels[order]), atol=1e-6
    )


def test_centroids_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="2 vectors, but 1 labels"):
        cluster.centroids(np.eye(2, dtype=np.float32), np.array([0]))
    with pytest.raises(ValueError, match="no text"):
        cluster.centroids(np.eye(2, dtype=np.float32), np.array([0, 2]))


def test_copies_and_near_copies_count_once_and_others_do_not():
    texts = [
        "The nightly export of all open orders to the archive failed again with code nine",
        "the NIGHTLY export of all open orders to the archive failed again with code nine!!",
        "the nightly export of all open orders to the archive failed again with error code nine",
        "The label printer is out of paper",
        "The label printer is not out of paper",
    ]
    stands, group = duplicates.collapse(texts)
    assert group[0] == group[1] == group[2]
    assert len({int(group[0]), int(group[3]), int(group[4])}) == 3 == len(stands)


@given(st.lists(st.text(alphabet="ab .", max_size=6), max_size=12), st.randoms())
def test_copies_are_found_whatever_the_order(texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    stands, group = duplicates.collapse(texts)
    shuffled_stands, shuffled = duplicates.collapse([texts[row] for row in order])
    assert shuffled.tolist() == group[order].tolist()
    assert [texts[order[row]] for row in shuffled_stands] == [texts[row] for row in stands]


def test_new_texts_join_the_theme_they_resemble(blobs):
    vectors, truth = blobs([40, 40, 40], spread=0.6)
    some = np.arange(120) % 4 == 0
    found = assign(vectors.mean[some], vectors.mean[~some], truth[~some] + 100)
    assert (found.labels == truth[some] + 100).mean() > 0.9
    assert found.strengths.min() >= 0 and found.strengths.max() <= 1
    stray = unit(np.random.default_rng(8).normal(size=(5, 384)))
    assert (assign(stray, vectors.mean, truth).labels == NOISE).all()


def test_without_themes_or_texts_nothing_is_assigned(blobs):
    vectors, truth = blobs([5])
    assert assign(vectors.mean, vectors.mean[:0], truth[:0]).labels.tolist() == [NOISE] * 5
    assert assign(vectors.mean[:0], vectors.mean, truth).labels.tolist() == []
    with pytest.raises(ValueError, match="labels"):
        assign(vectors.mean, vectors.mean, truth[:2])


def test_what_is_near_noise_stays_outside(blobs):
    vectors, truth = blobs([40, 40], spread=0.5)
    labels = np.where(truth == 1, NOISE, 0)
    assert (assign(vectors.mean[truth == 1], vectors.mean, labels).labels == NOISE).all()


def test_the_map_is_inside_its_frame_without_overlap(blobs):
    vectors, truth = blobs([30, 5, 10, 80, 3, 7, 12])
    centres = cluster.centroids(vectors.mean, truth)
    sizes = np.bincount(truth).tolist()
    places, circle = layout(centres, sizes), radii(sizes)
    assert np.array_equal(places, layout(centres, sizes))
    assert places.min() >= 0 and places.max() <= 1
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(len(sizes)) * 9
    assert (apart >= circle[:, None] + circle[None] - 1e-3).all()
    inside = scatter(vectors.mean, truth, places, sizes)
    assert (np.linalg.norm(inside - places[truth], axis=1) <= circle[truth] + 1e-6).all()


def test_known_themes_keep_their_place_on_the_map(blobs):
    vectors, truth = blobs([20] * 8)
    centres = cluster.centroids(vectors.mean, truth)
    before = layout(centres[:6], [20] * 6)
    known = {row: (float(x), float(y)) for row, (x, y) in enumerate(before)}
    after = layout(centres, [20] * 8, previous=known)
    assert np.allclose(after[:6], before, atol=1e-6)
    assert after.min() >= 0 and after.max() <= 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_map_of_hardly_any_theme(blobs, count):
    vectors, truth = blobs([4] * max(count, 1))
    centres = cluster.centroids(vectors.mean, truth)[:count]
    assert layout(centres, [4] * count).shape == (count, 2)


def test_a_title_keeps_names_and_abbreviations_as_customers_write_them():
    texts = [
        "We cannot sign in with Azure AD via SSO",
        "Signing in with Azure AD fails",
        "SSO with Azure AD is down",
    ] * 2
    found = names(texts, unit(np.ones((6, 4))), np.zeros(6, np.int64))
    assert "Azure AD" in found[0].title


def test_a_title_is_never_a_mail_address_or_a_number():
    texts = ["jane.doe@example.com 42", "jane.doe@example.com 42", "42"]
    found = names(texts, unit(np.ones((3, 4))), np.array([0, 0, 1]))
    assert not any(character.isdigit() or character == "@" for one in found for character in one.title[:8])
    assert found[0].title != found[1].title


@pytest.mark.parametrize("text", ["How long does it take", "I want to top up", "the app", "it isn't"])
def test_no_phrase_begins_or_ends_with_a_small_word(text):
    for phrase in phrases.count([text]):
        assert phrase.split()[0] not in {"long", "i", "the", "to", "it", "isn't"}
        assert phrase.split()[-1] not in {"top", "the", "to", "it", "isn't"}
