"""A first look at very many texts: word by word, with vectors drawn once from the language model.

Each token of the vocabulary goes through the model alone; a text is the weighted mean of its tokens, rare
ones weighing more: the recipe of Model2Vec. It reads ten times as many texts a second and knows nothing of
word order: themes come out blurred, so it is only ever a first look.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import export
from embeddings.encode import CHUNK_TEXTS, CONTEXT, LONGEST_TEXT, Encoder, unit
from embeddings.records import Encoded, EngineError, Progress, Vectors
from embeddings.sources import QUICK, chosen, sha256

DIMENSIONS = 256
"""The main directions of all tokens; the others are noise."""
COMMON = 1e-3
"""A token weighs half when this share of all tokens is it."""
TABLES, RECIPE = "tokens.npz", 1
BATCH = 512


class QuickEncoder:
    """Turns texts into two unit vectors each, like ``encode.Encoder``, ten times as fast and less well.

    :param folder: where files are kept; see ``export.models_folder``.
    :param base: the model the word vectors are drawn from; the default one otherwise.
    :raises EngineError: that model is missing or damaged, or the folder cannot be written.
    """

    name = QUICK

    def __init__(self, folder: Path | None = None, base: str | None = None) -> None:
        model = chosen(base)
        home = export.ready(model, folder)
        about = export.manifest(home)
        self.version = f"{QUICK}-{RECIPE}-{about.version}"
        self._lower, self._tables = about.lower, _tables(home, folder, model)
        self.dimensions = int(self._tables[0].shape[1])
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(home / export.TOKENIZER))
        self._tokenizer.enable_truncation(max_length=about.tokens)
        self._tokenizer.no_padding()
        # What every text has in it, such as its end, says nothing of it.
        self._edges = set(self._tokenizer.encode("").ids)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """Return the vectors of texts, in their order."""
        first = np.empty((len(texts), self.dimensions), np.float32)
        second = np.empty_like(first)
        for start in range(0, len(texts), CHUNK_TEXTS):
            some = texts[start : start + CHUNK_TEXTS]
            counts = self._counts(some)
            for view, table in zip((first, second), self._tables, strict=True):
                view[start : start + len(some)] = unit(counts @ table)
            if progress is not None:
                progress(start + len(some), len(texts))
        return Encoded(first, second)

    def encode_in_context(
        self, texts: Sequence[str], wholes: Sequence[str], progress: Progress | None = None
    ) -> Encoded:
        """Return the vectors of statements, leaning towards the items they were cut from."""
        own, whole = self.encode(texts, progress), self.encode(wholes)
        return Encoded(unit(own.mean + CONTEXT * whole.mean), unit(own.mean4 + CONTEXT * whole.mean4))

    def _counts(self, texts: Sequence[str]) -> Any:
        """Return how often each token stands in each text; shape ``(texts, tokens)``, sparse."""
        from scipy.sparse import csr_array

        clean = [text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8") for text in texts]
        if self._lower:
            clean = [text.lower() for text in clean]
        tokens = [
            [one for one in item.ids if one not in self._edges] or item.ids[:1] or [0]
            for item in self._tokenizer.encode_batch_fast(clean)
        ]
        ends = np.cumsum([0, *map(len, tokens)])
        ids = np.fromiter((one for own in tokens for one in own), np.int32, count=int(ends[-1]))
        ones = np.ones(len(ids), np.float32)
        return csr_array((ones, ids, ends), shape=(len(texts), len(self._tables[0])))


def _tables(home: Path, folder: Path | None, model: str) -> tuple[Vectors, Vectors]:
    """Return the two views of every token, drawing them from the model where that was not done yet."""
    place = home.parent / f"{home.name}-{QUICK}-{RECIPE}"
    graph = sha256(home / export.GRAPH)
    found = _kept(place, graph)
    if found is None:
        try:
            with export.locked(home.parent / f"{place.name}.lock"):
                found = _kept(place, graph)
                if found is None:
                    found = _draw(Encoder(folder, model=model))
                    _keep(place, graph, found)
        except OSError as error:
            raise export.unwritable(home.parent, error) from error
    return found


def _kept(place: Path, graph: str) -> tuple[Vectors, Vectors] | None:
    try:
        told = json.loads((place / "quick.json").read_text("utf-8"))
        if told != {"graph": graph, "tables": sha256(place / TABLES)}:
            return None
        with np.load(place / TABLES) as tables:
            return tables["mean"].astype(np.float32), tables["mean4"].astype(np.float32)
    except (OSError, ValueError, KeyError):
        return None


def _keep(place: Path, graph: str, tables: tuple[Vectors, Vectors]) -> None:
    building = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        first, second = (table.astype(np.float16) for table in tables)
        np.savez(building / TABLES, mean=first, mean4=second)
        told = {"graph": graph, "tables": sha256(building / TABLES)}
        (building / "quick.json").write_text(json.dumps(told), "utf-8")
        building.chmod(0o755)
        shutil.rmtree(place, ignore_errors=True)
        building.rename(place)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _draw(encoder: Encoder) -> tuple[Vectors, Vectors]:
    """Send each token through the model alone; return both views, fewer dimensions, weighted."""
    ids = encoder.token_ids()
    weights = _weights(encoder.tokens())
    first, second = encoder.encode_tokens(ids, BATCH)
    return _reduced(first) * weights[:, None], _reduced(second) * weights[:, None]


def _weights(tokens: Sequence[str]) -> NDArray[np.float32]:
    """Return what each token weighs: the rarer, the more; signs nothing.

    Vocabularies hold whole words by how common they are: the n-th is n times rarer than the first.
    """
    plain = [token.lstrip("▁Ġ") for token in tokens]
    is_word = np.array([len(one) > 1 and one.isalpha() for one in plain], np.bool_)
    shares = np.zeros(len(plain))
    shares[is_word] = 1 / np.arange(1, is_word.sum() + 1)
    weights = COMMON / (COMMON + shares / max(shares.sum(), 1e-12))
    weights[[not any(map(str.isalnum, one)) for one in plain]] = 1e-3
    rounded: NDArray[np.float32] = weights.astype(np.float32)
    return rounded


def _reduced(vectors: Vectors) -> Vectors:
    """Return vectors along their main directions, around their mean."""
    centred = vectors - vectors.mean(axis=0)
    if not np.isfinite(centred).all():
        raise EngineError("The model gives vectors without numbers, so no word vectors can be drawn from it.")
    _, directions = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
    main: Vectors = (centred @ directions[:, ::-1][:, :DIMENSIONS]).astype(np.float32)
    return main
