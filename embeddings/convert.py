"""A sentence-transformers model to one ONNX graph with two poolings. PyTorch is needed here only."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import rowwise
from embeddings.records import EngineError
from embeddings.sources import DEFAULT, Source
from embeddings.views import two_views

INPUTS, OUTPUTS = ["input_ids", "attention_mask"], ["mean", "mean4"]
POOLINGS = {
    "mean": "pooling_mode_mean_tokens",
    "cls": "pooling_mode_cls_token",
    "max": "pooling_mode_max_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}
PURPOSES = ("clustering", "Clustering", "STS", "query")
"""Which of a model's prompts is put before a text, where it names no default: the first one it has."""
LONGEST = 512
"""Tokens of a text that are read at most: statements are shorter, and memory grows with the square."""
FAITHFUL, LIKE = 0.999, 0.97
"""Least cosine to the original that the graph must keep, and that its int8 form must keep to be used."""
TRIALS = (
    "dark mode",
    "The scanner loses the Wi-Fi in the cold aisle and drops the list.",
    "Why was I charged twice for the same order?",
    "Der Etikettendrucker bleibt mitten in der Nacht stehen und meldet nichts.",
    "Impossible d'exporter plus de dix mille lignes depuis le rapport.",
    "No puedo contar las existencias mientras el equipo trabaja en el almacén.",
    "请问发票什么时候能改成另一个地址？",
    "We signed because of the forecast, but it has been wrong for three weeks now, the planner rebuilt it by "
    "hand in a spreadsheet, and nobody in support could say whether the release or our import is to blame.",
)
"""What the converted model is compared on with the original."""


def convert(source: Source, folder: Path) -> dict[str, Any]:
    """Write ``encoder.onnx`` and ``tokenizer.json`` into ``folder``; return how texts are to be prepared.

    :raises EngineError: this model cannot be converted; says what to do.
    """
    model = _load(source)
    ways = _ways(model, source)
    tokenizer = _tokenizer(model, source)
    tokenizer.save(str(folder / "tokenizer.json"))
    full, graph = folder / "full.onnx", folder / "encoder.onnx"
    trial = _trial(tokenizer, ways)
    expected = _expected(model, trial)
    if not (np.isfinite(expected).all() and np.linalg.norm(expected, axis=1).all()):
        raise EngineError(
            f"The model {source.name} gives vectors without numbers (NaN, infinite or zero): its weights are "
            "damaged. Get them again, or choose another model."
        )
    _write(model, full, source)
    if _likeness(full, trial, expected) < FAITHFUL:
        raise EngineError(
            f"The model {source.name} gives other vectors once it is converted to ONNX. "
            "It cannot be used; choose another one (docs/engine.md lists kinds that work)."
        )
    _quantise(full, graph)
    likeness = _likeness(graph, trial, expected)
    ways["precision"] = "int8"
    if likeness < LIKE:
        # Few models lose that much; such a one is used as it is: larger and slower, but right.
        graph.unlink()
        _merge(full, graph)
        ways["precision"], likeness = "float32", 1.0
    for path in folder.glob("full.onnx*"):
        path.unlink()
    return {**ways, "likeness": round(float(likeness), 4), "dimensions": int(expected.shape[1])}


def _load(source: Source) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as hints
    except ImportError as error:
        raise EngineError(
            f"Preparing the language model needs {error.name}, once. "
            "Install it with: pip install sentence-transformers torch onnx"
        ) from error
    hints.disable_progress_bar()
    try:
        with quiet():
            return SentenceTransformer(
                str(source.folder),
                device="cpu",
                model_kwargs={"attn_implementation": "eager"},
                local_files_only=True,
            ).float()
    except Exception as error:  # Whatever a foreign model's files make the library stumble over.
        raise EngineError(
            f"The model {source.name} cannot be opened: {_first_line(error)} "
            "Get its files again, or choose another model (docs/engine.md lists kinds that work)."
        ) from error


def _ways(model: Any, source: Source) -> dict[str, Any]:
    """Return how this model wants its texts: what goes before, lower case, how long."""
    longest = model.max_seq_length or LONGEST
    if source.name == DEFAULT:
        longest = 256  # Its tokenizer's file asks for 128; it was published with 256.
    prompts = {key: value for key, value in (model.prompts or {}).items() if value}
    default = model.default_prompt_name
    prompt = prompts.get(default, "") if default else ""
    if not default:
        prompt = next((prompts[one] for one in PURPOSES if one in prompts), "")
    if not prompt and re.search(r"(^|[-_/])e5[-_]", f"{source.name}-".lower()):
        prompt = "query: "  # Its makers ask for it, in words only.
    lower = any(getattr(part, "do_lower_case", False) for part in model)
    return {"prompt": prompt, "lower": bool(lower), "tokens": int(min(longest, LONGEST))}


