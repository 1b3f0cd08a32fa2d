"""What people type about themes, as it is kept: names and reasons. No database."""

from ideaflow.errors import Invalid

TITLE_LENGTH = 120


def line_of(text: str) -> str:
    """Return a text as one line without needless space."""
    return " ".join(text.replace("\0", " ").split())


def title_of(text: str, *, needed: str = "") -> str:
    """Return a name as it is kept.

    :param needed: what to say where none is given; without it there may be none.
    :raises Invalid: it is too long, or needed and empty.
    """
    title = line_of(text)
    if needed and not title:
        raise Invalid(needed, [{"field": "title", "reason": "It is empty."}])
    if len(title) > TITLE_LENGTH:
        reason = f"It has {len(title)} characters; {TITLE_LENGTH} are room for a name."
        raise Invalid("This name is too long.", [{"field": "title", "reason": reason}])
    return title


def words_of(reason: str) -> str:
    """Return a reason as it is kept; it may be empty, and have lines."""
    return reason.replace("\0", " ").strip()


def reason_of(text: str) -> str:
    """Return a reason as it is kept, where one is needed.

    :raises Invalid: it is empty.
    """
    reason = words_of(text)
    if not reason:
        raise Invalid("Say why in a few words.", [{"field": "reason", "reason": "It is empty."}])
    return reason
