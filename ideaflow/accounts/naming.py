"""When two names mean the same account."""

import re
import unicodedata

_LEGAL_FORMS = frozenset(
    [
        "gmbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "se", "ev", "inc", "incorporated", "corp",
        "corporation", "co", "company", "llc", "lp", "llp", "ltd", "limited", "plc", "sa", "sas", "sarl",
        "srl", "spa", "bv", "nv", "as", "asa", "ab", "oy", "oyj", "aps", "kft", "zrt",
        "doo", "sro", "pty", "pte", "sl", "slu", "lda", "mbh",
    ]
)  # fmt: skip
_JOINTS = frozenset({"and", "und", "et", "y"})


def name_key(name: str) -> str:
    """Return an account's name without case, accents, punctuation and legal form.

    A name that is nothing but such words keeps them.

    >>> name_key("Müller & Söhne GmbH"), name_key("MULLER AND SOHNE"), name_key("Brask A/S")
    ('muller sohne', 'muller sohne', 'brask')
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    # Dots and slashes part no words: "A/S", "G.m.b.H.", "S.p.A.".
    words = re.sub(
        r"[^\w\s]", " ", re.sub(r"(?<=\b\w)[./](?=\w\b)|(?<=\w)\.(?=\s|$)|['’]", "", plain)
    ).split()
    kept = [word for word in words if word not in _JOINTS] or words
    while len(kept) > 1 and kept[-1] in _LEGAL_FORMS:
        kept.pop()
    return " ".join(kept)[:300] or name.casefold().strip()[:300]
