"""How soon a new item joins its theme, or the waiting pool, with many items present and a worker running.

    python benchmarks/live.py DATA.jsonl [--count 100000] [--arrivals 100] [--burst 1000]
                              [--vectors FILE.npz] [--by-label] [--json]

DATA has JSON lines with ``text`` and, if they like, ``label``. The texts are made by recombination: the
first half of one text with the second half of another of its label. Everything happens on an embedded
database of its own in a temporary home. Vectors are made once and kept in FILE. Themes are found by a full
run, or made of the labels, which is quicker. Measured is the time from the commit of the item to the moment
another connection sees where its statement is; a first item, not counted, waits until the worker is ready.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from embeddings.export import ready  # noqa: E402

ACCOUNTS = 2_000
DAYS = 500
PAUSES = (0.05, 0.8)
PATIENCE = 120


def recombined(path: Path, count: int, seed: int = 0) -> dict[str, str]:
    """Return ``count`` different texts made from the halves of those in a file, with their labels."""
    chance = random.Random(seed)
    groups: dict[str, list[list[str]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        words = str(record["text"]).split()
        if words:
            groups[str(record.get("label", ""))].append(words)
    labels = sorted(groups)
    weights = [len(groups[label]) for label in labels]
    texts: dict[str, str] = {}
    while len(texts) < count:
        label = chance.choices(labels, weights)[0]
        first, second = chance.choices(groups[label], k=2)
        texts[" ".join(first[: (len(first) + 1) // 2] + second[len(second) // 2 :])] = label
    found = list(texts.items())
    chance.shuffle(found)
    return dict(found)


def vectors_of(texts: list[str], file: Path | None) -> Any:
    """Return the vectors of the texts, from the file if it has them."""
    from embeddings.encode import Encoder
    from embeddings.records import Encoded

    if file is not None and file.exists():
        kept = np.load(file)
        if len(kept["mean"]) == len(texts):
            return Encoded(kept["mean"], kept["mean4"])
    vectors = Encoder().encode(texts)
    found = Encoded(vectors.mean.astype(np.float16), vectors.mean4.astype(np.float16))
    if file is not None:
        np.savez(file, mean=found.mean, mean4=found.mean4)
    return found


def speaker(chance: random.Random) -> int:
    """Return an account; some speak far more often than others."""
    return int(ACCOUNTS * chance.random() ** 2) + 1


def fill(texts: list[str], vectors: Any) -> None:
    """Put items, statements and vectors into the database, as an import and its reading would."""
    import psycopg
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector

    from embeddings.export import VERSION
    from ideaflow.db import db

    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    chance = random.Random(1)
    with psycopg.connect(address) as connection:
        register_vector(connection)
        connection.execute(
            "INSERT INTO accounts (name, name_key, kind, revenue_amount, currency) SELECT 'Account ' || n,"
            " 'account ' || n, 'customer', 1000 * n, 'EUR' FROM generate_series(1, %s) n",
            [ACCOUNTS],
        )
        cursor = connection.cursor()
        columns = "id, text, part, source, source_id, said_at, account_id, read_at"
        with cursor.copy(f"COPY feedback_items ({columns}) FROM STDIN") as copy:
            now = time.time()
            for number, text in enumerate(texts, 1):
                said = time.strftime(
                    "%Y-%m-%d %H:%M:%S+00", time.gmtime(now - chance.random() * DAYS * 86400)
                )
                copy.write_row((number, text, "text", "bench", str(number), said, speaker(chance), said))
        with cursor.copy(
            "COPY statements (id, item_id, position, text, begins_at, ends_at, language) FROM STDIN"
        ) as copy:
            for number, text in enumerate(texts, 1):
                copy.write_row((number, number, 0, text, 0, len(text), "en"))
        with cursor.copy(
            "COPY statement_vectors (statement_id, mean, mean4, model) FROM STDIN WITH (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "halfvec", "halfvec", "varchar"])
            for number in range(len(texts)):
                mean, mean4 = HalfVector(vectors.mean[number]), HalfVector(vectors.mean4[number])
                copy.write_row((number + 1, mean, mean4, VERSION))
        for table in ("feedback_items", "statements"):
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ANALYZE")


def arrive(texts: list[str], start: int, chance: random.Random) -> list[int]:
    """Save new items as any page does: the item and the wish to read it in one transaction."""
    from datetime import UTC, datetime

    from ideaflow.db import transaction
    from ideaflow.feedback.imports import tell_new_items
    from ideaflow.feedback.models import FeedbackItem

    with transaction() as session:
        items = [
            FeedbackItem(
                text=text, part="text", source="arrival", source_id=str(start + place),
                said_at=datetime.now(UTC), account_id=speaker(chance),
            )
            for place, text in enumerate(texts)
        ]  # fmt: skip
        session.add_all(items)
        tell_new_items()
        session.flush()
        return [item.id for item in items]


def seen(ids: list[int], began: float) -> dict[int, tuple[float, bool]]:
    """Wait until each item's statement has found its place; return seconds, and whether it is in a theme."""
    from sqlalchemy import text

    from ideaflow.db import db

    query = text(
        "SELECT s.item_id, m.theme_id IS NOT NULL FROM statements s"
        " JOIN statement_vectors v ON v.statement_id = s.id"
        " LEFT JOIN theme_memberships m ON m.statement_id = s.id"
        " WHERE s.item_id = ANY(:ids) AND v.sorted_at IS NOT NULL"
    )
    found: dict[int, tuple[float, bool]] = {}
    while len(found) < len(ids) and time.perf_counter() - began < PATIENCE:
        missing = [one for one in ids if one not in found]
        rows = db.session.execute(query, {"ids": missing}).all()
        db.session.rollback()
        moment = time.perf_counter() - began
        for item_id, has_theme in rows:
            found.setdefault(item_id, (moment, bool(has_theme)))
        time.sleep(0.005)
    return found


