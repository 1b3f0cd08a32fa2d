"""Makes records for tests: believable defaults, anything overridable."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from ideaflow.accounts.models import Account, Case, Contact, Opportunity
from ideaflow.feedback.models import FeedbackItem, Statement
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
