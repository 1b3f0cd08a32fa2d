"""How much a renewal is at risk, and the words for it. Pure.

    risk = (180 − days until the renewal) × (4 × pressing themes + other open themes)

A theme of theirs presses while it is not solved, they told us of it more than once and the last time is at
most 90 days ago; what was said once, or long ago, weighs a quarter of that. A renewal further away than 180
days is at no risk yet, nor is one without an open theme. One that is overdue by at most 30 days counts as
one of today: contracts are signed late, and then it matters most. After that the day in the CRM is an old
one and says nothing. Revenue is no factor: between equal risks the larger account stands first, and the
money stands beside it, each currency by itself.
"""

from dataclasses import dataclass
from datetime import date

from ideaflow.wording import day, plural

WINDOW_DAYS = 180
OVERDUE_DAYS = 30
PRESSING_DAYS, PRESSING_TIMES, PRESSING_WEIGHT = 90, 2, 4
"""Told so often, the last time within so many days, a theme presses, and weighs so many others."""
HIGH_DAYS, HIGH_THEMES = 90, 2
"""A renewal so near with so many pressing themes is at high risk; without any the risk is low."""


@dataclass(frozen=True)
class Open:
    """How many themes an account raised that are not solved, and how many of them press."""

    count: int = 0
    pressing: int = 0

    @property
    def weight(self) -> int:
        return self.count + (PRESSING_WEIGHT - 1) * self.pressing

    @property
    def words(self) -> str:
        """Say both numbers.

        >>> Open(27, 8).words, Open(1).words
        ('27 themes they raised are open, 8 of them press', '1 theme they raised is open')
        """
        if not self.count:
            return "no theme they raised is open"
        told = f"{plural(self.count, 'theme')} they raised {'is' if self.count == 1 else 'are'} open"
        if not self.pressing:
            return told
        if self.count == 1:
            return f"{told} and presses"
        return f"{told}, {self.pressing} of them press{'es' if self.pressing == 1 else ''}"


def risk_of(days: int | None, themes: Open) -> int:
    """Return the risk of a renewal in so many days; 0: none.

    >>> risk_of(60, Open(2)), risk_of(60, Open(2, 1)), risk_of(400, Open(2, 2)), risk_of(60, Open())
    (240, 600, 0, 0)
    >>> risk_of(-5, Open(1)), risk_of(-31, Open(1)), risk_of(None, Open(3))
    (180, 0, 0)
    """
    if days is None or not -OVERDUE_DAYS <= days <= WINDOW_DAYS:
        return 0
    return (WINDOW_DAYS - max(days, 0)) * themes.weight


def level_of(days: int | None, themes: Open) -> tuple[str, str]:
    """Return how high the risk is, high, some, low or none, and how it is drawn.

    >>> level_of(60, Open(5, 2)), level_of(60, Open(5, 1)), level_of(60, Open(5)), level_of(400, Open(9, 9))
    (('high', 'stop'), ('some', 'watch'), ('low', ''), ('none', 'go'))
    """
    if days is None or not risk_of(days, themes):
        return "none", "go"
    if not themes.pressing:
        return "low", ""
    return ("high", "stop") if days <= HIGH_DAYS and themes.pressing >= HIGH_THEMES else ("some", "watch")


def sentence_of(renews_on: date | None, themes: Open, today: date) -> str:
    """Say why a renewal is at risk, or why it is not.

    >>> sentence_of(date(2027, 1, 21), Open(2, 1), date(2026, 11, 22))
    'Renews in 60 days, on 21 Jan 2027; 2 themes they raised are open, 1 of them presses.'
    """
    if renews_on is None:
        return f"No renewal day is known; {themes.words}."
    days, said = (renews_on - today).days, day(renews_on, today)
    if days < -OVERDUE_DAYS:
        return f"The renewal day in the CRM, {said}, is long past; {themes.words}."
    if days < 0:
        return f"The renewal is overdue since {said}; {themes.words}."
    when = "today" if days == 0 else f"in {plural(days, 'day')}, on {said}"
    return f"Renews {when}; {themes.words}."
