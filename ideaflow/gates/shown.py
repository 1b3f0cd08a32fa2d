"""What the gates show on pages of others: the proposal page, the start page, the numbers in the rail."""

from collections.abc import Iterator

from flask import current_app, url_for
from flask_login import current_user

from ideaflow import navigation, wording, work
from ideaflow import parts as page_parts
from ideaflow.clock import now, today
from ideaflow.codesign import musts
from ideaflow.codesign.models import CodesignSession
from ideaflow.gates import designs, queries, service
from ideaflow.gates.meeting import agenda
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import CLOCKS, DeliverableStatus, State
from ideaflow.gates.process import publishing, routes
from ideaflow.gates.process.routes import Choice
from ideaflow.gates.review import desk, packing, sheets
from ideaflow.gates.review.holds import rule_words
from ideaflow.proposals import parts
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import PagePart, Place
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import plural
from ideaflow.work import Waiting

MOST = 8
"""Of one kind on the start page; the rest is one row."""


def register() -> None:
    """Add the parts; called once, when the views are imported."""
    parts.tell_states(queries.states_of, queries.standings)
    parts.tell_criteria(queries.criteria_of)
    parts.add_part(Place.ACTIONS, _action)
    parts.add_part(Place.STAGES, _stages)
    parts.add_part(Place.DELIVERABLES, _deliverables)
    parts.add_part(Place.GATES, _gates)
    page_parts.add("codesign.designs", _of_designs)
    work.waits(_waiting)
    proposals.guards_withdrawal(desk.withdrawal_refused)
    proposals.on_withdraw(service.follow_withdrawal)
    proposals.on_merge(service.follow_merge)
    proposals.on_split(service.follow_split)
    navigation.counts("gates.reviews", _count)


def _count() -> tuple[int, bool]:
    count = desk.waiting_count(current_user) if current_user.may(Right.DECIDE) else 0
    return count, count > 0


def _action(proposal: Proposal) -> PagePart | None:
    if not proposal.is_live:
        return None
    journey = queries.journey_of(proposal.id)
    values = {
        "choice": _choice(proposal) if journey is None else None,
        "journey": journey,
        "is_owner": current_user.id == proposal.owner_id,
        "review": None,
        "missing": [],
    }
    if journey is not None:
        values["review"] = queries.open_review_of(proposal.id) if journey.is_locked else None
        values["missing"] = packing.missing_deliverables(journey) if journey.where is State.WORKING else []
    return PagePart("gates/_action.html", values)


def _choice(proposal: Proposal) -> Choice | None:
    # Looking at a page publishes nothing: before the first version there is nothing to choose.
    return routes.choose_for(proposal.id) if publishing.published() else None


def _stages(proposal: Proposal) -> PagePart | None:
    journey = queries.journey_of(proposal.id)
    if journey is None:
        return None
    return PagePart("gates/_stages.html", {"steps": queries.steps_of(journey), "journey": journey})


def _deliverables(proposal: Proposal) -> PagePart | None:
    journey = queries.journey_of(proposal.id)
    if journey is None or journey.where not in CLOCKS:
        return None
    may_change = (
        proposal.can_be_edited
        and journey.where in (State.WORKING, State.GATE_READY)
        and current_user.may(Right.PROPOSE)
    )
    lines = packing.deliverables_of(journey)
    values = {
        "journey": journey,
        "lines": lines,
        "musts": musts.of_proposals([proposal.id]).get(proposal.id, []),
        "passing": sum(line["status"].lets_pass for line in lines),
        "may_change": may_change,
        "statuses": [(status.value, status.words) for status in DeliverableStatus],
    }
    return PagePart("gates/_deliverables.html", values)


def link_of_draft(session_id: int, number: int) -> str:
    """Return where a draft stands, as a whole address."""
    path = url_for("designs.index", session_id=session_id, _anchor=f"draft-{number}")
    return str(current_app.extensions["settings"].address + path)


def _of_designs(held: CodesignSession) -> page_parts.Part | None:
    """Offer to make a design of the session a deliverable, and say which is one."""
    table = designs.table_of(held.proposal)
    if not (table.taken or (table.open and current_user.may(Right.PROPOSE))):
        return None
    return page_parts.Part("gates/_of_designs.html", {"table": table, "link_of": link_of_draft})


def _gates(proposal: Proposal) -> PagePart | None:
    journey = queries.journey_of(proposal.id)
    if journey is None:
        return None
    is_before_gate = journey.where in (State.WORKING, State.GATE_READY)
    return PagePart(
        "gates/_gates.html",
        {
            "journey": journey,
            "reviews": queries.reviews_of(proposal.id),
            "conditions": queries.conditions_of(proposal.id),
            "wake_words": rule_words(journey.wake_rule),
            "musts": sheets.live_musts(journey) if is_before_gate and proposal.is_live else [],
            "may_decide": current_user.may(Right.DECIDE) and current_user.id != proposal.owner_id,
            "may_recall": journey.where is State.GATE_READY and current_user.may(Right.PROPOSE),
        },
    )


