"""A text as sentences one can point at. Pure rules."""

import re
from dataclasses import dataclass

_GAP = re.compile(r"\s+")
_STOPS = frozenset(".!?…。？！")
_CLOSERS = "\"'”’)]"
LONGEST_SHORT = 12
_SHORT = re.compile(
    r"(?<![\w.])(?:\w|e\.g|i\.e|mr|mrs|ms|dr|nr|no|st|etc|approx|z\.b|bzw|ca)\.[\"'”’)\]]*$", re.IGNORECASE
)
LONGEST_PLACE = 20
SAME = 0.8
"""From so much in common two passages are one."""


@dataclass(frozen=True, slots=True)
class Span:
    """A passage of a text: characters from its start."""

    begins_at: int
    ends_at: int

    @property
    def place(self) -> str:
        """Return it as an address names it."""
        return f"{self.begins_at}-{self.ends_at}"

    def of(self, text: str) -> str:
        """Return the words of the passage."""
        return text[self.begins_at : self.ends_at]

    def lies_in(self, other: "Span") -> bool:
        """Return whether another passage holds this one."""
        return other.begins_at <= self.begins_at and self.ends_at <= other.ends_at

    def meets(self, other: "Span | None") -> bool:
        """Return whether the passages share a character."""
        return other is not None and self.begins_at < other.ends_at and other.begins_at < self.ends_at


def sentences(text: str) -> list[list[Span]]:
    """Return the sentences of a text, by paragraph; together they hold every word of it.

    >>> said = "No. 4 is out. Ask!\\n\\nBye"
    >>> [[one.of(said) for one in paragraph] for paragraph in sentences(said)]
    [['No. 4 is out.', 'Ask!'], ['Bye']]
    """
    found: list[list[Span]] = []
    start = 0
    is_new = True
    for begins, ends in [*_gaps(text), (len(text), len(text))]:
        is_line = _is_line(text, begins, ends)
        if (
            begins < len(text)
            and not is_line
            and _SHORT.search(text, max(start, begins - LONGEST_SHORT), begins)
        ):
            continue  # "e.g." ends no sentence.
        span = trimmed(text, Span(start, begins))
        if span is not None:
            if is_new:
                found.append([])
            found[-1].append(span)
        is_new = is_line or (is_new and span is None)
        start = ends
    return found


def _gaps(text: str) -> list[tuple[int, int]]:
    """Return the white space that may end a sentence: after a full stop, or a line's end."""
    gaps = (hit.span() for hit in _GAP.finditer(text))
    return [(begins, ends) for begins, ends in gaps if _is_line(text, begins, ends) or _ends(text, begins)]


def _is_line(text: str, begins: int, ends: int) -> bool:
    """Return whether a line ends here; mail programs cut lines within a sentence, which ends none."""
    breaks = text.count("\n", begins, ends)
    carries_on = text[ends : ends + 1].islower() and not _ends(text, begins)
    return breaks > 1 or (breaks == 1 and not carries_on)


def _ends(text: str, at: int) -> bool:
    while at and text[at - 1] in _CLOSERS:
        at -= 1
    return at > 0 and text[at - 1] in _STOPS


def span_of(place: str) -> Span | None:
    """Return the passage that an address names as “120-184”; none when it names none.

    >>> span_of("120-184"), span_of("120-"), span_of("-1-4")
    (Span(begins_at=120, ends_at=184), None, None)
    """
    begins, _, ends = place[:LONGEST_PLACE].partition("-")
    is_place = begins.isascii() and begins.isdigit() and ends.isascii() and ends.isdigit()
    return Span(int(begins), int(ends)) if is_place else None


def trimmed(text: str, span: Span) -> Span | None:
    """Return a passage without the white space around it; none when nothing is left or it lies outside."""
    begins, ends = max(0, span.begins_at), min(len(text), span.ends_at)
    words = text[begins:ends]
    inner = words.strip()
    if not inner:
        return None
    begins += len(words) - len(words.lstrip())
    return Span(begins, begins + len(inner))


def joined(text: str, spans: list[Span]) -> list[Span]:
    """Return passages in their order, those put together that have only white space between them."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.begins_at, one.ends_at)):
        last = found[-1] if found else None
        if last is not None and not text[last.ends_at : span.begins_at].strip():
            found[-1] = Span(last.begins_at, max(last.ends_at, span.ends_at))
        else:
            found.append(span)
    return found


def is_same(one: Span, other: Span) -> bool:
    """Return whether two passages are so nearly one that marking both would count a word twice."""
    both = min(one.ends_at, other.ends_at) - max(one.begins_at, other.begins_at)
    either = max(one.ends_at, other.ends_at) - min(one.begins_at, other.begins_at)
    return both >= SAME * either


def find(words: str, text: str) -> Span | None:
    """Return where words stand in a text, whatever white space lies between them.

    >>> find("the slot", "Pick  the\\nslot.").of("Pick  the\\nslot.")
    'the\\nslot'
    """
    parts = [re.escape(word) for word in words.split()]
    hit = re.search(r"\s+".join(parts), text) if parts else None
    return Span(hit.start(), hit.end()) if hit else None
