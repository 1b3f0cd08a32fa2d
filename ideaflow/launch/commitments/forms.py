"""What comes in from the pages of commitments, as typed values; and what their fields offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ideaflow.accounts import queries as accounts
from ideaflow.accounts.models import Account, Case, Opportunity
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.feedback.models import FeedbackItem
from ideaflow.launch.commitments import authority
from ideaflow.launch.commitments.authority import Authority
from ideaflow.launch.commitments.cells import of_cells
from ideaflow.launch.commitments.forecasting import Delivery
from ideaflow.launch.commitments.forecasts import of_proposals
from ideaflow.launch.commitments.queries import KEPT, VIEWS, Filters
from ideaflow.launch.commitments.service import SOURCES, Draft
from ideaflow.launch.models import Launch, LaunchCell
from ideaflow.market.models import Channel, Region
from ideaflow.proposals.models import Proposal
from ideaflow.themes.models import Theme
from ideaflow.users import queries as users
from ideaflow.users.models import User

MOST_PROPOSALS = 300
CAME_FROM = {"item_id": FeedbackItem, "case_id": Case, "opportunity_id": Opportunity, "theme_id": Theme}


@dataclass(frozen=True)
class Choices:
    """What the form of a new commitment offers.

    :param came_from: what it came from: the field, its number, what it is called.
    """

    account: Account
    contacts: list[tuple[int | str, str]]
    proposals: list[tuple[int | str, str]]
    authorities: list[tuple[str, str]]
    authority: str
    came_from: list[tuple[str, int, str]]
    cell: str


def filters(args: Mapping[str, str]) -> Filters:
    """Read what the list shall show; what it does not know is left out."""
    view, kept = args.get("view", "live"), args.get("kept", "")
    return Filters(
        view if view in VIEWS else "live", args.get("who", ""), _number(args.get("account_id")),
        _number(args.get("proposal_id")), kept if kept in (*KEPT, "counted") else "",
    )  # fmt: skip


def address_of(filters: Filters, **changes: Any) -> dict[str, Any]:
    """Return the parts of an address that lead to a list, without those at rest."""
    values = {
        "view": filters.view if filters.view != "live" else None, "who": filters.who or None,
        "account_id": filters.account_id, "proposal_id": filters.proposal_id, "kept": filters.kept or None,
    }  # fmt: skip
    return {name: value for name, value in {**values, **changes}.items() if value}


def read_draft(form: Mapping[str, str]) -> Draft:
    """Read a promise as it was written down."""
    sources = tuple((name, number) for name in SOURCES if (number := _number(form.get(name))))
    return Draft(
        _number(form.get("account_id")) or 0, form.get("words", ""), read_day(form.get("due_on", "")),
        authority.read(form.get("authority", "")), _number(form.get("contact_id")), sources,
    )  # fmt: skip


def read_day(text: str) -> date | None:
    """Return a day as browsers send it; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def choices(account_id: int, values: Mapping[str, str], me: User) -> Choices:
    """Return what can be chosen for a promise to an account, and what is most likely meant.

    :raises NotFound: there is no such account.
    """
    account = accounts.get(account_id)
    proposal_id = _number(values.get("proposal_id"))
    proposal = db.session.get(Proposal, proposal_id) if proposal_id else None
    right = authority.needed(has_cell=bool(values.get("cell_id")), has_proposal=proposal is not None)
    may = [user for user in users.active() if user.may(right)]
    may.sort(key=lambda user: (user.id != me.id, proposal is None or user.id != proposal.owner_id))
    people = [(Authority(user.id).key, _authority_words(user, me, proposal)) for user in may]
    roles = [
        (Authority(role=role.value).key, f"Any {role.title.lower()}") for role in authority.roles_with(right)
    ]
    return Choices(
        account,
        [("", "Nobody in particular"), *((one.id, one.name) for one in accounts.contacts_of(account_id))],
        [("", "On nothing but us"), *_live_proposals(proposal)],
        people + roles,
        values.get("authority") or (people or roles)[0][0],
        _came_from(values),
        _cell_words(_number(values.get("cell_id"))),
    )


def likely(values: Mapping[str, str]) -> Delivery | None:
    """Return when what was chosen is likely to be delivered, for whoever chooses a day."""
    for name, source in (("cell_id", of_cells), ("proposal_id", of_proposals)):
        if number := _number(values.get(name)):
            return source([number], today()).get(number)
    return None


def find_accounts(words: str) -> Sequence[Account]:
    """Return accounts of this name, to choose one from."""
    return accounts.all_accounts(accounts.Filters(words=words)).rows[:20]


def _authority_words(user: User, me: User, proposal: Proposal | None) -> str:
    if user.id == me.id:
        return "My own"
    owns = f", who owns {proposal.label}" if proposal is not None and user.id == proposal.owner_id else ""
    return f"{user.name}{owns}"


def _live_proposals(chosen: Proposal | None) -> list[tuple[int, str]]:
    query = select(Proposal.id, Proposal.title).where(
        Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None)
    )
    rows = [(row[0], f"P-{row[0]} {row[1]}") for row in db.session.execute(
        query.order_by(Proposal.title, Proposal.id).limit(MOST_PROPOSALS)
    )]  # fmt: skip
    if chosen is not None and chosen.id not in {row[0] for row in rows}:
        rows.insert(0, (chosen.id, f"{chosen.label} {chosen.title}"))
    return rows


def _came_from(values: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return what a promise came from, with words for it.

    :raises NotFound: it is not there.
    """
    found = []
    for name, table in CAME_FROM.items():
        number = _number(values.get(name))
        if number is None:
            continue
        record: Any = db.session.get(table, number)
        if record is None:
            raise NotFound()
        words = getattr(record, "text", "") or getattr(record, "name", "") or getattr(record, "title", "")
        found.append((name, number, words or getattr(record, "subject", "") or name))
    return found


def _cell_words(cell_id: int | None) -> str:
    """Return what a launch cell is called: “Cycle count: Direct in Nordics”; empty without one.

    :raises NotFound: it is not there.
    """
    if cell_id is None:
        return ""
    names = select(Launch.name, Channel.name, Region.name).join(LaunchCell, LaunchCell.launch_id == Launch.id)
    names = names.join(Channel, Channel.id == LaunchCell.channel_id)
    names = names.join(Region, Region.id == LaunchCell.region_id)
    row = db.session.execute(names.where(LaunchCell.id == cell_id)).one_or_none()
    if row is None:
        raise NotFound()
    return f"{row[0]}: {row[1]} in {row[2]}"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None
