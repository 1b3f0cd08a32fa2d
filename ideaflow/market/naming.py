"""How names of the market are compared: files write them as they like. Pure."""

from collections.abc import Iterable, Mapping, Sequence


def spelled(name: str) -> str:
    """Return a name without case and needless space: what two spellings of one thing share.

    >>> spelled("  Benelux &  Nordics ")
    'benelux & nordics'
    """
    return " ".join(name.casefold().split())


course_key = spelled


def parts_of(names: str | None) -> tuple[str, ...]:
    """Return the single names of a cell that may hold several: “DACH; Benelux”; none for nothing."""
    return tuple(part.strip() for part in (names or "").split(";") if part.strip())


def ids_of(names: str | None, known: Mapping[str, Sequence[int]], every: Iterable[int]) -> list[int]:
    """Return what the names of a cell mean; nothing means every one, unknown names are left out.

    :param known: the ids by :func:`spelled` name.
    """
    parts = parts_of(names)
    if not parts:
        return list(every)
    return sorted({one for part in parts for one in known.get(spelled(part), ())})


def unknown_of(names: str | None, known: Mapping[str, Sequence[int]]) -> str:
    """Return the first name that is none of the known ones; "" when all are known."""
    return next((part for part in parts_of(names) if spelled(part) not in known), "")
