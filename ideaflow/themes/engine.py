"""The one door to the theme engine, which is loaded when the first text needs it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ideaflow.themes.engine_models import DEFAULT as DEFAULT
from ideaflow.themes.engine_models import QUICK as QUICK
from ideaflow.themes.engine_models import available as _available
from ideaflow.themes.engine_models import chosen as chosen
from ideaflow.themes.engine_models import chosen_here, open_model
from ideaflow.themes.engine_models import kept_models as kept_models
from ideaflow.themes.engine_models import languages as languages
from ideaflow.themes.engine_models import name_of as name_of
from ideaflow.themes.engine_models import prove as prove
from ideaflow.themes.engine_models import using as using
from ideaflow.themes.engine_words import content as content
from ideaflow.themes.engine_words import is_private as is_private
from ideaflow.themes.engine_words import masked as masked
from ideaflow.themes.engine_words import titles as titles
from ideaflow.themes.engine_words import without_people as without_people

if TYPE_CHECKING:
    from embeddings.encode import Encoder
    from embeddings.pockets import Pocket as Pocket
    from embeddings.questions import Question as Question
    from embeddings.quick import QuickEncoder
    from embeddings.records import Assignment as Assignment
    from embeddings.records import Cluster as Cluster
    from embeddings.records import Discovery as Discovery
    from embeddings.records import Encoded as Encoded
    from embeddings.records import Group as Group
    from embeddings.records import Known as Known
    from embeddings.records import Left as Left
    from embeddings.records import Matching as Matching
    from embeddings.records import Statement as Statement

Told = Callable[[str, int, int], None]
"""Called as ``tell(step, done, total)``."""
NOISE = -1


def _encoder() -> Encoder | QuickEncoder:
    return open_model(chosen_here.get())


@_available
def model() -> str:
    """Return the version of the chosen model: vectors of another version are never compared with its own.

    :raises Unavailable: it cannot be opened; says what to do.
    """
    from embeddings.export import VERSION

    return VERSION if chosen_here.get() == DEFAULT else _encoder().version


@_available
def about() -> dict[str, Any]:
    """Return what is known of the chosen model: version, dimensions, precision, likeness, tokens, prompt."""
    found = _encoder()
    told = getattr(found, "about", None)
    rest = {key: getattr(told, key, None) for key in ("precision", "likeness", "tokens", "prompt")}
    return {"version": found.version, "dimensions": found.dimensions, **rest}


def split(text: str, templates: frozenset[int] = frozenset()) -> tuple[Statement, ...]:
    """Return the passages of a text that make one point each; none for a text of mere set phrases.

    :param templates: what ``recurring`` found in all texts.
    """
    from embeddings import statements
    from embeddings.pleasantries import says_nothing

    return tuple(one for one in statements.split(text, templates) if not says_nothing(one.text))


def left_out(text: str, templates: frozenset[int] = frozenset()) -> tuple[Left, ...]:
    """Return the passages of a text that are in none of its statements, each with why."""
    from embeddings import statements

    return statements.left_out(text, templates)


def recurring(items: Iterable[tuple[str, object]]) -> frozenset[int]:
    """Return the keys of what recurs in texts of several accounts."""
    from embeddings import templates

    return templates.find(items)


@_available
def encode(
    texts: Sequence[str], wholes: Sequence[str], tell: Callable[[int, int], None] | None = None
) -> Encoded:
    """Return both vectors of each statement, given the whole item it was cut from.

    :raises Unavailable: the model is missing; says what to do.
    """
    return _encoder().encode_in_context(texts, wholes, tell)


@_available
def discover(
    texts: Sequence[str],
    vectors: Encoded,
    known: Sequence[Known],
    excluded: Collection[int],
    seed: int,
    tell: Told | None = None,
    forbidden: Collection[str] = (),
) -> Discovery:
    """Return the clusters of all texts; what humans decided holds in them.

    :param forbidden: names and mail addresses of people, which stand in no title.
    :raises Unavailable: the model is missing; says what to do.
    """
    from embeddings import engine

    return engine.discover(
        texts,
        vectors=vectors,
        encoder=cast("Encoder", _encoder()),
        known=known,
        excluded=excluded,
        seed=seed,
        progress=tell,
        forbidden=forbidden,
    )


@_available
def likeness(words: Sequence[str], others: Sequence[str]) -> list[float]:
    """Return for each word how like it is to the nearest of others, −1–1.

    :raises Unavailable: the model is missing; says what to do.
    """
    encoder = _encoder()
    found = encoder.encode(words).mean @ encoder.encode(others).mean.T
    return [float(row.max()) for row in found]


def known(
    key: int,
    rows: Collection[int],
    fixed: Collection[int],
    whole: bool,
    lessons: Mapping[tuple[int, int], Collection[int]],
) -> Known:
    """Return what the engine has to know about a theme of earlier runs.

    :param lessons: number of a decision, and theme it took statements out of → those it put here.
    """
    from embeddings.records import Known, Lesson

    taught = tuple(Lesson(one, frozenset(some), source) for (one, source), some in sorted(lessons.items()))
    return Known(key, frozenset(rows), frozenset(fixed), frozenset(), whole, taught)


def follow(vectors: Any, examples: Any) -> list[int]:
    """Return which rows of a theme are so like the examples taken out of it that they should follow."""
    from embeddings.learn import follow as like

    rows: list[int] = like(vectors, examples).tolist()
    return rows


def questions(
    texts: Sequence[str],
    vectors: Encoded,
    labels: Sequence[int | None],
    settled: Collection[int],
    told: Mapping[int, tuple[int, int]],
    *,
    limit: int,
) -> list[Question]:
    """Return the questions whose answers would change most, the best first.

    :param labels: the theme of each text, counted from 0; None where it is in none.
    :param told: theme → how many groups of it were said to belong, and how many not.
    """
    import numpy as np

    from embeddings.questions import Ground, ask
    from embeddings.records import NOISE

    numbers = np.array([NOISE if label is None else label for label in labels], np.int64)
    return ask(Ground(texts, vectors), numbers, settled, told, limit) if len(texts) else []


def encoded(mean: Any, mean4: Any) -> Encoded:
    """Return kept vectors in the shape the engine takes."""
    from embeddings.records import Encoded

    return Encoded(mean, mean4)


def match(
    old: Mapping[int, Collection[int]],
    new: Mapping[int, Collection[int]],
    pinned: Collection[int],
    settled: Mapping[int, int],
) -> Matching:
    """Return who is who after a new run."""
    from embeddings.match import match as follow

    return follow(old, new, pinned=pinned, settled=settled)


def halves(vectors: Any) -> list[int]:
    """Return for each of a theme's vectors the half it falls into, 0 or 1; the larger half is 0."""
    from embeddings.halves import halves as cut

    return cast("list[int]", cut(vectors).tolist())


