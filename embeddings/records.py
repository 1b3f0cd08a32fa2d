"""What goes into the engine and what comes out: arrays, dataclasses, and the one error.

The whole interface, in the order a statement travels::

    statements.split(text) -> tuple[Statement, ...]
    encode.Encoder(folder=None, threads=None, model=None).encode(texts, progress=None) -> Encoded
    engine.discover(texts, *, vectors=None, encoder=None, known=(), excluded=(),
                    seed=0, progress=None) -> Discovery
    match.match(old, new, pinned=()) -> Matching
    assign.assign(vectors, members, labels) -> Assignment
    layout.layout(centroids, sizes, previous=None) -> Points

Rows are counted from 0 in the order the caller gave its texts; the caller keeps
the list of its own ids beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from embeddings.lessons import Learned as Learned
from embeddings.lessons import Lesson as Lesson

Vectors = NDArray[np.float32]
"""One text a row, unit length; shape ``(texts, dimensions)``."""
Labels = NDArray[np.int64]
"""The cluster of each text, counted from 0, or ``NOISE``; shape ``(texts,)``."""
Strengths = NDArray[np.float32]
"""How firmly each text sits in its cluster, 0–1; 0 for noise; shape ``(texts,)``."""
Points = NDArray[np.float32]
"""Places on a map, each within 0–1; shape ``(things, 2)``."""

NOISE = -1
"""The label of a text that is in no cluster."""
LEAST = 4
"""Texts that a cluster, a pocket or a part that is asked about needs: three may be chance."""

Progress = Callable[[int, int], None]
"""Called as ``progress(done, total)`` while one long step runs."""
StepProgress = Callable[[str, int, int], None]
"""Called as ``progress(step, done, total)`` while several steps run."""


def step_of(progress: StepProgress | None, step: str) -> Progress | None:
    """Return what tells the progress of one step among several."""
    if progress is None:
        return None
    return lambda done, total: progress(step, done, total)


class EngineError(Exception):
    """The engine cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One passage of a longer text that makes one point.

    ``text`` equals ``original[start:end]``: the original can be shown with the passage marked.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Left:
    """A passage of a text that is in no statement, and why ("signature", "quoted mail" …)."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, eq=False)
class Encoded:
    """Two views of the same texts from one pass through the encoder.

    Both are ``Vectors`` of shape ``(texts, dimensions)``, unit length. They lose nothing that
    matters when they are kept as float16 (768 bytes a view at 384 dimensions): give them back as float32.

    :ivar mean: the usual sentence vector: search and compare with this one.
    :ivar mean4: the mean over the last four layers: a second opinion for clustering.
    """

    mean: Vectors
    mean4: Vectors

    def __len__(self) -> int:
        return len(self.mean)


@dataclass(frozen=True, slots=True)
class Known:
    """A theme of earlier runs and what humans decided about it; the next run obeys.

    :ivar key: the caller's number for the theme.
    :ivar rows: its statements in the last run. They may move; they say where the theme lives.
    :ivar fixed: statements a human put here. They stay, whatever the vectors say.
    :ivar barred: statements a human took out. They never come back here.
    :ivar whole: a human merged other themes into this one: every piece that is mostly made of
        ``rows`` stays part of it. (A split is two themes whose rows are ``fixed`` in each.)
    :ivar lessons: which decisions put statements here: like ones follow them.
    """

    key: int
    rows: frozenset[int] = frozenset()
    fixed: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()
    whole: bool = False
    lessons: tuple[Lesson, ...] = ()


@dataclass(frozen=True, eq=False)
class Cluster:
    """One group of one run.

    :ivar label: its number in ``Discovery.labels``; 0 is the largest.
    :ivar title: two to six words from the texts themselves, unlike any other title of the run.
    :ivar quote_row: the row of the central statement that says best what sets it apart, briefly.
    :ivar key_rows: up to five rows that show the breadth of the cluster, most central first.
    :ivar rows: every member, strongest first.
    :ivar centroid: the mean direction of its members; shape ``(384,)``, unit length.
    :ivar cohesion: mean cosine of its members to the centroid, 0–1.
    :ivar keywords: words that mark it off from the others, most telling first.
    :ivar key: the ``Known`` theme whose human decisions it carries, if any.
    :ivar is_pocket: a small dense group found among what fits no other cluster.
    """

    label: int
    title: str
    quote_row: int
    key_rows: tuple[int, ...]
    rows: tuple[int, ...]
    centroid: Vectors
    cohesion: float
    keywords: tuple[str, ...] = ()
    key: int | None = None
    is_pocket: bool = False

    @property
    def size(self) -> int:
        """Return the number of members."""
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Level:
    """One partition of the same graph: the coarse and fine relatives of the labels.

    :ivar resolution: the higher, the more clusters.
    :ivar quality: ordinary modularity, comparable between levels.
    :ivar labels: every row has a cluster here, noise too; of the one chosen the run's clusters are made.
    """

    resolution: float
    quality: float
    labels: Labels
    is_chosen: bool = False


@dataclass(frozen=True, eq=False)
class Group:
    """An area, which is several whole clusters, or a part, which is a piece of one.

    :ivar number: counted from 0 within its level; area 0 has most texts, parts follow their clusters.
    :ivar title: like a cluster's; equal to another level's only where the rows are the same.
    :ivar quote_row: the row of the central statement that says best what sets it apart.
    :ivar rows: every member, in the order of the texts.
    :ivar clusters: labels of the clusters it is made of, largest first; of a part, the one it lies in.
    :ivar centroid: the mean direction of its members; shape ``(384,)``, unit length.
    """

    number: int
    title: str
    quote_row: int
    rows: tuple[int, ...]
    clusters: tuple[int, ...]
    centroid: Vectors

    @property
    def size(self) -> int:
        """Return the number of members."""
        return len(self.rows)


class LeftOut(StrEnum):
    """Why a text is in no cluster."""

    EXCLUDED = "excluded"
    WORDLESS = "wordless"
    ALONE = "alone"
    """It is far from everything, in a cluster no denser than chance, or in one too small to be a theme."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run says about itself.

    :ivar read: texts that came in.
    :ivar copies: texts that say the same as another in the same words; they count once.
    :ivar left_out: how many texts are in no cluster, by reason; the sum is their number.
    :ivar cohesion: mean cosine of the members of all clusters to their centroid, 0–1.
    :ivar stability: adjusted Rand index between this partition and one with another seed, before
        noise and human decisions; 1 is the same.
    :ivar seed: the seed of the run.
    """

    read: int
    copies: int
    left_out: Mapping[LeftOut, int]
    cohesion: float
    stability: float
    seed: int


@dataclass(frozen=True, eq=False)
class Discovery:
    """The clusters of one run.

    :ivar labels: ``Labels``, the cluster of each row or ``NOISE``.
    :ivar strengths: ``Strengths``: the share of a row's nearest neighbours, weighed by likeness,
        that are in its cluster; 1.0 for what a human fixed.
    :ivar clusters: by label, largest first.
    :ivar levels: coarse to fine, before noise and human decisions.
    :ivar vectors: what was clustered, so that the caller can keep it.
    :ivar areas: each is several whole clusters, and each cluster is in exactly one.
    :ivar parts: pieces of those clusters that have an inner structure; the others have none.
    :ivar report: what the run says about itself.
    :ivar learned: rows that followed a human's decision about others.
    """

    labels: Labels
    strengths: Strengths
    clusters: tuple[Cluster, ...]
    levels: tuple[Level, ...]
    vectors: Encoded
    seed: int
    areas: tuple[Group, ...]
    parts: tuple[Group, ...]
    report: Report
    learned: tuple[Learned, ...] = ()

    @property
    def noise_share(self) -> float:
        """Return the share of rows in no cluster, 0–1."""
        return float(np.mean(self.labels == NOISE)) if len(self.labels) else 0.0


class EventKind(StrEnum):
    """What became of a theme from one run to the next."""

    CONTINUE = "continue"
    SPLIT = "split"
    MERGE = "merge"
    DIE = "die"
    BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of themes: ``old`` keys before, ``new`` keys after."""

    kind: EventKind
    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who after a new run.

    :ivar events: what happened, in the order split, merge, continue, die, birth.
    :ivar kept: new key → the old key it keeps. A new key that is absent gets a new number.
    :ivar parents: new key → old keys it descends from, for those that got a new number.
    :ivar redirects: old key that was merged away → the old key that lives on.
    """

    events: tuple[Event, ...]
    kept: Mapping[int, int] = field(default_factory=dict)
    parents: Mapping[int, Sequence[int]] = field(default_factory=dict)
    redirects: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Assignment:
    """Where new texts belong among existing clusters.

    :ivar labels: as the caller's, or ``NOISE`` where none fits.
    :ivar strengths: ``Strengths``, measured as in ``Discovery``.
    """

    labels: Labels
    strengths: Strengths
