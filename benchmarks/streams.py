"""Made-up streams of customers' words with trends planted in them: what the labels are judged on.

Thirty themes a run. Weekly account-weeks are negative binomial (dispersion 0 to .3), most themes swing with
the year by up to 40 %, accounts join over time and differ in how often they speak; words come by three ways.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ideaflow.themes.trends.terms import Listening, Mention, Trend, Way

ACCOUNTS = 150
WAYS = (("zendesk", "comment", 0.5), ("hubspot", "description", 0.3), ("salesforce", "lost_reason", 0.2))
NEW_WAY = len(WAYS)
BACKGROUND = 25
SHOUTER = 10_000
YEAR = 52.18
PLANTED = {
    "burst": 3, "growing": 2, "step": 2, "fading": 2, "seasonal": 2, "one account": 2, "new form": 2,
    "new": 2, "tiny": 2,
}  # fmt: skip
RIGHT = {
    "burst": (Trend.BURSTING, Trend.GROWING, Trend.STEP_CHANGE),
    "growing": (Trend.BURSTING, Trend.GROWING, Trend.STEP_CHANGE),
    "step": (Trend.BURSTING, Trend.GROWING, Trend.STEP_CHANGE),
    "fading": (Trend.FADING,),
    "new": (Trend.NEW,),
}
"""Where an alarm is right; every alarm elsewhere is false."""


@dataclass
class Stream:
    """One run: what was listened to, what was said, and the truth about each theme.

    :ivar size: of each theme: account-weeks that would be usual in four weeks.
    """

    listening: Listening
    themes: dict[int, list[Mention]]
    truth: dict[int, str]
    size: dict[int, float] = field(default_factory=dict)


def make(seed: int, *, planted: bool = True, weeks: int = 0, flood: bool = False, count: int = 30) -> Stream:
    """Make one run.

    :param planted: whether anything happens in it at all.
    :param weeks: how long one has listened; 0: 70 or 160 weeks by turns.
    :param flood: whether one source brings two and a half times as much of everything in the last four weeks.
    """
    random = np.random.default_rng(seed)
    weeks = weeks or (70, 160)[seed % 2]
    joined = np.where(random.random(ACCOUNTS) < 0.8, weeks - 1, random.integers(0, weeks, ACCOUNTS))
    loudness = random.gamma(1.5, size=ACCOUNTS)
    active = [int((joined >= week).sum()) for week in range(weeks)]
    kinds = [kind for kind, number in PLANTED.items() for _ in range(number)] if planted else []
    kinds = kinds[:count] + ["usual"] * (count - len(kinds))
    stream = Stream(Listening(active), {}, dict(enumerate(kinds)))
    for key, kind in enumerate(kinds):
        size = float(np.exp(random.uniform(np.log(3), np.log(20))))
        stream.size[key] = size
        means = _means(random, kind, size, weeks) * np.array(active) / ACCOUNTS
        stream.themes[key] = _said(random, kind, means, joined, loudness, flood)
    stream.listening = Listening(active, _ways(random, stream, weeks, flood, planted))
    return stream


def shifted(stream: Stream, weeks: int) -> Stream:
    """Return the stream as it was so many weeks earlier."""
    if not weeks:
        return stream
    ways = [Way(way.source, way.part, list(way.heard[weeks:])) for way in stream.listening.ways]
    themes = {
        key: [
            Mention(one.account_id, one.week - weeks, one.times, one.way) for one in own if one.week >= weeks
        ]
        for key, own in stream.themes.items()
    }
    return Stream(Listening(list(stream.listening.active[weeks:]), ways), themes, stream.truth, stream.size)


def _means(random: np.random.Generator, kind: str, size: float, weeks: int) -> np.ndarray:
    """Return a theme's mean account-weeks by week, week 0 first."""
    ago = np.arange(weeks)
    if kind == "seasonal":
        peak = np.exp(1.3 * np.cos(2 * np.pi * (ago - 1.5) / YEAR))
        return size / 4 * peak / np.exp(1.3 * np.cos(2 * np.pi * ago / YEAR)).mean()
    swing = random.uniform(0, 0.4)
    means = size / 4 * (1 + swing * np.cos(2 * np.pi * (ago / YEAR + random.random())))
    if kind == "burst":
        means[:4] *= 3
    elif kind == "growing":
        means[:10] *= 1 + 3 * (10 - ago[:10]) / 10
    elif kind == "step":
        means[:8] *= 3
    elif kind == "fading":
        means[:6] *= 0.15
    elif kind == "new":
        means[:] = np.where(ago < 6, max(2.0, size / 4), 0.0)
    elif kind == "tiny":
        means *= 0.3 / size
    return means


def _said(
    random: np.random.Generator,
    kind: str,
    means: np.ndarray,
    joined: np.ndarray,
    loudness: np.ndarray,
    flood: bool,
) -> list[Mention]:
    """Return a theme's mentions, each account once a week."""
    spread = random.uniform(0, 0.3)
    said: list[Mention] = []
    for week in range(len(means)):
        mean = means[week]
        number = int(random.negative_binomial(1 / spread, 1 / (1 + spread * mean))) if mean > 0 else 0
        extra = int(random.poisson(2.5 * mean)) if kind == "new form" and week < 5 else 0
        if flood and week < 4:
            extra = int(random.poisson(1.5 * WAYS[0][2] * mean))
        there = np.flatnonzero(joined >= week)
        chances = loudness[there] / loudness[there].sum()
        chosen = random.choice(there, min(number + extra, len(there)), replace=False, p=chances)
        ways = random.choice(len(WAYS), len(chosen), p=[share for _, _, share in WAYS])
        ways[number:] = NEW_WAY if kind == "new form" else 0
        said += [Mention(int(account), week, 1, int(way)) for account, way in zip(chosen, ways, strict=True)]
        if kind == "one account" and week < 4:
            said.append(Mention(SHOUTER, week))
    return _shouted(said) if kind == "one account" else said


def _shouted(said: list[Mention]) -> list[Mention]:
    """Let one account repeat itself, until most of what is said comes from it."""
    times = max(3, len(said) // 2)
    return [
        Mention(one.account_id, one.week, times if one.account_id == SHOUTER else 1, one.way) for one in said
    ]


def _ways(random: np.random.Generator, stream: Stream, weeks: int, flood: bool, planted: bool) -> list[Way]:
    """Return the ways in with what each brought: the themes' words, and others that are in no theme."""
    said: Counter[tuple[int, int]] = Counter()
    for number, week in {
        (one.account_id * 10 + one.way, one.week) for own in stream.themes.values() for one in own
    }:
        said[number % 10, week] += 1
    ways = []
    for number, (source, part, share) in enumerate(WAYS):
        heard = [said[number, week] + int(random.poisson(BACKGROUND * share)) for week in range(weeks)]
        if flood and number == 0:
            heard = [
                one + int(random.poisson(1.5 * BACKGROUND * share)) if week < 4 else one
                for week, one in enumerate(heard)
            ]
        ways.append(Way(source, part, heard))
    if planted:
        heard = [said[NEW_WAY, week] + (int(random.poisson(10)) if week < 5 else 0) for week in range(weeks)]
        ways.append(Way("web", "description", heard))
    return ways
