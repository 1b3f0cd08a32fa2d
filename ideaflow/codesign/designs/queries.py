"""Questions about design drafts. What a contact may see is in the question itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from ideaflow.accounts.models import Contact
from ideaflow.codesign.designs.models import DesignAmendment, DesignDraft, DesignEndorsement, DesignVersion
from ideaflow.codesign.models import Participant
from ideaflow.db import db
from ideaflow.errors import must_exist
from ideaflow.portal.queries import Visitor

MOST = 200


@dataclass(frozen=True)
class Standing:
    """What others did with a draft.

    :ivar endorsed_by: participants who stand behind it.
    :ivar accounts: their distinct accounts, without that of who made it.
    """

    forks: int = 0
    endorsed_by: frozenset[int] = frozenset()
    accounts: int = 0


def visible(session_id: int, who: Visitor) -> Sequence[DesignDraft]:
    """Return the drafts a contact may see: their own, their company's, and those shared; the newest first."""
    query = _drafts(session_id).where(_may_see(who)).order_by(DesignDraft.number.desc()).limit(MOST)
    return db.session.scalars(query).all()


def find(session_id: int, number: int, who: Visitor) -> DesignDraft:
    """Return one draft a contact may see.

    :raises NotFound: it is kept to another company, or there is none: both read the same.
    """
    return must_exist(
        db.session.scalar(_drafts(session_id).where(_may_see(who), DesignDraft.number == number))
    )


def every(session_id: int) -> Sequence[DesignDraft]:
    """Return all drafts of a session, for staff once it is closed."""
    return db.session.scalars(_drafts(session_id).order_by(DesignDraft.number).limit(1_000)).all()


def version_of(session_id: int, version_id: int) -> DesignVersion:
    """Return one version of a session's drafts, with its draft and who made that.

    :raises NotFound: there is none.
    """
    query = (
        select(DesignVersion)
        .join(DesignDraft)
        .where(DesignDraft.session_id == session_id, DesignVersion.id == version_id)
        .options(joinedload(DesignVersion.draft).options(*_with_makers()))
    )
    return must_exist(db.session.scalar(query))


def standings(session_id: int) -> dict[int, Standing]:
    """Return by draft how often it was forked and who stands behind it."""
    forks: dict[int, int] = dict(
        db.session.execute(
            select(DesignDraft.parent_id, func.count())
            .where(DesignDraft.session_id == session_id, DesignDraft.parent_id.is_not(None))
            .group_by(DesignDraft.parent_id)
        )
        .tuples()
        .all()  # type: ignore[arg-type]
    )
    behind: dict[int, set[int]] = defaultdict(set)
    accounts: dict[int, set[int]] = defaultdict(set)
    made, maker = aliased(Participant), aliased(Contact)
    account, own = (func.coalesce(one.account_id, -one.id) for one in (Contact, maker))
    rows = db.session.execute(
        select(DesignEndorsement.draft_id, Participant.id, account, own)
        .join(Participant, Participant.id == DesignEndorsement.participant_id)
        .join(Contact, Contact.id == Participant.contact_id)
        .join(DesignDraft, DesignDraft.id == DesignEndorsement.draft_id)
        .join(made, made.id == DesignDraft.participant_id)
        .join(maker, maker.id == made.contact_id)
        .where(Participant.session_id == session_id)
    )
    for draft_id, participant_id, endorser, designer in rows:
        behind[draft_id].add(participant_id)
        accounts[draft_id] |= {endorser} - {designer}
    return {
        one: Standing(forks.get(one, 0), frozenset(behind[one]), len(accounts[one]))
        for one in {*forks, *behind}
    }


def amendments(draft_id: int) -> Sequence[DesignAmendment]:
    """Return what others would change about a draft, with who they are; the newest first."""
    query = (
        select(DesignAmendment)
        .where(DesignAmendment.draft_id == draft_id)
        .options(
            joinedload(DesignAmendment.participant)
            .joinedload(Participant.contact)
            .joinedload(Contact.account)
        )
        .order_by(DesignAmendment.id.desc())
        .limit(50)
    )
    return db.session.scalars(query).all()


def of_participant(participant_id: int) -> Sequence[DesignDraft]:
    """Return the drafts of one participant with their versions, the oldest first."""
    query = select(DesignDraft).where(DesignDraft.participant_id == participant_id)
    query = query.options(selectinload(DesignDraft.versions), joinedload(DesignDraft.parent))
    return db.session.scalars(
        query.order_by(DesignDraft.number).execution_options(populate_existing=True)
    ).all()


def _drafts(session_id: int) -> Select[DesignDraft]:
    return (
        select(DesignDraft)
        .join(Participant, Participant.id == DesignDraft.participant_id)
        .join(Contact, Contact.id == Participant.contact_id)
        .where(DesignDraft.session_id == session_id)
        .options(selectinload(DesignDraft.versions), *_with_makers())
    )


def _with_makers() -> tuple[Any, ...]:
    """Load who made a draft, and who the one it was forked from."""
    maker = joinedload(Participant.contact).joinedload(Contact.account)
    return (
        joinedload(DesignDraft.participant).options(maker),
        joinedload(DesignDraft.parent).joinedload(DesignDraft.participant).options(maker),
    )


def _may_see(who: Visitor) -> ColumnElement[bool]:
    ways = [DesignDraft.is_shared, Participant.contact_id == who.contact_id]
    if who.account_id is not None:
        ways.append(Contact.account_id == who.account_id)
    return or_(*ways)
