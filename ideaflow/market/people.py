"""Sellers, training, partners and their certificates: brought by a file or said on a page.

Everything is keyed by what its source calls it, so that the same again changes nothing. The cells whose
measures may read otherwise are told in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from ideaflow.accounts.imports import known_by
from ideaflow.accounts.naming import name_key
from ideaflow.market.facts import CertificateData, PartnerData, SellerData, TrainingData
from ideaflow.market.hooks import Cell, Said, What, tell
from ideaflow.market.models import Partner, PartnerCell, PartnerCertificate, Seller, TrainingRecord
from ideaflow.market.naming import course_key, ids_of
from ideaflow.market.places import Grid, grid


def take_sellers(session: Session, facts: Sequence[SellerData], grid: Grid, said: Said) -> None:
    """Add sellers to their cells, or let them leave, inside the caller's transaction."""
    wanted = [(fact, cell) for fact in facts for cell in sorted(grid.cells(fact.channel, fact.region))]
    keys = {(fact.email, *cell) for fact, cell in wanted}
    known = {
        (one.email, one.channel_id, one.region_id): one
        for one in session.scalars(
            select(Seller)
            .where(tuple_(Seller.email, Seller.channel_id, Seller.region_id).in_(keys))
            .with_for_update()
        )
    }
    touched: set[Cell] = set()
    for fact, cell in wanted:
        seller = known.get((fact.email, *cell))
        if seller is None:
            seller = Seller(email=fact.email, name=fact.name or fact.email.split("@")[0])
            seller.channel_id, seller.region_id = cell
            known[fact.email, *cell] = seller
            session.add(seller)
            touched.add(cell)
        seller.name = fact.name or seller.name
        if fact.is_active != (seller.left_at is None):
            seller.left_at = None if fact.is_active else said.at
            touched.add(cell)
    session.flush()
    tell(What.SELLERS, touched, by=said.by)


def take_training(
    session: Session, source: str, facts: Sequence[TrainingData], grid: Grid, said: Said
) -> None:
    """Add or update training records, inside the caller's transaction."""
    wanted = [fact.external_id for fact in facts]
    known = known_by(session, TrainingRecord, source, wanted, lock=True)
    touched: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for fact in facts:
        record = known.get(fact.external_id)
        if record is None:
            record = TrainingRecord(source=source, source_id=fact.external_id)
            known[fact.external_id] = record
            session.add(record)
        else:
            touched[record.course][record.email].update(record.region_ids or grid.region_ids)
        record.email, record.name = fact.email, fact.name or record.name or ""
        record.course, record.course_key = fact.course, course_key(fact.course)
        record.passed_on, record.expires_on = fact.passed_on, fact.expires_on
        record.region_ids = sorted(ids_of(fact.region, grid.regions, ()))
        record.is_required, record.changed_at, record.withdrawn_at = fact.is_required, said.at, None
        touched[fact.course][fact.email].update(record.region_ids or grid.region_ids)
    session.flush()
    for course, regions_of in touched.items():
        tell(What.TRAINING, _cells_answered(session, regions_of, grid.channel_ids), [course], by=said.by)


def _cells_answered(
    session: Session, regions_of: Mapping[str, Collection[int]], channel_ids: Collection[int]
) -> set[Cell]:
    """Return the cells in which these people sell; who sells nowhere answers for all of their regions."""
    selling = set(session.scalars(select(Seller.email).where(Seller.email.in_(regions_of)).distinct()))
    agents = [ids for email, ids in regions_of.items() if email not in selling]
    everywhere = {(channel, region) for ids in agents for region in ids for channel in channel_ids}
    return cells_of_sellers(session, selling) | everywhere


def cells_of_sellers(session: Session, emails: Collection[str]) -> set[Cell]:
    """Return the cells in which these people sell."""
    rows = session.execute(
        select(Seller.channel_id, Seller.region_id)
        .where(Seller.email.in_(emails), Seller.left_at.is_(None))
        .distinct()
    )
    return {(channel_id, region_id) for channel_id, region_id in rows}


