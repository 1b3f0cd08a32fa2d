"""What of proposals waits for a person: those they own, and the rules that open drafts in their name."""

from sqlalchemy import Executable, func, select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.proposals import hooks
from ideaflow.proposals.change import get_for_change
from ideaflow.proposals.models import Proposal, TriggerRule
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind, pass_on
from ideaflow.users.models import User
from ideaflow.users.policy import Right

LIVE = (Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None))


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    leaving.register(
        Kind("proposals", "Proposals owned", ("proposals.owner_id",), Right.PROPOSE, _owned, _take, _near)
    )
    leaving.register(
        Kind(
            "trigger_rules", "Rules that open drafts in their name", ("trigger_rules.owner_id",),
            Right.PROPOSE, _rules, _take_rule,
        )
    )  # fmt: skip
    leaving.remembers(
        {
            "proposals.created_by_id": "Who began it.",
            "evidence.added_by_id": "Who cited it.",
            "evidence_snapshots.taken_by_id": "Who froze the numbers.",
            "merge_requests.asked_by_id": "Who asked; the answer is the owner's of the other proposal.",
        }
    )


def _owned(user: User) -> list[Held]:
    query = select(Proposal).where(Proposal.owner_id == user.id, *LIVE).order_by(Proposal.id)
    return [
        Held(
            one.id, f"{one.label} {one.title}", f"/proposals/{one.id}",
            "under review" if one.is_locked else "", one.arena or "",
        )
        for one in db.session.scalars(query)
    ]  # fmt: skip


def _near() -> Executable:
    query = select(Proposal.arena, Proposal.owner_id, func.count()).where(*LIVE)
    return query.group_by(Proposal.arena, Proposal.owner_id)


def _take(proposal_id: int, leaver: User, to: User, by: Actor) -> str:
    """Give a proposal another owner, under review too: it is not its words that change."""
    with transaction() as session:
        proposal = get_for_change(session, proposal_id)
        if proposal.owner_id != leaver.id:
            return ""
        proposal.owner_id = to.id
        proposal.version += 1
        audit.record(
            by, "proposals.hand_over", proposal, before={"owner": leaver.name}, after={"owner": to.name}
        )
        return " ".join(hooks.tell_handed_over(proposal_id, to, by))


def _rules(user: User) -> list[Held]:
    query = select(TriggerRule).where(TriggerRule.owner_id == user.id).order_by(TriggerRule.id)
    return [
        Held(one.id, one.name, "/proposals/rules", "on" if one.is_on else "off", one.arena or "")
        for one in db.session.scalars(query)
    ]


def _take_rule(rule_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(TriggerRule, rule_id, "owner_id", leaver, to, by, "proposals.hand_over_rule")
