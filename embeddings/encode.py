"""Texts to vectors: all-MiniLM-L6-v2 as an int8 graph on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import export
from embeddings.records import Encoded, Progress, Vectors

DIMENSIONS = 384
BATCH_TEXTS = 32
CONTEXT = 0.5
"""How much the whole item weighs beside a statement's 1."""
LONGEST_TEXT = 10_000
"""Characters that are cut into tokens: far more than 256 tokens have."""
CHUNK_TEXTS = 50_000
"""Texts cut into tokens at a time: bounds the memory, hardly costs sorting."""


class Encoder:
    """Turns texts into two unit vectors each.

    Opening it the first time makes the encoder's files (seconds); later it takes a quarter second.

    :param folder: where the files are kept; see ``export.models_folder``.
    :param threads: processor threads; all cores of this process by default.
    :raises EngineError: the model is not installed or the folder cannot be written.
    """

    dimensions = DIMENSIONS
    version = export.VERSION

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        home = export.ready(folder)
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(home / export.TOKENIZER))
        # The file asks for 128 tokens and fixed padding; the model was published with 256.
        self._tokenizer.enable_truncation(max_length=export.MAX_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or cores()
        options.log_severity_level = 3
        # Waiting threads would spin and take the other core from whoever shares the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(home / export.GRAPH), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """Return the vectors of texts, in their order.

        Equal texts get equal vectors whatever the order: each distinct text is encoded once, in
        batches of like length that depend on the set of texts only.

        :param texts: any texts; what goes beyond 256 tokens of one is not read.
        :param progress: called after each batch with the number of distinct texts.
        """
        distinct = sorted(set(texts))
        place = {text: row for row, text in enumerate(distinct)}
        mean = np.empty((len(distinct), DIMENSIONS), np.float32)
        mean4 = np.empty((len(distinct), DIMENSIONS), np.float32)
        done = 0
        for start in range(0, len(distinct), CHUNK_TEXTS):
            chunk = distinct[start : start + CHUNK_TEXTS]
            for rows, ids, mask in self._batches(chunk):
                first, second = self._session.run(
                    ["mean", "mean4"], {"input_ids": ids, "attention_mask": mask}
                )
                mean[start + rows] = unit(first)
                mean4[start + rows] = unit(second)
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

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.intp], Any, Any]]:
        """Yield rows, token ids and mask, shortest texts first, so that little is padding."""
        # Unpaired surrogates come in through lenient decoders; the tokenizer refuses them.
        clean = [text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8") for text in texts]
        tokens = [item.ids for item in self._tokenizer.encode_batch(clean)]
        lengths = np.fromiter(map(len, tokens), np.int64, count=len(tokens))
        order = np.argsort(lengths, kind="stable")
        for start in range(0, len(order), BATCH_TEXTS):
            rows = order[start : start + BATCH_TEXTS]
            ids = np.zeros((len(rows), int(lengths[rows].max())), np.int64)
            for line, row in enumerate(rows):
                ids[line, : lengths[row]] = tokens[row]
            mask = (np.arange(ids.shape[1])[None, :] < lengths[rows, None]).astype(np.int64)
            yield rows, ids, mask


def unit(vectors: NDArray[Any]) -> Vectors:
    """Return the rows at length one; a row of zeros stays zeros."""
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled


def cores() -> int:
    """Return how many cores this process may use, which in a container is fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
