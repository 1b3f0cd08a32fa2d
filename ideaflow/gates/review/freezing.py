"""Freezing what gatekeepers decide on: the whole pack, its hash, and the file to print, at one moment."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import config
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.gates.models import Deliverable, GateReview, Journey
from ideaflow.gates.policy import DeliverableStatus
from ideaflow.gates.process.definition import canonical, digest_of_bytes
from ideaflow.gates.review import case, contents, packing, paper, pdf
from ideaflow.gates.review.models import PackFile
from ideaflow.gates.review.weighing import tally_of
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.themes.models import Theme


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
    return pack | {
        "trend": _trend(journey.proposal_id),
        "musts": contents.musts_of(gate, pack, currency),
        "since_last": contents.since_last(pack, then, currency),
        "forecast": contents.forecast_of(pack, then),
        "risks": contents.risks_of(pack),
        "kill_if": contents.kill_if(gate),
        "plan": contents.plan_to_next(content, gate),
        "readiness": contents.readiness_of(content, _on_the_table(journey.proposal_id), pack),
    }


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
