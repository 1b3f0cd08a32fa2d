"""How much a renewal is at risk, and the words for it. Pure.

    risk = (180 − days until the renewal) × themes of theirs that are not solved

A renewal further away than 180 days is at no risk yet, nor is one without an open theme. One that is
overdue by at most 30 days counts as one of today: contracts are signed late, and then it matters most.
After that the day in the CRM is an old one and says nothing. Revenue is no factor: between equal risks
the larger account stands first, and the money stands beside it, each currency by itself.
"""

from datetime import date

from ideaflow.wording import day, plural

WINDOW_DAYS = 180
OVERDUE_DAYS = 30
HIGH_DAYS, HIGH_THEMES = 90, 2
"""A renewal so near with so many open themes is at high risk; any other risk is “some”."""


def risk_of(days: int | None, open_themes: int) -> int:
    """Return the risk of a renewal in so many days; 0: none.

    >>> risk_of(60, 2), risk_of(400, 2), risk_of(60, 0), risk_of(-5, 1), risk_of(-31, 1), risk_of(None, 3)
    (240, 0, 0, 180, 0, 0)
    """
    if days is None or not -OVERDUE_DAYS <= days <= WINDOW_DAYS:
        return 0
    return (WINDOW_DAYS - max(days, 0)) * open_themes


def level_of(days: int | None, open_themes: int) -> tuple[str, str]:
    """Return how high the risk is, high, some or none, and how it is drawn.

    >>> level_of(60, 2), level_of(60, 1), level_of(400, 9)
    (('high', 'stop'), ('some', 'watch'), ('none', 'go'))
    """
    if days is None or not risk_of(days, open_themes):
        return "none", "go"
    return ("high", "stop") if days <= HIGH_DAYS and open_themes >= HIGH_THEMES else ("some", "watch")


def sentence_of(renews_on: date | None, open_themes: int, today: date) -> str:
    """Say why a renewal is at risk, or why it is not.

    >>> sentence_of(date(2027, 1, 21), 2, date(2026, 11, 22))
    'Renews in 60 days, on 21 Jan 2027; 2 themes they raised are open.'
    """
    themes = f"{plural(open_themes, 'theme')} they raised {'is' if open_themes == 1 else 'are'} open"
    if not open_themes:
        themes = "no theme they raised is open"
    if renews_on is None:
        return f"No renewal day is known; {themes}."
    days, said = (renews_on - today).days, day(renews_on, today)
    if days < -OVERDUE_DAYS:
        return f"The renewal day in the CRM, {said}, is long past; {themes}."
    if days < 0:
        return f"The renewal is overdue since {said}; {themes}."
    when = "today" if days == 0 else f"in {plural(days, 'day')}, on {said}"
    return f"Renews {when}; {themes}."
