"""Two people at one session: who decides must have seen it as it is."""

from sqlalchemy.orm import Session

from ideaflow.codesign.models import CodesignSession
from ideaflow.errors import Conflict
from ideaflow.saving import locked


def held_of(session: Session, session_id: int) -> CodesignSession:
    """Return a co-design session, its row locked until the transaction ends.

    :raises NotFound: there is none with this number.
    """
    held: CodesignSession = locked(session, CodesignSession, session_id, "co-design session")
    return held


def check(held: CodesignSession, seen: int | None, wish: str) -> None:
    """Refuse what was decided on a page that is not how the session stands any more.

    :param seen: the version the page was made of; None: the clock decides, which sees what is.
    :param wish: what was to be done, to be said: “close it”.
    :raises Conflict: it was changed meanwhile.
    """
    if seen is not None and held.version != seen:
        raise Conflict(
            f"Somebody changed this session meanwhile: it is {held.standing.words} now (version "
            f"{held.version}; you saw {seen}). Yours was not done: {wish}. Look at it again, then decide."
        )
