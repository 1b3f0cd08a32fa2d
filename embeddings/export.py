"""The encoder's files: made once from a model's own files, checked at every load.

Models come as PyTorch weights. Running those needs 750 MB of libraries and many times the processor time,
so they are turned into one int8 ONNX graph at the first use. From then on onnxruntime and tokenizers do.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings import convert
from embeddings.records import EngineError
from embeddings.sources import DEFAULT, WEIGHTS_SHA256, Source, find, sha256

RECIPE = 2
"""Changes whenever the same text would get another vector from the same weights."""
VERSION = f"{DEFAULT}-int8-{RECIPE}"
"""The version of the default model; those of others end with the hash of their files."""

GRAPH, TOKENIZER, MANIFEST = "encoder.onnx", "tokenizer.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a converted model.

    :ivar name: what the setting says.
    :ivar version: kept with each vector; vectors of two versions are never compared.
    :ivar dimensions: of each vector.
    :ivar tokens: so many of a text are read.
    :ivar prompt: put before each text, where the model was trained so.
    :ivar lower: whether texts are turned to lower case first.
    :ivar precision: ``int8``; ``float32`` where int8 would lose too much.
    :ivar likeness: mean cosine of the vectors to those of the original.
    :ivar stamp: changes when the source is written anew; empty for the packaged model.
    """

    name: str
    version: str
    dimensions: int
    tokens: int
    prompt: str
    lower: bool
    precision: str
    likeness: float
    stamp: str


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


def folder_name(model: str) -> str:
    """Return the name of the folder that holds a converted model."""
    if model == DEFAULT:
        return VERSION
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", Path(model).name).strip("-.")[:60] or "model"
    return f"{plain}-{hashlib.sha256(model.encode()).hexdigest()[:8]}-{RECIPE}"


def ready(model: str = DEFAULT, folder: Path | None = None) -> Path:
    """Return the folder with a checked encoder, making it first where it is missing or broken.

    Safe for several processes: one makes it, the others wait for it. A model whose own files changed since is
    made anew.

    :raises EngineError: the model is missing, damaged or cannot be used, or the folder cannot be written.
    """
    parent = (folder or models_folder()).absolute()
    home = parent / folder_name(model)
    if intact(home) and not _has_changed(home):
        return home
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with locked(parent / f"{home.name}.lock"):
            if not intact(home) or _has_changed(home):
                _make(find(model), home)
    except OSError as error:
        raise unwritable(parent, error) from error
    except MemoryError as error:
        raise EngineError(f"There is not enough memory to prepare the model {model}.") from error
    return home


def at_hand(model: str = DEFAULT, folder: Path | None = None) -> bool:
    """Return whether a model is converted; makes and downloads nothing.

    :raises EngineError: it is not, and cannot be: its files are missing or damaged.
    """
    home = (folder or models_folder()).absolute() / folder_name(model)
    if intact(home) and not _has_changed(home):
        return True
    find(model, download=False)
    return False


def unwritable(parent: Path, error: OSError) -> EngineError:
    """Say what to do about a folder that could not be written."""
    advice = "set IDEAFLOW_HOME to a folder that can be written"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        advice = f"Free some space there (three times the model's size; 250 MB for {DEFAULT}) or {advice}"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = f"Let this user write there or {advice}"
    else:
        advice = f"Free some space there or {advice}"
    return EngineError(f"The encoder could not be kept in {parent}: {error.strerror or error}. {advice}.")


def intact(home: Path) -> bool:
    """Return whether every file is there and is the one that was written."""
    try:
        files = json.loads((home / MANIFEST).read_text("utf-8"))["files"]
        manifest(home)
        return set(files) == {GRAPH, TOKENIZER} and all(
            sha256(home / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def manifest(home: Path) -> Manifest:
    """Return what is known of the model in ``home``."""
    found = json.loads((home / MANIFEST).read_text("utf-8"))
    return Manifest(**{name: found[name] for name in Manifest.__slots__})


def kept(folder: Path | None = None) -> list[Manifest]:
    """Return the converted models that lie ready, by name."""
    found = []
    for path in (folder or models_folder()).glob(f"*/{MANIFEST}"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            found.append(manifest(path.parent))
    return sorted(found, key=lambda one: (one.name, one.version))


def _has_changed(home: Path) -> bool:
    """Return whether a model's own files are there and are not those it was made from."""
    made = manifest(home)
    folder = Path(made.name).expanduser()
    if not made.stamp or not folder.is_dir():
        return False  # Models of the package and of the cache lie under a name that says which they are.
    try:
        return Source(made.name, folder.absolute()).stamp() != made.stamp
    except OSError:
        return False


def _make(source: Source, home: Path) -> None:
    """Convert the model beside ``home``, then move it there in one step."""
    digest = WEIGHTS_SHA256 if source.name == DEFAULT else source.digest()
    building = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        ways = convert.convert(source, building)
        files = {name: sha256(building / name) for name in (GRAPH, TOKENIZER)}
        own = {"name": source.name, "version": _version(source, ways, digest), "source": digest}
        own["stamp"] = "" if source.name == DEFAULT else source.stamp()
        written: dict[str, Any] = {**own, **ways, "files": files}
        (building / MANIFEST).write_text(json.dumps(written, indent=1, ensure_ascii=False), "utf-8")
        for path in (*building.iterdir(), building):
            _sync(path)
        building.chmod(0o755)
        if home.exists():
            shutil.rmtree(home)
        building.rename(home)
        _sync(home.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _version(source: Source, ways: dict[str, Any], digest: str) -> str:
    if source.name == DEFAULT and ways["precision"] == "int8":
        return VERSION
    return f"{Path(source.name).name[:80]}-{ways['precision']}-{RECIPE}-{digest[:8]}"


@contextmanager
def locked(path: Path) -> Iterator[None]:
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
