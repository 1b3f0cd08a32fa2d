"""What staff type about ideas, read into values."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from ideaflow import typed
from ideaflow.errors import Invalid
from ideaflow.ideas.desk import VIEWS, Filters
from ideaflow.ideas.policy import COMMENT_LENGTH, TEXT_LENGTH, Importance, Status

Form = MultiDict[str, str]
NOTE_LENGTH = 120


@dataclass(frozen=True)
class Answer:
    """An official answer and the status beside it, as typed."""

    words: str
    status: Status
    note: str
    version: int


def filters(args: Form) -> Filters:
    """Return what the list shall show; what is not understood is left out."""
    view, status = args.get("view", ""), args.get("status", "")
    return Filters(
        view=view if view in VIEWS else "",
        words=args.get("words", "").strip()[:200],
        status=status if status in set(Status) else "",
        category=typed.number(args.get("category", "")),
        sort="newest" if args.get("sort") == "newest" else "companies",
    )


def answer(form: Form) -> Answer:
    """Return an answer as typed.

    :raises Invalid: it is too long, or its status is none.
    """
    said, note, status = (
        form.get("answer", "").strip(),
        form.get("note", "").strip(),
        form.get("status", ""),
    )
    if status not in set(Status):
        raise Invalid("Choose how far the idea is.")
    if len(said) > TEXT_LENGTH or len(note) > NOTE_LENGTH:
        raise Invalid(
            f"An answer has at most {TEXT_LENGTH:,} characters, the words beside the status {NOTE_LENGTH}."
        )
    if status == Status.NOT_NOW and not said:
        raise Invalid("Say why not, in the answer: everybody who stands behind it reads it.")
    return Answer(said, Status(status), note, version(form))


def version(form: Form) -> int:
    """Return the version of the idea that the page showed.

    :raises Invalid: the form carries none.
    """
    found = typed.number(form.get("version", ""))
    if found is None:
        raise Invalid("This form is incomplete. Open the page again, then try once more.")
    return found


def reason(form: Form) -> str:
    """Return why something is hidden: its author reads it.

    :raises Invalid: no reason is given.
    """
    found = form.get("reason", "").strip()
    if not found:
        raise Invalid("Say why: who wrote it reads your reason.")
    return found[:500]


def words(form: Form) -> str:
    """Return what one of ours says.

    :raises Invalid: nothing, or too much.
    """
    found = form.get("text", "").strip()
    if not found or len(found) > COMMENT_LENGTH:
        raise Invalid(f"Write something, of at most {COMMENT_LENGTH:,} characters.")
    return found


def proxy(form: Form) -> tuple[int, Importance, str]:
    """Return for whom one of ours speaks, how much it is to them, and where that was heard.

    :raises Invalid: no contact or no importance was chosen.
    """
    contact_id, importance = typed.number(form.get("contact", "")), form.get("importance", "")
    if contact_id is None or importance not in set(Importance):
        raise Invalid("Choose the contact, and how much it is to them.")
    return contact_id, Importance(importance), form.get("note", "").strip()[:500]


def audience(form: Form) -> tuple[int | None, list[str], int]:
    """Return the category, the segments and the version of a form that says who may see an idea."""
    return typed.number(form.get("category", "")), segments(form), version(form)


def category(form: Form) -> tuple[str, list[str]]:
    """Return the name and the segments of a category.

    :raises Invalid: it has no name, or a very long one.
    """
    name = " ".join(form.get("name", "").split())
    if not name or len(name) > 60:
        raise Invalid("Give the category a name of at most 60 characters.")
    return name, segments(form)


def segments(form: Form) -> list[str]:
    """Return the segments that were ticked."""
    return [one for one in form.getlist("segments") if one and len(one) <= 60]