def told(name: str, found: list[tuple[float, bool]], wanted: int) -> dict[str, Any]:
    """Return the figures of one trial."""
    seconds = sorted(moment for moment, _ in found) or [float("nan")]
    return {
        "trial": name,
        "items": wanted,
        "placed": len(found),
        "in a theme": sum(inside for _, inside in found),
        "p50 s": round(float(np.quantile(seconds, 0.5)), 3),
        "p95 s": round(float(np.quantile(seconds, 0.95)), 3),
        "max s": round(seconds[-1], 3),
    }


def megabytes(pid: int) -> dict[str, int]:
    """Return the memory of a process now and at its most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return {"MB": int(values["VmRSS"]) // 1024, "most MB": int(values["VmHWM"]) // 1024}


def started(*words: str) -> subprocess.Popen[bytes]:
    """Start the command ``ideaflow`` beside us."""
    return subprocess.Popen([sys.executable, "-m", "ideaflow", *words], cwd=ROOT)


def full_run() -> dict[str, Any]:
    """Do one full run in a process of its own; return its costs."""
    began = time.perf_counter()
    child = started("themes", "refresh")
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit("The full run failed.")
    return {
        "trial": "full run",
        "wall s": round(time.perf_counter() - began, 1),
        "CPU s": round(usage.ru_utime + usage.ru_stime, 1),
        "most MB": usage.ru_maxrss // 1024,
    }


def by_label(labels: list[str]) -> dict[str, Any]:
    """Make a theme of each label instead of a full run, in seconds; one item in twenty is in none."""
    from sqlalchemy import text

    from ideaflow import queue
    from ideaflow.db import transaction
    from ideaflow.themes.levels.places import place_on_map
    from ideaflow.themes.models import Theme
    from ideaflow.themes.runs.figures import recount

    began = time.perf_counter()
    with transaction() as session:
        themes = {label: Theme(title=f"About {label}") for label in sorted(set(labels))}
        session.add_all(themes.values())
        session.flush()
        rows = [(number, themes[label].id) for number, label in enumerate(labels, 1) if number % 20]
        session.execute(
            text(
                "INSERT INTO theme_memberships (statement_id, theme_id, strength, likeness)"
                " SELECT s, t, .9, 0 FROM unnest(CAST(:s AS bigint[]), CAST(:t AS bigint[])) AS p (s, t)"
            ),
            {"s": [row[0] for row in rows], "t": [row[1] for row in rows]},
        )
        session.execute(text("UPDATE statement_vectors SET sorted_at = now()"))
        recount([theme.id for theme in themes.values()], all_trends=True)
        place_on_map()
        session.execute(
            text("INSERT INTO theme_runs (state, seed, statement_count) VALUES ('done', 7, :count)"),
            {"count": len(labels)},
        )
        queue.defer("themes.follow_up")
    return {"trial": "themes by label", "wall s": round(time.perf_counter() - began, 1)}


def trials(texts: list[str], arrivals: int) -> list[dict[str, Any]]:
    """Let items come one by one, then all the others at once."""
    chance = random.Random(2)
    results = []
    single: list[tuple[float, bool]] = []
    for place, text in enumerate(texts[:arrivals]):
        time.sleep(chance.uniform(*PAUSES))
        ids = arrive([text], place, chance)
        single += seen(ids, time.perf_counter()).values()
    results.append(told("one by one", single, arrivals))
    rest = texts[arrivals:]
    if rest:
        began = time.perf_counter()
        ids = [one for place, text in enumerate(rest) for one in arrive([text], arrivals + place, chance)]
        results.append(
            {"trial": "burst saved", "items": len(rest), "wall s": round(time.perf_counter() - began, 2)}
        )
        results.append(told("burst, from its first item", list(seen(ids, began).values()), len(rest)))
    return results


def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Fill a database, find its themes, start a worker and let items come."""
    from ideaflow import schema
    from ideaflow.app import create_app

    labels = recombined(options.data, options.count + options.arrivals + options.burst)
    texts = list(labels)
    present = texts[: options.count]
    vectors = vectors_of(present, options.vectors)
    app = create_app()
    with app.app_context():
        schema.upgrade()
        began = time.perf_counter()
        fill(present, vectors)
        results = [
            {"trial": "filled", "items": len(present), "wall s": round(time.perf_counter() - began, 1)}
        ]
        if options.by_label:
            results.append(by_label([labels[text] for text in present]))
        else:
            results.append(full_run())
        began = time.perf_counter()
        started("worker", "--until-empty").wait()
        results.append({"trial": "index and figures", "wall s": round(time.perf_counter() - began, 1)})
        worker = started("worker")
        try:
            seen(arrive(["Is anybody there?"], -1, random.Random(0)), time.perf_counter())
            results += trials(texts[options.count :], options.arrivals)
            results.append({"trial": "worker's memory", **megabytes(worker.pid)})
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait()
    return results


def main() -> None:
    """Print the figures as lines, or as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--arrivals", type=int, default=100)
    parser.add_argument("--burst", type=int, default=1_000)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument(
        "--by-label", action="store_true", help="a theme for each label instead of a full run"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    models = ready().resolve().parent  # Made once where it lies now, and used from the temporary home.
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IDEAFLOW_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        (Path(folder) / "models").symlink_to(models)
        results = measure(options)
    if options.json:
        print(json.dumps(results))
        return
    for result in results:
        print("  ".join(f"{name} {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
