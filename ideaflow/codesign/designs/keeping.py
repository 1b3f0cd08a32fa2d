"""How a draft is kept: its versions, and the ballot it makes, cast anew with each version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ideaflow.clock import now
from ideaflow.codesign import casting, sealing
from ideaflow.codesign.casting import Outcome
from ideaflow.codesign.configurator.parts import Design, faults
from ideaflow.codesign.designs import queries
from ideaflow.codesign.designs.models import DesignAmendment, DesignDraft, DesignVersion
from ideaflow.codesign.kinds.drafts import KEY, LONGEST_SKETCH
from ideaflow.codesign.kinds.drafts_form import advisor_of
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.portal.queries import Visitor


@dataclass(frozen=True)
class Wish:
    """A design as it was sent.

    :ivar seconds: how long it was worked on, as far as that is known.
    """

    options: Design
    sketch: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Submitted:
    """What became of it.

    :ivar draft: None when the session had closed: kept, not counted.
    """

    draft: DesignDraft | None
    outcome: Outcome
    receipt: str


class Moved(Conflict):
    """The draft was changed while this change was written.

    :ivar theirs: the version that stands now.
    """

    def __init__(self, theirs: DesignVersion) -> None:
        super().__init__("Somebody changed this draft meanwhile. Both versions stand below.")
        self.theirs = theirs


def part_of(session: Session, session_id: int, who: Visitor) -> tuple[Participant, CodesignSession]:
    """Return participant and session, locked: drafts of a session are numbered one after the other."""
    held = session.get(CodesignSession, session_id, with_for_update=True, populate_existing=True)
    query = select(Participant).where(
        Participant.session_id == session_id, Participant.contact_id == who.contact_id
    )
    mine = session.scalar(query)
    if held is None or mine is None or held.is_draft or held.instrument != "drafts":
        raise NotFound()
    return mine, held


def own_draft(session_id: int, number: int, who: Visitor) -> DesignDraft:
    """Return a draft this contact made.

    :raises Forbidden: somebody else did.
    """
    draft = queries.find(session_id, number, who)
    if draft.participant.contact_id != who.contact_id:
        raise Forbidden("Only who made this draft can do that. Propose a change, or fork it.")
    return draft


def open_amendment(session: Session, draft: DesignDraft, amendment_id: int) -> DesignAmendment:
    """Return an amendment of a draft that waits for its answer.

    :raises Conflict: it was answered.
    """
    found = session.get(DesignAmendment, amendment_id, with_for_update=True)
    if found is None or found.draft_id != draft.id:
        raise NotFound()
    if found.state != "proposed":
        raise Conflict("answered")
    return found


def refuse_closed(held: CodesignSession) -> None:
    """Refuse what changes drafts of a session that is over."""
    if not held.is_open:
        raise Conflict("closed")


def refuse_faults(held: CodesignSession, wish: Wish) -> None:
    """Refuse a design that is not whole, that the rules forbid, or whose sketch is too long."""
    broken = faults(advisor_of(held.definition).kit, wish.options)
    problems: list[dict[str, object]] = [{"field": "options", "reason": one} for one in broken]
    if len(wish.sketch) > LONGEST_SKETCH:
        problems.append({"field": "sketch", "reason": "long"})
    if problems:
        raise Invalid("This design is not whole yet, or its rules forbid it.", problems)


def add_version(
    session: Session,
    held: CodesignSession,
    draft: DesignDraft,
    wish: Wish,
    taken: DesignAmendment | None = None,
) -> None:
    """Keep a design as the newest version of a draft."""
    kit = advisor_of(held.definition).kit
    last = session.scalar(select(func.max(DesignVersion.number)).where(DesignVersion.draft_id == draft.id))
    session.add(
        DesignVersion(
            draft_id=draft.id, number=(last or 0) + 1, options=_sorted(kit.options, wish.options),
            sketch=wish.sketch, price=kit.price_of(wish.options), days=kit.days_of(wish.options),
            amendment_id=taken.id if taken else None, made_at=now(),
        )
    )  # fmt: skip
    session.flush()


def _sorted(keys: Iterable[str], design: Design) -> list[str]:
    """Return options in the order of the kit, as people read them."""
    return [key for key in keys if key in design]


def answer_of(wish: Wish) -> dict[str, Any]:
    """Return a design as an answer, without a draft."""
    return {"options": sorted(wish.options), "sketch": wish.sketch}


def ballot_of(mine: Participant) -> dict[str, Any]:
    """Return a participant's ballot: the version submitted last, and how they came to it."""
    drafts = queries.of_participant(mine.id)
    made = sorted((one for draft in drafts for one in draft.versions), key=lambda one: one.id)
    last = made[-1]
    draft = next(one for one in drafts if one.id == last.draft_id)
    weeks = {f"{one.made_at:%G-W%V}": sorted(one.options) for one in made}  # Of a week, the last.
    return {
        KEY: {
            "options": sorted(last.options), "sketch": last.sketch, "draft": draft.number,
            "version": last.number, "weeks": weeks,
            "drafts": [[one.number, one.parent.number if one.parent else None] for one in drafts],
        }
    }  # fmt: skip


def recast(
    mine: Participant, held: CodesignSession, answers: Mapping[str, Any], wish: Wish,
    draft: DesignDraft | None, secret: str,
) -> Submitted:  # fmt: skip
    """Cast a participant's ballot anew."""
    receipt = sealing.new_receipt()
    seconds = {} if wish.seconds is None else {KEY: round(min(wish.seconds, casting.LONGEST_SECONDS), 1)}
    said = casting.Draft(mine.seed, answers, seconds)
    outcome = casting.cast(mine.id, said, receipt, comment=answers[KEY]["sketch"], secret=secret)
    return Submitted(draft, outcome, receipt)
