"""Tables of gate meetings: a day and hour, and the proposals on the agenda in their order."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Model, Moment, Name, PrimaryKey
from ideaflow.gates.meeting.hours import local
from ideaflow.gates.process.versions import one_of
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


class GateMeeting(Model):
    """A meeting of gatekeepers. ``version`` is counted up by each change of it or of its agenda."""

    __tablename__ = "gate_meetings"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        CheckConstraint("minutes BETWEEN 15 AND 600", name="minutes_are_sensible"),
        one_of("state", ("planned", "cancelled")),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    starts_at: Mapped[Moment] = mapped_column(index=True)
    minutes: Mapped[int]
    # Whose clock it was called by; it stays at that hour there.
    zone: Mapped[str] = mapped_column(String(60), server_default="UTC", default="UTC")
    place: Mapped[Name] = mapped_column(server_default="", default="")
    state: Mapped[str] = mapped_column(String(20), server_default="planned", default="planned")
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    called_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[Moment]

    called_by: Mapped[User | None] = relationship(lazy="raise")
    items: Mapped[list["MeetingItem"]] = relationship(
        lazy="raise", order_by="MeetingItem.position", back_populates="meeting"
    )

    @property
    def name(self) -> str:
        return self.title

    @property
    def begins_there(self) -> datetime:
        """Return when it begins by the clock it was called by."""
        return local(self.starts_at, self.zone)

    @property
    def ends_there(self) -> datetime:
        return local(self.ends_at, self.zone)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_planned(self) -> bool:
        return self.state == "planned"


class MeetingItem(Model):
    """One proposal on the agenda of a meeting."""

    __tablename__ = "gate_meeting_items"
    __table_args__ = (UniqueConstraint("meeting_id", "proposal_id"),)

    id: Mapped[PrimaryKey]
    meeting_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_meetings.id", ondelete="CASCADE"))
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    position: Mapped[int]
    minutes: Mapped[int] = mapped_column(server_default="20", default=20)

    meeting: Mapped[GateMeeting] = relationship(lazy="raise", back_populates="items")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