def _tokenizer(model: Any, source: Source) -> Any:
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise EngineError(
            f"The model {source.name} has no fast tokenizer (tokenizer.json), so it cannot be used. "
            "Choose another one (docs/engine.md lists kinds that work)."
        )
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _parts(model: Any, source: Source) -> tuple[Any, str, list[Any]]:
    """Return the transformer, the pooling and the layers behind it.

    :raises EngineError: there is something in it that has no place in the graph.
    """
    first, *rest = list(model)
    body = getattr(first, "auto_model", None) or getattr(first, "model", None)
    kinds = [type(part).__name__ for part in rest]
    if body is None or not rest or kinds[0] != "Pooling":
        raise _unfit(source, " → ".join([type(first).__name__, *kinds]))
    if unknown := [kind for kind in kinds[1:] if kind not in ("Dense", "Normalize")]:
        raise _unfit(source, unknown[0])
    return body, _pooling(rest[0], source), [part for part in rest[1:] if type(part).__name__ == "Dense"]


def _pooling(part: Any, source: Source) -> str:
    settings = part.get_config_dict()
    mode = settings.get("pooling_mode")
    if mode is None:
        modes = [name for name, key in POOLINGS.items() if settings.get(key)]
        others = [key for key, on in settings.items() if key.startswith("pooling_mode_") and on is True]
        mode = modes[0] if len(modes) == len(others) == 1 else "+".join(others)
    modes = [mode] if isinstance(mode, str) else list(mode)
    if len(modes) != 1 or modes[0] not in POOLINGS:
        raise _unfit(source, f"pooling {'+'.join(modes)}")
    return str(modes[0])


def _unfit(source: Source, what: str) -> EngineError:
    return EngineError(
        f"The model {source.name} is built in a way that cannot be used ({what}). Usable is a transformer "
        "with mean, cls, max or last-token pooling, and dense layers behind it. Choose another one."
    )


def _write(model: Any, target: Path, source: Source) -> None:
    """Write the model as an ONNX graph with two outputs, not yet of unit length."""
    import torch

    body, pooling, dense = _parts(model, source)
    ids = torch.tensor([[1, 2, 3, 4], [4, 3, 2, 1]])
    axes = {name: {0: "texts", 1: "tokens"} for name in INPUTS} | {name: {0: "texts"} for name in OUTPUTS}
    try:
        with quiet(), torch.no_grad():
            torch.onnx.export(
                two_views(body, pooling, dense),
                (ids, torch.ones_like(ids)),
                str(target),
                input_names=INPUTS,
                output_names=OUTPUTS,
                dynamic_axes=axes,
                opset_version=17,
                # The newer exporter would need one more package and gives the same graph here.
                dynamo=False,
            )
    except OSError:
        raise
    except Exception as error:  # The exporter fails in as many ways as there are architectures.
        raise EngineError(
            f"The model {source.name} ({type(body).__name__}) cannot be converted to ONNX: "
            f"{_first_line(error)} Choose another one (docs/engine.md lists kinds that work)."
        ) from error


def _trial(tokenizer: Any, ways: dict[str, Any]) -> list[Any]:
    texts = [ways["prompt"] + text for text in TRIALS]
    ids = [tokenizer.encode(text.lower() if ways["lower"] else text).ids[: ways["tokens"]] for text in texts]
    return [np.array([one], np.int64) for one in ids]


def _expected(model: Any, trial: list[Any]) -> Any:
    """Return the vectors of the original, from the same tokens."""
    import torch

    found = []
    with torch.no_grad():
        for ids in trial:
            given = torch.from_numpy(ids)
            out = model({"input_ids": given, "attention_mask": torch.ones_like(given)})
            found.append(out["sentence_embedding"][0].numpy())
    return np.stack(found)


def _likeness(graph: Path, trial: list[Any], expected: Any) -> float:
    """Return the mean cosine of a graph's vectors to the expected ones; NaN counts as 0."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(graph), session_options(), providers=["CPUExecutionProvider"])
    cosines = []
    for ids, right in zip(trial, expected, strict=True):
        [found] = session.run(["mean"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        lengths = float(np.linalg.norm(found[0]) * np.linalg.norm(right))
        cosines.append(float(found[0] @ right) / lengths if lengths > 0 else 0.0)
    return float(np.mean(np.nan_to_num(cosines)))


def session_options() -> Any:
    """Return options for one text at a time on one core: several cores read several texts."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _quantise(source: Path, target: Path) -> None:
    import onnx

    model = onnx.load(str(source))
    rowwise.quantise(model.graph)
    if not any(one.domain == rowwise.CONTRIB for one in model.opset_import):
        model.opset_import.append(onnx.helper.make_opsetid(rowwise.CONTRIB, 1))
    onnx.save(model, str(target))


def _merge(source: Path, target: Path) -> None:
    """Copy a graph whose weights may lie beside it into one file."""
    import onnx

    onnx.save(onnx.load(str(source)), str(target))


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return line[:200].rstrip(".") + "."


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' hints about our own choices away from the user's terminal."""
    before = logging.root.manager.disable
    bars = os.environ.get("TQDM_DISABLE")
    logging.disable(logging.WARNING)
    os.environ["TQDM_DISABLE"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
        if bars is None:
            os.environ.pop("TQDM_DISABLE", None)
        else:
            os.environ["TQDM_DISABLE"] = bars