def take_partners(
    session: Session, source: str, facts: Sequence[PartnerData], grid: Grid, said: Said
) -> None:
    """Add or update partners and the cells they sell in; pages take cells away."""
    partners = _partners(session, source, {fact.name: fact.external_id for fact in facts}, said)
    before = cells_of_partners(session, [one.id for one in partners.values()])
    touched: set[Cell] = set()
    for fact in facts:
        partner = partners[name_key(fact.name)]
        had = before.setdefault(partner.id, set())
        if fact.is_placed:
            new = grid.cells(fact.channel, fact.region, of_partners=True) - had
            session.add_all(PartnerCell(partner_id=partner.id, channel_id=c, region_id=r) for c, r in new)
            had |= new
            touched |= new
        if fact.is_active is not None and fact.is_active != partner.is_active:
            partner.is_active, partner.changed_at = fact.is_active, said.at
            partner.version += 1
            touched |= had
    session.flush()
    tell(What.PARTNERS, touched, by=said.by)


def _partners(session: Session, source: str, names: dict[str, str | None], said: Said) -> dict[str, Partner]:
    """Return the partners by the key of their name; those nobody knows are added, active, selling nowhere."""
    keys = {name_key(name) for name in names}
    known = {
        one.name_key: one
        for one in session.scalars(select(Partner).where(Partner.name_key.in_(keys)).with_for_update())
    }
    for name, external_id in names.items():
        key = name_key(name)
        if key not in known:
            known[key] = Partner(
                name=name, name_key=key, source=source, source_id=external_id or key, changed_at=said.at
            )
            known[key].is_active, known[key].version = True, 1
            session.add(known[key])
    session.flush()
    return known


def cells_of_partners(session: Session, partner_ids: Iterable[int]) -> dict[int, set[Cell]]:
    """Return the cells that each of these partners sells in."""
    found: dict[int, set[Cell]] = {}
    for row in session.scalars(select(PartnerCell).where(PartnerCell.partner_id.in_(list(partner_ids)))):
        found.setdefault(row.partner_id, set()).add((row.channel_id, row.region_id))
    return found


def take_certificates(session: Session, source: str, facts: Sequence[CertificateData], said: Said) -> None:
    """Add or update certificates of partners' people; a partner nobody knows is added with them."""
    partners = _partners(session, source, {fact.partner: None for fact in facts}, said)
    wanted = [fact.external_id for fact in facts]
    known = known_by(session, PartnerCertificate, source, wanted, lock=True)
    touched: dict[str, set[int]] = {}
    for fact in facts:
        record = known.get(fact.external_id)
        if record is None:
            record = PartnerCertificate(source=source, source_id=fact.external_id)
            known[fact.external_id] = record
            session.add(record)
        else:
            touched.setdefault(record.course, set()).add(record.partner_id)
        record.partner_id = partners[name_key(fact.partner)].id
        record.person, record.course, record.course_key = fact.person, fact.course, course_key(fact.course)
        record.certified_on, record.expires_on = fact.certified_on, fact.expires_on
        record.changed_at, record.withdrawn_at = said.at, None
        touched.setdefault(fact.course, set()).add(record.partner_id)
    session.flush()
    cells = cells_of_partners(session, {one for ids in touched.values() for one in ids})
    for course, partner_ids in touched.items():
        tell(What.PARTNERS, {c for one in partner_ids for c in cells.get(one, ())}, [course], by=said.by)


def cells_counting(session: Session, record: TrainingRecord | PartnerCertificate) -> set[Cell]:
    """Return the cells that count this record."""
    if isinstance(record, TrainingRecord):
        known = grid()
        regions = record.region_ids or known.region_ids
        return _cells_answered(session, {record.email: regions}, known.channel_ids)
    return cells_of_partners(session, [record.partner_id]).get(record.partner_id, set())
