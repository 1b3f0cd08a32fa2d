"""Records of the market as files bring them: what cannot be taken says why, the rest is kept by batch."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ideaflow.market.facts import (
    BookData,
    CertificateData,
    MarketData,
    PartnerData,
    PriceData,
    RatesData,
    SellerData,
    TrainingData,
)
from ideaflow.market.hooks import Said
from ideaflow.market.naming import unknown_of
from ideaflow.market.people import take_certificates, take_partners, take_sellers, take_training
from ideaflow.market.places import Grid, grid
from ideaflow.market.pricing import take_books, take_prices
from ideaflow.market.rating import take_rates


def refusals(facts: Sequence[MarketData | None]) -> list[tuple[str, str] | None]:
    """Return for each fact the field and the reason why it cannot be taken, None where it can."""
    placed = [(_placed(fact) if fact is not None else None) for fact in facts]
    if not any(placed):
        return [None] * len(facts)
    known = grid()
    return [_refusal(fact, known) if fact is not None else None for fact in placed]


_Placed = BookData | PartnerData | SellerData | TrainingData


def _placed(fact: MarketData) -> _Placed | None:
    """Return what of a fact names channels and regions."""
    if isinstance(fact, PriceData):
        return fact.book
    return fact if isinstance(fact, _Placed) else None


def _refusal(fact: _Placed, known: Grid) -> tuple[str, str] | None:
    channel = None if isinstance(fact, TrainingData) else fact.channel
    if name := unknown_of(channel, known.channels):
        return "channel", _unknown(name, "channel", known.channel_names)
    if name := unknown_of(fact.region, known.regions):
        return "region", _unknown(name, "region", known.region_names)
    if isinstance(fact, SellerData) and not known.cells(fact.channel, fact.region):
        return (
            "channel",
            "there is no channel or no region yet. Add them on the page Market, then import again.",
        )
    return None


def _unknown(name: str, kind: str, names: Sequence[str]) -> str:
    spell = " or add it to the spellings of one" if kind == "region" else ""
    known = f"Yours are: {', '.join(names)}." if names else f"There is no {kind} yet."
    return f"“{name[:60]}” is no {kind} of yours. Add it on the page Market{spell}. {known}"


def take(session: Session, source: str, facts: Sequence[MarketData], said: Said) -> None:
    """Keep what a file says, inside the caller's transaction; facts that :func:`refusals` names are left out.

    :param source: what to call the system it comes from.
    """
    known = grid()
    if books := [fact for fact in facts if isinstance(fact, BookData)]:
        take_books(session, source, books, known, said)
    if prices := [fact for fact in facts if isinstance(fact, PriceData)]:
        take_prices(session, source, prices, known, said)
    if training := [fact for fact in facts if isinstance(fact, TrainingData)]:
        take_training(session, source, training, known, said)
    if partners := [fact for fact in facts if isinstance(fact, PartnerData)]:
        take_partners(session, source, partners, known, said)
    if certificates := [fact for fact in facts if isinstance(fact, CertificateData)]:
        take_certificates(session, source, certificates, said)
    if sellers := [fact for fact in facts if isinstance(fact, SellerData)]:
        take_sellers(session, sellers, known, said)
    if rates := [fact for fact in facts if isinstance(fact, RatesData)]:
        take_rates(session, "ECB" if source == "ecb" else source, rates, said)
