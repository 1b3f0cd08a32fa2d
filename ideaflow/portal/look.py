"""The company's own look in the portal: name, colour, logo. One row, or none: then ours."""

from dataclasses import dataclass

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.portal.colors import is_color
from ideaflow.portal.models import PortalLook

DEFAULT_COLOR = "#17654b"
MOST_BYTES = 200_000
# The first bytes say what a file is; its name does not.
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True)
class Look:
    """What pages need of it.

    :param version: part of the addresses of style and logo, which browsers keep; 0: never changed.
    """

    name: str
    color: str
    has_logo: bool
    version: int


def current(company: str) -> Look:
    """Return how the portal looks now.

    :param company: the name where none was chosen.
    """
    kept = db.session.get(PortalLook, 1)
    if kept is None:
        return Look(company, DEFAULT_COLOR, has_logo=False, version=0)
    return Look(kept.name or company, kept.color, bool(kept.logo_type), kept.version)


def logo() -> tuple[bytes, str] | None:
    """Return the logo and its media type, if there is one."""
    kept = db.session.get(PortalLook, 1)
    return (kept.logo, kept.logo_type) if kept is not None and kept.logo else None


def change(
    name: str, color: str, logo: bytes | None, *, version: int, without_logo: bool = False, by: Actor
) -> PortalLook:
    """Give the portal another look.

    :param logo: a new one; none: the old one stays, unless ``without_logo``.
    :param version: the one that was seen, 0 for the first.
    :raises Invalid: the colour cannot be read, or the logo is no picture or too large.
    :raises Conflict: somebody else changed it meanwhile.
    """
    problems = _problems(name, color, logo)
    if problems:
        raise Invalid("The look was not changed.", problems)
    with transaction() as session:
        kept = session.get(PortalLook, 1, with_for_update=True)
        if (kept.version if kept else 0) != version:
            raise Conflict(
                "Somebody else changed the look meanwhile. This is theirs; change it again if need be."
            )
        before = {"name": kept.name, "color": kept.color} if kept else None
        if kept is None:
            kept = PortalLook(id=1, version=0)
            session.add(kept)
        kept.name, kept.color = name.strip(), color.lower()
        if logo or without_logo:
            kept.logo, kept.logo_type = (logo, _kind(logo)) if logo else (None, "")
        kept.version += 1
        kept.changed_at = now()
        session.flush()
        audit.record(by, "portal.look", kept, before=before, after={"name": kept.name, "color": kept.color})
    return kept


def _problems(name: str, color: str, logo: bytes | None) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    if len(name) > 60:
        problems.append({"field": "name", "reason": "Take at most 60 characters; it stands beside the logo."})
    if not is_color(color):
        problems.append({"field": "color", "reason": f"“{color[:20]}” is no colour; write it like #17654b."})
    if logo and len(logo) > MOST_BYTES:
        problems.append({"field": "logo", "reason": f"Take a picture of at most {MOST_BYTES // 1000} kB."})
    elif logo and not _kind(logo):
        problems.append({"field": "logo", "reason": "This is no PNG, JPEG or WebP picture."})
    return problems


def _kind(logo: bytes) -> str:
    return next((kind for start, kind in KINDS.items() if logo.startswith(start)), "")
