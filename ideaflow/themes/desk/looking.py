"""Who looks at a theme right now: told while a page is open, forgotten soon after it was closed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.themes.models import Theme, ThemeLook
from ideaflow.users.models import User

FRESH = timedelta(seconds=60)
"""A page tells three times a minute; who was silent for so long looks no more."""
KEPT = timedelta(minutes=10)


@dataclass(frozen=True)
class Looker:
    """Somebody who looks at a theme now."""

    theme_id: int
    user_id: int
    name: str


def look(theme_id: int, *, by: Actor) -> None:
    """Note that somebody looks at a theme. No decision: nothing of it is audited."""
    with transaction() as session:
        if session.get(Theme, theme_id) is None:
            return
        add = insert(ThemeLook).values(theme_id=theme_id, user_id=by.id, seen_at=now())
        session.execute(
            add.on_conflict_do_update(
                index_elements=["theme_id", "user_id"], set_={"seen_at": add.excluded.seen_at}
            )
        )
        session.execute(delete(ThemeLook).where(ThemeLook.seen_at < now() - KEPT))


def lookers(theme_ids: Collection[int], *, but: int) -> dict[int, list[Looker]]:
    """Return who else looks at these themes now, by theme, by name."""
    rows = db.session.execute(
        select(ThemeLook.theme_id, User.id, User.name)
        .join(User, User.id == ThemeLook.user_id)
        .where(ThemeLook.theme_id.in_(theme_ids), ThemeLook.user_id != but, ThemeLook.seen_at > now() - FRESH)
        .order_by(User.name, User.id)
    )
    found: dict[int, list[Looker]] = {}
    for theme_id, user_id, name in rows:
        found.setdefault(theme_id, []).append(Looker(theme_id, user_id, name))
    return found
