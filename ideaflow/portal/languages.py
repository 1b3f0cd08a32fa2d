"""The languages customers read: one file each, ``translations/<language>.po``; English is in the source.

A new language is one more file: copy ``de.po``, translate, restart. Nothing has to be compiled.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, gettext, ngettext

FOLDER = Path(__file__).parent / "translations"
SOURCE_LANGUAGE = "en"
text: Callable[..., str] = gettext
texts: Callable[..., str] = ngettext
# What a mail is written in; a request has its own language. Not Flask-Babel's force_locale: outside of a
# request that one sets the language of all threads.
_speaking: ContextVar[str] = ContextVar("speaking", default="")


class PoFiles(Domain):
    """Reads the .po files themselves, so that a translator's file works as it is."""

    def get_translations(self) -> NullTranslations:
        """Return the translations of the current language."""
        return _translations(current())


class PortalBabel(Babel):
    """Flask-Babel with our files."""

    domain_instance = PoFiles(domain="portal")


@lru_cache(maxsize=64)
def _translations(language: str) -> NullTranslations:
    path = FOLDER / f"{language}.po"
    if language == SOURCE_LANGUAGE or not path.is_file():
        return Translations()
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(fp=compiled, domain="portal")


@lru_cache(maxsize=1)
def available() -> dict[str, str]:
    """Return the languages the portal speaks: code and its own name for itself, English first."""
    codes = [SOURCE_LANGUAGE, *sorted(path.stem for path in FOLDER.glob("*.po"))]
    return {code: (Locale.parse(code).get_display_name() or code).capitalize() for code in codes}


def choose(asked: str | None) -> str:
    """Return ``asked`` where the portal speaks it, else what the browser prefers, else English."""
    known = list(available())
    if asked in known:
        return str(asked)
    if has_request_context():
        return request.accept_languages.best_match(known) or SOURCE_LANGUAGE
    return SOURCE_LANGUAGE


def current() -> str:
    """Return the language of the mail being written, else of the page: English on staff pages."""
    chosen = _speaking.get() or (g.get("language", "") if has_request_context() else "")
    return chosen or SOURCE_LANGUAGE


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Write in this language, in this thread, until the block ends."""
    mark = _speaking.set(choose(language))
    try:
        yield
    finally:
        _speaking.reset(mark)


def locale() -> Locale:
    """Return the locale of the current language."""
    return Locale.parse(current())


def is_right_to_left() -> bool:
    """Return whether the current language is written from right to left."""
    return bool(locale().text_direction == "rtl")


def day(value: date | datetime) -> str:
    """Return a day as people who read the current language write it."""
    return format_date(value, format="long", locale=locale())


def amount(value: float, currency: str = "") -> str:
    """Return a number, or a sum of money, as people who read the current language write it."""
    if currency:
        return format_currency(value, currency, locale=locale())
    return format_decimal(value, locale=locale())


def init_app(app: Flask) -> None:
    """Let templates say ``_("…")``: English for staff, the contact's language in the portal."""
    PortalBabel(app, locale_selector=current)
    app.jinja_env.filters.update(portal_day=day, portal_amount=amount)
