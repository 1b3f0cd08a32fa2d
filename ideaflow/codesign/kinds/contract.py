"""What an instrument of co-design has. The core knows nothing else of it. Pure.

To add one: a module here with a subclass of :class:`Instrument`, its line in ``registry``, four templates:

* ``editor``   fields of its definition; sees ``definition`` and ``said(field)``, the error of a field
* ``asking``   one question; sees ``step``, ``answer`` (what was said before, or None), ``problem`` (a code,
  or empty), ``definition``, ``session``. Fields only: form, progress, back and next are the core's. Every
  sentence in ``_("…")``.
* ``results``  what staff read beside picture and table; sees ``definition``, ``result``
* ``shared``   what customers read of it after publishing, in ``_("…")``; sees the same, only of all together

Definitions, answers and results are values JSON can hold: they are stored and hashed as they are.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.counting.flags import is_straight
from ideaflow.codesign.findings.words import Finding as Finding

Definition = Mapping[str, Any]
Answers = Mapping[str, Any]
"""By the key of the step; a partial answer has fewer."""
Result = dict[str, Any]
"""``order``: keys of what is ranked, the first first (or none); the rest is the instrument's own."""
Problem = dict[str, object]
"""``field`` and ``reason``."""
Row = Mapping[str, Any]
Rows = Sequence[Row]
"""Of a result: what is known of each ``option``."""
MOST_APART = 4


class Unanswered(Exception):
    """What came in is no answer to the question.

    :ivar code: what the ``asking`` template says about it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Step:
    """One question, one page.

    :ivar key: under which its answer is kept.
    :ivar data: what the ``asking`` template shows.
    """

    key: str
    data: Mapping[str, Any] = field(default_factory=dict)


def height_of(count: int) -> str:
    """Return the height of a picture of so many rows: on a phone each has its name above it."""
    return "h300" if count <= 5 else "h380" if count <= 9 else "h640"


@dataclass(frozen=True)
class Picture:
    """What ``charts.js`` draws.

    :ivar maker: its name there.
    :ivar words: what it shows, in a sentence, for who does not see it.
    :ivar height: a class: h220, h300, h380, h640.
    """

    maker: str
    data: Mapping[str, Any]
    title: str
    words: str
    height: str = "h380"


@dataclass(frozen=True)
class Table:
    """The numbers behind the picture, for the page and for CSV.

    :ivar numbers: from which column on cells are numbers.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    foot: Sequence[object] = ()
    numbers: int = 1


class Instrument(ABC):
    """One way to ask. Has no state."""

    key: ClassVar[str]
    name: ClassVar[str]
    asks: ClassVar[str]
    """What one wants to know who takes it: “What comes first?”"""
    purpose: ClassVar[str]
    editor: ClassVar[str]
    asking: ClassVar[str]
    results: ClassVar[str]
    shared: ClassVar[str]
    method: ClassVar[str]
    """How the numbers are made: a few sentences under the results."""
    learns: ClassVar[bool] = False
    """Whether what is asked depends on what others answered: then ``definition["standing"]`` has it, in
    confidential sessions, once somebody answered."""
    takes_additions: ClassVar[bool] = False
    """Whether participants may add options (``definition["additions"]``), which staff read first."""
    has_own_buttons: ClassVar[bool] = False
    """Whether the ``asking`` template has the buttons that answer."""
    can_be_anonymous: ClassVar[bool] = True
    room: ClassVar[str] = ""
    """Endpoint of the instrument's own pages for contacts, by ``session_id``; empty: one question a page."""

    def is_asked_again(self, definition: Definition, answers: Answers) -> bool:
        """Return whether who answered is asked once more, as another round began."""
        return False

    @abstractmethod
    def blank(self) -> Definition:
        """Return the definition a new session begins with."""

    @abstractmethod
    def read(self, form: Any) -> Definition:
        """Return the definition a form holds (a MultiDict); refuses nothing."""

    @abstractmethod
    def problems(self, definition: Definition) -> list[Problem]:
        """Return what must be mended before the session can open."""

    @abstractmethod
    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        """Return the questions for one participant, those to come too.

        :param seed: the participant's own; the same one gives the same questions.
        :param answers: those given so far, for instruments whose next question depends on them.
        """

    @abstractmethod
    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        """Return what a form answers to a step.

        :raises Unanswered: nothing, or nothing the step asks for.
        """

    @abstractmethod
    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        """Add up ballots: of all, of a segment, without flagged ones, of proxies."""

    def finding(self, definition: Definition, result: Result) -> Finding:
        """Say what came out; kept with the tally when not said otherwise."""
        return Finding(result["finding"]["lead"], result["finding"]["rest"])

    @abstractmethod
    def picture(self, definition: Definition, result: Result) -> Picture:
        """Draw what came out."""

    @abstractmethod
    def table(self, definition: Definition, result: Result) -> Table:
        """Return the numbers behind the picture."""

    def prepare(self, definition: Definition) -> None:
        """Begin to load what the next page will need; called by the first page of a session."""
        del definition

    def minutes(self, definition: Definition) -> int:
        """Return how long answering takes, rounded up: twenty seconds a question, half a minute beside."""
        return -(-(len(self.steps(definition, 0, {})) * 20 + 30) // 60)

    def least_answers(self, definition: Definition, seed: int) -> int:
        """Return how many answers a ballot needs to be cast; all of them when not said otherwise."""
        return len(self.steps(definition, seed, {}))

    def may_skip(self, definition: Definition) -> bool:
        """Return whether one may go on without an answer."""
        return self.least_answers(definition, 0) < len(self.steps(definition, 0, {}))

    def aim(self, definition: Definition) -> int:
        """Return about how many answers are enough where one may give as many as one likes; 0: all."""
        return 0

    def step(self, definition: Definition, seed: int, answers: Answers, key: str) -> Step | None:
        """Return the question a page was made of; None where it is none any more."""
        return next((one for one in self.steps(definition, seed, answers) if one.key == key), None)

    def standing(self, definition: Definition, ballots: Sequence[Answers]) -> dict[str, Any] | None:
        """Return what is known while a session runs, to choose what is asked next by; never shown."""
        return None

    def places(self, definition: Definition, answers: Answers) -> Sequence[object]:
        """Return where on the page each answer was given, for who always chooses the same place."""
        return ()

    def is_straight(self, definition: Definition, answers: Answers) -> bool:
        """Return whether the same place was chosen throughout."""
        return is_straight(self.places(definition, answers))

    def guarded(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], whole: Result,
        segments: Mapping[str, Result],
    ) -> tuple[Result, dict[str, Result]]:  # fmt: skip
        """Return results without numbers that would tell what fewer than five accounts answered."""
        return whole, dict(segments)

    def segments_part(
        self, definition: Definition, whole: Result, segments: Mapping[str, Result]
    ) -> list[str]:
        """Return sentences on where segments differ from the whole, the strongest first."""
        return []


def told_apart(
    whole: Rows, segments: Mapping[str, Rows], value: str, say: Callable[[str, Row, Row], str]
) -> list[str]:
    """Return what is said of rows whose interval in a segment lies outside the whole’s, the farthest first.

    :param value: which number of a row lies between its ``low`` and ``high``.
    :param say: makes the sentence of a segment, its row and that of the whole.
    """
    usual, told = {one["option"]: one for one in whole}, []
    for segment, rows in segments.items():
        for one in rows:
            other = usual.get(one["option"])
            if other and (one["low"] > other["high"] or one["high"] < other["low"]):
                told.append((abs(one[value] - other[value]), say(segment, one, other)))
    return [words for _, words in sorted(told, reverse=True)[:MOST_APART]]
