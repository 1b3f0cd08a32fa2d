"""The ways that words go, as one question to the database: from records to themes, proposals, decisions."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from ideaflow.accounts.models import Case, Contact
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.codesign.policy import State
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import GateReview, Journey, Notice
from ideaflow.ideas.models import Idea
from ideaflow.launch.models import Launch, LaunchState
from ideaflow.loop.models import Confirmation, DecisionWords
from ideaflow.loop.steps import LAUNCHED_STATES, Facts
from ideaflow.loop.words import Scope, in_scope
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import ThemeMembership

LONGEST_WORDS = 400
BALLOTS = 10**15
"""Ballots share the list with records of words; their numbers lie below minus this."""


def record() -> ColumnElement[int]:
    """Return what items of one record share: all words of a case are one thing told us."""
    return case((FeedbackItem.case_id.is_not(None), -FeedbackItem.case_id), else_=FeedbackItem.id)


def records(scope: Scope) -> CTE:
    """Select what was told us: records of words, and the reader's own ballots.

    Columns: record, said_at, item_id (of a ballot: minus its participant), is_own.
    """
    words = (
        select(
            record().label("record"),
            func.min(FeedbackItem.said_at).label("said_at"),
            func.min(FeedbackItem.id).label("item_id"),
            func.bool_or(func.coalesce(FeedbackItem.contact_id == scope.contact_id, False)).label("is_own"),
        )
        .where(in_scope(scope))
        .group_by(record())
    )
    # Of an anonymous ballot nobody keeps when it was cast; it stands where its session began.
    moment = func.coalesce(Participant.done_at, CodesignSession.opened_at, CodesignSession.created_at)
    ballots = (
        select(cast(-BALLOTS - Participant.id, BigInteger), moment, -Participant.id, literal(True))
        .join(CodesignSession, CodesignSession.id == Participant.session_id)
        .where(Participant.contact_id == scope.contact_id, Participant.is_done)
    )
    return union_all(words, ballots).cte("records")


def lines(page: CTE, scope: Scope, *, with_words: bool = True, only_built: bool = False) -> Select[Any]:
    """Select every way that the records of ``page`` went: a row for each statement, theme and proposal.

    :param only_built: only ways to what has come since it was said.
    """
    lineage, told, idea, home = lineage_of(current()), _told(), aliased(Idea), aliased(Idea)
    launch = launch_of_proposal()
    of_statement = aliased(Evidence)
    serves = func.coalesce(Evidence.serves_id, of_statement.serves_id, CodesignSession.proposal_id)
    columns = [
        page.c.record, page.c.said_at, page.c.item_id, page.c.is_own, ThemeMembership.theme_id,
        Proposal.id.label("proposal_id"), built_at(launch).label("built_at"), told.c.decision, told.c.words,
        told.c.decided_at, Confirmation.answer, home.status.label("idea_status"),
        home.answer.label("idea_answer"), home.answered_at.label("idea_answered_at"),
        launch.c.words.label("launch_words"), CodesignSession.id.label("session_id"),
        *_beside_proposal(scope),
    ]  # fmt: skip
    if with_words:
        passage = func.coalesce(cast(CodesignSession.title, Text), Statement.text, FeedbackItem.text)
        columns += [
            FeedbackItem.source, FeedbackItem.part, Case.kind, Case.source_id, Contact.name,
            func.left(passage, LONGEST_WORDS + 1).label("passage"),
        ]  # fmt: skip
    query = (
        select(*columns)
        .select_from(page)
        .outerjoin(FeedbackItem, and_(record() == page.c.record, in_scope(scope)))
        .outerjoin(Participant, Participant.id == -page.c.item_id)
        .outerjoin(CodesignSession, CodesignSession.id == Participant.session_id)
        .outerjoin(idea, idea.item_id == FeedbackItem.id)
        .outerjoin(home, home.id == idea.home_id)
        .outerjoin(Statement, Statement.item_id == FeedbackItem.id)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .outerjoin(lineage, lineage.c.now_id == ThemeMembership.theme_id)
        .outerjoin(Evidence, and_(Evidence.theme_id == lineage.c.theme_id, Evidence.removed_at.is_(None)))
        .outerjoin(
            of_statement, and_(of_statement.statement_id == Statement.id, of_statement.removed_at.is_(None))
        )
        .outerjoin(Proposal, and_(Proposal.id == serves, Proposal.withdrawn_at.is_(None)))
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(told, true())
        .outerjoin(launch, true())
        .outerjoin(
            Confirmation,
            and_(Confirmation.proposal_id == Proposal.id, Confirmation.contact_id == scope.contact_id),
        )
        .order_by(page.c.said_at.desc(), page.c.item_id.desc())
    )
    if only_built:
        query = query.where(built_at(launch) >= FeedbackItem.said_at)
    if not with_words:
        return query.distinct()
    query = query.outerjoin(Case, Case.id == FeedbackItem.case_id)
    query = query.outerjoin(Contact, Contact.id == FeedbackItem.contact_id)
    best = ThemeMembership.typicality.desc().nulls_last()
    return query.order_by(best, FeedbackItem.id, Statement.position)


def facts_of(row: Row[Any]) -> Facts:
    """Return one way as the rule knows it."""
    return Facts(
        said_at=row.said_at, theme_id=row.theme_id, proposal_id=row.proposal_id,
        is_built=row.built_at is not None, launch_words=row.launch_words or "", told=row.decision or "",
        told_words=row.idea_answer or row.words or "", told_at=row.idea_answered_at or row.decided_at,
        launched_at=row.built_at, idea_status=row.idea_status or "",
        is_in_review=row.is_in_review, is_designing=row.is_designing, is_designed=row.is_designed,
        has_voted=row.session_id is not None, answer=row.answer or "",
    )  # fmt: skip


def _told() -> Any:
    """Return the last decision on the proposal that customers were given words for."""
    words = func.coalesce(DecisionWords.words, Notice.words)
    return (
        select(GateReview.decision, words.label("words"), GateReview.decided_at)
        .outerjoin(DecisionWords, DecisionWords.review_id == GateReview.id)
        .outerjoin(Notice, Notice.review_id == GateReview.id)
        .where(GateReview.proposal_id == Proposal.id, GateReview.state == "decided", words.is_not(None))
        .order_by(GateReview.id.desc())
        .limit(1)
        .lateral("told")
    )


def built_at(launch: Any) -> ColumnElement[Any]:
    """Return when it was there: a planned launch gives the day, else the last gate does."""
    passed = case((Journey.state.in_(LAUNCHED_STATES), Proposal.closed_at))
    return case((launch.c.id.is_not(None), launch.c.launched_at), else_=passed)


def launch_of_proposal() -> Any:
    """Return the launch of the proposal, the newest not cancelled, with what customers read of it."""
    return (
        select(Launch.id, Launch.name, Launch.launched_at, DecisionWords.words)
        .outerjoin(DecisionWords, DecisionWords.launch_id == Launch.id)
        .where(Launch.proposal_id == Proposal.id, Launch.state != LaunchState.CANCELLED)
        .order_by(Launch.id.desc())
        .limit(1)
        .lateral("launch")
    )


def _beside_proposal(scope: Scope) -> list[ColumnElement[Any]]:
    """Return what goes on about the proposal: a review, a session the reader is invited to, results."""
    review, session, mine = aliased(GateReview), aliased(CodesignSession), aliased(Participant)
    of_proposal = session.proposal_id == Proposal.id
    invited = and_(mine.session_id == session.id, mine.contact_id == scope.contact_id, ~mine.is_done)
    return [
        exists().where(review.proposal_id == Proposal.id, review.state == "open").label("is_in_review"),
        exists().where(of_proposal, session.state == State.OPEN, invited).label("is_designing"),
        exists().where(of_proposal, session.state.in_((State.CLOSED, State.PUBLISHED))).label("is_designed"),
    ]
