"""The map of the engine: areas lie together, what was there stays, the rest lies between themes."""

import numpy as np

from embeddings.encode import unit
from embeddings.layout import layout, radii
from embeddings.records import NOISE
from embeddings.scatter import scatter

CHANCE = np.random.default_rng(5)


def field(areas=4, each=6, spread=0.9):
    """Directions of themes, drawn around one direction an area."""
    middles = unit(CHANCE.normal(size=(areas, 384)))
    belongs = np.repeat(np.arange(areas), each)
    own = unit(CHANCE.normal(size=(areas * each, 384)))
    return unit(middles[belongs] + spread * own).astype(np.float32), belongs


def said(centres, number=40, noise=20):
    labels = np.concatenate([np.repeat(np.arange(len(centres)), number), np.full(noise, NOISE)])
    around = unit(CHANCE.normal(size=(len(labels), 384)))
    middles = np.where(labels[:, None] == NOISE, 0, centres[labels])
    return unit(middles + 0.7 * around).astype(np.float32), labels


def spread_of(points, belongs):
    own = [points[belongs == one] for one in np.unique(belongs)]
    return float(np.mean([np.linalg.norm(one - one.mean(axis=0), axis=1).mean() for one in own]))


def test_themes_of_an_area_lie_together():
    centres, belongs = field(spread=2.0)
    sizes = [20] * len(centres)
    apart = layout(centres, sizes)
    together = layout(centres, sizes, areas=belongs.tolist())
    assert spread_of(together, belongs) < 0.8 * spread_of(apart, belongs)
    distance = np.linalg.norm(together[:, None] - together[None], axis=2) + np.eye(len(sizes))
    assert (distance >= 2 * radii(sizes)[0] - 2e-3).all()


def test_a_map_where_most_is_new_is_turned_so_that_it_lies_on_the_old_one():
    centres, belongs = field(areas=3, each=4)
    before = layout(centres[::2], [10] * 6, areas=belongs[::2].tolist())
    mirrored = {2 * at: (1 - float(x), float(y)) for at, (x, y) in enumerate(before)}
    after = layout(centres, [10, 500] * 6, mirrored, belongs.tolist())
    old = np.array(list(mirrored.values()))
    turned = np.corrcoef(after[::2].ravel(), old.ravel())[0, 1]
    assert turned > 0.8 and after.min() >= 0 and after.max() <= 1


def test_statements_stay_where_they_were_and_new_ones_join_their_like():
    centres, belongs = field()
    vectors, labels = said(centres)
    sizes = [40] * len(centres)
    places = layout(centres, sizes, areas=belongs.tolist())
    before = scatter(vectors, labels, places, sizes)
    was = before.copy()
    fresh = np.arange(len(labels)) % 20 == 7
    was[fresh] = np.nan
    after = scatter(vectors, labels, places, sizes, was)
    moved = np.linalg.norm(after - before, axis=1)
    assert moved[~fresh].max() < 1e-6
    inside = fresh & (labels != NOISE)
    circle = radii(sizes)
    assert (np.linalg.norm(after[inside] - places[labels[inside]], axis=1) <= circle[labels[inside]]).all()
    # Who changed the theme goes to its new one.
    labels[0] = 5
    elsewhere = scatter(vectors, labels, places, sizes, before)
    assert np.linalg.norm(elsewhere[0] - places[5]) <= circle[5]


def test_what_is_in_no_theme_lies_outside_of_the_theme_it_is_most_like():
    centres, _ = field(areas=2, each=3)
    vectors, labels = said(centres, noise=60)
    sizes = [40] * len(centres)
    places, circle = layout(centres, sizes), radii(sizes)
    points = scatter(vectors, labels, places, sizes)
    homeless = labels == NOISE
    middles = np.stack([unit(vectors[labels == at].mean(axis=0)[None])[0] for at in range(len(sizes))])
    nearest = (vectors[homeless] @ middles.T).argmax(axis=1)
    assert (np.linalg.norm(points[homeless] - places[nearest], axis=1) > circle[nearest] * 0.99).all()
    assert np.isfinite(points).all() and points.min() >= 0 and points.max() <= 1


def test_a_theme_that_shrinks_on_the_map_draws_its_statements_together():
    centres, _ = field(areas=1, each=2)
    vectors, labels = said(centres, noise=0)
    places = layout(centres, [40, 40])
    wide = scatter(vectors, labels, places, [40, 40])
    sizes = [40, 4000]
    close = scatter(vectors, labels, places, sizes, wide)
    away = np.linalg.norm(close[labels == 0] - places[0], axis=1)
    assert away.max() <= 1.05 * radii(sizes)[0]


def test_nothing_and_one_of_a_kind_have_places_too():
    none = np.zeros((0, 384), np.float32)
    assert scatter(none, np.zeros(0, np.int64), np.zeros((0, 2), np.float32), []).shape == (0, 2)
    same = np.tile(unit(np.ones((1, 384))), (5, 1)).astype(np.float32)
    points = scatter(same, np.zeros(5, np.int64), layout(same[:1], [5]), [5])
    assert np.isfinite(points).all()
    alone = scatter(same, np.full(5, NOISE), np.zeros((0, 2), np.float32), [])
    assert np.isfinite(alone).all() and len(np.unique(alone, axis=0)) == 5


def test_copies_of_one_text_lie_beside_each_other_and_not_in_one_ray():
    vectors = np.repeat(np.eye(1, 384, dtype=np.float32), 12, axis=0)
    centres = np.array([[0.5, 0.5]], np.float32)
    points = scatter(vectors, np.zeros(12, np.int64), centres, [12]) - centres[0]
    angles = np.unique(np.round(np.arctan2(points[:, 1], points[:, 0]), 2))
    assert len(angles) >= 10
    assert np.linalg.norm(points, axis=1).max() <= 0.12
