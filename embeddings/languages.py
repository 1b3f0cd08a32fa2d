"""Which language a short text is in: offline, and silent where it cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

KNOWN = frozenset(
    [
        *(
            "ar",
            "bg",
            "bn",
            "ca",
            "cs",
            "da",
            "de",
            "el",
            "en",
            "es",
            "et",
            "fa",
            "fi",
            "fr",
            "he",
            "hi",
            "hr",
        ),
        *(
            "hu",
            "id",
            "it",
            "ja",
            "ko",
            "lt",
            "lv",
            "ms",
            "nb",
            "nl",
            "nn",
            "no",
            "pl",
            "pt",
            "ro",
            "ru",
            "sk",
        ),
        *("sl", "sr", "sv", "th", "tr", "uk", "vi", "zh"),
    ]
)
"""Languages business is done in. With all 140 that are known, "Passwort vergessen" is Luxembourgish."""
SURE = 0.6
"""Least probability; measured on short texts, see docs/engine.md."""
LONGEST = 2_000
"""Characters that are looked at."""
SAME = {"nb": "no", "nn": "no"}


def languages(texts: Sequence[str]) -> list[str]:
    """Return the language of each text as two letters; empty for one too short or mixed to say."""
    classify = _identifier().classify
    return [_of(text[:LONGEST], classify) for text in texts]


def _of(text: str, classify: Any) -> str:
    letters = sum(map(str.isalpha, text))
    if not letters:
        return ""
    language, probability = classify(text.encode("utf-8", "replace").decode("utf-8"))
    return SAME.get(language, language) if float(probability) >= SURE else ""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(KNOWN & set(identifier.labels)))
    return identifier
