"""Areas, themes and sub-themes: what one level says never contradicts another."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from embeddings import graph, resolutions, tree
from embeddings.cluster import choose, communities, good_enough, likeness, modularity, steady
from embeddings.engine import discover
from embeddings.heads import name_areas
from embeddings.records import NOISE, Cluster, Encoded, Group, Known
from tests.embeddings import corpus


def nested(found):
    """Assert that areas are whole clusters and parts lie in one."""
    seen = [label for area in found.areas for label in area.clusters]
    assert sorted(seen) == list(range(len(found.clusters)))
    for area in found.areas:
        assert set(area.rows) == {row for label in area.clusters for row in found.clusters[label].rows}
    inside = [row for part in found.parts for row in part.rows]
    assert len(inside) == len(set(inside))
    for part in found.parts:
        (label,) = part.clusters
        assert set(part.rows) < set(found.clusters[label].rows)
    for level in (found.areas, found.parts):
        assert [one.number for one in level] == list(range(len(level)))
        assert all(one.title and one.quote_row in one.rows for one in level)
        assert all(abs(np.linalg.norm(one.centroid) - 1) < 1e-5 for one in level)
    assert len(found.areas) <= max(1, len(found.clusters) // 2) or not found.clusters


@pytest.fixture(scope="module")
def towns():
    """Return vectors of three towns of four streets of two houses each, and their numbers."""
    rng = np.random.default_rng(4)
    town, street, house = (rng.normal(size=(many, 384)) for many in (3, 12, 24))
    own = rng.normal(size=(24 * 40, 384))
    number = np.repeat(np.arange(24), 40)
    points = 1.2 * town[number // 8] + street[number // 2] + 0.35 * house[number] + 0.5 * own
    points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    return Encoded(points, points), number


def test_towns_streets_and_houses_come_back_as_three_levels(towns):
    vectors, house = towns
    texts = [f"{chr(97 + number)}{'x' * (row % 7)}" for row, number in enumerate(house)]
    found = discover(texts, vectors=vectors)
    nested(found)
    for one in found.areas:
        assert len(set(house[list(one.rows)] // 8)) == 1
    assert 3 <= len(found.areas) <= 6


def test_a_theme_without_inner_structure_has_no_parts():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(300, 384)).astype(np.float32) + 1.0
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    matrix = graph.symmetric(graph.neighbours(points, 25), 300).tocsr()
    assert (tree.parts(matrix, np.zeros(300, np.int64)) == NOISE).all()


def test_a_theme_of_two_halves_has_two_parts(blobs):
    vectors, half = blobs([80, 60], spread=0.8)
    joint = (vectors.mean + vectors.mean[0] * 0).astype(np.float32)
    matrix = graph.symmetric(graph.neighbours(joint, 15), 140).tocsr()
    found = tree.parts(matrix, np.zeros(140, np.int64))
    assert {(int(part), int(one)) for part, one in zip(found, half, strict=True)} == {(0, 0), (1, 1)}


def test_levels_of_a_real_inbox_are_nested_and_their_titles_tell_them_apart(encoder):
    found = discover(corpus.TEXTS, encoder=encoder)
    nested(found)
    rows_of = {}
    for one in [*found.areas, *found.clusters, *found.parts]:
        rows_of.setdefault(one.title.casefold(), set()).add(frozenset(one.rows))
    assert all(len(rows) == 1 for rows in rows_of.values())


def test_levels_respect_what_humans_decided(encoder):
    dark, invoice = range(16, 24), range(24, 32)
    joined = Known(7, rows=frozenset([*dark, *invoice]), fixed=frozenset([*dark, *invoice]), whole=True)
    found = discover(corpus.TEXTS, encoder=encoder, known=[joined], excluded=[0])
    nested(found)
    (home,) = {found.labels[row] for row in [*dark, *invoice]}
    assert sum(home in area.clusters for area in found.areas) == 1
    assert all(0 not in one.rows for one in [*found.areas, *found.parts])


@given(
    st.lists(st.integers(-1, 5), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60),
)
@settings(max_examples=60, deadline=None)
def test_any_graph_gives_nested_levels(labels, edges):
    count = len(labels)
    _, labels = np.unique(np.array(labels, np.int64), return_inverse=True)
    labels = labels - 1
    themes = int(labels.max()) + 1
    matrix = sparse.lil_matrix((count, count))
    for one, two in edges:
        if one % count != two % count:
            matrix[one % count, two % count] = matrix[two % count, one % count] = 1.0
    centres = np.eye(8, dtype=np.float32)[:themes]
    areas = tree.areas(matrix.tocsr(), labels, centres)
    assert len(areas) == themes
    assert not themes or set(areas.tolist()) == set(range(int(areas.max()) + 1))
    assert len(set(areas.tolist())) <= max(1, themes // 2)
    parts = tree.parts(matrix.tocsr(), labels)
    assert (parts[labels == NOISE] == NOISE).all()
    for part in set(parts.tolist()) - {NOISE}:
        assert len(set(labels[parts == part].tolist())) == 1


def test_a_run_tells_what_it_read_and_left_out(encoder):
    texts = [*corpus.TEXTS, *corpus.NOISE, "???", corpus.TEXTS[0]]
    report = discover(texts, encoder=encoder, excluded=[3]).report
    assert report.read == len(texts) and report.copies == 1
    assert report.left_out["excluded"] == 1 and report.left_out["wordless"] == 1
    assert 0 < report.cohesion <= 1 and report.stability <= 1


def test_the_numbers_of_what_is_left_out_add_up(encoder):
    found = discover([*corpus.TEXTS, *corpus.NOISE, "!!", ""], encoder=encoder)
    assert sum(found.report.left_out.values()) == int((found.labels == NOISE).sum())


def group(number, title, clusters, rows):
    return Group(number, title, rows[0], tuple(rows), tuple(clusters), np.zeros(1, np.float32))


def cluster(label, title, rows):
    return Cluster(label, title, rows[0], (rows[0],), tuple(rows), np.zeros(1, np.float32), 0.5)


def said(thing, number):
    return [f"We lost the {thing} at dock {word} and the {thing} was late" for word in "abcdefgh"[:number]]


@pytest.fixture
def fields():
    """Three themes in one area that share no word of weight, two in another that do."""
    texts = [*said("gloves", 8), *said("kiosk", 7), *said("headset", 6)]
    texts += [f"The pallet {word} is too high for the truck" for word in "abcdefgh"]
    texts += [f"The weight of the pallet {word} is wrong" for word in "abcdefg"]
    ends = np.cumsum([0, 8, 7, 6, 8, 7])
    rows = [list(range(start, end)) for start, end in pairwise(ends.tolist())]
    titles = ("Freezer gloves", "Kiosk", "Voice headset", "Pallet height", "Weight")
    clusters = [cluster(label, titles[label], rows[label]) for label in range(5)]
    mixed = group(0, "Freezer gloves torn", (0, 1, 2), rows[0] + rows[1] + rows[2])
    pallets = group(1, "Mixed pallets", (3, 4), rows[3] + rows[4])
    return [mixed, pallets], clusters, texts


def test_an_area_is_called_by_what_its_themes_share_or_by_a_word_of_each(fields):
    assert [one.title for one in name_areas(*fields)] == ["Gloves, kiosk, headset", "Mixed pallets"]


def test_no_person_stands_in_the_name_of_an_area(fields):
    areas, clusters, texts = fields
    texts = [text.replace("kiosk", "Anselm") for text in texts]
    assert "anselm" not in name_areas(areas, clusters, texts, ["Anselm Krug"])[0].title.lower()


def test_areas_of_one_theme_and_of_wordless_ones_keep_their_name(fields):
    areas, clusters, texts = fields
    alone = group(0, "Freezer gloves", (0,), clusters[0].rows)
    assert name_areas([alone], clusters, texts)[0].title == "Freezer gloves"
    assert name_areas(areas, clusters, ["!?"] * len(texts))[0].title == "Freezer gloves torn"


def test_the_best_of_several_cuts_hangs_less_on_the_seed(blobs):
    """Forty vague groups: where one cut is a matter of luck, the best of ten is less so."""
    vectors, _ = blobs([25] * 40, spread=3.2)
    near = graph.neighbours(vectors.mean, 9)
    matrix = graph.symmetric(near, len(vectors.mean), graph.background(vectors.mean)).tocsr()
    matrix.sort_indices()
    single = [communities(matrix, 4.0, seed) for seed in range(6)]
    best = [resolutions.firm(matrix, one, seed) for seed, one in enumerate(single)]
    alike = [
        np.mean([likeness(one.labels, other.labels) for one, other in combinations(some, 2)])
        for some in (single, best)
    ]
    assert alike[1] > alike[0]
    for one, firm in zip(single, best, strict=True):
        assert modularity(matrix, firm.labels, 4.0) >= modularity(matrix, one.labels, 4.0)
        assert firm.quality >= one.quality and firm.resolution == 4.0


def test_groups_that_stand_apart_are_taken_as_they_are_and_not_broken():
    """Forty clear groups, four of them of two halves: to part these costs too little modularity to tell."""
    number = np.repeat(np.arange(40), 20)
    half = np.tile(np.arange(20) >= 10, 40) & (number < 4)
    same = number[:, None] == number
    ties = np.where(same, np.where(half[:, None] == half, 1.0, 0.15), 0.002)
    np.fill_diagonal(ties, 0)
    levels = resolutions.partitions(sparse.csr_matrix(ties), 0)
    good = [level for level in levels if level.quality >= good_enough(levels)]
    assert good[-1].labels.max() + 1 == 44
    assert likeness(number, choose(levels).labels) == 1


def test_no_resolution_is_steady_where_groups_touch(blobs):
    vectors, _ = blobs([25] * 40, spread=3.2)
    near = graph.neighbours(vectors.mean, 9)
    matrix = graph.symmetric(near, len(vectors.mean), graph.background(vectors.mean)).tocsr()
    matrix.sort_indices()
    levels = resolutions.partitions(matrix, 0)
    assert not [one for one in steady(levels) if one.quality >= good_enough(levels)]
    assert choose(levels).is_chosen


def test_a_large_graph_is_cut_once(blobs, monkeypatch):
    vectors, _ = blobs([20, 30])
    matrix = graph.symmetric(graph.neighbours(vectors.mean, 5), 50).tocsr()
    chosen = communities(matrix, 1.0, 0)
    seen: list[float] = []

    def cut(matrix, resolution, seed):
        seen.append(resolution)
        return communities(matrix, resolution, seed)

    monkeypatch.setattr(resolutions, "LARGE", 49)
    monkeypatch.setattr(resolutions, "communities", cut)
    assert resolutions.firm(matrix, chosen, 0).quality >= chosen.quality
    assert seen == [1.0]
