"""Every benchmark: what it measures, what it needs, and the small sample that shows it still runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent / "sample.jsonl"
"""A hundred short texts with their labels."""


@dataclass(frozen=True)
class Benchmark:
    """One benchmark, ``benchmarks/<name>.py``.

    :ivar measures: in words.
    :ivar takes: of processor time, roughly.
    :ivar data: whether it reads files of labelled texts.
    :ivar sample: arguments of the smallest run that says something; DATA stands for the sample's texts, HERE
        for a temporary folder.
    :ivar before: commands that the sample needs first.
    """

    name: str
    measures: str
    takes: str
    data: bool = False
    sample: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()


DATABASE = ("-m", "ideaflow", "db", "upgrade")
USER = (
    "-m", "ideaflow", "users", "add", "maren@fernhall.example", "--name", "Maren Holt",
    "--role", "product_manager", "--password", "a password for benchmarks",
)  # fmt: skip
BENCHMARKS = {
    one.name: one
    for one in (
        Benchmark(
            "themes", "themes beside KMeans, BERTopic, EVoC and UMAP + HDBSCAN on the same vectors",
            "2 minutes a file", True, ("DATA", "--no-peers"),
        ),
        Benchmark(
            "levels", "what one sees first in 50, 500 and 5,000 texts, and how soon",
            "1 minute", True, ("DATA", "--sizes", "20,50", "--seeds", "1"),
        ),
        Benchmark(
            "names", "titles and quotes beside other ways to name clusters",
            "2 minutes a file", True, ("DATA",),
        ),
        Benchmark(
            "corrections", "what answers of a product manager are worth",
            "5 minutes a file", True, ("DATA", "--answers", "10", "--seeds", "1"),
        ),
        Benchmark(
            "stability", "how still themes hold: another seed, 5 % more texts",
            "5 minutes a file", True, ("DATA", "--repeats", "1"),
        ),
        Benchmark(
            "statements", "long texts cut into points, on labelled ones of fifteen vendors",
            "10 seconds", sample=("--half", "development"),
        ),
        Benchmark(
            "encoding", "texts to vectors beside sentence-transformers",
            "3 minutes", True, ("DATA", "--texts", "40", "--long", "4"),
        ),
        Benchmark(
            "scale", "time and memory from 25,000 texts to a million",
            "6 minutes, 6 GB", True, ("DATA", "--sizes", "300,600"),
        ),
        Benchmark(
            "trends", "labels of trends on made-up streams: power, false alarms, quiet runs",
            "2 minutes", sample=("--runs", "1"),
        ),
        Benchmark(
            "live", "from the arrival of an item to its theme, with 100,000 items present",
            "10 minutes", True,
            ("DATA", "--count", "300", "--arrivals", "2", "--burst", "4", "--by-label"),
        ),
        Benchmark(
            "map", "the map of 100,000 statements in Chromium; needs IDEAFLOW_HOME=empty-folder",
            "2 minutes", sample=("600", "6", "2"),
        ),
        Benchmark(
            "pages", "pages of the instance in IDEAFLOW_HOME beside a bare Flask page",
            "1 minute", sample=("/themes/", "--pairs", "1"), before=(DATABASE, USER),
        ),
        Benchmark(
            "customers", "the view of a customer with 10,000 accounts: page, JSON, renewals at risk",
            "3 minutes", sample=("--accounts", "200", "--opportunities", "400", "--pairs", "1"),
        ),
        Benchmark(
            "card", "the seller’s card with 10,000 accounts and 50,000 opportunities, beside the bare page",
            "4 minutes", sample=("--accounts", "200", "--opportunities", "400", "--pairs", "1"),
        ),
        Benchmark(
            "product", "the demo company from files to themes, its pages, imports",
            "3 minutes", sample=("--copies", "1", "--no-demo"),
        ),
        Benchmark(
            "demo_texts", "nothing: writes the demo company's statements to OUT.npz, for names and scale",
            "1 minute", sample=("HERE/demo.npz",),
        ),
    )
}  # fmt: skip
