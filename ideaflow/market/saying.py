"""What people say of the market on a page: each word as a file would bring it, and in the audit."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select

from ideaflow import audit
from ideaflow.accounts.naming import name_key
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Invalid, NotFound, Overtaken
from ideaflow.market.facts import BookData, CertificateData, PriceData, TrainingData
from ideaflow.market.hooks import Cell, Said, What, tell
from ideaflow.market.models import (
    Channel,
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceEntry,
    Region,
    Seller,
    TrainingRecord,
)
from ideaflow.market.people import (
    cells_counting,
    cells_of_partners,
    take_certificates,
    take_training,
)
from ideaflow.market.places import grid
from ideaflow.market.pricing import change_book, take_prices
from ideaflow.saving import locked

PAGE = "page"
"""The source of what was said here."""


def _said(by: Actor) -> Said:
    return Said(by, by.name, now())


def add_book(name: str, cells: set[Cell], *, by: Actor) -> PriceBook:
    """Add a price book and the cells that sell by it.

    :raises Invalid: there is one of this name.
    """
    with transaction() as session:
        if session.scalar(select(PriceBook.id).where(PriceBook.name == name).limit(1)) is not None:
            reason = f"There is a price book “{name}” already. Choose another name."
            raise Invalid(reason, [{"field": "name", "reason": reason}])
        book = PriceBook(name=name, source=PAGE, source_id=uuid4().hex, turned_at=now())
        session.add(book)
        session.flush()
        audit.record(by, "market.add_price_book", book, after={"name": name})
        return change_book(book.id, {}, cells, 1, by=by)


def add_entry(book_id: int, values: Mapping[str, Any], *, by: Actor) -> PriceEntry:
    """Add a price entry to a book.

    :param values: as of :class:`facts.PriceData`, without its key and book.
    :raises NotFound: there is no such book.
    """
    with transaction() as session:
        book = session.get(PriceBook, book_id)
        if book is None:
            raise NotFound(f"There is no price book {book_id}.")
        fact = PriceData(uuid4().hex, BookData(book.name, book.source_id), **values)
        # The book is found by its own source; the entry is ours.
        take_prices(session, book.source, [fact], grid(), _said(by))
        entry = session.scalars(
            select(PriceEntry).where(
                PriceEntry.source == book.source, PriceEntry.source_id == fact.external_id
            )
        ).one()
        audit.record(by, "market.add_price", entry, after=dict(values))
    return entry


def add_seller(email: str, name: str, cell: Cell, *, by: Actor) -> Seller:
    """Say that somebody sells in a cell, again if they had left it.

    :raises Invalid: they sell there already.
    """
    channel_id, region_id = cell
    with transaction() as session:
        if session.get(Channel, channel_id) is None or session.get(Region, region_id) is None:
            raise NotFound("This channel or region is there no more. Open the page again.")
        seller = session.scalars(
            select(Seller).where(
                Seller.email == email, Seller.channel_id == channel_id, Seller.region_id == region_id
            )
        ).one_or_none()
        if seller is not None and seller.left_at is None:
            reason = f"{seller.name} sells there already."
            raise Invalid(reason, [{"field": "email", "reason": reason}])
        seller = seller or Seller(email=email, name=name, channel_id=channel_id, region_id=region_id)
        seller.name, seller.left_at = name, None
        session.add(seller)
        session.flush()
        audit.record(by, "market.add_seller", seller, after={"cell": list(cell)})
        tell(What.SELLERS, {cell}, by=by)
    return seller


def let_seller_leave(seller_id: int, has_left: bool, *, by: Actor) -> Seller:
    """Say that somebody sells in a cell no more, or again; said again, nothing changes."""
    with transaction() as session:
        seller: Seller = locked(session, Seller, seller_id, "seller")
        if has_left != (seller.left_at is not None):
            seller.left_at = now() if has_left else None
            audit.record(by, "market.let_seller_leave" if has_left else "market.bring_seller_back", seller)
            tell(What.SELLERS, {(seller.channel_id, seller.region_id)}, by=by)
    return seller


def add_training(
    email: str, course: str, passed_on: date | None, expires_on: date | None, region: str = "", *, by: Actor
) -> None:
    """Say that somebody passed a course, or has still to pass it.

    :param region: whose customers they answer, by its name; everywhere when left out.
    """
    with transaction() as session:
        fact = TrainingData(
            uuid4().hex, email, None, course, passed_on, expires_on, region=region or None
        )  # fmt: skip
        take_training(session, PAGE, [fact], grid(), _said(by))
        record = session.scalars(
            select(TrainingRecord).where(TrainingRecord.source_id == fact.external_id)
        ).one()
        after = {"course": course, "passed_on": passed_on, "region": region}
        audit.record(by, "market.add_training", record, after=after)


def add_partner(name: str, cells: set[Cell], *, by: Actor) -> Partner:
    """Add a firm that sells for us.

    :raises Invalid: there is one of this name.
    """
    with transaction() as session:
        key = name_key(name)
        if session.scalar(select(Partner.id).where(Partner.name_key == key)) is not None:
            reason = f"There is a partner “{name}” already. Look for it in the list."
            raise Invalid(reason, [{"field": "name", "reason": reason}])
        partner = Partner(name=name, name_key=key, source=PAGE, source_id=uuid4().hex, changed_at=now())
        session.add(partner)
        session.flush()
        audit.record(by, "market.add_partner", partner, after={"name": name})
        return change_partner(partner.id, True, cells, 1, by=by)


def change_partner(partner_id: int, is_active: bool, cells: set[Cell], version: int, *, by: Actor) -> Partner:
    """Say whether a partner sells for us, and in which cells.

    :raises NotFound: there is none; :raises Overtaken: it was changed since.
    """
    with transaction() as session:
        partner: Partner = locked(session, Partner, partner_id, "partner")
        had = cells_of_partners(session, [partner_id]).get(partner_id, set())
        before = {"is_active": partner.is_active, "cells": sorted(had)}
        after = {"is_active": is_active, "cells": sorted(cells)}
        if before == after:
            return partner
        if partner.version != version:
            raise Overtaken(f"“{partner.name}”", partner.version, before, after)
        touched = had ^ cells if partner.is_active == is_active else had | cells
        partner.is_active, partner.changed_at = is_active, now()
        partner.version += 1
        session.execute(delete(PartnerCell).where(PartnerCell.partner_id == partner_id))
        session.add_all(
            PartnerCell(partner_id=partner_id, channel_id=c, region_id=r) for c, r in sorted(cells)
        )
        audit.record(by, "market.change_partner", partner, before=before, after=after)
        tell(What.PARTNERS, touched, by=by)
    return partner


def add_certificate(
    partner_id: int, person: str, course: str, certified_on: date, expires_on: date | None, *, by: Actor
) -> None:
    """Say that a partner's person is certified on a course.

    :raises NotFound: there is no such partner.
    """
    with transaction() as session:
        partner = session.get(Partner, partner_id)
        if partner is None:
            raise NotFound(f"There is no partner {partner_id}.")
        fact = CertificateData(uuid4().hex, partner.name, person, course, certified_on, expires_on)
        take_certificates(session, PAGE, [fact], _said(by))
        audit.record(by, "market.add_certificate", partner, after={"person": person, "course": course})


def withdraw(kind: type[TrainingRecord] | type[PartnerCertificate], record_id: int, *, by: Actor) -> None:
    """Let a training record or certificate count no more; it stays readable in the audit.

    :raises NotFound: there is none.
    """
    with transaction() as session:
        record: TrainingRecord | PartnerCertificate = locked(session, kind, record_id, "record")
        if record.withdrawn_at is None:
            record.withdrawn_at = now()
            what = What.TRAINING if isinstance(record, TrainingRecord) else What.PARTNERS
            audit.record(by, "market.withdraw", record, before={"course": record.course})
            tell(what, cells_counting(session, record), [record.course], by=by)
