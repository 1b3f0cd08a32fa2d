"""A small market: two channels in two regions, with sellers, price books and partners on demand."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ideaflow.market.models import (
    Channel,
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceBookCell,
    PriceEntry,
    Region,
    Seller,
    TrainingRecord,
)

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
TODAY = date(2026, 11, 19)
_numbers = count(1)


class Market:
    """Direct and partners, in DACH and the UK; adds records with believable defaults."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.direct = self.add(Channel(name="Direct", position=1))
        self.partners = self.add(Channel(name="Partners", position=2, is_partner=True))
        self.dach = self.add(Region(name="DACH", position=1, spellings=["Germany", "Austria"]))
        self.uk = self.add(Region(name="UK & Ireland", position=2, spellings=["UK"]))
        self.cells = [(c.id, r.id) for c in (self.direct, self.partners) for r in (self.dach, self.uk)]
        self.direct_dach, self.direct_uk, self.partners_dach, self.partners_uk = self.cells

    def add(self, record: Any) -> Any:
        self.session.add(record)
        self.session.commit()
        return record

    def book(self, *cells: tuple[int, int], **values: Any) -> PriceBook:
        number = next(_numbers)
        defaults = {"name": f"List {number}", "source": "page", "source_id": f"{number}", "turned_at": NOON}
        book = self.add(PriceBook(**{**defaults, **values}))
        for channel_id, region_id in cells:
            self.add(PriceBookCell(book_id=book.id, channel_id=channel_id, region_id=region_id))
        return book

    def price(self, book: PriceBook, code: str = "DOCK-1", **values: Any) -> PriceEntry:
        number = next(_numbers)
        defaults = {
            "product_code": code,
            "product_name": "Dock Scheduling",
            "unit_amount": 120,
            "currency": "EUR",
        }
        defaults |= {
            "is_active": True,
            "source": "page",
            "source_id": f"{number}",
            "changed_by": "Maren Holt",
        }
        defaults |= {"turned_at": NOON, "changed_at": NOON}
        return self.add(PriceEntry(book_id=book.id, **{**defaults, **values}))

    def seller(self, cell: tuple[int, int], **values: Any) -> Seller:
        number = next(_numbers)
        defaults = {"email": f"seller{number}@fernhall.example", "name": f"Seller {number:03}"}
        return self.add(Seller(channel_id=cell[0], region_id=cell[1], **{**defaults, **values}))

    def trained(self, email: str, course: str = "Dock basics", **values: Any) -> TrainingRecord:
        defaults = {"course": course, "course_key": course.casefold(), "passed_on": date(2026, 6, 1)}
        defaults |= {"source": "page", "source_id": f"{next(_numbers)}", "changed_at": NOON}
        return self.add(TrainingRecord(email=email, **{**defaults, **values}))

    def partner(self, *cells: tuple[int, int], **values: Any) -> Partner:
        number = next(_numbers)
        defaults = {"name": f"Partner {number:03}", "name_key": f"partner {number}", "changed_at": NOON}
        partner = self.add(Partner(**{**defaults, "source": "page", "source_id": str(number), **values}))
        for channel_id, region_id in cells:
            self.add(PartnerCell(partner_id=partner.id, channel_id=channel_id, region_id=region_id))
        return partner

    def certified(self, partner: Partner, course: str = "Dock basics", **values: Any) -> PartnerCertificate:
        defaults = {"person": "Pia Nair", "course": course, "course_key": course.casefold()}
        defaults |= {"certified_on": date(2026, 6, 1), "source": "page", "source_id": f"{next(_numbers)}"}
        return self.add(PartnerCertificate(partner_id=partner.id, changed_at=NOON, **{**defaults, **values}))


@pytest.fixture
def market(session: Session) -> Market:
    return Market(session)
