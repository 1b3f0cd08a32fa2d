"""What changes on the way back: what customers read of a decision, and what they say of what was built."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates import service as gates
from ideaflow.gates.models import GateReview
from ideaflow.loop import contributions, contributors, notices
from ideaflow.loop.contributors import Contributor, Decided
from ideaflow.loop.models import Answer, Confirmation, DecisionWords
from ideaflow.loop.notices import Message
from ideaflow.loop.pace import Event
from ideaflow.loop.steps import Reach
from ideaflow.loop.words import Scope
from ideaflow.portal.languages import text
from ideaflow.proposals.models import Proposal

LONGEST_WORDS = 2000
LONGEST_QUOTE = 600


def write_words(review_id: int, words: str, seen: int, *, by: Actor) -> DecisionWords:
    """Say in words for customers what was decided; they read it in the portal at once.

    :param seen: the version one looked at; 0 where there were none yet.
    :raises NotFound: there is no such review.
    :raises Invalid: no words, or too many.
    :raises Conflict: it is not decided, or somebody wrote meanwhile.
    """
    words = words.strip()
    if not words:
        raise Invalid("Say it in a sentence or two, as you would tell them. Nothing was changed.")
    if len(words) > LONGEST_WORDS:
        raise Invalid(f"At most {LONGEST_WORDS:,} characters; these are {len(words):,}. Nothing was changed.")
    with transaction() as session:
        review = session.get(GateReview, review_id, with_for_update={"of": GateReview})
        if review is None:
            raise NotFound()
        if review.decision is None:
            raise Conflict(f"{review.name} is not decided. What customers read follows the decision.")
        kept = session.scalar(select(DecisionWords).where(DecisionWords.review_id == review_id))
        if (kept.version if kept else 0) != seen:
            theirs = kept.words if kept else ""
            raise Conflict(
                f"Somebody wrote it meanwhile: “{theirs}” (version {kept.version if kept else 0}; you saw "
                f"{seen}). Yours was not kept: “{words}”."
            )
        before = kept.words if kept else None
        if kept is None:
            kept = DecisionWords(review_id=review_id, version=0)
            session.add(kept)
        kept.words, kept.version = words, kept.version + 1
        kept.written_by_id, kept.written_at = by.id, now()
        session.flush()
        audit.record(by, "loop.write_words", review, before={"words": before}, after={"words": words})
    return kept


def tell_decision(
    review_id: int, contact_ids: Collection[int], personal: Mapping[int, str], seen: int, *, by: Actor
) -> int:
    """Tell contributors what was decided, each with their own words; return how many had not heard yet.

    :param contact_ids: whom of them: a human has read each message.
    :param personal: a sentence more for single contacts, by contact.
    :param seen: the version of the words one read; 0 for those agreed at the gate.
    :raises NotFound: nothing is decided there.
    :raises Invalid: there are no words for customers, or nobody was chosen.
    :raises Conflict: the words were changed meanwhile.
    """
    with transaction() as session:
        session.execute(select(GateReview.id).where(GateReview.id == review_id).with_for_update())
        decided = contributors.decided(review_id)
        if decided is None:
            raise NotFound()
        if not decided.words:
            raise Invalid("Write what customers read of this decision first. Nobody was told.")
        if decided.version != seen:
            raise Conflict(
                f"The words were changed meanwhile: “{decided.words}” (version {decided.version}; you read "
                f"{seen}). Read them, then send. Nobody was told."
            )
        chosen = [
            one for one in contributors.contributors_of(decided.proposal.id) if one.contact_id in contact_ids
        ]
        if not chosen:
            raise Invalid("Tick at least one contact. Nobody was told.")
        messages = [_message(one, decided, personal.get(one.contact_id, "")) for one in chosen]
        told = notices.tell(Event.DECISION, about(review_id), messages, by=by)
        audit.record(by, "loop.tell_decision", decided.review, after={"contacts": sorted(told)})
        notice = decided.notice
        if notice is not None and notice.done_at is None and notice.teller_id == by.id:
            gates.told(notice.id, by=by)
    return len(told)


def about(review_id: int) -> str:
    """Return what notices of a decision are about."""
    return f"review:{review_id}"


def _message(one: Contributor, decided: Decided, personal: str) -> Message:
    words = "\n".join(part for part in (personal.strip()[:LONGEST_WORDS], decided.words) if part)
    values = {
        "decision": decided.review.decision, "words": words, "quote": one.words[:LONGEST_QUOTE],
        "said_at": one.said_at.isoformat(), "item_id": one.item_id,
    }  # fmt: skip
    return Message(one.contact_id, f"/portal/yours/of/{one.item_id}", values)


def confirm(scope: Scope, item_id: int, answer: str, words: str, seen: int, *, by: Actor) -> Confirmation:
    """Keep what a contact says of what was built: did it solve it?

    :param seen: the version of the answer one looked at; 0 where there was none.
    :raises NotFound: it is not theirs, or nothing was built of it.
    :raises Invalid: there is no such answer.
    :raises Conflict: another answer was kept meanwhile.
    """
    if answer not in set(Answer):
        raise Invalid(text("Choose one of: yes, partly, no."))
    one = contributions.one(Scope(scope.contact_id, scope.account_id), item_id)
    if one is None or one.reach not in (Reach.BUILT, Reach.SOLVED) or one.facts.proposal_id is None:
        raise NotFound()
    with transaction() as session:
        # Of two answers at the same moment the second waits here, and then sees the first.
        session.execute(select(Proposal.id).where(Proposal.id == one.facts.proposal_id).with_for_update())
        kept = contributions.confirmation(scope.contact_id, one.facts.proposal_id)
        if (kept.version if kept else 0) != seen:
            told = _word(kept.answer) if kept else ""
            raise Conflict(
                text(
                    "You answered “%(theirs)s” meanwhile, in another window; “%(yours)s” was not kept."
                    " Reload the page to change it.",
                    theirs=told, yours=_word(answer),
                )
            )  # fmt: skip
        before = kept.answer if kept else None
        if kept is None:
            kept = Confirmation(
                contact_id=scope.contact_id, proposal_id=one.facts.proposal_id, item_id=item_id, version=0
            )
            session.add(kept)
        kept.answer, kept.words, kept.version = answer, words.strip()[:LONGEST_WORDS], kept.version + 1
        kept.answered_at = now()
        session.flush()
        proposal = session.get_one(Proposal, one.facts.proposal_id)
        audit.record(by, "loop.confirm", proposal, before={"answer": before}, after={"answer": answer})
    return kept


def _word(answer: str) -> str:
    words: dict[str, str] = {"yes": text("Yes, solved"), "partly": text("Partly"), "no": text("No")}
    return words[answer]
