"""The decision of a gate: drafted, signed by as many as it asks for, and then carried out at once."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.gates.models import GateReview, Journey
from ideaflow.gates.moving import move, review_for_change
from ideaflow.gates.policy import Decision, Event, State
from ideaflow.gates.process.definition import Gate, canonical, digest
from ideaflow.gates.review import aftermath, packing
from ideaflow.gates.review.models import Scorecard, Signature
from ideaflow.gates.review.verdicts import Verdict, problems_of, read
from ideaflow.gates.review.weighing import ask_again, cards_of, options_of, seat_of, tally_of
from ideaflow.gates.working import needed
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.themes.models import Theme
from ideaflow.users import queries as users
from ideaflow.users.renewing import Renewal, check

OVERRIDE_SIGNATURES = 2


def decide(
    review_id: int, verdict: Verdict, *, by: Actor, renewed: Renewal | None, seen: int | None = None
) -> GateReview:
    """Decide on a proposal at its gate and sign it; the last signature the gate asks for carries it out.

    Of several decisions at the same moment exactly one is taken; the others get a Conflict.

    :param renewed: that one signed in again moments ago.
    :param seen: the version of the review one decided on; left out, whatever is now.
    :raises Invalid: reason, day, stage, money or conditions are missing or make no sense.
    :raises Forbidden: one owns the proposal, has no seat, recused oneself, or did not sign in again.
    :raises Conflict: decided already, scores not revealed, this decision is closed, or the review moved on.
    """
    reason = needed(verdict.reason, "Nothing was decided.")
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        card = seat_of(session, review, by)
        _check_state(review, journey, seen)
        if review.verdict_draft is not None:
            raise Conflict(
                f"A decision waits for its signatures: {_word(review)}. Sign it, or take it back first."
            )
        verdict = _completed(review, replace(verdict, reason=reason))
        _lock_themes(session, _check_open(session, review, journey, verdict), journey)
        review.verdict_draft, review.drafted_by_id, review.drafted_at = verdict.plain(), by.id, now()
        review.record_hash = record_hash(review)
        audit.record(
            by,
            "gates.draft_decision",
            review,
            after={"decision": verdict.decision, "record": review.record_hash},
        )
        _sign(session, review, journey, card, by, renewed)
    return review


def sign(review_id: int, record: str, *, by: Actor, renewed: Renewal | None) -> GateReview:
    """Sign a decision somebody drafted.

    :param record: the hash of what one read and signs.
    :raises Conflict: nothing waits to be signed, it is something else by now, or one has signed already.
    :raises Forbidden: one owns the proposal, has no seat, or did not sign in again.
    """
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        card = seat_of(session, review, by)
        _check_state(review, journey, None)
        if review.verdict_draft is None:
            raise Conflict("No decision waits for a signature. Reload the page to see where it stands.")
        if review.record_hash != record or record_hash(review) != record:
            raise Conflict(
                f"You read record {record[:8]}, and {review.record_hash[:8]} waits for signatures. "
                "Read it again before you sign."
            )
        _lock_themes(session, Decision(review.verdict_draft["decision"]), journey)
        _sign(session, review, journey, card, by, renewed)
    return review


def take_back(review_id: int, reason: str, *, by: Actor) -> GateReview:
    """Drop a decision that is not signed by all yet; its signatures stay on record.

    :raises Invalid: no reason is given.
    :raises Conflict: nothing waits to be signed.
    """
    reason = needed(reason, "The decision still waits for its signatures.")
    with transaction() as session:
        review, _journey = review_for_change(session, review_id)
        seat_of(session, review, by)
        if review.verdict_draft is None:
            raise Conflict("No decision waits for a signature.")
        _drop(review)
        audit.record(by, "gates.take_back_decision", review, after={"decision": None}, reason=reason)
    return review


def expire(session: Session, review: GateReview, journey: Journey, reason: str) -> None:
    """Let a decision go that cannot be signed any more, hide the scores, and ask for them again.

    :param reason: signatures are missing for too long, or the pack is not what was frozen.
    """
    _drop(review)
    move(session, journey, Event.SCORE_AGAIN)
    review.revealed_at = None
    ask_again(review)
    audit.record(SYSTEM, "gates.expire_decision", review, after={"revealed": False}, reason=reason)


def meanings_of(gate: Gate, *, is_override: bool) -> list[str]:
    """Return what each signature under a decision means; an override has two at least."""
    meanings = list(gate.signatures)
    while is_override and len(meanings) < OVERRIDE_SIGNATURES:
        meanings.append("agrees to go against the rule")
    return meanings


def record_hash(review: GateReview) -> str:
    """Return the hash of what is signed: the pack, the scorecards, the votes and the decision."""
    cards = [
        [card.gatekeeper_id, card.for_id, card.points, card.answers, card.vote]
        for card in cards_of(review)
        if card.submitted_at is not None
    ]
    content = {
        "review": review.id, "gate": review.gate_key, "proposal": review.proposal_id,
        "pack": review.pack_hash, "cards": cards, "verdict": review.verdict_draft,
    }  # fmt: skip
    return digest(canonical(content))


def _check_state(review: GateReview, journey: Journey, seen: int | None) -> None:
    if journey.where is not State.TALLIED:
        raise Conflict("Scores are not revealed yet; the decision follows them.")
    if seen is not None and seen != review.version:
        raise Conflict(
            f"You decided on version {seen} of this review, it is version {review.version} by now: scores, "
            "votes or a draft changed. Look at it again; nothing was decided."
        )
    packing.check_seal(review)


def _check_open(session: Session, review: GateReview, journey: Journey, verdict: Verdict) -> Decision:
    options = {option.decision.value: option for option in options_of(review, tally_of(review))}
    option = options.get(verdict.decision)
    if option is None:
        choices = ", ".join(one.decision.words.lower() for one in options.values())
        reason = f"Choose a decision: {choices}."
        raise Invalid(f"Nothing was decided. {reason}", [{"field": "decision", "reason": reason}])
    if not option.is_open and not (verdict.is_override and option.can_override):
        raise Conflict(f"{option.decision.words} is closed: {option.closed}. Nothing was decided.")
    if verdict.is_override and option.is_open:
        raise Conflict(f"{option.decision.words} is open; there is nothing to override. Nothing was decided.")
    stages = {stage.key: stage.name for stage in journey.content.stages_up_to(journey.stage_key)}
    problems = problems_of(
        verdict, option.decision, review.gate, stages, {user.id for user in users.active()}, today()
    )
    if problems:
        raise Invalid("Nothing was decided. " + " ".join(str(one["reason"]) for one in problems), problems)
    return option.decision


def _completed(review: GateReview, verdict: Verdict) -> Verdict:
    """Let a go grant what was asked for where it does not say otherwise."""
    if verdict.decision not in (Decision.GO, Decision.CONDITIONAL_GO):
        return verdict
    asked = review.pack["proposal"]
    amount, people = asked.get("asked_amount"), asked.get("asked_people")
    if verdict.granted_amount is None and amount is not None:
        verdict = replace(verdict, granted_amount=Decimal(amount))
    if verdict.granted_people is None and people is not None:
        verdict = replace(verdict, granted_people=int(people))
    return verdict


def _sign(
    session: Session,
    review: GateReview,
    journey: Journey,
    card: Scorecard,
    by: Actor,
    renewed: Renewal | None,
) -> None:
    renewal = check(renewed, by.id)
    verdict = read(review.verdict_draft or {})
    meanings = meanings_of(review.gate, is_override=verdict.is_override)
    given = list(
        session.scalars(
            select(Signature.signer_id).where(
                Signature.review_id == review.id, Signature.record_hash == review.record_hash
            )
        )
    )
    if by.id in given:
        raise Conflict("You have signed this decision; it waits for somebody else.")
    signature = Signature(
        review_id=review.id, signer_id=by.id, printed_name=by.name, meaning=meanings[len(given)],
        on_behalf_of=card.stands_for.name if card.stands_for else "", signed_at=now(),
        method=renewal.method, record_hash=review.record_hash,
    )  # fmt: skip
    session.add(signature)
    review.version += 1
    after = {
        "record": review.record_hash, "meaning": signature.meaning, "on_behalf_of": signature.on_behalf_of,
        "signatures": f"{len(given) + 1} of {len(meanings)}",
    }  # fmt: skip
    audit.record(by, "gates.sign", review, after=after)
    if len(given) + 1 == len(meanings):
        _carry_out(session, review, journey, verdict, by)


def _carry_out(session: Session, review: GateReview, journey: Journey, verdict: Verdict, by: Actor) -> None:
    decision = _check_open(session, review, journey, verdict)
    _write(session, review, decision, verdict, by)
    aftermath.follow(session, review, journey, decision, verdict, by)


def _write(session: Session, review: GateReview, decision: Decision, verdict: Verdict, by: Actor) -> None:
    is_hold, is_recycle = decision is Decision.HOLD, decision is Decision.RECYCLE
    session.flush()
    # The rows are locked already; the condition on the state makes sure of it, whatever else writes here.
    taken = session.scalar(
        update(GateReview)
        .where(GateReview.id == review.id, GateReview.state == "open")
        .values(
            state="decided", decision=decision.value, reason=verdict.reason, score=tally_of(review).score,
            revisit_on=verdict.revisit_on if is_hold else None,
            wake_rule=dict(verdict.wake_rule) if is_hold else {},
            target_stage=verdict.target_stage if is_recycle else None,
            changes=list(verdict.changes) if is_recycle else [],
            is_override=verdict.is_override,
            granted_amount=verdict.granted_amount if decision.is_go else None,
            granted_people=verdict.granted_people if decision.is_go else None,
            next_gate_on=verdict.next_gate_on if decision.is_go else None,
            reason_code=verdict.reason_code, salvage=verdict.salvage.strip(),
            decided_by_id=by.id, decided_at=now(),
        )
        .returning(GateReview.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if taken is None:
        raise Conflict(f"{review.name} was decided a moment ago. Reload the page to see what was decided.")
    session.refresh(review)


def _lock_themes(session: Session, decision: Decision, journey: Journey) -> None:
    """Lock the themes that will be freed before anything is audited, so that nobody waits crosswise."""
    if decision is Decision.KILL or journey.gate.is_final:
        ids = theme_ids_of(journey.proposal_id)
        session.execute(select(Theme.id).where(Theme.id.in_(ids)).order_by(Theme.id).with_for_update())


def _drop(review: GateReview) -> None:
    review.verdict_draft, review.drafted_by_id, review.drafted_at = None, None, None
    review.record_hash = ""
    review.version += 1


def _word(review: GateReview) -> str:
    return Decision((review.verdict_draft or {})["decision"]).words.lower()
