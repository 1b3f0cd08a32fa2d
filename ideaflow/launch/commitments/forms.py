"""What comes in from the pages of commitments, as typed values; and what their fields offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ideaflow import typed
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
from ideaflow.launch.models import LIVE, Launch, LaunchCell
from ideaflow.market.models import Channel, Region
from ideaflow.market.places import places_of
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
    :param cells: of a launch, in which it is sold to the account, the first to sell first.
    """

    account: Account
    contacts: list[tuple[int | str, str]]
    proposals: list[tuple[int | str, str]]
    authorities: list[tuple[str, str]]
    authority: str
    came_from: list[tuple[str, int, str]]
    cells: list[tuple[int, str]]


def filters(args: Mapping[str, str]) -> Filters:
    """Read what the list shall show; what it does not know is left out."""
    view, kept = args.get("view", "live"), args.get("kept", "")
    return Filters(
        view if view in VIEWS else "live", args.get("who", ""), typed.number(args.get("account_id")),
        typed.number(args.get("proposal_id")), kept if kept in (*KEPT, "counted") else "",
    )  # fmt: skip


def address_of(filters: Filters, **changes: Any) -> dict[str, Any]:
    """Return the parts of an address that lead to a list, without those at rest."""
    values = {
        "view": filters.view if filters.view != "live" else None, "who": filters.who or None,
        "account_id": filters.account_id, "proposal_id": filters.proposal_id, "kept": filters.kept or None,
    }  # fmt: skip
    return {name: value for name, value in {**values, **changes}.items() if value}


def read_draft(form: Mapping[str, str]) -> Draft:
    """Read a promise as it was written down.

    :raises Invalid: its day is none.
    """
    sources = tuple((name, number) for name in SOURCES if (number := typed.number(form.get(name))))
    return Draft(
        typed.number(form.get("account_id")) or 0, form.get("words", ""),
        typed.day(form.get("due_on", ""), "due_on"), authority.read(form.get("authority", "")),
        typed.number(form.get("contact_id")), sources,
    )  # fmt: skip


def choices(account_id: int, values: Mapping[str, str], me: User) -> Choices:
    """Return what can be chosen for a promise to an account, and what is most likely meant.

    :raises NotFound: there is no such account.
    """
    account = accounts.get(account_id)
    proposal_id = typed.number(values.get("proposal_id"))
    proposal = db.session.get(Proposal, proposal_id) if proposal_id else None
    cells = _cells(account, proposal, typed.number(values.get("cell_id")))
    right = authority.needed(has_cell=bool(cells), has_proposal=proposal is not None)
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
        cells,
    )


def likely(found: Choices, values: Mapping[str, str]) -> Delivery | None:
    """Return when what was chosen is likely to be delivered, for whoever chooses a day."""
    if found.cells:
        return of_cells([found.cells[0][0]], today()).get(found.cells[0][0])
    number = typed.number(values.get("proposal_id"))
    return of_proposals([number], today()).get(number) if number else None


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
        number = typed.number(values.get(name))
        if number is None:
            continue
        record: Any = db.session.get(table, number)
        if record is None:
            raise NotFound()
        words = getattr(record, "text", "") or getattr(record, "name", "") or getattr(record, "title", "")
        found.append((name, number, words or getattr(record, "subject", "") or name))
    return found


def _cells(account: Account, proposal: Proposal | None, chosen: int | None) -> list[tuple[int, str]]:
    """Return the cells in which the launch of a proposal is sold to an account; the chosen one always.

    :raises NotFound: the chosen one is not there.
    """
    if proposal is None and chosen is None:
        return []
    query = select(LaunchCell.id, Launch.name, Channel.name, Region.name)
    query = query.join(Launch, Launch.id == LaunchCell.launch_id)
    query = query.join(Channel, Channel.id == LaunchCell.channel_id)
    query = query.join(Region, Region.id == LaunchCell.region_id).order_by(Launch.launch_on, LaunchCell.id)
    if chosen is not None:
        rows = db.session.execute(query.where(LaunchCell.id == chosen)).all()
        if not rows:
            raise NotFound()
    else:
        regions = [place.region_id for place in places_of([account])[account.id].places]
        query = query.where(LaunchCell.removed_at.is_(None), Launch.state.in_(LIVE))
        if proposal is not None:
            query = query.where(Launch.proposal_id == proposal.id)
        rows = db.session.execute(query.where(LaunchCell.region_id.in_(regions))).all()
    return [(row[0], f"{row[1]}: {row[2]} in {row[3]}") for row in rows]
