"""What changes on the way back: what customers read of a decision, and what they say of what was built."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates import service as gates
from ideaflow.gates.models import GateReview
from ideaflow.launch.models import Launch
from ideaflow.loop import contributions, contributors, notices
from ideaflow.loop.contributors import Contributor
from ideaflow.loop.models import Answer, Confirmation, DecisionWords
from ideaflow.loop.notices import LONGEST_WORDS, Message
from ideaflow.loop.outcomes import Kind, Of, Outcome, outcome
from ideaflow.loop.pace import Event
from ideaflow.loop.steps import Reach
from ideaflow.loop.words import Scope
from ideaflow.portal.languages import text
from ideaflow.proposals.models import Proposal


def write_words(of: Of, words: str, seen: int, *, by: Actor) -> DecisionWords:
    """Say in words for customers what came of it; they read it in the portal at once.

    :param seen: the version one looked at; 0 where there were none yet.
    :raises NotFound: nothing is decided or on sale there.
    :raises Invalid: no words, or too many.
    :raises Conflict: somebody wrote meanwhile.
    """
    words = words.strip()
    if not words:
        raise Invalid("Say it in a sentence or two, as you would tell them. Nothing was changed.")
    if len(words) > LONGEST_WORDS:
        raise Invalid(f"At most {LONGEST_WORDS:,} characters; these are {len(words):,}. Nothing was changed.")
    with transaction() as session:
        found = _for_change(of)
        kept = session.scalar(
            select(DecisionWords).where(
                DecisionWords.review_id == of.review_id
                if of.kind is Kind.REVIEW
                else DecisionWords.launch_id == of.launch_id
            )
        )
        if (kept.version if kept else 0) != seen:
            theirs = kept.words if kept else ""
            raise Conflict(
                f"Somebody wrote it meanwhile: “{theirs}” (version {kept.version if kept else 0}; you saw "
                f"{seen}). Yours was not kept: “{words}”."
            )
        before = kept.words if kept else None
        if kept is None:
            kept = DecisionWords(review_id=of.review_id, launch_id=of.launch_id, version=0)
            session.add(kept)
        kept.words, kept.version = words, kept.version + 1
        kept.written_by_id, kept.written_at = by.id, now()
        session.flush()
        audit.record(by, "loop.write_words", found.record, before={"words": before}, after={"words": words})
    return kept


def tell(of: Of, contact_ids: Collection[int], personal: Mapping[int, str], seen: int, *, by: Actor) -> int:
    """Tell contributors what came of it, each with their own words; return how many had not heard yet.

    :param contact_ids: whom of them: a human has read each message.
    :param personal: a sentence more for single contacts, by contact.
    :param seen: the version of the words one read; 0 for those agreed at the gate.
    :raises NotFound: nothing is decided or on sale there.
    :raises Invalid: there are no words for customers, or nobody was chosen.
    :raises Conflict: the words were changed meanwhile.
    """
    with transaction():
        found = _for_change(of)
        if not found.words:
            raise Invalid("Write what customers read of it first. Nobody was told.")
        if found.version != seen:
            raise Conflict(
                f"The words were changed meanwhile: “{found.words}” (version {found.version}; you read "
                f"{seen}). Read them, then send. Nobody was told."
            )
        people = contributors.contributors_of(found.proposal.id)
        chosen = [one for one in people if one.contact_id in contact_ids]
        if not chosen:
            raise Invalid("Tick at least one contact. Nobody was told.")
        messages = [_message(one, found, personal.get(one.contact_id, "")) for one in chosen]
        told = notices.tell(EVENTS[of.kind], of.about, messages, by=by)
        audit.record(by, "loop.tell", found.record, after={"contacts": sorted(told)})
        notice = found.notice
        if notice is not None and notice.done_at is None and notice.teller_id == by.id:
            gates.told(notice.id, by=by)
    return len(told)


EVENTS = {Kind.REVIEW: Event.DECISION, Kind.LAUNCH: Event.LAUNCHED}


def _for_change(of: Of) -> Outcome:
    """Return an outcome, its record locked: of two at once the second sees what the first did.

    :raises NotFound: nothing is decided or on sale there.
    """
    table: type[GateReview] | type[Launch] = GateReview if of.kind is Kind.REVIEW else Launch
    db.session.execute(select(table.id).where(table.id == of.id).with_for_update())
    found = outcome(of)
    if found is None:
        raise NotFound()
    return found


def _message(one: Contributor, found: Outcome, personal: str) -> Message:
    words = "\n".join(part for part in (personal.strip()[:LONGEST_WORDS], found.words) if part)
    return notices.answering(one.contact_id, one, found.title, words, decision=found.decision)


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
