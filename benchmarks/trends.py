"""How far labels of trends can be trusted: ``python -m benchmarks.trends [--runs 200] [--json]``.

Streams with known truth (``benchmarks/streams.py``): how many of the planted rises to three times the rate
are found within four weeks, how many alarms are false, and what a run raises in which nothing happens.
"""

import argparse
import json
from collections import Counter, defaultdict
from typing import Any

from benchmarks.streams import RIGHT, Stream, make, shifted
from ideaflow.themes.trends.judging import find
from ideaflow.themes.trends.terms import RISES, SIGNALS, Finding, Trend

WEEKS = 4
SIZES = ((3, 5), (5, 10), (10, 20))
LABELS = [
    Trend.BURSTING, Trend.GROWING, Trend.STEP_CHANGE, Trend.NEW, Trend.FADING, Trend.SEASONAL, Trend.ARTEFACT,
    Trend.ONE_CUSTOMER, Trend.TOO_FEW, Trend.AS_USUAL,
]  # fmt: skip


def measure(runs: int, first: int = 0) -> dict[str, Any]:
    """Run so many streams of each kind and return what was found."""
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    delays: list[int] = []
    missed, false = Counter[str](), []
    found_by_size: dict[str, list[bool]] = defaultdict(list)
    for seed in range(first, first + runs):
        stream = make(seed)
        findings = judged(stream)
        for key, truth in stream.truth.items():
            confusion[truth][findings[key].trend] += 1
        false.append(_false_share(stream, findings))
        delay = _delays(stream, findings)
        for key, weeks in delay.items():
            low, high = next(one for one in SIZES if stream.size[key] < one[1])
            found_by_size[f"{low}–{high}"].append(weeks is not None)
            if weeks is None:
                missed["burst"] += 1
            else:
                delays.append(weeks)
    found = len(delays)
    return {
        "runs": runs,
        "power": found / max(1, found + missed["burst"]),
        "power_by_size": {
            size: sum(found_by_size[size]) / len(found_by_size[size])
            for size in sorted(found_by_size, key=lambda one: int(one.split("–")[0]))
        },
        "delay_weeks": {weeks: delays.count(weeks) / max(1, found) for weeks in range(1, WEEKS + 1)},
        "false_discovery_rate": sum(false) / runs,
        **_quiet(runs, first),
        "confusion": {truth: dict(labels) for truth, labels in sorted(confusion.items())},
    }


def judged(stream: Stream) -> dict[int, Finding]:
    """Return what the product says about a stream."""
    return find(stream.themes, stream.listening)


def _false_share(stream: Stream, findings: dict[int, Finding]) -> float:
    """Return the share of a run's alarms that are false; 0 when there is none."""
    flagged = [key for key, one in findings.items() if one.trend in SIGNALS or one.trend is Trend.FADING]
    wrong = [key for key in flagged if findings[key].trend not in RIGHT.get(stream.truth[key], ())]
    return len(wrong) / max(1, len(flagged))


def _delays(stream: Stream, findings: dict[int, Finding]) -> dict[int, int | None]:
    """Return after how many weeks each planted burst was found; None where it was not within four."""
    waiting = {key for key, truth in stream.truth.items() if truth == "burst"}
    delays: dict[int, int | None] = dict.fromkeys(waiting)
    for weeks in range(1, WEEKS + 1):
        then = findings if weeks == WEEKS else judged(shifted(stream, WEEKS - weeks))
        for key in [key for key in waiting if then[key].trend in RISES]:
            delays[key] = weeks
            waiting.discard(key)
    return delays


def _quiet(runs: int, first: int) -> dict[str, float]:
    """Return how many runs in which nothing happens, or only one source brings more, raise a false alarm."""
    calm = [
        _false_share(stream, judged(stream))
        for stream in (make(seed + 10_000, planted=False) for seed in range(first, first + runs))
    ]
    flooded = [
        _false_share(stream, judged(stream))
        for stream in (make(seed + 20_000, planted=False, flood=True) for seed in range(first, first + runs))
    ]
    return {"aa": sum(calm) / runs, "aa_flooded": sum(flooded) / runs}


def show(found: dict[str, Any]) -> None:
    """Print what was found as tables."""
    print(f"{found['runs']} runs of 30 themes\n")
    print(f"power at three times the rate, within 4 weeks   {found['power']:.3f}   (goal ≥ .80)")
    for size, power in found["power_by_size"].items():
        print(f"   where {size:>5} account-weeks are usual in 4 weeks   {power:.3f}")
    weeks = ", ".join(f"{share:.2f} after {weeks}" for weeks, share in found["delay_weeks"].items())
    print(f"found after so many weeks: {weeks}")
    print(
        f"false among all alarms (FDR)                    {found['false_discovery_rate']:.3f}   (goal ≤ .10)"
    )
    print(f"A/A runs with an alarm                          {found['aa']:.3f}   (goal ≤ .10)")
    print(f"the same while one source brings 2.5 × as much  {found['aa_flooded']:.3f}\n")
    print(f"{'planted':12}" + "".join(f"{label.replace('_', ' '):>13}" for label in LABELS))
    for truth, labels in found["confusion"].items():
        total = sum(labels.values())
        shares = (f"{labels[label] / total:.2f}" if labels.get(label) else "·" for label in LABELS)
        print(f"{truth:12}" + "".join(f"{share:>13}" for share in shares))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.runs)
    print(json.dumps(found, indent=2)) if options.json else show(found)


if __name__ == "__main__":
    main()
