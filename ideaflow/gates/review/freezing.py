"""Freezing what gatekeepers decide on: the whole pack, its hash, and the file to print, at one moment."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ideaflow import config
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.gates.models import Deliverable, GateReview, Journey, Scorecard
from ideaflow.gates.policy import Decision, DeliverableStatus
from ideaflow.gates.process.definition import canonical, digest_of_bytes
from ideaflow.gates.review import case, contents, forecast, packing, paper, pdf
from ideaflow.gates.review.models import PackFile
from ideaflow.gates.review.weighing import tally_of
from ideaflow.proposals import ranked
from ideaflow.proposals.lines import lines_of
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.themes.models import Theme

MIDDLE = 5
"""Fewer points of 10 with a remark speak against a proposal at its next gate."""


def whole_pack(journey: Journey, numbers: dict[str, Any]) -> dict[str, Any]:
    """Return what gatekeepers decide on, with all that goes into its annex, as values JSON can hold.

    :param numbers: those just frozen.
    """
    currency = config.read().currency
    pack = packing.live_pack(journey, numbers)
    last = _last(journey.proposal_id)
    gate, content = journey.gate, journey.content
    if last is not None and pack["last_review"] is not None:
        names = {criterion.key: criterion.name for criterion in last.gate.should}
        pack["last_review"]["means"] = {names[one.key]: one.mean for one in tally_of(last).criteria}
    then = last.pack if last else None
    moves = pack["numbers"].get("moves") or ()
    pack |= {
        "evidence": _evidence(journey),
        "worth": forecast.worth_of(ranked.estimates_of(journey.proposal_id)),
        "race": forecast.race_of(content, journey.stage_key, moves, today()),
        "trend": _trend(journey.proposal_id),
    }
    return pack | {
        "against": contents.against_of(pack, _doubts(journey.proposal_id)),
        "musts": contents.musts_of(gate, pack, currency),
        "since_last": contents.since_last(pack, then, currency),
        "forecast": forecast.forecast_of(pack, then),
        "risks": contents.risks_of(pack),
        "kill_if": contents.kill_if(gate),
        "plan": contents.plan_to_next(content, gate),
        "readiness": contents.readiness_of(content, _on_the_table(journey.proposal_id), pack),
    }


def _evidence(journey: Journey) -> list[dict[str, Any]]:
    """Return the evidence by criterion of this gate, as it was when added and as it is now, and the rest."""
    lines = lines_of(journey.proposal_id)
    own: dict[str, list[dict[str, Any]]] = defaultdict(list)
    asked = {one.key: one for one in (*journey.gate.should, *journey.gate.must)}
    for line in lines:
        key = line.evidence.criterion_key or ""
        own[key if key in asked else ""].append(
            {
                "kind": EvidenceKind(line.evidence.kind).words, "name": line.name, "then": line.then,
                "now": line.now, "changes": [change.words for change in line.changes],
                "worse": [change.words for change in line.changes if change.tone == "down"],
                "note": line.evidence.note,
            }
        )  # fmt: skip
    groups = [
        {"key": key, "name": one.name, "fills_itself": bool(one.auto), "lines": own[key]}
        for key, one in asked.items()
    ]
    whole = {"key": "", "name": "The case as a whole", "fills_itself": False, "lines": own[""]}
    return [*groups, whole] if own[""] else groups


def _doubts(proposal_id: int) -> list[dict[str, Any]]:
    """Return what gatekeepers held against a proposal at its gates so far, with how few points they gave."""
    query = select(GateReview).where(GateReview.proposal_id == proposal_id, GateReview.state == "decided")
    query = query.options(selectinload(GateReview.scorecards).joinedload(Scorecard.gatekeeper))
    found = []
    for review in db.session.scalars(query.order_by(GateReview.id.desc())):
        names = {one.key: one.name for one in (*review.gate.must, *review.gate.should)}
        for card in review.scorecards:
            low = {key: points for key, points in card.points.items() if points < MIDDLE}
            low |= {key: 0 for key, is_met in card.answers.items() if not is_met}
            for key in low.keys() & card.notes.keys() & names.keys():
                said = f"{low[key]} of 10 on" if key in card.points else "not yet on"
                who = f"{card.gatekeeper.name}, {said} {names[key].lower()} at {review.gate.name}"
                found.append({"text": card.notes[key], "who": who, "points": low[key]})
        if review.verdict in (Decision.HOLD, Decision.RECYCLE):
            who = f"{review.gate.name}: {review.verdict.words.lower()}"
            found.append({"text": review.reason, "who": who, "points": MIDDLE})
    return found


def keep_file(session: Session, review: GateReview) -> PackFile:
    """Keep the pack of a review as a file to print, its bytes and their hash."""
    content = pdf.pdf_of(paper_of(review), review.pack_hash)
    file = PackFile(review_id=review.id, pdf=content, pdf_hash=digest_of_bytes(content))
    session.add(file)
    return file


def paper_of(review: GateReview) -> paper.Paper:
    """Return the pack of a review as one reads it."""
    currency = config.read().currency
    question = case.question_of(review.gate, review.pack["proposal"], currency)
    return paper.paper_of(review.pack, question, currency)


def sound_pack(review_id: int) -> tuple[GateReview, PackFile | None]:
    """Return a review whose pack is what was frozen, with its file.

    :raises NotFound: there is no such review.
    :raises Conflict: pack or file no longer fit their hashes.
    """
    review = db.session.get(GateReview, review_id)
    if review is None:
        raise NotFound()
    packing.check_seal(review)
    file = db.session.get(PackFile, review_id)
    if file is not None and digest_of_bytes(file.pdf) != file.pdf_hash:
        packing.refuse_pack()
    return review, file


def as_json(review: GateReview) -> str:
    """Return a pack as the JSON its hash is taken of."""
    return canonical(review.pack)


def _last(proposal_id: int) -> GateReview | None:
    query = select(GateReview).where(GateReview.proposal_id == proposal_id, GateReview.state == "decided")
    return db.session.scalar(query.order_by(GateReview.id.desc()).limit(1))


def _trend(proposal_id: int) -> dict[str, Any]:
    query = select(Theme).where(Theme.id.in_(theme_ids_of(proposal_id)))
    theme = db.session.scalar(query.order_by(Theme.signal_rank.desc(), Theme.account_count.desc()).limit(1))
    if theme is None:
        return {}
    return {
        "word": theme.trend, "ratio": theme.trend_ratio, "low": theme.trend_low, "high": theme.trend_high,
        "q": theme.trend_q, "theme": theme.title,
    }  # fmt: skip


def _on_the_table(proposal_id: int) -> list[str]:
    rows = db.session.scalars(select(Deliverable).where(Deliverable.proposal_id == proposal_id))
    return [row.key for row in rows if DeliverableStatus(row.status).lets_pass]
