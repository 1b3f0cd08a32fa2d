"""Tables of design drafts: drafts, their versions, amendments, who stands behind them."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.codesign.models import Participant
from ideaflow.db import JsonList, Model, Moment, PrimaryKey


class DesignDraft(Model):
    """A customer's own design within a session: versions, and the draft it was forked from."""

    __tablename__ = "codesign_drafts"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[PrimaryKey]
    session_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_sessions.id"))
    number: Mapped[int]  # Within its session: what people call it by.
    participant_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_participants.id"), index=True
    )
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("codesign_drafts.id"))
    parent_version: Mapped[int | None]  # As it was when it was forked.
    is_shared: Mapped[bool] = mapped_column(server_default="false", default=False)  # With other companies.
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    participant: Mapped[Participant] = relationship(lazy="raise")
    parent: Mapped["DesignDraft | None"] = relationship(lazy="raise", remote_side="DesignDraft.id")
    versions: Mapped[list["DesignVersion"]] = relationship(
        lazy="raise", back_populates="draft", order_by="DesignVersion.number"
    )


class DesignVersion(Model):
    """A draft as it was submitted once. Never changed."""

    __tablename__ = "codesign_draft_versions"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[PrimaryKey]
    draft_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_drafts.id"))
    number: Mapped[int]
    options: Mapped[JsonList]
    sketch: Mapped[str] = mapped_column(server_default="", default="")
    price: Mapped[int]
    days: Mapped[int]
    # Whose amendment it took in, if any.
    amendment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("codesign_amendments.id"))
    study_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("studies.id"))
    made_at: Mapped[Moment]

    draft: Mapped[DesignDraft] = relationship(lazy="raise", back_populates="versions")


class DesignAmendment(Model):
    """What somebody would change about another's draft, and what its author made of it."""

    __tablename__ = "codesign_amendments"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected', 'incorporated')", name="state_is_known"
        ),
    )

    id: Mapped[PrimaryKey]
    draft_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_drafts.id"), index=True)
    participant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("codesign_participants.id"))
    base_number: Mapped[int]  # The version it was written against.
    options: Mapped[JsonList]
    sketch: Mapped[str] = mapped_column(server_default="", default="")
    state: Mapped[str] = mapped_column(String(20), default="proposed")
    reply: Mapped[str] = mapped_column(server_default="", default="")
    made_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]

    participant: Mapped[Participant] = relationship(lazy="raise")


class DesignEndorsement(Model):
    """That somebody stands behind another's draft."""

    __tablename__ = "codesign_endorsements"

    draft_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_drafts.id"), primary_key=True, autoincrement=False
    )
    participant_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("codesign_participants.id"), primary_key=True, autoincrement=False
    )
