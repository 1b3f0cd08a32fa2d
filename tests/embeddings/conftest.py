"""The encoder for every test: made once a machine, kept in the user's cache."""

import os
from pathlib import Path

import numpy as np
import pytest

from embeddings.encode import Encoder, unit
from embeddings.records import Encoded


def models_folder() -> Path:
    """Return the folder with encoder files that all test runs share."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("IDEAFLOW_TEST_MODELS") or Path(cache) / "ideaflow" / "models")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder(models_folder())


@pytest.fixture(scope="session")
def blobs():
    """Return a maker of unit vectors in groups: ``blobs([20, 30])`` gives 50 vectors and their groups."""

    def make(sizes, spread=0.3, seed=0, dimensions=384):
        rng = np.random.default_rng(seed)
        centres = rng.normal(size=(len(sizes), dimensions))
        truth = np.repeat(np.arange(len(sizes)), sizes)
        points = unit(centres)[truth] + spread * unit(rng.normal(size=(len(truth), dimensions)))
        return Encoded(unit(points), unit(points)), truth

    return make
