"""A quote where there is little room: whole sentences of it, rather than a cut."""

import re

from ideaflow.wording import shorten

ROW_LONG, ROW_WORDS = 64, 4
"""Characters of a quote that fit a row of the list; sentences of fewer words say too little."""
SENTENCE_ENDS, WORDS = re.compile(r"(?<=[.!?])\s+"), re.compile(r"[^\W_]+")


def in_a_row(quote: str, title: str = "") -> str:
    """Return a quote that fits a row: all of it, or the one of its sentences that says most of the title.

    >>> said = "Half my crew speaks Turkish. The headset speaks English and German. They nod and pick wrong."
    >>> in_a_row(said, "Headset speaks English")
    'The headset speaks English and German.'
    """
    quote = " ".join(quote.split())
    if len(quote) <= ROW_LONG:
        return quote
    about = set(WORDS.findall(title.casefold()))
    whole = [
        one for one in SENTENCE_ENDS.split(quote) if len(one) <= ROW_LONG and len(one.split()) >= ROW_WORDS
    ]
    told = [len(about & set(WORDS.findall(one.casefold()))) for one in whole]
    return whole[told.index(max(told))] if any(told) else shorten(quote, 2 * ROW_LONG)
