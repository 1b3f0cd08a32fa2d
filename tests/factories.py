"""Makes records for tests: believable defaults, anything overridable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from ideaflow.accounts.models import Account, Case, Contact, Opportunity
from ideaflow.clock import today
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import Journey
from ideaflow.gates.process import publishing
from ideaflow.launch import service as launches
from ideaflow.launch.models import Launch
from ideaflow.launch.plans import CellWish, LaunchPlan
from ideaflow.launch.tiers import DRIVERS
from ideaflow.market.models import Channel, Region
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

_numbers = count(1)
SPOKEN_AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


class Factory:
    """Adds records to ``session`` and flushes them, so that they have ids."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _add(self, record: Any) -> Any:
        self.session.add(record)
        self.session.commit()  # Ends a savepoint; the outer transaction of the test is never committed.
        return record

    def user(self, **values: Any) -> User:
        number = next(_numbers)
        defaults = {"email": f"user{number}@fernhall.example", "name": f"Maren Holt {number}"}
        return self._add(User(**{**defaults, "roles": ["product_manager"], "session_epoch": 0, **values}))

    def account(self, **values: Any) -> Account:
        number = next(_numbers)
        defaults = {"name": f"Brinkmann {number} GmbH", "name_key": f"brinkmann {number}", "kind": "customer"}
        defaults |= {"segment": "3PL", "region": "DACH", "revenue_amount": 100_000, "currency": "EUR"}
        return self._add(Account(**{**defaults, **values}))

    def contact(self, **values: Any) -> Contact:
        number = next(_numbers)
        defaults = {"name": f"Anke Brinkmann {number}", "email": f"anke{number}@brinkmann.example"}
        return self._add(Contact(**{**defaults, **values}))

    def opportunity(self, **values: Any) -> Opportunity:
        number = next(_numbers)
        defaults = {"name": f"Handhelds {number}", "amount": 50_000, "currency": "EUR", "state": "open"}
        defaults |= {"source": "salesforce", "source_id": f"006{number}", "stage": "Negotiation"}
        return self._add(Opportunity(**{**defaults, **values}))

    def case(self, **values: Any) -> Case:
        number = next(_numbers)
        defaults = {
            "subject": f"Scanner {number}",
            "source": "zendesk",
            "source_id": str(number),
            "kind": "case",
        }
        return self._add(Case(**{**defaults, **values}))

    def item(self, **values: Any) -> FeedbackItem:
        number = next(_numbers)
        defaults = {"text": f"The pick list is gone again, for the {number}th time.", "part": "description"}
        defaults |= {
            "source": "zendesk",
            "source_id": f"{number}",
            "said_at": SPOKEN_AT - timedelta(hours=number % 500),
        }
        if "account_id" not in values:
            defaults["account_id"] = self.account().id
        return self._add(FeedbackItem(**{**defaults, **values}))

    def statement(self, item: FeedbackItem | None = None, **values: Any) -> Statement:
        item = item or self.item()
        defaults = {
            "item_id": item.id,
            "position": 0,
            "text": item.text,
            "begins_at": 0,
            "ends_at": len(item.text),
        }
        return self._add(Statement(**{**defaults, **values}))

    def channel(self, **values: Any) -> Channel:
        number = next(_numbers)
        return self._add(Channel(**{"name": f"Direct {number}", "position": number, **values}))

    def region(self, **values: Any) -> Region:
        number = next(_numbers)
        return self._add(Region(**{"name": f"DACH {number}", "position": number, **values}))

    def passed_proposal(self, **values: Any) -> Proposal:
        """A proposal that passed its last gate."""
        if "owner_id" not in values:
            values["owner_id"] = self.user().id
        proposal = self._add(Proposal(**{"title": f"Dock Scheduling {next(_numbers)}", **values}))
        version = publishing.standard()
        stage = version.content.stages[-1].key
        moments = {"started_at": SPOKEN_AT, "state_since": SPOKEN_AT}
        journey = {"process_version_id": version.id, "state": "launched", "stage_key": stage}
        self._add(Journey(proposal_id=proposal.id, **journey, **moments))
        return proposal

    def launch(
        self, channels: Sequence[Channel] = (), regions: Sequence[Region] = (), *, points: int = 2,
        proposal: Proposal | None = None, by: User | None = None, **values: Any,
    ) -> Launch:  # fmt: skip
        """A launch with a cell for each channel in each region, opened as a person opens one.

        :param points: of each of the five drivers; 2 is tier 1, 1 tier 2, 0 tier 3.
        """
        by, proposal = by or self.user(), proposal or self.passed_proposal()
        number = next(_numbers)
        cells = [
            CellWish(channel.id, region.id, by.id, Decimal(100_000), "EUR", f"{channel.name}, {region.name}")
            for channel in channels or [self.channel()]
            for region in regions or [self.region()]
        ]
        plan = LaunchPlan(
            offering_id=None, offering_name=f"Dock Scheduling {number}", kind="product",
            product_code=f"DOCK-{number}", launch_on=today() + timedelta(days=60), owner_id=by.id,
            currency="EUR", proposal_ids=[proposal.id], cells=cells,
            points=dict.fromkeys((driver.key for driver in DRIVERS), points),
        )  # fmt: skip
        opened = launches.open_launch(replace(plan, **values), by=by.actor)
        self.session.commit()
        return opened