def least() -> int:
    """Return how many texts a group needs to be one."""
    from embeddings.records import LEAST

    return LEAST


def before_decisions(found: Discovery) -> Any:
    """Return the cluster of each row as the texts alone have it, before what humans decided."""
    from embeddings.cluster import choose

    return choose(found.levels).labels


def vote(rows: Any, themes: Any, likeness: Any, count: int) -> Assignment:
    """Return where the statements nearest to new ones would have them."""
    from embeddings.assign import vote as choose

    return choose(rows, themes, likeness, count)


@_available
def pockets(
    texts: Sequence[str],
    mean: Any,
    cohesion: float,
    *,
    forbidden: Collection[str] = (),
    taken: Collection[str] = (),
) -> tuple[Pocket, ...]:
    """Return the dense groups of a pool of statements, as tight as ``cohesion`` at least.

    :param forbidden: names of people, in no title; ``taken``: titles of themes.
    """
    from embeddings.pockets import find

    return find(texts, mean, cohesion, cast("Encoder", _encoder()), forbidden=forbidden, taken=taken)


def warm_up() -> None:
    """Load the model, so that the first new words need not wait for it.

    :raises Unavailable: the model is missing; says what to do.
    """
    encode(["Warm up."], ["Warm up."])


def places(
    centroids: Any,
    sizes: Sequence[int],
    previous: Mapping[int, tuple[float, float]] | None,
    areas: Sequence[int | None],
) -> Any:
    """Return the places of themes on the map; those of ``previous`` (row → place) stay."""
    from embeddings.layout import layout

    return layout(centroids, sizes, previous, areas)


def places_inside(vectors: Any, labels: Any, centres: Any, sizes: Sequence[int], previous: Any) -> Any:
    """Return the places of statements: in the circles of their themes, or between them."""
    from threadpoolctl import threadpool_limits

    from embeddings.scatter import scatter

    # A hundred small matrices: threads that wait for each other cost thirty times the work itself.
    with threadpool_limits(1):
        return scatter(vectors, labels, centres, sizes, previous)
