"""What the view of a customer tells of co-design: the sessions their contacts are asked into."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from ideaflow.accounts import milestones, view
from ideaflow.accounts.models import Contact
from ideaflow.accounts.view import Entry, Found
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.codesign.policy import State
from ideaflow.db import among, db
from ideaflow.wording import plural

Part = tuple[CodesignSession, int, int]


def activity(account_ids: Sequence[int], most: int) -> Mapping[int, Found]:
    """Tell of the sessions that contacts of each account were asked into, the newest first."""
    return {
        account_id: Found(tuple(_entry(*part) for part in parts[:most]), len(parts), _sentence(parts))
        for account_id, parts in _parts(account_ids).items()
    }


def begun(account_ids: Sequence[int], most: int) -> Mapping[int, Sequence[Entry]]:
    """Return when each account began to design with us: the opening of each session they answered in."""
    return {
        account_id: [
            Entry(
                session.title, milestones.CODESIGN, f"{plural(done, 'contact')} of theirs took part",
                at=session.opened_at, address=f"/co-design/{session.id}",
            )
            for session, _, done in parts[:most] if done and session.opened_at
        ]
        for account_id, parts in _parts(account_ids).items()
    }  # fmt: skip


@view.once
def _parts(account_ids: Sequence[int]) -> dict[int, list[Part]]:
    done = func.count().filter(Participant.is_done)
    rows = db.session.execute(
        select(Contact.account_id, CodesignSession, func.count(), done)
        .join(Participant, Participant.contact_id == Contact.id)
        .join(CodesignSession, CodesignSession.id == Participant.session_id)
        .where(among(Contact.account_id, account_ids), CodesignSession.state != State.DRAFT)
        .group_by(Contact.account_id, CodesignSession.id)
        .order_by(CodesignSession.opened_at.desc().nulls_last(), CodesignSession.id.desc())
    )
    found: dict[int, list[Part]] = defaultdict(list)
    for account_id, session, invited, answered in rows:
        found[account_id or 0].append((session, invited, answered))
    return found


def _entry(session: CodesignSession, invited: int, answered: int) -> Entry:
    standing = session.standing
    return Entry(
        title=session.title, kind=session.instrument,
        sentence=f"{answered} of {invited} invited took part", status=standing, status_words=standing.words,
        tone=standing.tone, at=session.opened_at,
        on=session.closes_at.date() if session.closes_at and session.is_open else None,
        address=f"/co-design/{session.id}",
    )  # fmt: skip


def _sentence(parts: Sequence[Part]) -> str:
    took_part = sum(1 for _, _, done in parts if done)
    return f"took part in {took_part}" if took_part else "asked, nobody took part yet"


view.add_section(view.CODESIGN, activity, "Co-design")
milestones.add("codesign", begun)
