"""The words of the portal, collected from templates and code, and brought into a translator's file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from ideaflow import resources
from ideaflow.portal.languages import FOLDER

IN_TEMPLATES = {"_": None, "ngettext": (1, 2)}
IN_CODE = {"text": None, "texts": (1, 2), "lazy_gettext": None}
BEGUN = datetime(2026, 11, 22, tzinfo=UTC)
PACKAGE = Path(__file__).resolve().parent.parent


def collected() -> Catalog:
    """Return every sentence that customers can read, with the file it comes from."""
    catalog = _empty(None)
    for path, name in _files():
        is_page = path.suffix == ".html"
        found = extract_from_file(
            "jinja2.ext:babel_extract" if is_page else "python", path,
            keywords=IN_TEMPLATES if is_page else IN_CODE,
            options={"newstyle_gettext": "true", "trimmed": "true"} if is_page else None,
        )  # fmt: skip
        for _, message, _, context in found:
            catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def missing(language: str) -> list[str]:
    """Return the sentences that the file of ``language`` does not translate yet."""
    known = _read(language)
    return [
        _first(message.id)
        for message in collected()
        if message.id and not _is_translated(known.get(message.id, message.context))
    ]


def bring_up_to_date(language: str) -> Path:
    """Write what is new into the file of ``language``, made if there is none; translations stay.

    :raises babel.UnknownLocaleError: there is no such language.
    """
    known = _read(language)
    known.update(collected(), no_fuzzy_matching=True)
    known.obsolete.clear()
    path = FOLDER / f"{language}.po"
    known.creation_date = BEGUN  # Else every call would change the file.
    known.header_comment = f"# The portal in {language}. Sentences with nothing under them appear in English."
    with path.open("wb") as file:
        write_po(file, known, width=100, sort_output=True, include_lineno=False)
    return path


def _read(language: str) -> Catalog:
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language, project="ideaflow", version="1", fuzzy=False,
        copyright_holder="the ideaflow authors",
        msgid_bugs_address="-", last_translator="-", language_team="-",
    )  # fmt: skip


def _files() -> Iterator[tuple[Path, str]]:
    for path in sorted(resources.TEMPLATES.rglob("*.html")):
        if "_(" in path.read_text():
            yield path, f"templates/{path.relative_to(resources.TEMPLATES)}"
    for path in sorted(PACKAGE.rglob("*.py")):
        if "portal.languages" in (source := path.read_text()) or "lazy_gettext" in source:
            yield path, f"ideaflow/{path.relative_to(PACKAGE)}"


def _is_translated(message: object) -> bool:
    string = getattr(message, "string", None)
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _first(message_id: object) -> str:
    return str(message_id[0] if isinstance(message_id, (tuple, list)) else message_id)
