"""Which languages customers speak: how much of what was said, and how much of one theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, literal_column, select

from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.models import ThemeMembership

NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "ms": "Malay",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
LEAST_SHARE = 0.02
"""A smaller part in other languages is not worth a warning."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Foreign:
    """What of the statements is in languages the model does not know well."""

    share: float
    names: str


def spoken(theme_id: int | None = None) -> dict[str, int]:
    """Return how many statements that count are in each language, of all or of one theme; most first.

    The empty language is that of statements too short to say.
    """
    number, language = func.count(), func.coalesce(Statement.language, literal_column("''"))
    query = (
        select(language, number)
        .join(FeedbackItem)
        .where(FeedbackItem.counts)
        .group_by(language)
        .order_by(number.desc(), language)
    )
    if theme_id is not None:
        query = query.join(ThemeMembership, ThemeMembership.statement_id == Statement.id).where(
            ThemeMembership.theme_id == theme_id
        )
    return {str(row[0]): int(row[1]) for row in db.session.execute(query)}


def name(language: str) -> str:
    """Return the English name of a language."""
    return NAMES.get(language, language.upper()) if language else "not sure"


def shares(found: Mapping[str, int]) -> list[tuple[str, str, float]]:
    """Return each language, its name and its share; nothing where all is in one language."""
    told = {one: number for one, number in found.items() if one}
    total = sum(told.values())
    if len(told) < 2:
        return []
    return [(one, name(one), number / total) for one, number in told.items()]


def foreign(found: Mapping[str, int]) -> Foreign | None:
    """Return what is not in English, if that is worth a word."""
    total = sum(found.values())
    others = sorted(((number, one) for one, number in found.items() if one not in ("", "en")), reverse=True)
    share = sum(number for number, _ in others) / total if total else 0.0
    if share < LEAST_SHARE:
        return None
    named = [f"{name(one)} {number / total:.0%}" for number, one in others[:MOST_NAMED]]
    return Foreign(share, ", ".join(named))
