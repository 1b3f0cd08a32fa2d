"""The door to language models: which one is chosen, which lie ready, what language a text is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ideaflow.errors import Unavailable

if TYPE_CHECKING:
    from embeddings.encode import Encoder
    from embeddings.quick import QuickEncoder

DEFAULT, QUICK = "all-MiniLM-L6-v2", "quick"
"""Names of models: the one that comes with ideaflow, and (before ``:`` and a model) its first look."""
Given = ParamSpec("Given")
Result = TypeVar("Result")


def available(call: Callable[Given, Result]) -> Callable[Given, Result]:
    """Tell the engine's own error in words of ours."""

    def run(*arguments: Given.args, **named: Given.kwargs) -> Result:
        from embeddings.records import EngineError

        try:
            return call(*arguments, **named)
        except EngineError as error:
            raise Unavailable(str(error)) from error

    return run


chosen_here: ContextVar[str] = ContextVar("model", default=DEFAULT)


@contextmanager
def using(name: str) -> Iterator[None]:
    """Read with this model inside the block, in this thread."""
    token = chosen_here.set(name)
    try:
        yield
    finally:
        chosen_here.reset(token)


def chosen() -> str:
    """Return the name of the chosen model, as people know it."""
    name = chosen_here.get()
    return (
        "of single words, for a first look" if name.startswith(QUICK) else name.rstrip("/").rpartition("/")[2]
    )


# Two, because new arrivals are read with the model in use while a run reads with the next one.
@lru_cache(maxsize=2)
def open_model(name: str) -> Encoder | QuickEncoder:
    """Return the encoder of a model, opened once."""
    if name.startswith(QUICK):
        from embeddings.quick import QuickEncoder

        return QuickEncoder(base=name.partition(":")[2])
    from embeddings.encode import Encoder

    return Encoder(model=name)


def name_of(version: str) -> str | None:
    """Return the name under which a version can be opened here; None when its files are gone."""
    from embeddings import export

    if version == export.VERSION:
        return DEFAULT
    base = version.removeprefix("quick-1-")
    known = {export.VERSION: DEFAULT} | {one.version: one.name for one in export.kept()}
    if base not in known:
        return None
    return f"{QUICK}:{known[base]}" if base != version else known[base]


@available
def prove(name: str) -> str:
    """Let a model read a sentence if it lies ready; otherwise only look whether it could be made ready.

    :returns: what there is to say about it.
    :raises Unavailable: it cannot be used; says what to do.
    """
    from embeddings import export
    from embeddings.sources import chosen as meant

    if not export.at_hand(meant(name)):
        return "made ready at the first use"
    open_model(name).encode(["The label printer jams."])
    return "reads"


def kept_models() -> list[tuple[str, str]]:
    """Return the models that lie ready on this machine: name and version."""
    from embeddings import export

    return [(one.name, one.version) for one in export.kept()]


def languages(texts: Sequence[str]) -> list[str]:
    """Return the language of each text as two letters; empty where it cannot be told."""
    from embeddings.languages import languages as find

    return find(texts)
