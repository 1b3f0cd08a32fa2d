"""Whether a rise is the instrument's: a new source, form or import changes counts without any change of need.

What would have come if the theme's share of what each way in brings had stayed as it was (indirect
standardisation, Breslow and Day, Statistical Methods in Cancer Research II, 1987, chapter 2)? A way in that
brought nothing before proves nothing; what one brings more of on the whole is no news about one theme. A rise
that does not stand this is an artefact. No database, no clock.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.themes.trends.rates import Rates, compare
from ideaflow.themes.trends.terms import BASE_WEEKS, NEW_ACCOUNTS, NEW_WEEKS, WINDOW_WEEKS, Listening, Mention

LEAST_HEARD = 8
"""A way in that brought fewer account-weeks before is new: it has no usual yet."""
LATE_SHARE = 0.5
MUCH_MORE = 1.75
"""A way in that brings less than so many times the usual explains nothing: a third of all themes that rise to
three times the rate make as much of themselves."""
MUCH_LESS = 0.75
"""Standardising has to take at least a quarter off the ratio; less is no explanation."""


@dataclass(frozen=True)
class Standard:
    """A theme's window beside what the ways in made usual.

    :ivar rates: without what new ways brought; ``expected`` follows how much more the others bring.
    :ivar unsure: variance of the logarithm of ``expected``: what is not known about it.
    :ivar shares: how many account-weeks each way's change accounts for.
    """

    rates: Rates
    unsure: float
    shares: Mapping[int, float]


@dataclass(frozen=True)
class Instrument:
    """What stands behind a rise or a fall besides the need itself.

    :ivar kind: source, form (another part of a known source), import, more, less, or silent.
    :ivar day: on which most of it arrived, where an import brought it late.
    :ivar count: account-weeks in the window that came this way.
    """

    kind: str
    source: str
    part: str
    day: str
    count: int
    rates: Rates

    def plain(self) -> dict[str, Any]:
        """Return it as values JSON can hold."""
        return {
            "kind": self.kind, "source": self.source, "part": self.part, "day": self.day, "count": self.count,
            "left_count": self.rates.count, "expected": self.rates.expected, "ratio": self.rates.ratio,
            "low": self.rates.low, "high": self.rates.high, "p_up": self.rates.p_up,
            "p_down": self.rates.p_down,
        }  # fmt: skip


def standard_of(
    mentions: Sequence[Mention], listening: Listening, window: int = WINDOW_WEEKS
) -> Standard | None:
    """Return the comparison with what the ways in make usual; None where all bring what they always did."""
    last = min(window + BASE_WEEKS, listening.depth) - 1
    now = Counter(one.way for one in mentions if one.week < window)
    before = Counter(one.way for one in mentions if window <= one.week <= last)
    plain = listening.exposure(0, window - 1) / max(1, listening.exposure(window, last))
    shares: dict[int, float] = {}
    kept, base, expected, variance = 0, 0, 0.0, 0.0
    for number, way in enumerate(listening.ways):
        heard_now = sum(way.heard[:window]) - now[number]
        heard_before = sum(way.heard[window : last + 1]) - before[number]
        if heard_before < LEAST_HEARD and before[number] < LEAST_HEARD:
            if now[number]:
                shares[number] = now[number]
            continue
        grown = (heard_now + 0.5) / (heard_before + 0.5)
        if 1 / MUCH_MORE < grown / plain < MUCH_MORE:
            grown = plain  # As much as ever: what little there is comes of the themes that rise.
        elif before[number]:
            shares[number] = before[number] * (grown - plain)
        kept, base, own = kept + now[number], base + before[number], before[number] * grown
        expected += own
        doubt = 1 / (before[number] + 0.5) + 1 / (heard_now + 0.5) + 1 / (heard_before + 0.5)
        variance += own * own * doubt
    if not shares:
        return None
    rates = compare(kept, max(expected, 1e-9), base, max(base, 1e-9))
    return Standard(rates, variance / expected**2 if expected else 1.0, shares)


def brought_by_new_ways(mentions: Sequence[Mention], listening: Listening) -> Instrument | None:
    """Return the new way in that alone makes a theme look new; None where others brought it too."""
    standard = standard_of(mentions, listening, NEW_WEEKS)
    if standard is None or standard.rates.count >= NEW_ACCOUNTS:
        return None
    return _instrument(mentions, listening, standard, NEW_WEEKS, rose=True)


def instrument_of(
    mentions: Sequence[Mention], listening: Listening, standard: Standard | None, rates: Rates
) -> Instrument | None:
    """Return what explains a plain rise or fall that does not stand standardising.

    :param rates: the plain comparison by active accounts × weeks.
    """
    if standard is None:
        return None
    rose = not rates.base_count or rates.ratio > 1
    if rates.base_count:
        left = standard.rates.ratio
        explained = left <= MUCH_LESS * rates.ratio if rose else left * MUCH_LESS >= rates.ratio
        if not explained:
            return None
    return _instrument(mentions, listening, standard, WINDOW_WEEKS, rose=rose)


def _instrument(
    mentions: Sequence[Mention], listening: Listening, standard: Standard, window: int, *, rose: bool
) -> Instrument:
    chosen = max(standard.shares, key=lambda one: standard.shares[one] if rose else -standard.shares[one])
    way = listening.ways[chosen]
    kind, day = _kind(listening, chosen, window, rose=rose)
    count = sum(one.way == chosen and one.week < window for one in mentions)
    return Instrument(kind, way.source, way.part, day, count, standard.rates)


def _kind(listening: Listening, number: int, window: int, *, rose: bool) -> tuple[str, str]:
    way = listening.ways[number]
    last = min(window + BASE_WEEKS, listening.depth) - 1
    if not rose:
        return ("less" if any(way.heard[:window]) else "silent"), ""
    if sum(way.heard[window : last + 1]) < LEAST_HEARD:
        others = [one for one in listening.ways if one.source == way.source and one is not way]
        known = any(sum(one.heard[window : last + 1]) >= LEAST_HEARD for one in others)
        return ("form" if known else "source"), ""
    total = sum(count for _, count, _ in way.arrivals)
    late = [(count, day) for day, count, late in way.arrivals if late >= LATE_SHARE * count]
    if late and max(late)[0] >= LATE_SHARE * total:
        return "import", max(late)[1]
    return "more", ""
