"""How names of the market are compared: files write them as they like. Pure."""


def spelled(name: str) -> str:
    """Return a name without case and needless space: what two spellings of one thing share.

    >>> spelled("  Benelux &  Nordics ")
    'benelux & nordics'
    """
    return " ".join(name.casefold().split())


course_key = spelled
