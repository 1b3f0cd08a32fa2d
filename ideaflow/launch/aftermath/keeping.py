"""What is kept after a launch: the look back, its end, and stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Account, Opportunity
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.launch.aftermath.models import LookBack, SuccessStory, Verdict
from ideaflow.launch.changing import launch_for_change
from ideaflow.launch.models import Launch, LaunchState, Offering
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from ideaflow.saving import refuse, save

LONGEST_WORDS = 600
MOST_ALIASES, SHORTEST_ALIAS, LONGEST_ALIAS = 20, 3, 60


@dataclass(frozen=True)
class Looked:
    """What somebody says of a launch that is on sale.

    :param realised: the metric of the proposal, measured; ``measured_on``: when.
    """

    first_sale_on: date | None
    first_sale_id: int | None
    realised: str
    measured_on: date | None
    source_url: str
    verdict: str
    learned: str


def keep(launch_id: int, looked: Looked, version: int, *, by: Actor) -> LookBack:
    """Keep what became of a launch; nothing is final before it is closed.

    :param version: of the look back one saw; 0 where there was none yet.
    :raises Conflict: it is not on sale, is closed, or somebody saved it since.
    :raises Invalid: names each field that is wrong.
    """
    with transaction() as session:
        launch = _on_sale(session, launch_id)
        kept = session.get(LookBack, launch_id, with_for_update=True)
        if kept is None:
            kept = LookBack(launch_id=launch_id, version=0)
            session.add(kept)
        if kept.closed_at is not None:
            raise Conflict(f"“{launch.name}” is closed. What was measured then stays as it is.")
        refuse(_problems(session, launch, looked), "Nothing was kept.")
        save(kept, vars(looked), version, "launch.look_back", by=by)
        session.flush()
    return kept


def close(launch_id: int, version: int, *, by: Actor) -> Launch:
    """Close a launch: it sold, and its benefit was measured against what was hoped for.

    :raises Conflict: it has not sold, nothing was measured, or somebody saved it since.
    """
    with transaction() as session:
        launch = _on_sale(session, launch_id)
        kept = session.get(LookBack, launch_id, with_for_update=True)
        missing = [
            words
            for words, is_there in (
                ("the day of the first sale", kept and kept.first_sale_on),
                ("the benefit as measured, and when", kept and kept.realised and kept.measured_on),
                ("whether that is what was hoped for", kept and kept.verdict),
            )
            if not is_there
        ]
        if missing or kept is None:
            raise Conflict(f"Before “{launch.name}” is closed say {', '.join(missing)}.")
        save(kept, {"closed_at": now(), "closed_by_id": by.id}, version, "launch.close", by=by)
        launch.state = LaunchState.CLOSED
        launch.version += 1
    return launch


def add_story(
    launch_id: int,
    account_id: int,
    words: str,
    agreed_by: str,
    agreed_on: date | None,
    url: str,
    *,
    by: Actor,
) -> SuccessStory:  # fmt: skip
    """Keep what it did for a customer who agreed to be named; sellers may say it from now on.

    :raises Invalid: there are no words, or nobody agreed.
    """
    words, agreed_by = words.strip(), " ".join(agreed_by.split())
    with transaction() as session:
        launch = session.get(Launch, launch_id)
        if launch is None or launch.launched_at is None or session.get(Account, account_id) is None:
            raise NotFound("There is no such launch on sale, or no such account.")
        problems: list[dict[str, object]] = []
        if not words or len(words) > LONGEST_WORDS:
            problems.append(_problem("words", f"Say it in one to {LONGEST_WORDS} characters."))
        if not agreed_by:
            problems.append(_problem("agreed_by", "Name who of theirs agreed to be named."))
        if agreed_on is None or agreed_on > today():
            problems.append(_problem("agreed_on", "Say on which day they agreed; it cannot lie ahead."))
        refuse(problems, "The story was not kept.")
        story = SuccessStory(
            launch_id=launch.id, account_id=account_id, words=words, agreed_by=agreed_by[:300],
            agreed_on=agreed_on, source_url=url.strip()[:2000], added_by_id=by.id, added_at=now(),
        )  # fmt: skip
        session.add(story)
        session.flush()
        audit.record(by, "launch.add_story", launch, after={"words": words, "agreed_by": agreed_by})
    return story


def withdraw_story(story_id: int, *, of: int, by: Actor) -> SuccessStory:
    """Take a story back: its customer agrees no more, and nobody says it from now on.

    :param of: the launch it is of.
    """
    with transaction() as session:
        story = session.get(SuccessStory, story_id, with_for_update=True)
        if story is None or story.launch_id != of:
            raise NotFound("There is no such story of this launch.")
        if story.withdrawn_at is not None:
            raise Conflict("This story was taken back already.")
        story.withdrawn_at = now()
        audit.record(by, "launch.withdraw_story", session.get_one(Launch, of), before={"words": story.words})
    return story


def call(launch_id: int, names: Sequence[str], version: int, *, by: Actor) -> Offering:
    """Say what customers call what is sold; what names it so comes back to its launches.

    :param version: of the offering one saw.
    :raises Invalid: there are too many, or one is too short or too long.
    :raises Overtaken: somebody said otherwise since.
    """
    aliases = list(dict.fromkeys(name for one in names if (name := " ".join(one.split()))))
    with transaction() as session:
        launch = session.get(Launch, launch_id)
        if launch is None:
            raise NotFound("There is no such launch.")
        offering = session.get_one(Offering, launch.offering_id, with_for_update=True, populate_existing=True)
        wrong = any(not SHORTEST_ALIAS <= len(name) <= LONGEST_ALIAS for name in aliases)
        if wrong or len(aliases) > MOST_ALIASES:
            told = f"At most {MOST_ALIASES} names of {SHORTEST_ALIAS} to {LONGEST_ALIAS} characters each."
            refuse([_problem("aliases", told)], "The names were not kept.")
        save(offering, {"aliases": aliases}, version, "launch.call", by=by)
    return offering


def open_child(launch_id: int, title: str, statement_ids: Sequence[int], *, by: Actor) -> Proposal:
    """Begin a proposal that grew out of a launch, resting on what was said of it since.

    :raises Invalid: it has no title, or nothing was chosen.
    """
    if not statement_ids:
        raise Invalid("Tick what it is to rest on. No proposal was begun.")
    with transaction() as session:
        launch = session.get(Launch, launch_id)
        if launch is None or by.id is None:
            raise NotFound()
        child = proposals.add_blank(title, by.id, by=by, parent_id=launch.proposal_id)
        for statement_id in statement_ids:
            proposals.add_statement(child.id, statement_id, by=by)
        audit.record(by, "launch.open_child", launch, after={"child": child.label})
    return child


def _on_sale(session: Session, launch_id: int) -> Launch:
    launch = launch_for_change(session, launch_id)
    if launch.launched_at is None:
        raise Conflict(f"“{launch.name}” is not on sale yet. Look back on it once a cell is released.")
    return launch


def _problems(session: Session, launch: Launch, looked: Looked) -> list[dict[str, object]]:
    problems = []
    for field, day in (("first_sale_on", looked.first_sale_on), ("measured_on", looked.measured_on)):
        if day is not None and day > today():
            problems.append(_problem(field, "This day lies ahead."))
    if looked.verdict not in {"", *Verdict}:
        problems.append(_problem("verdict", "Choose reached, partly reached or missed."))
    if bool(looked.realised) != bool(looked.measured_on):
        problems.append(_problem("realised", "Say both what was measured and on which day."))
    if looked.first_sale_id is not None and session.get(Opportunity, looked.first_sale_id) is None:
        problems.append(_problem("first_sale_id", "There is no such opportunity."))
    return problems


def _problem(field: str, reason: str) -> dict[str, object]:
    return {"field": field, "reason": reason}
