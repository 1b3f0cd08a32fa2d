"""What one of ours does with ideas: answer, say how far it is, hide and show, say who may see it."""

from collections.abc import Sequence

from sqlalchemy import update

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.ideas import hooks
from ideaflow.ideas.counting import locked_home, recount
from ideaflow.ideas.hooks import Happened, IdeaEvent
from ideaflow.ideas.models import Category, Comment, Idea, Report
from ideaflow.ideas.policy import Status
from ideaflow.ideas.posting import let_item_follow


class Overtaken(Conflict):
    """Somebody changed the idea since the page was shown; ``idea`` is as it stands now."""

    def __init__(self, idea: Idea) -> None:
        super().__init__(
            f"“{idea.title}” was changed since you opened it. Below is what stands now and what you wrote;"
            " nothing of yours is saved yet."
        )
        self.idea = idea


def answer(idea_id: int, words: str, status: Status, note: str, version: int, *, by: Actor) -> Idea:
    """Say how far an idea is, and answer it officially; empty words take the answer back.

    :raises NotFound: there is no such idea.
    :raises Overtaken: somebody answered meanwhile.
    """
    with transaction():
        idea = _changing(idea_id, version)
        before = {"answer": idea.answer, "status": idea.status, "note": idea.status_note}
        is_new_answer = words != idea.answer
        is_new_status = (status, note) != (idea.status, idea.status_note)
        if not is_new_answer and not is_new_status:
            return idea
        if is_new_answer:
            idea.answer, idea.answered_by, idea.answered_at = words, by.name, now()
        idea.status, idea.status_note = status, note
        idea.version += 1
        db.session.flush()
        for kind, is_new in ((Happened.STATUS, is_new_status), (Happened.ANSWERED, is_new_answer and words)):
            if is_new:
                hooks.tell(IdeaEvent(kind, idea.id, idea.home_id or idea.id, by))
        after = {"answer": idea.answer, "status": idea.status, "note": idea.status_note}
        audit.record(by, "ideas.answer", idea, before=before, after=after)
    return idea


def hide(idea_id: int, reason: str, version: int, *, by: Actor) -> Idea:
    """Take an idea from every list; its author reads why. Its words count in no theme meanwhile.

    :raises NotFound: there is no such idea.
    :raises Overtaken: it was changed meanwhile.
    """
    with transaction():
        idea = _changing(idea_id, version)
        if idea.hidden_at is not None:
            return idea
        idea.hidden_at, idea.hidden_reason = now(), reason
        idea.version += 1
        _after_hiding(idea, Happened.HIDDEN, by)
        audit.record(by, "ideas.hide", idea, after={"hidden": True}, reason=reason)
    return idea


def show(idea_id: int, *, by: Actor) -> Idea:
    """Put a hidden idea back into the lists.

    :raises NotFound: there is no such idea.
    """
    with transaction():
        idea = _changing(idea_id, None)
        if idea.hidden_at is None:
            return idea
        idea.hidden_at, idea.hidden_reason = None, ""
        idea.version += 1
        _after_hiding(idea, Happened.SHOWN, by)
        audit.record(by, "ideas.show", idea, before={"hidden": True})
    return idea


def hide_comment(comment_id: int, reason: str, *, by: Actor) -> Comment:
    """Take a comment from the page; who said it reads why.

    :raises NotFound: there is no such comment.
    """
    return _turn_comment(comment_id, reason, is_hidden=True, by=by)


def show_comment(comment_id: int, *, by: Actor) -> Comment:
    """Put a hidden comment back.

    :raises NotFound: there is no such comment.
    """
    return _turn_comment(comment_id, "", is_hidden=False, by=by)


def settle(idea_id: int, comment_id: int | None, *, by: Actor) -> Idea:
    """Say that what was reported may stay.

    :raises NotFound: there is no such idea.
    """
    with transaction() as session:
        idea = session.get(Idea, idea_id)
        if idea is None:
            raise NotFound()
        if _settle(idea_id, comment_id):
            audit.record(by, "ideas.settle_reports", idea, after={"comment": comment_id})
    return idea


def set_audience(
    idea_id: int, category_id: int | None, segments: Sequence[str], version: int, *, by: Actor
) -> Idea:
    """Put an idea into a category, and say for which segments it is besides; none: all that see the category.

    :raises NotFound: there is no such idea.
    :raises Invalid: there is no such category.
    :raises Overtaken: it was changed meanwhile.
    """
    with transaction() as session:
        idea = _changing(idea_id, version)
        if category_id is not None and session.get(Category, category_id) is None:
            raise Invalid("There is no such category. Choose another one.")
        before = {"category": idea.category_id, "segments": idea.segments}
        idea.category_id, idea.segments = category_id, sorted(set(segments))
        idea.version += 1
        after = {"category": idea.category_id, "segments": idea.segments}
        audit.record(by, "ideas.set_audience", idea, before=before, after=after)
    return idea


def _changing(idea_id: int, version: int | None) -> Idea:
    session = db.session()
    idea = session.get(Idea, idea_id, with_for_update=True, populate_existing=True)
    if idea is None or idea.withdrawn_at is not None:
        raise NotFound()
    if version is not None and idea.version != version:
        raise Overtaken(idea)
    return idea


def _after_hiding(idea: Idea, kind: Happened, by: Actor) -> None:
    db.session.flush()
    _settle(idea.id, None)
    if idea.home_id != idea.id:
        recount(locked_home(idea.id))
    hooks.tell(IdeaEvent(kind, idea.id, idea.home_id or idea.id, by))
    let_item_follow(idea, is_gone=kind is Happened.HIDDEN, by=by)


def _turn_comment(comment_id: int, reason: str, *, is_hidden: bool, by: Actor) -> Comment:
    with transaction() as session:
        said = session.get(Comment, comment_id, with_for_update=True, populate_existing=True)
        if said is None:
            raise NotFound()
        if (said.hidden_at is not None) == is_hidden:
            return said
        home = locked_home(said.idea_id)
        said.hidden_at, said.hidden_reason = (now(), reason) if is_hidden else (None, "")
        said.version += 1
        session.flush()
        _settle(said.idea_id, said.id)
        recount(home)
        action = "ideas.hide_comment" if is_hidden else "ideas.show_comment"
        audit.record(by, action, home, after={"comment": said.id}, reason=reason)
    return said


def _settle(idea_id: int, comment_id: int | None) -> int:
    whose = Report.comment_id == comment_id if comment_id is not None else Report.comment_id.is_(None)
    done = db.session.execute(
        update(Report)
        .where(whose, Report.settled_at.is_(None))
        .where(Report.idea_id == idea_id if comment_id is None else True)  # type: ignore[arg-type]
        .values(settled_at=now())
        .returning(Report.id)
    )
    return len(done.all())
