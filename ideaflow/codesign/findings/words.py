"""How a finding is put: its doubt beside each number, names in quotation marks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ideaflow.codesign.counting.figures import Care, Estimate, NotEnough
from ideaflow.wording import SYMBOLS, plural, share

MANY_FLAGGED = 0.1
"""From such a share of flagged persons on, the finding mentions them."""


@dataclass(frozen=True)
class Finding:
    """What came out, in words: the bold beginning, and the rest with its doubt."""

    lead: str
    rest: str = ""

    def __str__(self) -> str:
        return f"{self.lead} {self.rest}".strip()


def not_enough(few: NotEnough) -> Finding:
    """Say why there is no number.

    >>> str(not_enough(NotEnough(3, 11)))
    'Not enough data: 3 accounts answered. Numbers are shown from 5 accounts on.'
    """
    lead = f"Not enough data: {plural(few.accounts, 'account')} answered."
    return Finding(lead, f"Numbers are shown from {few.needed} accounts on.")


def put(lead: str, sentences: Sequence[str], care: Care) -> Finding:
    """Put a finding together; what is to be known of the answers comes last, empty sentences are left out."""
    return Finding(lead, " ".join([one for one in (*sentences, caution(care)) if one]))


def caution(care: Care) -> str:
    """Say how many answered without reading, where that is more than a few."""
    flagged = max(care.speeding, care.straight)
    if flagged < max(1, MANY_FLAGGED * care.persons):
        return ""
    return (
        f"{plural(care.speeding, 'person', 'people')} of {care.persons} answered in under two seconds a"
        f" question, {care.straight} always in the same place: look at the numbers without them."
    )


def quoted(names: Sequence[str]) -> str:
    """Write names one after the other.

    >>> quoted(["Alarm", "Export", "Import"])
    '“Alarm”, “Export” and “Import”'
    """
    marked = [f"“{name}”" for name in names]
    return " and ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)


def share_with_doubt(figure: Estimate) -> str:
    """Write a share with its interval: 31 % (24–38).

    >>> share_with_doubt(Estimate(0.31, 0.24, 0.382, 0.3)).replace("\\N{NARROW NO-BREAK SPACE}", " ")
    '31 % (24–38)'
    """
    return f"{share(figure.value)} ({100 * figure.low:.0f}–{100 * figure.high:.0f})"


def with_doubt(figure: Estimate, digits: int = 1) -> str:
    """Write a number with its interval: 2.8 (1.2 to 4.1).

    >>> with_doubt(Estimate(2.81, -1.24, 4.1, 2.8))
    '2.8 (−1.2 to 4.1)'
    """
    text = f"{figure.value:.{digits}f} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"
    return text.replace("-", "−")


def price(value: float, currency: str) -> str:
    """Write a price as it would stand on a tag; cents only where there are some.

    >>> price(26, "EUR"), price(26.5, "EUR"), price(1249.6, "CHF").replace("\\u00a0", " ")
    ('€26', '€26.50', 'CHF 1,250')
    """
    symbol = SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    has_cents = value < 100 and abs(value - round(value)) >= 0.005
    return f"{symbol}{value:,.2f}" if has_cents else f"{symbol}{value:,.0f}"


def of_hundred(part: float) -> str:
    """Write a chance as people count: 96 of 100.

    >>> of_hundred(0.958), of_hundred(0.9999), of_hundred(0.001)
    ('96 of 100', '99 of 100', '1 of 100')
    """
    return f"{round(100 * part) if part in (0, 1) else min(max(round(100 * part), 1), 99)} of 100"


def times_as_often(figure: Estimate) -> str:
    """Write a lift: 2.0 times (1.2–3.1)."""
    return f"{figure.value:.1f} times ({figure.low:.1f}–{figure.high:.1f})"
