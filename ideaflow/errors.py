"""What can go wrong, in domain words. Doors turn these into a page, a fragment, JSON or a line of text."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

Record = TypeVar("Record")


class IdeaflowError(Exception):
    """The base of every error a person can do something about.

    :param detail: one or two sentences: what is wrong, and what to do next.
    """

    status = 400
    title = "That did not work"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(IdeaflowError):
    """What came in cannot be taken.

    :param problems: one mapping for each problem, for instance
        ``{"field": "email", "reason": "No @ in it."}`` or with ``row`` and ``column``.
    """

    status = 422
    title = "Please look at this again"

    def __init__(self, detail: str, problems: Sequence[dict[str, object]] = ()) -> None:
        super().__init__(detail)
        self.problems = list(problems)

    def of(self, field: str) -> str:
        """Return the reason given for ``field``, or an empty string."""
        return next(
            (str(problem["reason"]) for problem in self.problems if problem.get("field") == field), ""
        )


class Unknown(IdeaflowError):
    """Nobody knows who asks."""

    status = 401
    title = "Sign in first"


class Forbidden(IdeaflowError):
    """The person is known but may not do this."""

    status = 403
    title = "Not yours to do"


class NotFound(IdeaflowError):
    """There is no such thing, or none that this person may know of: both read the same."""

    status = 404
    title = "Nothing here"
    words = "There is no such page, or it is not yours to see."

    def __init__(self, detail: str = words) -> None:
        super().__init__(detail)


def must_exist(record: Record | None, words: str = NotFound.words) -> Record:
    """Return a record that was looked for.

    :raises NotFound: there is none, in these words.
    """
    if record is None:
        raise NotFound(words)
    return record


class Conflict(IdeaflowError):
    """Somebody or something was faster, or the state does not allow it any more."""

    status = 409
    title = "It has changed meanwhile"


class Overtaken(Conflict):
    """Somebody else saved while this edit was written: what both wanted, so that a person can join it.

    :param version: the one that is saved now; ``theirs``: what it holds, ``yours``: what was sent, by field.
    """

    def __init__(self, label: str, version: int, theirs: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
        super().__init__(
            f"{label} was changed by somebody else while you edited it. "
            "Look at both versions below, and save what should stand."
        )
        self.version, self.theirs, self.yours = version, theirs, yours


class Unavailable(IdeaflowError):
    """Something ideaflow stands on is missing: the database, the disk, a model, a port."""

    status = 503
    title = "Not available right now"
