"""Labels of trends: all themes of a run are judged together, for only together can one say what is chance.

Precedence, the first that holds: one customer only (one account says most of it), new (or an artefact, where
a new way in brought it), too few, a rise that stands every test (one customer only where it does not stand
without the largest account; else step change, growing, bursting), artefact, seasonal, fading, as usual.
No database, no clock.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.themes.trends import expecting
from ideaflow.themes.trends.expecting import Spread, Weighed, rates_of, weigh_all
from ideaflow.themes.trends.instruments import Instrument, brought_by_new_ways, instrument_of
from ideaflow.themes.trends.rates import Rates, compare, false_discovery_rates, quiet_share, score
from ideaflow.themes.trends.shapes import Shape, shape_of
from ideaflow.themes.trends.statistics.shrinkage import Prior, fit_prior, shrink
from ideaflow.themes.trends.terms import (
    ALONE_P,
    FALSE_SHARE,
    LEAST_ACCOUNTS,
    LEAST_EXPECTED,
    LOUD_SHARE,
    LOUD_VOICES,
    NEW_ACCOUNTS,
    NEW_LIKENESS,
    NEW_WEEKS,
    STEP_WEEKS,
    WINDOW_WEEKS,
    Finding,
    Listening,
    Mention,
    Trend,
)

HALF_WINDOW = 3
YEAR = 52


@dataclass(frozen=True)
class Chances:
    """How much of what is flagged would be chance, were one to act on all flags this strong.

    :ivar plain_up: by the exact test alone, which knows neither season nor spread.
    """

    up: float
    down: float
    plain_up: float
    plain_down: float
    tested: int


@dataclass(frozen=True)
class Voices:
    """Who speaks: the loudest account, its share of all statements, how many equal voices there would be."""

    loudest: int | None
    share: float
    number: float
    statements: int

    @property
    def is_one(self) -> bool:
        """Return whether one account says most of it altogether."""
        loud = any(self.statements >= least and self.number < most for least, most in LOUD_VOICES)
        return self.share > LOUD_SHARE and loud


def find(
    themes: Mapping[int, Sequence[Mention]],
    listening: Listening,
    names: Mapping[int, str] | None = None,
    others: Sequence[tuple[float, float]] = (),
    kin: Mapping[int, float] | None = None,
    spread: Spread | None = None,
) -> dict[int, Finding]:
    """Judge all themes of a run.

    :param themes: each theme's mentions, one an account and week.
    :param names: of accounts, for the sentence about the largest one.
    :param others: the chances (up, down) of themes that are not judged anew.
    :param kin: of themes first heard lately, how like the likest older theme is, 0–1.
    :param spread: how much the themes of the run swing; None: found in these.
    """
    keys = list(themes)
    weighed, spread = weigh_all([themes[key] for key in keys], listening, spread)
    chances = _chances(weighed, others)
    prior = fit_prior([(one.rates.count, one.usual.expected) for one in weighed])
    found = {}
    for key, one, chance in zip(keys, weighed, chances, strict=True):
        judge = _Judge(one, listening, chance, names or {}, (kin or {}).get(key, 0.0))
        finding = judge.finding(prior)
        finding.detail["spread"] = [spread.mean, spread.variance]
        found[key] = finding
    return found


def _chances(weighed: Sequence[Weighed], others: Sequence[tuple[float, float]]) -> list[Chances]:
    """Return the false shares (Benjamini and Hochberg) over all themes of the run."""
    others_up, others_down = [up for up, _ in others], [down for _, down in others]
    up = _adaptive([*(one.p_up for one in weighed), *others_up])
    down = _adaptive([*(one.p_down for one in weighed), *others_down])
    plain_up = _adaptive([*(one.rates.p_up for one in weighed), *others_up])
    plain_down = _adaptive([*(one.rates.p_down for one in weighed), *others_down])
    return [Chances(up[at], down[at], plain_up[at], plain_down[at], len(up)) for at in range(len(weighed))]


def _adaptive(chances: Sequence[float]) -> list[float]:
    quiet = quiet_share(chances)
    return [quiet * rate for rate in false_discovery_rates(chances)]


def voices_of(mentions: Sequence[Mention]) -> Voices:
    """Return who speaks; N equal voices would give the same 1/Σp² (Laakso and Taagepera, 1979)."""
    times: Counter[int] = Counter()
    for mention in mentions:
        times[mention.account_id] += mention.times
    total = sum(times.values())
    if not total:
        return Voices(None, 0.0, 0.0, 0)
    loudest = min(times, key=lambda one: (-times[one], one))
    return Voices(loudest, times[loudest] / total, 1 / sum((n / total) ** 2 for n in times.values()), total)


class _Judge:
    """One theme before the court: what is true of it, in the order in which it is asked."""

    def __init__(
        self, weighed: Weighed, listening: Listening, chances: Chances, names: Mapping[int, str], kin: float
    ) -> None:
        self.one, self.listening, self.chances, self.names, self.kin = weighed, listening, chances, names, kin
        self.rates = weighed.rates
        self.voices = voices_of(weighed.mentions)
        self.born = max((mention.week for mention in weighed.mentions), default=0)
        self.instrument: Instrument | None = None
        self.shape: Shape | None = None
        self.window = Counter(one.account_id for one in weighed.mentions if one.week < WINDOW_WEEKS)
        top = min(self.window, key=lambda one: (-self.window[one], one)) if self.window else None
        self.top = self.voices.loudest if self.voices.is_one or top is None else top
        self.without = self._without(self.top)
        low, high = self.rates.low > 1, self.rates.high is not None and self.rates.high < 1
        self.rises, self.rises_plainly = (low and q <= FALSE_SHARE for q in (chances.up, chances.plain_up))
        self.falls, self.falls_plainly = (
            high and q <= FALSE_SHARE for q in (chances.down, chances.plain_down)
        )

    def finding(self, prior: Prior) -> Finding:
        """Return the label with every number behind it."""
        trend = self._label()
        q = self.chances.down if self.one.p_down < self.one.p_up else self.chances.up
        return Finding(trend, self.rates.ratio, self.rates.low, self.rates.high, q, self._detail(prior))

    def _label(self) -> Trend:
        if self.voices.is_one:
            return Trend.ONE_CUSTOMER
        if self._is_new():
            self.instrument = brought_by_new_ways(self.one.mentions, self.listening)
            return Trend.ARTEFACT if self.instrument else Trend.NEW
        # One mention where none is expected proves nothing; five accounts' worth can be tested exactly.
        too_rare = self.rates.expected < LEAST_EXPECTED and self.rates.count < LEAST_ACCOUNTS
        if len(self.one.accounts) < LEAST_ACCOUNTS or too_rare:
            return Trend.TOO_FEW
        if self.rises:
            return self._rise()
        if self.rises_plainly or (self.falls_plainly and not self.falls):
            self.instrument = instrument_of(self.one.mentions, self.listening, self.one.standard, self.rates)
            if self.instrument is not None:
                return Trend.ARTEFACT
        if self._is_season():
            return Trend.SEASONAL
        return Trend.FADING if self.falls and self._falls_without() else Trend.AS_USUAL

    def _rise(self) -> Trend:
        if self.without.p_up > ALONE_P or not self.without.low:
            return Trend.ONE_CUSTOMER
        self.shape = shape_of(self.one, self.listening)
        if self.shape.is_step:
            return Trend.STEP_CHANGE
        return Trend.GROWING if self.shape.rose_before else Trend.BURSTING

    def _is_new(self) -> bool:
        """Return whether a theme came up lately; a first export of a few weeks is not all news."""
        listened = self.listening.depth > 2 * NEW_WEEKS
        young = self.born < NEW_WEEKS and len(self.one.accounts) >= NEW_ACCOUNTS
        return young and listened and self.kin < NEW_LIKENESS

    def _is_season(self) -> bool:
        """Return whether only the season explains a rise or fall, by the same weeks of earlier years."""
        unusual = self.rises_plainly or self.falls_plainly
        if not unusual or not self.one.usual.has_season:
            return False
        chance = self.one.p_up if self.rises_plainly else self.one.p_down
        earlier = same_weeks(self.one.counts, self.listening)
        agrees = earlier.p_up if self.rises_plainly else earlier.p_down
        return chance > ALONE_P and agrees <= ALONE_P

    def _falls_without(self) -> bool:
        """Return whether a fall holds without the account that spoke most before."""
        before = Counter(one.account_id for one in self.one.mentions if one.week >= WINDOW_WEEKS)
        if not before:
            return False
        most = min(before, key=lambda one: (-before[one], one))
        return self._without(most).p_down <= ALONE_P

    def _without(self, account: int | None) -> Rates:
        """Compare without one account: it leaves the exposure too, as an average one."""
        kept = [mention for mention in self.one.mentions if mention.account_id != account]
        number = self.listening.account_count
        share = (number - 1) / number if account is not None and number > 1 else 1.0
        return rates_of(expecting.count_weeks(kept, len(self.one.counts)), self.listening, share=share)

    def _detail(self, prior: Prior) -> dict[str, Any]:
        rates, without, voices = self.rates, self.without, self.voices
        second = score(rates.count, rates.exposure, rates.base_count, rates.base_exposure)
        shrunk = shrink(rates.count, max(self.one.usual.expected, 1e-6), prior)
        earlier = same_weeks(self.one.counts, self.listening) if self.one.usual.has_season else None
        said = sum(m.times for m in self.one.mentions if m.week < WINDOW_WEEKS)
        return {
            "window_weeks": WINDOW_WEEKS, "count": rates.count, "account_count": len(self.window),
            "statement_count": said, "expected": rates.expected, "base_count": rates.base_count,
            "exposure": rates.exposure, "base_exposure": rates.base_exposure,
            "p_up": self.one.p_up, "p_down": self.one.p_down,
            "exact_up": rates.p_up, "exact_down": rates.p_down,
            "score_low": second.low, "score_high": min(second.high, 1e6), "score_p": second.p,
            "q_up": self.chances.up, "q_down": self.chances.down, "tested_count": self.chances.tested,
            "born_weeks_ago": self.born, "all_account_count": len(self.one.accounts), "kin": self.kin,
            "is_loud": voices.is_one, "effective_accounts": voices.number, "top_account_id": self.top,
            "top_account_name": self.names.get(self.top or 0, ""), "top_share": voices.share,
            "without_count": without.count, "without_ratio": without.ratio, "without_low": without.low,
            "without_high": without.high, "without_p": without.p_up,
            "ebgm": shrunk.ebgm, "eb05": shrunk.eb05, "listened_weeks": self.listening.depth,
            **expecting.plain(self.one),
            **({"season_ratio": earlier.ratio, "season_p": earlier.p_up} if earlier else {}),
            **(self.shape.plain() if self.shape else {}),
            **({"instrument": self.instrument.plain()} if self.instrument else {}),
        }  # fmt: skip


def same_weeks(counts: Sequence[int], listening: Listening) -> Rates:
    """Compare the same weeks of earlier years, three more on both sides, with the rest of those years.

    The half-window of three weeks is that of Farrington and others, JRSS A 159 (1996).
    """
    before = range(STEP_WEEKS, min(listening.depth, len(counts)))
    near = [week for week in before if (week + HALF_WINDOW) % YEAR < WINDOW_WEEKS + 2 * HALF_WINDOW]
    rest = sorted(set(before) - set(near))
    return compare(
        sum(counts[week] for week in near),
        sum(listening.active[week] for week in near),
        sum(counts[week] for week in rest),
        sum(listening.active[week] for week in rest),
    )
