"""Texts to vectors: a sentence-transformers model as an int8 graph, one text batch on each core."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import export
from embeddings.records import Encoded, EngineError, Progress, Vectors
from embeddings.sources import chosen

BATCH_TOKENS = 256
"""A batch this small stays in a core's own cache; larger ones are slower."""
AHEAD = 64
"""Batches handed to the cores at a time: bounds what waits, keeps all of them busy."""
CONTEXT = 0.5
"""How much the whole item weighs beside a statement's 1."""
LONGEST_TEXT = 10_000
"""Characters that are cut into tokens: far more than any model reads."""
CHUNK_TEXTS = 50_000
"""Texts cut into tokens at a time: bounds the memory, hardly costs sorting."""


class Encoder:
    """Turns texts into two unit vectors each.

    The same text always gets the same vector, whatever is encoded beside it.
    Opening a model the first time makes its files (seconds); later it takes a quarter second.

    :param folder: where the files are kept; see ``export.models_folder``.
    :param threads: processor threads; all cores of this process by default.
    :param model: a name or a folder; see ``sources.find``. ``$IDEAFLOW_MODEL`` or the default one otherwise.
    :raises EngineError: the model is missing or damaged, or the folder cannot be written.
    """

    def __init__(
        self, folder: Path | None = None, threads: int | None = None, model: str | None = None
    ) -> None:
        home = export.ready(chosen(model), folder)
        self.about = export.manifest(home)
        self.name, self.version, self.dimensions = (
            self.about.name,
            self.about.version,
            self.about.dimensions,
        )
        import onnxruntime
        from tokenizers import Tokenizer

        from embeddings.convert import session_options

        self._tokenizer = Tokenizer.from_file(str(home / export.TOKENIZER))
        self._tokenizer.enable_truncation(max_length=self.about.tokens)
        self._tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(
            str(home / export.GRAPH), session_options(), providers=["CPUExecutionProvider"]
        )
        self._threads = threads or cores()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """Return the vectors of texts, in their order; each distinct text is encoded once.

        :param texts: any texts; what goes beyond the model's number of tokens is not read.
        :param progress: called after some batches with the number of distinct texts.
        :raises EngineError: the model gives numbers that are none.
        """
        distinct = sorted(set(texts))
        place = {text: row for row, text in enumerate(distinct)}
        mean = np.empty((len(distinct), self.dimensions), np.float32)
        mean4 = np.empty((len(distinct), self.dimensions), np.float32)
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            for start in range(0, len(distinct), CHUNK_TEXTS):
                batches = list(self._batches(distinct[start : start + CHUNK_TEXTS]))
                for first in range(0, len(batches), AHEAD):
                    some = batches[first : first + AHEAD]
                    # The session may be run by several threads; each run keeps to one core.
                    for (rows, _), found in zip(some, pool.map(self._run, some), strict=True):
                        mean[start + rows], mean4[start + rows] = found
                        done += len(rows)
                    if progress is not None:
                        progress(done, len(distinct))
        order = np.fromiter((place[text] for text in texts), np.intp, count=len(texts))
        return Encoded(mean[order], mean4[order])

    def encode_in_context(
        self, texts: Sequence[str], wholes: Sequence[str], progress: Progress | None = None
    ) -> Encoded:
        """Return the vectors of statements, leaning towards the items they were cut from.

        "It worked until the last release" alone could be about anything; its ticket says about what.
        A statement that is its whole item gets the vectors ``encode`` gives.

        :param texts: the statements.
        :param wholes: for each of them the whole text of its item.
        """
        both = self.encode([*texts, *wholes], progress)
        count = len(texts)
        return Encoded(
            unit(both.mean[:count] + CONTEXT * both.mean[count:]),
            unit(both.mean4[:count] + CONTEXT * both.mean4[count:]),
        )

    def token_ids(self) -> NDArray[np.int64]:
        """Return every token between the marks that stand around a text; shape ``(tokens, length)``."""
        marks = self._tokenizer.encode("").ids
        half = (len(marks) + 1) // 2
        tokens = np.arange(self._tokenizer.get_vocab_size(), dtype=np.int64)
        around = [np.full(len(tokens), mark, np.int64) for mark in marks]
        return np.stack([*around[:half], tokens, *around[half:]], axis=1)

    def tokens(self) -> list[str]:
        """Return every token as it is written, by its id."""
        return [self._tokenizer.id_to_token(one) or "" for one in range(self._tokenizer.get_vocab_size())]

    def encode_tokens(self, ids: NDArray[np.int64], size: int) -> tuple[Vectors, Vectors]:
        """Return both views of rows of token ids, so many rows at a time."""
        batches = [(np.empty(0, np.intp), ids[start : start + size]) for start in range(0, len(ids), size)]
        with ThreadPoolExecutor(self._threads) as pool:
            found = list(pool.map(self._run, batches))
        return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])

    def _run(self, batch: tuple[NDArray[np.intp], NDArray[np.int64]]) -> tuple[Vectors, Vectors]:
        ids = batch[1]
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        first, second = self._session.run(["mean", "mean4"], given)
        return self._sound(first), self._sound(second)

    def _sound(self, vectors: NDArray[Any]) -> Vectors:
        """Return unit vectors, if they are any: a text without a direction would be like all others."""
        lengths = np.linalg.norm(np.asarray(vectors, np.float64), axis=1)
        if not (np.isfinite(lengths) & (lengths > 1e-6)).all():
            raise EngineError(
                f"The model {self.name} gives vectors without numbers (NaN, infinite or zero). None of them "
                "was kept. Its weights are damaged: get them again and delete its folder under models in the "
                "home folder, or go back with: ideaflow models use all-MiniLM-L6-v2"
            )
        return unit(vectors)

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        """Yield rows and token ids, the shortest first; texts of one batch have the same length.

        So nothing is padding, and a text's vector cannot depend on its neighbours.
        """
        # Unpaired surrogates come in through lenient decoders; the tokenizer refuses them.
        clean = [text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8") for text in texts]
        if self.about.lower:
            clean = [text.lower() for text in clean]
        tokens = [
            item.ids for item in self._tokenizer.encode_batch([self.about.prompt + one for one in clean])
        ]
        lengths = np.fromiter(map(len, tokens), np.int64, count=len(tokens))
        order = np.argsort(lengths, kind="stable")
        start = 0
        while start < len(order):
            length = max(int(lengths[order[start]]), 1)
            same = int(np.searchsorted(lengths[order], length, side="right"))
            end = min(same, start + max(BATCH_TOKENS // length, 1)) if same > start else start + 1
            rows = order[start:end]
            yield rows, np.array([tokens[row] or [0] for row in rows], np.int64)
            start = end


def unit(vectors: NDArray[Any]) -> Vectors:
    """Return the rows at length one; a row of zeros stays zeros."""
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled


def cores() -> int:
    """Return how many cores this process may use, which in a container is fewer than there are."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        return max(1, min(usable, round(int(quota) / int(period))))
    except (OSError, ValueError):  # No such limit.
        return usable