def _waiting(user: User) -> Iterator[Waiting]:
    if user.may(Right.DECIDE):
        yield from _decisions(user)
    if user.may(Right.PROPOSE):
        yield from _own_work(user)
    for condition in desk.conditions_for(user):
        is_late = condition.is_overdue(today())
        yield Waiting(
            f"Meet the condition: {wording.shorten(condition.text, 80)}",
            f"P-{condition.proposal_id}; else {condition.consequence.replace('_', ' ')}",
            url_for("proposals.show", proposal_id=condition.proposal_id, _anchor="conditions"),
            "Open",
            due=f"{'was due' if is_late else 'by'} {wording.day(condition.due_on, today())}",
            icon="calendar-exclamation",
            tone="stop" if is_late else "watch",
            is_today=is_late,
        )


def _decisions(user: User) -> Iterator[Waiting]:
    for meeting in agenda.coming(2):
        yield Waiting(
            meeting.title,
            f"{meeting.place or 'A gate meeting'}, {meeting.minutes} minutes",
            url_for("gates.meeting", meeting_id=meeting.id),
            "Open the agenda",
            due=f"{wording.day(meeting.begins_there.date(), today())}, {meeting.begins_there:%H:%M %Z}",
            icon="calendar-event",
            tone="accent",
            is_today=meeting.begins_there.date() <= today(),
        )
    for line in desk.desk_of(user).mine:
        review, title = line.review, line.review.proposal.title
        is_decision = line.task == "decide"
        in_hand = f"{line.progress.in_hand} of {plural(line.progress.expected, 'scorecard')} in"
        yield Waiting(
            f"{'Decide on' if is_decision else 'Score'} {title} at {review.gate.name}",
            "Scores are revealed; the decision is due" if is_decision else f"{in_hand}; yours is missing",
            url_for("gates.review", review_id=review.id),
            "Decide" if is_decision else "Score",
            due=f"by {wording.day(review.due_on, today())}",
            icon="gavel",
            tone="accent",
            is_today=is_decision or review.due_on <= today(),
        )
    ready = desk.ready_for(user)
    for journey in ready[:MOST]:
        yield Waiting(
            f"{journey.proposal.title} is ready for {journey.gate.name}",
            f"Opening freezes its evidence and asks for scorecards; {journey.proposal.owner.name} owns it",
            _of(journey),
            "Open the review",
            icon="gavel",
            tone="go",
        )
    yield from _rest(len(ready), "ready for a gate", url_for("gates.reviews"), "See them", "gavel")
    woken, whole = desk.to_revisit(today(), MOST)
    for journey in woken:
        yield Waiting(
            f"Look again at {journey.proposal.title}",
            f"On hold in {journey.stage.name}; {journey.woken_by or 'its day has come'}",
            _of(journey),
            "Look at it",
            due=f"since {wording.day(journey.revisit_on, today())}",
            icon="player-play",
            tone="watch",
        )
    yield from _rest(whole, "on hold to be looked at again", url_for("gates.board"), "See the board")


def _own_work(user: User) -> Iterator[Waiting]:
    drafts, whole = desk.drafts_of(user, MOST)
    for proposal in drafts:
        yield Waiting(
            f"{proposal.title} is a draft",
            "Started, it gets its deliverables and a way to its first gate",
            url_for("proposals.show", proposal_id=proposal.id),
            "Start discovery",
            due=f"begun {wording.ago(proposal.created_at, now())}",
            icon="player-play",
        )
    mine = url_for("gates.board", mine=1)
    yield from _rest(whole, "of yours not started", mine, "See them")
    in_work, whole = desk.own_in_work(user, MOST)
    for journey, missing in in_work:
        title, gate = journey.proposal.title, journey.gate.name
        days = plural(queries.days_between(journey.state_since), "day")
        if journey.changes and missing:
            why = f"{gate} sent it back: {wording.shorten(journey.changes[0], 70)}"
        else:
            why = f"Missing: {wording.shorten(', '.join(missing), 90)}"
        yield Waiting(
            f"{title}: {plural(len(missing), 'deliverable')} to {gate}"
            if missing
            else f"{title} can go to {gate}",
            why if missing else "Every deliverable is there",
            url_for("proposals.show", proposal_id=journey.proposal_id, _anchor="deliverables"),
            "Complete it" if missing else f"Hand to {gate}",
            due=f"{days} in {journey.stage.name}",
            icon="clipboard-check",
            tone="" if missing else "go",
        )
    yield from _rest(whole, "of yours in work", mine, "See them")


def _rest(whole: int, words: str, url: str, verb: str, icon: str = "dots") -> Iterator[Waiting]:
    """Say how many more there are than the start page names."""
    if whole > MOST:
        count = whole - MOST
        named = f"The {MOST} above come first"
        yield Waiting(f"{count:,} more {words}", named, url, verb, icon=icon, count=count)


def _of(journey: Journey) -> str:
    return url_for("proposals.show", proposal_id=journey.proposal_id)
