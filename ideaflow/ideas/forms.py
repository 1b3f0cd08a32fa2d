"""What contacts and staff type about ideas, read into values; what cannot be taken is said in their words."""

from collections.abc import Mapping

from werkzeug.datastructures import FileStorage, MultiDict

from ideaflow.errors import Invalid
from ideaflow.ideas.pictures import MOST_BYTES, Drawn, Refused, redraw
from ideaflow.ideas.policy import COMMENT_LENGTH, MOST_PICTURES, TEXT_LENGTH, TITLE_LENGTH, Importance, Status
from ideaflow.ideas.posting import Draft
from ideaflow.ideas.queries import Filters, importance_of
from ideaflow.portal.languages import text
from ideaflow.typed import number

Form = MultiDict[str, str]


def filters(args: Form) -> Filters:
    """Return what the list shall show; what is not understood is left out."""
    status, mine = args.get("status", ""), args.get("mine", "")
    return Filters(
        words=args.get("words", "").strip()[:200],
        category=number(args.get("category", "")),
        status=status if status in set(Status) else "",
        mine=mine if mine in ("posted", "supported") else "",
        sort="newest" if args.get("sort") == "newest" else "companies",
    )


def typed(form: Form) -> dict[str, str]:
    """Return the fields of an idea as they were typed, to be shown again."""
    return {name: form.get(name, "") for name in ("title", "text", "category", "importance", "who")}


def draft(form: Form) -> Draft:
    """Return an idea as it was typed.

    :raises Invalid: something is missing or too long.
    """
    title, words = " ".join(form.get("title", "").split()), form.get("text", "").strip()
    problems: list[dict[str, object]] = []
    if not title:
        problems.append({"field": "title", "reason": text("Say in one line what you would like.")})
    if len(title) > TITLE_LENGTH:
        problems.append({"field": "title", "reason": _long(TITLE_LENGTH)})
    if len(words) > TEXT_LENGTH:
        problems.append({"field": "text", "reason": _long(TEXT_LENGTH)})
    if problems:
        raise Invalid(text("Your idea is not posted yet."), problems)
    return Draft(
        title=title, text=words, importance=importance_of(form.get("importance", "")) or Importance.IMPORTANT,
        category_id=number(form.get("category", "")), is_anonymous=form.get("who") == "anonymous",
        is_private=form.get("who") == "private",
    )  # fmt: skip


def title_of(words: str) -> str:
    """Return the first sentence of a thought as a title to begin with.

    >>> title_of("Counting locks the bay. Lock the bin instead.")
    'Counting locks the bay'
    """
    line = words.strip().splitlines()[0] if words.strip() else ""
    for mark in (". ", "! ", "? "):
        line = line.split(mark)[0]
    return line.rstrip(".") if len(line) <= 80 else line[:80].rsplit(" ", 1)[0]


def pictures(files: list[FileStorage]) -> list[Drawn]:
    """Return the images that came with an idea, drawn anew.

    :raises Invalid: there are too many, or one is no image that we take; says which and why.
    """
    given = [file for file in files if file.filename]
    if len(given) > MOST_PICTURES:
        raise _refused(
            text("At most %(count)s pictures; choose the ones that show it best.", count=MOST_PICTURES)
        )
    return [_picture(file) for file in given]


def comment(form: Form) -> str:
    """Return what was said.

    :raises Invalid: nothing, or too much.
    """
    words = form.get("text", "").strip()
    if not words:
        raise Invalid(text("Write something first."))
    if len(words) > COMMENT_LENGTH:
        raise Invalid(_long(COMMENT_LENGTH))
    return words


def importance(form: Form) -> Importance:
    """Return how much somebody stands behind an idea.

    :raises Invalid: none of the three was chosen.
    """
    found = importance_of(form.get("importance", ""))
    if found is None:
        raise Invalid(text("Choose how much it is to you: nice, important or must have."))
    return found


def _picture(file: FileStorage) -> Drawn:
    name = (file.filename or "")[-60:]
    try:
        return redraw(file.stream.read(MOST_BYTES + 1))
    except Refused as error:
        raise _refused(_why(name)[error.code]) from error


def _why(name: str) -> Mapping[str, str]:
    return {
        "too_large": text(
            "“%(name)s” is larger than %(megabytes)s MB. Take a smaller picture.", name=name,
            megabytes=MOST_BYTES // 1024**2,
        ),
        "too_many_pixels": text("“%(name)s” has too many pixels. Take a smaller picture.", name=name),
        "no_image": text("“%(name)s” is no picture we can show. Take a PNG, JPEG or WebP file.", name=name),
    }  # fmt: skip


def _refused(why: str) -> Invalid:
    return Invalid(text("Your idea is not posted yet."), [{"field": "pictures", "reason": why}])


def _long(most: int) -> str:
    return text("This is too long; at most %(count)s characters.", count=most)
