"""``python -m embeddings FILE``: the themes of a text file, in the terminal."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any, cast

import click
import numpy as np

from embeddings.pleasantries import says_nothing
from embeddings.records import NOISE, Cluster, Discovery, EngineError, Group, Labels, Statement
from embeddings.statements import split

LONGEST_TEXT = 20_000
"""Characters of one text that are read; the encoder reads far fewer."""
BAR = 24
HARD_ERROR = 2
LEVELS = ("areas", "themes", "sub-themes")


class Bars:
    """One progress bar a step, on standard error; silent when that is not a terminal."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: Any = None
        self._done = 0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the bar of this step, finishing the one before."""
        if step != self._step:
            self.close()
            self._step, self._done = step, 0
            self._bar = click.progressbar(length=total, label=f"{step:<10}", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def close(self) -> None:
        """Finish the last bar."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def read(path: Path) -> list[str]:
    """Return the texts of a file: the ``text`` of each JSON line, or each line as it is.

    :raises click.ClickException: the file cannot be read; says where and what to do.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise click.ClickException(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise click.ClickException(f"{path} is a folder. Name a text file.") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise click.ClickException(
            f"{path}, line {line}: this is not UTF-8. Save the file as UTF-8."
        ) from None
    lines = [(number, line) for number, line in enumerate(content.split("\n"), 1) if line.strip()]
    if not lines:
        raise click.ClickException(f"{path} has no text.")
    if all(line.lstrip().startswith("{") for _, line in lines[:1]):
        return [_text(path, number, line) for number, line in lines]
    return [line.strip()[:LONGEST_TEXT] for _, line in lines]


def _text(path: Path, number: int, line: str) -> str:
    """Return the ``text`` of one JSON line."""
    try:
        record = json.loads(line)
    except ValueError as error:
        reason = getattr(error, "msg", str(error))
        raise click.ClickException(f"{path}, line {number}: this is not JSON ({reason}).") from None
    except RecursionError:
        raise click.ClickException(f"{path}, line {number}: this JSON is nested too deeply.") from None
    text = record.get("text") if isinstance(record, dict) else None
    if not isinstance(text, str):
        raise click.ClickException(f'{path}, line {number}: "text" is missing or is not a text.')
    return text[:LONGEST_TEXT]


def as_json(found: Discovery, texts: list[str]) -> dict[str, Any]:
    """Return a run as plain data."""
    return {
        "texts": len(texts),
        "noise": int((found.labels < 0).sum()),
        "seed": found.seed,
        "themes": [
            {
                "cluster": one.label,
                "title": one.title,
                "size": one.size,
                "cohesion": round(one.cohesion, 4),
                "quote": texts[one.quote_row],
                "key_quotes": [texts[row] for row in one.key_rows],
                "keywords": list(one.keywords),
                "rows": sorted(one.rows),
            }
            for one in found.clusters
        ],
        "areas": [_group(one, texts) for one in found.areas],
        "sub_themes": [_group(one, texts) for one in found.parts],
    }


def _group(one: Group, texts: list[str]) -> dict[str, Any]:
    return {
        "title": one.title,
        "size": one.size,
        "quote": texts[one.quote_row],
        "clusters": list(one.clusters),
        "rows": list(one.rows),
    }


def at(found: Discovery, level: str) -> list[Cluster | Group]:
    """Return the groups of a level; a theme without sub-themes stands for itself among them."""
    if level == "areas":
        return list(found.areas)
    if level == "themes":
        return list(found.clusters)
    parts: dict[int, list[Cluster | Group]] = {}
    for part in found.parts:
        parts.setdefault(part.clusters[0], []).append(part)
    return [one for whole in found.clusters for one in parts.get(whole.label, [whole])]


def show(found: Discovery, texts: list[str], level: str = "themes") -> None:
    """Print one group a line pair: size as a bar, title, quote."""
    groups = at(found, level)
    most = max((one.size for one in groups), default=1)
    for one in groups:
        bar = "█" * max(1, round(BAR * one.size / most))
        quote = " ".join(texts[one.quote_row].split())
        quote = quote if len(quote) <= 100 else quote[:99].rstrip() + "…"
        click.echo(f"{one.size:>7,}  {bar:<{BAR}}  {one.title}\n{'':>{BAR + 11}}“{quote}”")
    noise = int((found.labels < 0).sum())
    click.echo(f"{len(texts):,} texts: {len(groups):,} {level}, {noise:,} texts in none.")


def cut(texts: list[str]) -> list[tuple[int, Statement]]:
    """Return the statements of texts, each with its row; set phrases are none."""
    return [(row, one) for row, text in enumerate(texts) for one in split(text) if not says_nothing(one.text)]


def write_labels(
    found: Discovery,
    path: Path,
    level: str = "themes",
    pieces: list[tuple[int, Statement]] | None = None,
    row_count: int = 0,
) -> None:
    """Write ``row,cluster,strength`` for every row, counted from 0; cluster −1 is none.

    :param pieces: the statements the rows were cut into: then each has a line, with where it begins and
        ends in its row, and a row without any is none.
    """
    labels: Labels = np.full(len(found.labels), NOISE, np.int64)
    for number, one in enumerate(at(found, level)):
        labels[list(one.rows)] = number
    head = ["row", "cluster", "strength"]
    told = [(int(one), f"{strength:.4f}") for one, strength in zip(labels, found.strengths, strict=True)]
    lines: list[tuple[Any, ...]] = [(row, *one) for row, one in enumerate(told)]
    if pieces is not None:
        head += ["begins", "ends"]
        lines = [(row, *one, piece.start, piece.end) for (row, piece), one in zip(pieces, told, strict=True)]
        silent = set(range(row_count)) - {row for row, _ in pieces}
        lines += [(row, NOISE, "0.0000", 0, 0) for row in silent]
        lines.sort(key=lambda line: (line[0], line[3]))
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *lines])
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None


@click.command(name="python -m embeddings")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "wants_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--out", type=click.Path(path_type=Path), help="Write row,cluster,strength of every row here.")
@click.option(
    "--level",
    default="themes",
    show_default=True,
    type=click.Choice(LEVELS),
    help="How coarse the table and --out are; JSON always has all three levels.",
)
@click.option(
    "--split",
    "is_split",
    is_flag=True,
    help="Cut long texts into statements first; --out then has a line for each, with begins and ends.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Same seed, same themes.")
@click.option("--model", help="A sentence-transformers model: its name or folder.")
@click.option(
    "--quick", is_flag=True, help="A first look, word by word: ten times as fast, themes are blurred."
)
def main(
    file: Path,
    wants_json: bool,
    out: Path | None,
    level: str,
    is_split: bool,
    seed: int,
    model: str | None,
    quick: bool,
) -> None:
    """Show the themes of FILE: one text a line, or JSON lines with "text"."""
    rows = read(file)
    pieces = cut(rows) if is_split else None
    texts = rows if pieces is None else [one.text for _, one in pieces]
    from embeddings.encode import Encoder
    from embeddings.engine import discover
    from embeddings.quick import QuickEncoder

    bars = Bars()
    try:
        vectors = None
        encoder = cast(Encoder, QuickEncoder(base=model)) if quick else Encoder(model=model)
        if pieces is not None:
            vectors = encoder.encode_in_context(texts, [rows[row] for row, _ in pieces])
        found = discover(texts, vectors=vectors, encoder=encoder, seed=seed, progress=bars)
    except EngineError as error:
        raise click.ClickException(str(error)) from None
    finally:
        bars.close()
    if out is not None:
        write_labels(found, out, level, pieces, len(rows))
    if quick:
        click.echo(
            "A first look, read word by word: themes are blurred. Without --quick it is exact.", err=True
        )
    if wants_json:
        click.echo(json.dumps(as_json(found, texts), ensure_ascii=False, indent=2))
    else:
        show(found, texts, level)


if __name__ == "__main__":
    main()
