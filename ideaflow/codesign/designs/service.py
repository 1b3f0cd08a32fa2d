"""What a contact does with drafts: submit, amend, answer amendments, stand behind, share.

A participant's ballot is their draft submitted last, cast anew with each version: close, tally, seal and
receipts are those of every session.
"""

from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.clock import now
from ideaflow.codesign.configurator.parts import faults
from ideaflow.codesign.designs import queries
from ideaflow.codesign.designs.keeping import (
    Moved,
    Submitted,
    Wish,
    add_version,
    answer_of,
    ballot_of,
    open_amendment,
    own_draft,
    part_of,
    recast,
    refuse_closed,
    refuse_faults,
)
from ideaflow.codesign.designs.models import DesignAmendment, DesignDraft, DesignEndorsement
from ideaflow.codesign.kinds.drafts import KEY, LONGEST_SKETCH
from ideaflow.codesign.kinds.drafts_form import advisor_of
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.portal.queries import Visitor


def submit(
    who: Visitor,
    session_id: int,
    wish: Wish,
    *,
    parent: int | None = None,
    is_shared: bool = False,
    secret: str,
) -> Submitted:
    """Submit a new draft, anew or as a fork of another that this contact may see; it is their ballot now.

    :param secret: the server's, as :func:`casting.cast` takes it.
    :raises Invalid: it is not whole, or the rules forbid it.
    :raises Conflict: the session closed, and an earlier ballot of theirs counts.
    """
    with transaction() as session:
        mine, held = part_of(session, session_id, who)
        refuse_faults(held, wish)
        if not held.is_open:
            return recast(mine, held, {KEY: answer_of(wish)}, wish, None, secret)
        source = queries.find(session_id, parent, who) if parent else None
        last = session.scalar(
            select(func.max(DesignDraft.number)).where(DesignDraft.session_id == session_id)
        )
        draft = DesignDraft(
            session_id=session_id, number=(last or 0) + 1, participant_id=mine.id, is_shared=is_shared,
            parent_id=source.id if source else None,
            parent_version=source.versions[-1].number if source else None,
        )  # fmt: skip
        session.add(draft)
        session.flush()
        add_version(session, held, draft, wish)
        after = {"draft": draft.number, "parent": source.number if source else None}
        audit.record(who.actor, "codesign.submit_draft", held, after=after)
        return recast(mine, held, ballot_of(mine), wish, draft, secret)


def change(
    who: Visitor,
    session_id: int,
    number: int,
    wish: Wish,
    base: int,
    *,
    amendment: int | None = None,
    secret: str,
) -> Submitted:
    """Submit another version of one's own draft.

    :param base: the version the change was made on.
    :param amendment: of somebody else, that is worked in with it.
    :raises Moved: another version came meanwhile.
    """
    with transaction() as session:
        mine, held = part_of(session, session_id, who)
        draft = own_draft(session_id, number, who)
        refuse_faults(held, wish)
        if not held.is_open:
            raise Conflict("closed")
        if draft.versions[-1].number != base:
            raise Moved(draft.versions[-1])
        taken = open_amendment(session, draft, amendment) if amendment else None
        if taken:
            taken.state, taken.answered_at = "incorporated", now()
        add_version(session, held, draft, wish, taken)
        draft.version += 1
        audit.record(who.actor, "codesign.change_draft", held, after={"draft": number, "version": base + 1})
        return recast(mine, held, ballot_of(mine), wish, draft, secret)


def propose(who: Visitor, session_id: int, number: int, wish: Wish, base: int) -> DesignAmendment:
    """Propose a change to somebody else's draft; its author accepts, rejects or works it in.

    :raises Invalid: it changes nothing, or the rules forbid it.
    """
    with transaction() as session:
        mine, held = part_of(session, session_id, who)
        draft = queries.find(session_id, number, who)
        refuse_closed(held)
        refuse_faults(held, wish)
        if draft.participant_id == mine.id:
            raise Conflict("This draft is yours: change it.")
        if sorted(wish.options) == sorted(draft.versions[-1].options) and not wish.sketch:
            raise Invalid("unchanged", [{"field": "options", "reason": "unchanged"}])
        made = DesignAmendment(
            draft_id=draft.id, participant_id=mine.id, base_number=base, options=sorted(wish.options),
            sketch=wish.sketch, made_at=now(),
        )  # fmt: skip
        session.add(made)
        audit.record(who.actor, "codesign.propose_amendment", held, after={"draft": number})
    return made


def answer(
    who: Visitor,
    session_id: int,
    number: int,
    amendment_id: int,
    *,
    accept: bool,
    reply: str = "",
    secret: str,
) -> DesignAmendment:
    """Accept an amendment of one's own draft, which makes a version of it, or reject it with a word.

    What it changes is put on the draft as it stands now.

    :raises Conflict: it was answered, or does not fit the draft any more.
    """
    with transaction() as session:
        mine, held = part_of(session, session_id, who)
        draft = own_draft(session_id, number, who)
        refuse_closed(held)
        found = open_amendment(session, draft, amendment_id)
        found.reply, found.answered_at = " ".join(reply.split())[:LONGEST_SKETCH], now()
        found.state = "accepted" if accept else "rejected"
        if accept:
            base = next(one for one in draft.versions if one.number == found.base_number)
            standing = frozenset(draft.versions[-1].options)
            options = (standing - (frozenset(base.options) - frozenset(found.options))) | (
                frozenset(found.options) - frozenset(base.options)
            )
            wish = Wish(options, draft.versions[-1].sketch)
            if faults(advisor_of(held.definition).kit, options):
                raise Conflict("unfit")
            add_version(session, held, draft, wish, found)
            draft.version += 1
            recast(mine, held, ballot_of(mine), wish, draft, secret)
        audit.record(
            who.actor, "codesign.answer_amendment", held, after={"draft": number, "state": found.state}
        )
    return found


def endorse(who: Visitor, session_id: int, number: int, *, stand: bool) -> None:
    """Stand behind somebody else's draft, or no longer; said again it changes nothing."""
    with transaction() as session:
        mine, held = part_of(session, session_id, who)
        draft = queries.find(session_id, number, who)
        refuse_closed(held)
        if draft.participant_id == mine.id:
            raise Conflict("This draft is yours.")
        known = session.get(DesignEndorsement, (draft.id, mine.id))
        if stand and known is None:
            session.add(DesignEndorsement(draft_id=draft.id, participant_id=mine.id))
        if not stand and known is not None:
            session.delete(known)


def share(who: Visitor, session_id: int, number: int, version: int, *, is_shared: bool) -> DesignDraft:
    """Show one's own draft to other companies, without the name, or keep it to one's own.

    :raises Moved: it was changed meanwhile.
    """
    with transaction() as session:
        _, held = part_of(session, session_id, who)
        draft = own_draft(session_id, number, who)
        refuse_closed(held)
        if draft.version != version:
            raise Moved(draft.versions[-1])
        if draft.is_shared != is_shared:
            draft.is_shared = is_shared
            draft.version += 1
            audit.record(
                who.actor, "codesign.share_draft", held, after={"draft": number, "shared": is_shared}
            )
    return draft
