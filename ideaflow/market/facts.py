"""What another system says about prices, training, partners, sellers and rates: typed, not yet stored.

``channel`` and ``region`` are names as the file writes them; several are parted by a semicolon, none means
every one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BookData:
    """A price book; ``external_id`` is its key in the source, else its name ties it.

    :param is_placed: whether the file speaks of cells at all; if not, those of the book stay as they are.
    """

    name: str | None = None
    external_id: str | None = None
    is_active: bool | None = None
    valid_from_on: date | None = None
    valid_until_on: date | None = None
    channel: str | None = None
    region: str | None = None
    is_placed: bool = False

    @property
    def key(self) -> str:
        return self.external_id or self.name or ""


@dataclass(frozen=True, slots=True)
class PriceData:
    """A price entry of a book."""

    external_id: str
    book: BookData
    product_code: str
    product_name: str | None
    unit_amount: Decimal
    currency: str | None
    is_active: bool = True
    valid_from_on: date | None = None
    valid_until_on: date | None = None


@dataclass(frozen=True, slots=True)
class TrainingData:
    """A person and a course, passed or still to pass."""

    external_id: str
    email: str
    name: str | None
    course: str
    passed_on: date | None = None
    expires_on: date | None = None
    is_required: bool = True
    region: str | None = None


@dataclass(frozen=True, slots=True)
class PartnerData:
    """A firm that sells for us, and where."""

    name: str
    external_id: str | None = None
    is_active: bool | None = None
    channel: str | None = None
    region: str | None = None
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class CertificateData:
    """A partner's person who is certified on a course."""

    external_id: str
    partner: str
    person: str
    course: str
    certified_on: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class SellerData:
    """Who sells where; ``is_active`` is False for who has left."""

    email: str
    name: str | None
    channel: str | None
    region: str | None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class RatesData:
    """What one unit of the base bought on a day: currency and rate, several a day."""

    day: date
    base: str
    rates: tuple[tuple[str, Decimal], ...]


MarketData = BookData | PriceData | TrainingData | PartnerData | CertificateData | SellerData | RatesData
