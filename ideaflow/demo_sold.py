"""What became of the launch that the demo company has on sale: sold, told, confirmed, measured, praised."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from ideaflow.accounts.business import import_opportunities
from ideaflow.accounts.facts import OpportunityData
from ideaflow.accounts.models import Account
from ideaflow.audit import Actor
from ideaflow.clock import now, stopped, today
from ideaflow.db import db
from ideaflow.launch.aftermath import keeping
from ideaflow.launch.aftermath.keeping import Looked
from ideaflow.launch.models import Launch
from ideaflow.launch.releasing import release_ready
from ideaflow.launch.unblocking import saving
from ideaflow.loop import contributions, contributors, on_sale, service
from ideaflow.loop.contributors import Contributor
from ideaflow.loop.outcomes import of_launch
from ideaflow.loop.words import Scope
from ideaflow.users.models import User

Story = Mapping[str, Any]


def tell(launch: Launch, part: Story, users: Mapping[str, User]) -> None:
    """Take a launch that is prepared through what came after; nothing where no cell was ready.

    :param part: what ``sold`` of ``launch.json`` says; days are days ago.
    """
    by, moment = users[part["by"]].actor, now()
    with stopped(moment - timedelta(days=part["open_days_ago"])):
        sale = _sale(part["sale"], None, launch)
        if sale:
            saving.set_gap(sale, f"offering:{launch.offering_id}", part["sale"]["severity"], 0, by=by)
    with stopped(moment - timedelta(days=part["released_days_ago"])):
        release_ready(launch.id, by=by)
        keeping.call(launch.id, part["aliases"], launch.offering.version, by=by)
    with stopped(moment - timedelta(days=part["told_days_ago"])):
        told = _tell(launch, part["words"], by)
    won_ago = timedelta(days=part["won_days_ago"])
    with stopped(moment - won_ago):
        _sale(part["sale"], won_ago, launch)
    _answer(told, part["answers"])
    _look_back(launch, part, sale, by)


def _sale(part: Story, won_ago: timedelta | None, launch: Launch) -> int | None:
    """Let the CRM tell of the sale that waits for it, open or won; return its number."""
    account = db.session.scalar(select(Account).where(Account.name == part["account"]))
    if account is None:
        return None
    said = OpportunityData(
        f"demo/{launch.offering.name}", part["name"], Decimal(part["amount"]), "EUR",
        "Negotiation" if won_ago is None else "Closed Won",
        launch.launch_on if won_ago is None else today(), "open" if won_ago is None else "won",
        owner=part["owner"],
    )  # fmt: skip
    return import_opportunities(db.session(), "salesforce", [(said, account)])[0].id


def _tell(launch: Launch, words: str, by: Actor) -> Sequence[Contributor]:
    """Tell everybody whose words belong there beyond doubt and who can buy it; return them."""
    people = [one for one in contributors.contributors_of(launch.proposal_id) if one.is_near and one.email]
    reach = on_sale.on_sale_to(launch.id, people)
    chosen = [one for one in people if reach[one.contact_id].is_there and one.said_at < now()]
    kept = service.write_words(of_launch(launch.id), words, 0, by=by)
    if chosen:
        ids = [one.contact_id for one in chosen]
        service.tell(of_launch(launch.id), ids, {}, kept.version, by=by)
    return chosen


def _answer(told: Sequence[Contributor], answers: Sequence[Story]) -> None:
    """Let the first of those who were told say whether it solved it, as their portal would."""
    for one, answer in zip(told, answers, strict=False):
        with stopped(now() - timedelta(days=answer["days_ago"])):
            scope, who = Scope(one.contact_id, one.account_id), Actor(None, f"{one.name}, {one.account_name}")
            item_id = contributions.first_of(scope, one.item_id) or one.item_id
            service.confirm(scope, item_id, answer["answer"], answer["words"], 0, by=who)


def _look_back(launch: Launch, part: Story, sale: int | None, by: Actor) -> None:
    won_on = today() - timedelta(days=part["won_days_ago"])
    measured, story = part["measured"], part["story"]
    with stopped(now() - timedelta(days=measured["days_ago"])):
        looked = Looked(
            won_on, sale, measured["realised"], today(), "", measured["verdict"], measured["learned"]
        )  # fmt: skip
        keeping.keep(launch.id, looked, 0, by=by)
    account_id = db.session.scalar(select(Account.id).where(Account.name == story["account"]))
    if account_id is not None:
        with stopped(now() - timedelta(days=story["days_ago"])):
            words, who = story["words"], story["agreed_by"]
            keeping.add_story(launch.id, account_id, words, who, today(), "", by=by)
