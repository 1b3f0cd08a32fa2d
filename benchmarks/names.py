"""How well the titles and quotes of found themes name what is in them, beside other ways to name them.

    python benchmarks/names.py DATA [MORE ...] [--seed 0] [--seeds 1] [--json] [--list]

DATA is a file of JSON lines with ``text`` and ``label``, or an ``.npz`` with ``text``, ``label``, ``mean``
and ``mean4``, which saves the encoding (``demo_texts.py`` makes one of the demo company). Themes are found
first; each should be called what most of its texts are labelled. *cosine* is the likeness of a name shown to
that label's name by the encoder's ``mean``, *first* the share of themes whose name is more like that label's
name than any other's. The judge is the encoder itself, which favours names from the centre: ``--list`` prints
them to be read. One partition to the next makes a difference: ``--seeds 5`` prints the mean of five.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.scoring import kept
from embeddings import name
from embeddings.cluster import centroids
from embeddings.encode import Encoder
from embeddings.engine import discover
from embeddings.records import NOISE, Encoded, Labels, Vectors

COLUMNS = ("data", "names", "cosine", "first", "cosine by size", "first by size", "CPU s")
CANDIDATES, TOP, CENTRAL = 60, 3, 15


@dataclass(eq=False)
class Labelled:
    """Labelled texts; ``called`` says what a label is called; labels that it lacks are not judged."""

    title: str
    texts: list[str]
    labels: list[str]
    vectors: Encoded
    called: dict[str, str]
    people: list[str]


def labelled(path: Path, encoder: Encoder) -> Labelled:
    """Read labelled texts and give them vectors."""
    people: list[str] = []
    if path.suffix == ".npz":
        file = np.load(path, allow_pickle=True)
        texts, labels = list(map(str, file["text"])), list(map(str, file["label"]))
        vectors = kept(file)
        if "called" in file:
            called = {str(label): str(words) for label, words in file["called"]}
            return Labelled(path.stem, texts, labels, vectors, called, list(map(str, file["people"])))
    else:
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        texts, labels = [str(one["text"]) for one in records], [str(one["label"]) for one in records]
        vectors = encoder.encode(texts)
    return Labelled(
        path.stem, texts, labels, vectors, {one: one.replace("_", " ") for one in set(labels)}, people
    )


def judge(data: Labelled, labels: Labels, shown: list[str], encoder: Encoder) -> dict[str, float]:
    """Return how near names are to those of the labels most of their texts have."""
    keys = sorted(data.called)
    likeness = encoder.encode(shown).mean @ encoder.encode([data.called[one] for one in keys]).mean.T
    cosines, first, sizes = [], [], []
    for label in range(len(shown)):
        rows = np.flatnonzero(labels == label)
        most = Counter(data.labels[row] for row in rows).most_common(1)[0][0]
        if most in data.called:
            own = keys.index(most)
            cosines.append(float(likeness[label, own]))
            first.append(float(likeness[label].argmax() == own))
            sizes.append(len(rows))
    return {
        "cosine": float(np.mean(cosines)),
        "first": float(np.mean(first)),
        "by size: cosine": float(np.average(cosines, weights=sizes)),
        "by size: first": float(np.average(first, weights=sizes)),
    }


def yardstick(data: Labelled, encoder: Encoder) -> float:
    """Return the share of labels of which the centre of the texts is nearest to their own name."""
    keys = sorted(set(data.called) & set(data.labels))
    known = np.array([keys.index(one) if one in keys else NOISE for one in data.labels])
    likeness = centroids(data.vectors.mean, known) @ encoder.encode([data.called[one] for one in keys]).mean.T
    return float((likeness.argmax(axis=1) == np.arange(len(keys))).mean())


def tfidf(data: Labelled, labels: Labels, words: tuple[int, int], top: int) -> list[list[str]]:
    """Return the terms of each cluster that c-TF-IDF finds most telling."""
    vectorizer = CountVectorizer(ngram_range=words, stop_words="english", min_df=2)
    counts = vectorizer.fit_transform(data.texts)
    clusters = int(labels.max()) + 1
    terms = vectorizer.get_feature_names_out()
    sums = np.vstack([np.asarray(counts[labels == one].sum(axis=0))[0] for one in range(clusters)])
    weights = (
        sums
        / np.maximum(sums.sum(1, keepdims=True), 1)
        * np.log(1 + sums.sum() / clusters / (1 + sums.sum(0)))
    )
    return [[str(terms[one]) for one in np.argsort(-row, kind="stable")[:top]] for row in weights]


def peers(data: Labelled, labels: Labels, encoder: Encoder) -> dict[str, Callable[[], list[str]]]:
    """Return other ways to name the same clusters, most of them used by other programs."""
    mean = data.vectors.mean
    centres = centroids(mean, labels)
    members = [np.flatnonzero(labels == one) for one in range(len(centres))]
    central = [
        rows[np.argsort(-(mean[rows] @ centre), kind="stable")]
        for rows, centre in zip(members, centres, strict=True)
    ]

    def phrases(choose: Callable[[Vectors, int], list[int]]) -> list[str]:
        found = tfidf(data, labels, (1, 3), CANDIDATES)
        vectors = [encoder.encode(some).mean for some in found]
        return [", ".join(some[i] for i in choose(vectors[one], one)) for one, some in enumerate(found)]

    def varied(vectors: Vectors, label: int) -> list[int]:
        """Return three phrases near the centre that are unlike each other (MMR, .5)."""
        near, chosen = vectors @ centres[label], list[int]()
        while len(chosen) < min(TOP, len(vectors)):
            like = (vectors @ vectors[chosen].T).max(axis=1) if chosen else np.zeros(len(vectors))
            order = 0.5 * near - 0.5 * like
            order[chosen] = -np.inf
            chosen.append(int(order.argmax()))
        return chosen

    def contrast(vectors: Vectors, label: int) -> list[int]:
        near = vectors @ centres.T
        rivals = np.delete(near, label, axis=1).max(axis=1, initial=0.0)
        return [int((near[:, label] - 0.5 * rivals).argmax())]

    return {
        "c-TF-IDF, 3 words (BERTopic)": lambda: [" ".join(some) for some in tfidf(data, labels, (1, 1), TOP)],
        "nearest phrase (KeyBERT)": lambda: phrases(lambda v, one: [int((v @ centres[one]).argmax())]),
        "3 varied phrases (KeyBERT, MMR)": lambda: phrases(varied),
        "contrastive phrase": lambda: phrases(contrast),
        "medoid sentence": lambda: [data.texts[rows[0]] for rows in central],
        "shortest central sentence": lambda: [
            min((data.texts[r] for r in rows[:CENTRAL]), key=len) for rows in central
        ],
    }


def run(data: Labelled, encoder: Encoder, seed: int, listed: bool) -> list[dict[str, Any]]:
    """Name the themes of one collection in every way."""
    labels = discover(data.texts, vectors=data.vectors, seed=seed).labels
    before = time.process_time()
    found = name.names(
        data.texts, data.vectors.mean, labels, lambda some: encoder.encode(some).mean, forbidden=data.people
    )
    seconds = time.process_time() - before
    titles, quotes = [one.title for one in found], [data.texts[one.quote_row] for one in found]
    both = [f"{title}: {quote}" for title, quote in zip(titles, quotes, strict=True)]
    ways = {
        "ours, as shown: title and quote": lambda: both,
        "ours, title alone": lambda: titles,
        "ours, quote alone": lambda: quotes,
        **peers(data, labels, encoder),
    }
    rows = [
        {"data": data.title, "names": way, **judge(data, labels, make(), encoder)}
        for way, make in ways.items()
    ]
    rows[0]["CPU s"] = seconds
    if listed:
        for label, (title, quote) in enumerate(zip(titles, quotes, strict=True)):
            counts = Counter(data.labels[row] for row in np.flatnonzero(labels == label))
            most, many = counts.most_common(1)[0]
            share = f"{many}/{counts.total()}"
            print(f"| {title} | {' '.join(quote.split())} | {data.called.get(most, most)} {share} |")
    print(
        f"{data.title}: {len(found)} themes, {np.mean(labels == NOISE):.1%} in none, seed {seed}; "
        f"of the labels themselves {yardstick(data, encoder):.3f} are nearest to their own names",
        file=sys.stderr,
    )
    return rows


def mean_of(runs: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the mean of each figure over runs with other seeds, and of *first* the least and the most."""
    rows = []
    for same in zip(*runs, strict=True):
        row = {key: np.mean([one[key] for one in same]) if isinstance(value, float) else value
               for key, value in same[0].items()}  # fmt: skip
        firsts = [one["first"] for one in same]
        rows.append(row | {"least first": min(firsts), "most first": max(firsts)})
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown."""
    keys: tuple[str, ...] = ("data", "names", "cosine", "first", "by size: cosine", "by size: first", "CPU s")
    spread = (
        ("least first", "most first") if any(one["least first"] < one["most first"] for one in rows) else ()
    )
    keys, columns = (*keys, *spread), (*COLUMNS, *spread)
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(keys) + "|"]
    for row in rows:
        cells = (
            f"{row[key]:.3f}" if isinstance(row.get(key), float) else str(row.get(key, "")) for key in keys
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--list", action="store_true", help="print each title, its quote and what it should say"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1, help="so many from --seed on; prints their mean")
    chosen = parser.parse_args()
    for path in chosen.data:
        if not path.is_file():
            raise SystemExit(f"{path}: there is no such file.")
    encoder = Encoder()
    rows = []
    for path in chosen.data:
        data = labelled(path, encoder)
        seeds = range(chosen.seed, chosen.seed + chosen.seeds)
        rows += mean_of([run(data, encoder, seed, chosen.list) for seed in seeds])
    print(json.dumps(rows, indent=1) if chosen.json else table(rows))


if __name__ == "__main__":
    main()
