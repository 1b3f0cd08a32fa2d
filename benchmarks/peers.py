"""What others use to find themes, on the same vectors: each returns the cluster of each text, or -1.

The packages are the optional group ``peers``; a method whose package is missing is left out, by name.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.cluster import KMeans

Method = Callable[[list[str], Any, int, int], Any]
"""Called as ``method(texts, vectors, true_k, seed)``."""


def kmeans(_texts: list[str], vectors: Any, true_k: int, seed: int) -> Any:
    """KMeans that is told the true number of clusters."""
    return KMeans(true_k, n_init=3, random_state=seed).fit_predict(vectors)


def bertopic(texts: list[str], vectors: Any, _true_k: int, _seed: int) -> Any:
    """BERTopic as it comes, all settings at their defaults, vectors given."""
    from bertopic import BERTopic

    return BERTopic(embedding_model=None).fit_transform(texts, np.asarray(vectors))[0]


def evoc(_texts: list[str], vectors: Any, _true_k: int, seed: int) -> Any:
    """EVoC as it comes."""
    from evoc import EVoC

    return EVoC(random_state=seed).fit_predict(vectors)


def umap_hdbscan(_texts: list[str], vectors: Any, _true_k: int, seed: int) -> Any:
    """UMAP to five dimensions, then HDBSCAN; a cluster needs a 400th of the texts (at least 5)."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    placed = UMAP(n_components=5, n_neighbors=15, min_dist=0, metric="cosine", random_state=seed)
    return HDBSCAN(min_cluster_size=max(5, len(vectors) // 400)).fit_predict(placed.fit_transform(vectors))


PEERS: dict[str, tuple[tuple[str, ...], Method]] = {
    "KMeans told the true k": ((), kmeans),
    "BERTopic": (("bertopic",), bertopic),
    "EVoC": (("evoc",), evoc),
    "UMAP + HDBSCAN": (("umap", "hdbscan"), umap_hdbscan),
}


def available() -> Iterator[tuple[str, Method]]:
    """Yield the methods that can run here; say which cannot, and what to do."""
    warnings.filterwarnings("ignore", module="umap|sklearn|numba|hdbscan|bertopic")
    for name, (needs, method) in PEERS.items():
        missing = [package for package in needs if importlib.util.find_spec(package) is None]
        if missing:
            words = f"{', '.join(missing)} is not installed (pip install 'ideaflow[peers]')."
            print(f"{name}: left out, {words}", file=sys.stderr)
        else:
            yield name, method


def warm(methods: list[tuple[str, Method]]) -> None:
    """Let each method compile what it compiles at its first use, so that it is not counted as work."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((600, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = np.array([f"word{number}" for number in range(14)])
    texts = [" ".join(rng.choice(words, 6)) for _ in vectors]
    for name, method in methods:
        try:
            method(texts, vectors, 5, 0)
        except Exception as error:
            print(f"{name}: could not warm up ({error}).", file=sys.stderr)
