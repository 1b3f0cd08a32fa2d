"""Tables of what is sold, which proposals feed it, and what must be true before it is."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, JsonList, Model, Moment, Name, Names, PrimaryKey


class Offering(Model):
    """What is sold: a product, a service, a bundle, an edition."""

    __tablename__ = "offerings"
    __table_args__ = (CheckConstraint("name <> ''", name="name_not_empty"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(20), server_default="product", default="product")
    # What the price book calls it; none: it has no price entry.
    product_code: Mapped[Name | None] = mapped_column(unique=True)
    aliases: Mapped[Names] = mapped_column(server_default="{}", default=list)  # What customers call it.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]


class OfferingProposal(Model):
    """A proposal that feeds an offering; several may feed one."""

    __tablename__ = "offering_proposals"
    __table_args__ = (UniqueConstraint("offering_id", "proposal_id"),)

    id: Mapped[PrimaryKey]
    offering_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("offerings.id"))
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    tied_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    tied_at: Mapped[Moment]


class ReadinessTemplate(Model):
    """What must be true before a launch of each tier, as data. Once published it never changes.

    ``items`` are what ``launch.items`` reads and writes.
    """

    __tablename__ = "readiness_templates"
    __table_args__ = (UniqueConstraint("name", "number"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Name]
    number: Mapped[int]
    items: Mapped[JsonList]
    note: Mapped[str] = mapped_column(server_default="", default="")  # What is new in it.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]
    published_at: Mapped[Moment | None] = mapped_column(default=None)
    published_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
